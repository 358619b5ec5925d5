/** What a delivery that was cut off leaves in doubt, and that nobody comes back through it who may not be addressed. */
import { createHash } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { defaultExport, ExportProject } from "./export-project.ts";
import { type Asked, recording } from "./recording-destination.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const hash = (name: string) => sha(`${name}@example.com`);
const phone = "'010-1234-5678'";
const person = (name: string, { consent = true, shared = false } = {}) =>
  `'${name}', '${name}@example.com', ${shared ? phone : "null"}, 'KR', null, ${consent}`;
const names = (cells: readonly (readonly string[])[] | undefined) => (cells ?? []).map(([email]) => email).sort();
const broken = () => recording([], { answer: () => Promise.reject(new Error("no answer")) });

let project: ExportProject;
afterEach(() => project?.dispose());

async function sent(options: Parameters<ExportProject["run"]>[0] = {}): Promise<Asked | undefined> {
  const asked: Asked[] = [];
  await project.run({ ...options, destination: recording(asked) });
  return asked[0];
}

const mode = (name: string) => project.write("exports/winback.yml", `${defaultExport}    mode: ${name}\n`);

test("a removal that was begun is ended in mode add, although the person has left the model meanwhile", async () => {
  project = await ExportProject.create();
  await project.people(person("ann"), person("ben"));
  await sent();
  await mode("add");
  await project.people(person("ann"), person("ben", { consent: false }));
  await project.run({ destination: broken() });
  await project.people(person("ann"));
  const asked = await sent();
  expect([names(asked?.adds), names(asked?.removes)]).toEqual([[], [hash("ben")]]);
  expect((await project.run({ destination: recording([]) })).value?.status).toBe("unchanged");
});

test("an addition of which nobody knows whether it arrived is taken back when the person has left the model", async () => {
  project = await ExportProject.create(`${defaultExport}    mode: add\n`);
  await project.people(person("ann"));
  await sent();
  await project.people(person("ann"), person("ben"));
  await project.run({ destination: broken() });
  await project.people(person("ann"));
  expect(names((await sent())?.removes)).toEqual([hash("ben")]);
});

test("whoever left the model in mode add and was about to be sent again with a shared phone is sent until it arrives", async () => {
  project = await ExportProject.create(`${defaultExport}    mode: add\n`);
  await project.people(person("ann", { shared: true }), person("ben", { shared: true }));
  await sent();
  await project.people(person("ben", { shared: true, consent: false }));
  await project.run({
    destination: recording([], { answer: ({ operation }) => (operation === "add" ? Promise.reject(new Error("no answer")) : {}) }),
  });
  const asked = await sent();
  expect([names(asked?.adds), names(asked?.removes)]).toEqual([[hash("ann")], []]);
  expect((await project.run({ destination: recording([]) })).value?.status).toBe("unchanged");
});

test("beyond the limit of removals nobody is sent again who withdrew, though they share a phone with somebody removed", async () => {
  project = await ExportProject.create();
  await project.people(person("ann", { shared: true }), person("ben", { shared: true }));
  await sent();
  await mode("remove");
  await project.people(person("ann", { shared: true, consent: false }), person("ben", { shared: true, consent: false }));
  const asked = await sent({ options: { limit: 1 } });
  expect([asked?.removes.length, asked?.adds]).toEqual([1, []]);
});

test("erasing somebody ends the removals that were begun, and sends none of those people again", async () => {
  project = await ExportProject.create();
  await project.people(person("ann", { shared: true }), person("ben", { shared: true }), person("cat"));
  await sent();
  await project.people(person("ann", { shared: true }), person("ben", { shared: true, consent: false }), person("cat"));
  await project.run({ destination: broken() });
  const asked: Asked[] = [];
  await project.forget({ customer: "ann" }, { destination: recording(asked) });
  expect([names(asked[0]?.adds), names(asked[0]?.removes)]).toEqual([[], [hash("ann"), hash("ben")].sort()]);
  expect(await project.remembered("select count(*) as people from export_members")).toEqual([{ people: 1 }]);
});

test("whom a replacement leaves out is out when the platform says so, and not before", async () => {
  project = await ExportProject.create(`${defaultExport}    mode: replace\n`);
  const later = (outcome: "done" | "refused" | "pending") =>
    recording([], {
      answer: () => ({ reference: "members" }),
      finish: async () => "the others",
      destination: { confirm: async (references) => new Map(references.map((name) => [name, { outcome: name === "members" ? "done" : outcome }] as const)) },
    });
  await project.people(person("ann"), person("ben"));
  await project.run({ destination: later("done") });
  await project.people(person("ann"));
  expect((await project.run({ destination: later("refused") })).value?.status).toBe("failed");
  expect((await project.run({ destination: later("pending") })).value).toMatchObject({
    status: "delivered",
    plan: { counts: { removes: 1 } },
    sent: { pending: 1 },
  });
  expect(await project.remembered("select count(*) as people from export_members")).toEqual([{ people: 2 }]);
  expect((await project.run({ destination: later("done") })).value).toMatchObject({ status: "delivered", plan: { counts: { removes: 0, sizeBefore: 1 } } });
  expect(await project.remembered("select count(*) as people from export_members")).toEqual([{ people: 1 }]);
});

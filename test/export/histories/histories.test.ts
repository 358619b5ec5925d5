/**
 * Random histories of people who appear, change addresses, withdraw consent, are suppressed, fall into the holdout and vanish,
 * in all modes, in parts and over years, while the platform fails, refuses later and the process dies. After every run that
 * ends the platform holds exactly who it should; and at no moment is anybody sent who may not be addressed. `HISTORIES=500`
 * plays as many.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, test } from "vitest";
import { ExportProject } from "../export-project.ts";
import { filePlatform } from "./file-platform.ts";
import { History } from "./history.ts";
import { googlePlatform, metaPlatform, tiktokPlatform, webhookPlatform } from "./platforms.ts";
import { history, plainStep, type Step } from "./step.ts";

const numRuns = Number(process.env["HISTORIES"] ?? 2);

/** What such histories have found, and what they seldom come by. */
const found: Readonly<Record<string, readonly Step[]>> = {
  "somebody whose change of address was cut off vanishes: two sets of identifiers are one person": [
    plainStep({ a: {} }),
    plainStep({ a: { email: 1 } }, { faults: [{ at: 1, kind: 11 }] }),
    plainStep({}),
  ],
  "somebody who stays in mode remove and shares a phone with somebody who goes is sent again until it arrives": [
    plainStep({ c: { phone: 1 }, e: { phone: 1 } }),
    plainStep({ c: {} }, { mode: "remove", faults: [{ at: 1, kind: 11 }] }),
  ],
  "a removal that was cut off is ended in mode add, too, after the person has left the model": [
    plainStep({ a: {}, b: {} }),
    plainStep({ a: {}, b: { consent: false } }, { mode: "add", faults: [{ at: 0, kind: 11 }], recovers: false }),
    plainStep({ a: {} }, { mode: "add" }),
    plainStep({ a: {} }),
  ],
  "a replacement that is left in the middle": [
    plainStep({ a: {}, b: {}, c: {} }),
    plainStep({ d: {}, e: {}, f: {} }, { mode: "replace", faults: [{ at: 1, kind: 9 }] }),
  ],
};

/** What only a platform can come by that forgets people in time, and says later what became of them. */
const foundAtGoogle: Readonly<Record<string, readonly Step[]>> = {
  "whom a platform forgets in time is sent again before": [
    plainStep({ a: {}, b: { address: "alone" } }),
    plainStep({ a: {}, b: { address: "alone" } }, { days: 300 }),
    plainStep({ a: {}, b: { address: "alone" } }, { days: 200 }),
    plainStep({ a: {}, b: { address: "alone" } }, { days: 300 }),
  ],
  "a replacement of which the last part is refused later": [
    plainStep({ a: {}, b: {} }),
    plainStep({ c: {} }, { mode: "replace", refused: [false, true] }),
    plainStep({ c: {} }, { mode: "add" }),
  ],
};

describe.each([
  ["Meta", metaPlatform],
  ["Google", googlePlatform],
  ["TikTok", tiktokPlatform],
  ["a webhook", webhookPlatform],
  ["files", filePlatform],
])("%s", (name, create) => {
  const platform = create();
  let project: ExportProject;
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    const started = await platform.start();
    environment = started.environment;
    const targets = "targets: {dev: {type: duckdb, path: warehouse.duckdb}}";
    project = await ExportProject.create(undefined, `name: shop\n${targets}\ndestinations:\n  platform: ${started.destination}\n`);
    await project.built("do_not_contact");
  });
  afterAll(async () => {
    await platform.stop();
    await project.dispose();
  });

  async function play(steps: readonly Step[]): Promise<void> {
    const played = new History(project, platform, environment);
    for (const step of steps) await played.run(step);
    await played.settle();
  }

  test("every history ends well, and nobody is ever sent who may not be", async () => {
    await fc.assert(fc.asyncProperty(history, play), { numRuns });
  }, 3_600_000);

  test.each(Object.entries({ ...found, ...(name === "Google" && foundAtGoogle) }))("%s", (_name, steps) => play(steps));
});

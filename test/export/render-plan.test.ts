/** Plans and reports as people read them. */
import { expect, test } from "vitest";
import type { ExportPlan, ExportReport } from "../../src/export/export-plan.ts";
import { renderExportPlan, renderExportReport } from "../../src/export/render-plan.ts";

const plan: ExportPlan = {
  export: "winback",
  audience: "Win back",
  model: "audience_winback",
  target: "prod",
  mode: "mirror",
  destination: { name: "facebook", type: "meta", platform: "meta" },
  platform: { exists: true, id: "238", size: { least: 9000, most: 10100 }, condition: "normal" },
  columns: ["EMAIL", "PHONE"],
  counts: {
    people: 12345,
    eligible: 11000,
    leftOut: { no_consent: 1000, suppressed: 0, holdout: 300, no_identifier: 45 },
    rejects: [
      { identifier: "EMAIL", reason: "invalid_email", people: 7, invalid: true },
      { identifier: "PHONE", reason: "empty", people: 1200, invalid: false },
    ],
    adds: 120,
    removes: 30,
    changed: 10,
    refreshed: 2,
    changes: [
      { operation: "add", reason: "new", rows: 110 },
      { operation: "add", reason: "changed", rows: 10 },
      { operation: "keep", reason: "unchanged", rows: 10880 },
      { operation: "refresh", reason: "unfinished", rows: 2 },
      { operation: "remove", reason: "left_model", rows: 12 },
      { operation: "remove", reason: "changed", rows: 10 },
      { operation: "remove", reason: "no_consent", rows: 8 },
    ],
    unchanged: 10880,
    sizeBefore: 10910,
    sizeAfter: 11000,
  },
  sample: [
    { operation: "add", reason: "new", key: "0a1b2c3d", identifiers: ["EMAIL", "PHONE"] },
    { operation: "remove", reason: "no_consent", key: "ffeeddcc", identifiers: ["EMAIL"] },
  ],
  stoppedBy: [],
  forced: [{ guard: "min_size", found: 5, limit: 10, problem: "the audience would have 5 people, fewer than 10" }],
  delivers: true,
  batches: 2,
};

test("a plan", () => {
  expect(renderExportPlan(plan)).toBe(`Export       winback
Audience     Win back
Model        audience_winback (target prod)
Destination  facebook (meta)
Mode         mirror
On platform  9,000 to 10,100 people, normal, id 238

People
  in the model                 12,345
  without consent               1,000
  held out                        300
  without a usable identifier      45
  eligible                     11,000

Identifiers left out
  EMAIL  not an e-mail address      7
  PHONE  the cell is empty      1,200

Difference
  to add                              120
    new                               110
    with changed identifiers           10
  to remove                            30
    not in the model any more          12
    with changed identifiers           10
    without consent                     8
  to send again                         2
    an earlier run did not finish       2
  unchanged                        10,880
  size before                      10,910
  size after                       11,000

Sample, with hashed keys
  add     0a1b2c3d…  EMAIL, PHONE  new
  remove  ffeeddcc…  EMAIL         without consent

Overridden with --force
  min_size  the audience would have 5 people, fewer than 10

Nothing was sent: this is a plan. A run would send 2 batches.
`);
});

test("what the platform says", () => {
  const line = (platform: ExportPlan["platform"]) => /^On platform {2}(.*)$/m.exec(renderExportPlan({ ...plan, platform }))?.[1];
  expect(line({ exists: false })).toBe("not there yet");
  expect(line({ problem: "no answer" })).toBe("unknown: no answer");
  expect(line({ exists: true })).toBe("size not told");
  expect(line({ exists: true, size: { least: 1, most: 1 } })).toBe("1 person");
});

test("endings", () => {
  const ending = (text: string) => text.split("\n\n").at(-1);
  const sent = { adds: 100, removes: 30, received: undefined, invalid: undefined, pending: 0 };
  const report = (status: ExportReport["status"], more: Partial<ExportReport> = {}) =>
    renderExportReport({ runId: "r", status, plan, sent, files: [], startedAt: "", completedAt: "", ...more });
  const stopped = { ...plan, stoppedBy: [{ guard: "min_size", found: 5, limit: 10, problem: "the audience would have 5 people, fewer than 10" }] } as const;
  expect(ending(renderExportPlan({ ...plan, delivers: false }))).toBe("There is nothing to send.\n");
  expect(ending(renderExportPlan(stopped))).toBe("Stopped: nothing is sent.\n  min_size  the audience would have 5 people, fewer than 10\n");
  expect(ending(report("stopped", { plan: stopped }))).toBe(ending(renderExportPlan(stopped)));
  expect(ending(report("unchanged"))).toBe("Nothing was sent: the audience is as it was.\n");
  expect(ending(report("failed"))).toBe("Not finished: 30 removals and 100 additions were sent. The next run goes on from there.\n");
  expect(ending(report("interrupted"))).toMatch(/^Interrupted: 30 removals/);
  expect(ending(report("delivered", { sent: { ...sent, received: 130, invalid: 4, pending: 1 } }))).toBe(
    "Delivered to facebook: 120 added, 30 removed, 2 sent again.\nThe platform received 130 rows and could not use 4.\nIt still works on 1 batch; `retain export status` asks again.\n",
  );
  const files = [
    { path: "target/exports/winback.remove.csv", rows: 30, bytes: 2000, sha256: "a".repeat(64), operation: "remove" },
    { path: "target/exports/winback.csv", rows: 11000, bytes: 1, sha256: "b".repeat(64), operation: "add" },
  ] as const;
  expect(report("delivered", { files })).toContain(`Files
  target/exports/winback.remove.csv      30 rows  2,000 bytes  sha256 aaaaaaaaaaaa…
  target/exports/winback.csv         11,000 rows       1 byte  sha256 bbbbbbbbbbbb…

Delivered to facebook: 120 added, 30 removed, 2 sent again.
`);
});

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
  destination: { name: "files", type: "file", platform: "meta" },
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
    refreshed: 0,
    unchanged: 10880,
    sizeBefore: 10910,
    sizeAfter: 11000,
  },
  sample: [
    { operation: "add", key: "0a1b2c3d", identifiers: ["EMAIL", "PHONE"] },
    { operation: "remove", key: "ffeeddcc", identifiers: ["EMAIL"] },
  ],
  stoppedBy: [],
  delivers: true,
};

test("a plan", () => {
  expect(renderExportPlan(plan)).toBe(`Export       winback
Audience     Win back
Model        audience_winback (target prod)
Destination  files (file, meta)
Mode         mirror

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
  to add                                120
  to remove                              30
  in both, with changed identifiers      10
  unchanged                          10,880
  size before                        10,910
  size after                         11,000

Sample, with hashed keys
  add     0a1b2c3d…  EMAIL, PHONE
  remove  ffeeddcc…  EMAIL

Nothing was sent: this is a plan.
`);
});

test("endings", () => {
  const ending = (text: string) => text.split("\n\n").at(-1);
  const report = (status: ExportReport["status"], files: ExportReport["files"] = [], of = plan) =>
    renderExportReport({ runId: "r", status, plan: of, files, startedAt: "", completedAt: "" });
  const stopped = { ...plan, stoppedBy: [{ guard: "min_size", found: 5, limit: 10, problem: "the audience would have 5 people, fewer than 10" }] } as const;
  expect(ending(renderExportPlan({ ...plan, delivers: false }))).toBe("There is nothing to send.\n");
  expect(ending(renderExportPlan(stopped))).toBe("Stopped: nothing is sent.\n  min_size  the audience would have 5 people, fewer than 10\n");
  expect(ending(report("stopped", [], stopped))).toBe(ending(renderExportPlan(stopped)));
  expect(ending(report("unchanged"))).toBe("Nothing was sent: the audience is as it was.\n");
  expect(ending(report("failed"))).toMatch(/^The destination failed\. The ledger is as it was/);
  const files = [
    { path: "target/exports/winback.remove.csv", rows: 30, bytes: 2000, sha256: "a".repeat(64), operation: "remove" },
    { path: "target/exports/winback.csv", rows: 11000, bytes: 1, sha256: "b".repeat(64), operation: "add" },
  ] as const;
  expect(report("delivered", files)).toContain(`Files
  target/exports/winback.remove.csv      30 rows  2,000 bytes  sha256 aaaaaaaaaaaa…
  target/exports/winback.csv         11,000 rows       1 byte  sha256 bbbbbbbbbbbb…

Delivered to files: 120 added, 30 removed.
`);
});

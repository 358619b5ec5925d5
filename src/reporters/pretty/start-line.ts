/** The first line of a run: what is about to be done, and where. */
import { plural } from "../../core/names.ts";
import type { RunStarted } from "../../ports/run-event.ts";
import { printable } from "../display-width.ts";
import type { Paint } from "../paint.ts";

/** `retain build: shop, target dev, 12 models, 5 seeds, 48 tests, 4 threads` */
export function startLine({ command, projectName, targetName, counts, threads }: RunStarted, paint: Paint): string {
  const parts = [
    projectName,
    `target ${targetName}`,
    ...(counts.models > 0 ? [plural(counts.models, "model")] : []),
    ...(counts.seeds > 0 ? [plural(counts.seeds, "seed")] : []),
    ...(counts.snapshots > 0 ? [plural(counts.snapshots, "snapshot")] : []),
    ...(counts.tests > 0 ? [plural(counts.tests, "test")] : []),
    plural(threads, "thread"),
  ];
  return `${paint(`retain ${command}`, "bold")}: ${printable(parts.join(", "))}`;
}

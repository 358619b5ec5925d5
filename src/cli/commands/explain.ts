/** `explain`: what an error code means and what to do. */

import type { CodeEntry } from "../../core/codes/entry.ts";
import { codes, isCode } from "../../core/codes/index.ts";
import { diagnose } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import type { CliContext } from "../context.ts";

export function explainCommand(context: CliContext, code: string | undefined, json: boolean): number {
  const all = Object.entries(codes) as readonly [string, CodeEntry][];
  const data = (name: string, entry: CodeEntry) => ({
    code: name,
    severity: entry.severity ?? "error",
    title: entry.title,
    explanation: entry.explain,
    help: entry.help ?? null,
  });
  if (code === undefined) {
    if (json) {
      context.stdout.write(
        `${JSON.stringify(
          all.map(([name, entry]) => data(name, entry)),
          null,
          2,
        )}\n`,
      );
      return 0;
    }
    for (const [name, entry] of all.toSorted(([a], [b]) => (a < b ? -1 : 1))) context.stdout.write(`${name}  ${entry.title}\n`);
    return 0;
  }
  const wanted = code.toUpperCase();
  if (!isCode(wanted)) {
    context.reportDiagnostics([
      diagnose(
        "RT0001",
        { problem: `there is no error code "${code}"` },
        {
          help: suggestion(wanted, Object.keys(codes)) ?? "`retain explain` lists all codes",
        },
      ),
    ]);
    return 2;
  }
  const entry: CodeEntry = codes[wanted];
  if (json) {
    context.stdout.write(`${JSON.stringify(data(wanted, entry), null, 2)}\n`);
    return 0;
  }
  const next = entry.help === undefined ? "" : `\nNext step: ${entry.help}\n`;
  context.stdout.write(`${wanted} (${entry.severity ?? "error"}): ${entry.title}\n\n${entry.explain}\n${next}`);
  return 0;
}

/** All diagnostic codes in one table. The numbers group by stage; a code once published keeps its meaning. */
import { compileCodes } from "./compile.ts";
import { configCodes } from "./config.ts";
import type { CodeTable } from "./entry.ts";
import { exportCodes } from "./export.ts";
import { lintCodes } from "./lint.ts";
import { parseCodes } from "./parse.ts";
import { runCodes } from "./run.ts";
import { unitTestCodes } from "./unit-test.ts";
import { usageCodes } from "./usage.ts";
import { warehouseCodes } from "./warehouse.ts";

export const codes = {
  ...usageCodes,
  ...configCodes,
  ...parseCodes,
  ...compileCodes,
  ...runCodes,
  ...unitTestCodes,
  ...warehouseCodes,
  ...exportCodes,
  ...lintCodes,
} satisfies CodeTable;

export type Code = keyof typeof codes;
export type Params<C extends Code> = Parameters<(typeof codes)[C]["message"]>[0];

export function isCode(text: string): text is Code {
  return Object.hasOwn(codes, text);
}

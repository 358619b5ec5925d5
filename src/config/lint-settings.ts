/** What `lint:` of retain.yml may say: a severity for each rule, for all files or for some folders. */
import { z } from "zod";
import { codes } from "../core/codes/index.ts";
import { type LintCode, lintCodes } from "../core/codes/lint.ts";

const list = z.array(z.string().min(1));

const lintSeverity = z.enum(["off", "warn", "error"]);
const lintSetting = z.union([
  lintSeverity,
  z.strictObject({
    severity: lintSeverity.optional().describe("off, warn or error; default: that of the rule"),
    folders: list.optional().describe("look only here: folders, files or globs in which * crosses folders"),
    except: list.optional().describe("do not look here"),
  }),
]);
/** RT0213 is a warning of every command, and may be set and silenced like the others. */
export const lintSettings = z.strictObject(
  Object.fromEntries(
    [...(Object.keys(lintCodes) as LintCode[]), "RT0213" as const].map((code) => [code, lintSetting.optional().describe(codes[code].title)]),
  ) as Record<LintCode | "RT0213", z.ZodOptional<typeof lintSetting>>,
);

export type LintSettings = z.output<typeof lintSettings>;

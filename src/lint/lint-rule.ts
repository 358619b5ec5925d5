/** What a rule is: a code, where it looks unless the project says otherwise, and a query over the whole project. Pure. */
import type { LintCode } from "../core/codes/lint.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { LintProject } from "./lint-project.ts";

export interface LintRule {
  readonly code: LintCode;
  /** Globs of the files that it looks at; all of them where nothing is said. */
  readonly folders?: readonly string[];
  readonly check: (project: LintProject) => Iterable<Diagnostic>;
}

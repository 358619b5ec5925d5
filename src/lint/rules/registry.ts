/** All rules, in the order of their codes. A new one is a query of its own, a line here and a row in core/codes/lint.ts. */
import type { LintRule } from "../lint-rule.ts";
import { grainTest } from "./grain-test.ts";
import { callInComment, commaJoin, notInQuery, orderWithoutLimit } from "./query-habits.ts";
import { rawTable } from "./raw-table.ts";
import { selectStar } from "./select-star.ts";
import { undeclaredPii } from "./undeclared-pii.ts";
import { undocumentedColumn, undocumentedResource } from "./undocumented.ts";
import { unusedMacro, unusedVariable } from "./unused.ts";

export const lintRules: readonly LintRule[] = [
  rawTable,
  selectStar,
  grainTest,
  unusedMacro,
  unusedVariable,
  undocumentedColumn,
  undocumentedResource,
  callInComment,
  orderWithoutLimit,
  commaJoin,
  notInQuery,
  undeclaredPii,
];

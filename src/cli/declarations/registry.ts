/** All commands, in the order of the help: one line each. */
import type { AnyCommand, CommandGroup } from "../command.ts";
import { cleanDeclaration } from "./clean.ts";
import { cloneDeclaration } from "./clone.ts";
import { compileDeclaration } from "./compile.ts";
import { completionDeclaration } from "./completion.ts";
import { debugDeclaration } from "./debug.ts";
import { devDeclaration } from "./dev.ts";
import { diffDeclaration } from "./diff.ts";
import { explainDeclaration } from "./explain.ts";
import { exportDeclaration } from "./export.ts";
import { formatDeclaration } from "./format.ts";
import { freshnessDeclaration } from "./freshness.ts";
import { initDeclaration } from "./init.ts";
import { lintDeclaration } from "./lint.ts";
import { listDeclaration } from "./list.ts";
import { parseDeclaration } from "./parse.ts";
import { retryDeclaration } from "./retry.ts";
import { runDeclarations } from "./run.ts";
import { runOperationDeclaration } from "./run-operation.ts";
import { sampleDeclaration } from "./sample.ts";
import { schemaDeclaration } from "./schema.ts";
import { showDeclaration } from "./show.ts";

export const commands: readonly (AnyCommand | CommandGroup)[] = [
  ...runDeclarations,
  runOperationDeclaration,
  retryDeclaration,
  devDeclaration,
  cloneDeclaration,
  compileDeclaration,
  showDeclaration,
  freshnessDeclaration,
  diffDeclaration,
  listDeclaration,
  parseDeclaration,
  lintDeclaration,
  formatDeclaration,
  debugDeclaration,
  cleanDeclaration,
  explainDeclaration,
  schemaDeclaration,
  completionDeclaration,
  sampleDeclaration,
  initDeclaration,
  exportDeclaration,
];

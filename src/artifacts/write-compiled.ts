/**
 * Writes the SQL of models and tests for people to read: `compiled/<project>/…` holds the queries, `run/<project>/…` the
 * statements that a plan executes. A file that already says the same is left alone, so that editors and watchers stay quiet.
 * Thousands of files take their time, so each is a step of its own: whoever waits for something else meanwhile can take some.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CompiledProject } from "../compile/compiled.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import type { Steps } from "../core/steps.ts";
import { type Plan, type TestCheck, testsOf } from "../plan/plan.ts";
import { type PlannedSql, plannedSql } from "../plan/planned-sql.ts";
import { compiledPaths } from "./compiled-paths.ts";
import { fileProblem } from "./file-problem.ts";
import { redact } from "./redact.ts";

export interface CompiledSql {
  readonly projectName: string;
  readonly compiled: CompiledProject;
  /** Only these; default: all. */
  readonly ids?: ReadonlySet<string> | undefined;
  readonly secrets?: readonly string[] | undefined;
}

/** `directory` is the target folder. Stops at the first file that cannot be written, because the others would fail alike. */
export function writeCompiledSql(directory: string, { projectName, compiled, ids, secrets }: CompiledSql): Steps<Diagnostic | undefined> {
  const texts = new Map<string, string>();
  for (const [id, entry] of compiled.nodes) {
    if (entry.kind === "seed" || (entry.kind === "model" && entry.javascript) || (ids !== undefined && !ids.has(id))) continue;
    texts.set(id, entry.sql.text);
  }
  return writeSqlFiles(join(directory, "compiled", projectName), texts, compiledPaths(compiled), secrets);
}

export interface RunSql {
  readonly projectName: string;
  readonly compiled: CompiledProject;
  readonly plan: Plan;
  readonly secrets?: readonly string[] | undefined;
}

/** What the plan's stages execute, as far as it is fixed before the run: seeds are loaded from their files. */
export function writeRunSql(directory: string, { projectName, compiled, plan, secrets }: RunSql): Steps<Diagnostic | undefined> {
  const texts = new Map<string, string>();
  for (const stage of plan.stages) {
    const planned = plannedSql(stage);
    if (planned.length > 0) texts.set(stage.id, planned.map(statementsText).join(";\n\n"));
    for (const test of testsOf(stage)) texts.set(test.id, failingRows(test));
  }
  return writeSqlFiles(join(directory, "run", projectName), texts, compiledPaths(compiled), secrets);
}

function statementsText({ when, statements }: PlannedSql): string {
  const text = statements.join(";\n\n");
  return when === undefined ? text : `-- ${when}\n${text}`;
}

/** The rows that a test looks for; what its verdict makes of their number stands in its settings. */
function failingRows(test: TestCheck): string {
  return test.limit === undefined ? test.sql.text : `select * from (\n${test.sql.text}\n) as failing limit ${test.limit}`;
}

function* writeSqlFiles(
  root: string,
  texts: ReadonlyMap<string, string>,
  paths: ReadonlyMap<string, string>,
  secrets: readonly string[] = [],
): Steps<Diagnostic | undefined> {
  const made = new Set<string>();
  for (const [id, text] of texts) {
    const path = paths.get(id);
    if (path === undefined) continue;
    const file = join(root, path);
    try {
      const folder = dirname(file);
      if (!made.has(folder)) mkdirSync(folder, { recursive: true });
      made.add(folder);
      const bytes = Buffer.from(`${redact(text, secrets)}\n`);
      if (!holds(file, bytes)) writeFileSync(file, bytes);
    } catch (error) {
      return diagnose("RT0415", { path: file, problem: fileProblem(error) });
    }
    yield;
  }
  return undefined;
}

/** Sizes first: most files that changed have another one. */
function holds(file: string, bytes: Buffer): boolean {
  return statSync(file, { throwIfNoEntry: false })?.size === bytes.length && readFileSync(file).equals(bytes);
}

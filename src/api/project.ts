/**
 * The programmatic API. A program opens a project, looks at it and runs it; a user's mistakes come back as problems, only
 * faults of the program itself and of retain are thrown. Writes nothing to the console, ends nothing, changes nothing of
 * the process, and keeps no state but in the project's own files: calls may overlap, on one project or on several. A
 * project is as it was read: whoever wants to see an edit opens it again.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { compileProject } from "../compile/compile-project.ts";
import { codeOf } from "../compile/compiled.ts";
import { type Diagnostic, diagnose, hasErrors, type Outcome } from "../core/diagnostic.ts";
import { defaultHost } from "../default-host.ts";
import { type Plan, testsOf } from "../plan/plan.ts";
import { plannedSql } from "../plan/planned-sql.ts";
import type { RunResult } from "../ports/run-event.ts";
import type { OpenedProject } from "../project.ts";
import { checkRunSettings } from "../session/check-run-settings.ts";
import type { Host } from "../session/host.ts";
import { inputLimitOf, readSample } from "../session/input-limit.ts";
import type { RunSettings } from "../session/options.ts";
import { executeRun, type PreparedRun, prepareRun, type RunRequest, verdictOf } from "../session/run-project.ts";
import { evaluateSelection, readProject, type Session, type SessionOptions, startSession } from "../session/session.ts";
import { sourceLookup } from "../session/source-lookup.ts";
import { checkOptions } from "./check-options.ts";
import type { OpenProjectOptions, PlanOptions, RunOptions, SelectOptions } from "./options.ts";
import { type Problem, toProblem, withoutSecrets } from "./problem.ts";

/** A value, or the problems that kept from it; warnings may come with a value, too. */
export type Result<T> = ({ readonly ok: true } & T & { readonly problems: readonly Problem[] }) | { readonly ok: false; readonly problems: readonly Problem[] };

export interface Project {
  readonly name: string;
  /** Absolute path of the folder that holds the retain.yml. */
  readonly directory: string;
  readonly target: string;
  /** Every enabled node, source, export and exposure. */
  readonly nodes: readonly ProjectNode[];
  /** The SQL that nodes become. Opens no database and writes nothing. */
  compile(options?: SelectOptions): Promise<Result<{ readonly nodes: readonly CompiledSql[] }>>;
  /** What a run with the same options would do. Opens the warehouse only for `defer` and `changed`, and changes nothing. */
  plan(options?: PlanOptions): Promise<Result<{ readonly stages: readonly PlannedStage[] }>>;
  /** Runs, and leaves artifacts in target/ and the run in the state, as the command line does. */
  run(options?: RunOptions): Promise<RunReport>;
}

export interface ProjectNode {
  readonly uniqueId: string;
  readonly name: string;
  readonly resourceType: string;
  /** Path relative to the project. */
  readonly file: string;
  readonly tags: readonly string[];
  readonly dependsOn: readonly string[];
}

export interface CompiledSql {
  readonly uniqueId: string;
  readonly name: string;
  readonly kind: "model" | "snapshot" | "test" | "unit_test";
  /** Of a model in JavaScript, its code. */
  readonly sql: string;
}

export interface PlannedStage {
  readonly uniqueId: string;
  readonly name: string;
  readonly kind: "model" | "seed" | "snapshot" | "test" | "unit_test";
  readonly dependsOn: readonly string[];
  /** Unique ids of the tests that run before it is published. */
  readonly tests: readonly string[];
  /** What is in the warehouse decides which of several ways is gone. */
  readonly sql: readonly { readonly when: string | undefined; readonly statements: readonly string[] }[];
}

export interface RunReport {
  /** `not run`: something kept from it; see `problems`. `interrupted`: the signal was aborted before it was done. */
  readonly status: "ok" | "tests failed" | "failed" | "interrupted" | "not run";
  /** Whether the status is `ok`. */
  readonly ok: boolean;
  /** Missing when nothing was run. */
  readonly result: RunResult | undefined;
  /** Of the project, of the run as a whole and of all its nodes. */
  readonly problems: readonly Problem[];
}

/** Reads, parses and compiles a project. */
export async function openProject(options: OpenProjectOptions = {}): Promise<Result<{ readonly project: Project }>> {
  const wrong = checkOptions("openProject", options);
  if (wrong.length > 0) return { ok: false, problems: wrong.map((diagnostic) => toProblem(diagnostic, () => undefined, [])) };
  const { projectDir, target, vars, warnError, cache } = options;
  const cwd = resolve(options.cwd ?? ".");
  const surroundings = { version: readVersion(), cwd, command: "a program that uses retain", environment: { ...(options.environment ?? process.env) } };
  const session: SessionOptions = { projectDir, target, vars, warnError, cache };
  const desk = createDesk(surroundings);
  const opened = await readProject(desk.host, session);
  const started = await startSession(desk.host, opened, session);
  const problems = desk.problems();
  return started ? { ok: true, project: createProject(surroundings, opened, session, started), problems } : { ok: false, problems };
}

type Surroundings = Pick<Host, "version" | "cwd" | "command" | "environment">;

/** One call's own invocation, and what was said in it. */
interface Desk {
  readonly host: Host;
  readonly problems: () => readonly Problem[];
}

function createDesk(surroundings: Surroundings): Desk {
  const said: Problem[] = [];
  const host: Host = {
    ...surroundings,
    ...defaultHost(),
    reportDiagnostics: (diagnostics, { sources = () => undefined, secrets = [] } = {}) => {
      said.push(...diagnostics.map((diagnostic) => toProblem(diagnostic, sources, secrets)));
    },
    note: () => {},
  };
  return { host, problems: () => [...said] };
}

function createProject(surroundings: Surroundings, opened: Outcome<OpenedProject>, base: SessionOptions, { config, graph }: Session): Project {
  /** Each call compiles for itself: its time and its id are part of what templates see. */
  const begin = async (desk: Desk, settings: RunSettings): Promise<Session | undefined> => {
    const { dialect, invocation } = desk.host;
    const compiled = compileProject(graph, config, { dialect, invocation, inputs: inputLimitOf(settings) });
    const errors = compiled.diagnostics.filter(({ severity }) => severity === "error");
    const value = { ...opened.value, graph, compiled: hasErrors(errors) ? undefined : compiled.value };
    return startSession(desk.host, { value, diagnostics: errors }, { ...settings, ...base, holdsWarnings: true });
  };

  const prepare = async (
    desk: Desk,
    call: "plan" | "run",
    options: PlanOptions,
  ): Promise<{ readonly prepared: PreparedRun; readonly request: RunRequest } | undefined> => {
    const wrong = checkOptions(call, options);
    if (wrong.length > 0) {
      desk.host.reportDiagnostics(wrong);
      return undefined;
    }
    const settings = settingsOf(options, base);
    const command = options.command ?? "build";
    const misuse = "problem" in settings ? settings.problem : checkRunSettings(command, settings);
    if (misuse || "problem" in settings) {
      desk.host.reportDiagnostics(misuse ? [misuse] : []);
      return undefined;
    }
    const session = await begin(desk, settings);
    const selected = session && choose(session, settings);
    if (!session || !selected) return undefined;
    const request = { command, selected, options: settings };
    const prepared = await prepareRun(desk.host, session, request, options.signal);
    return prepared && { prepared, request };
  };

  return {
    name: config.project.name,
    directory: config.projectDir,
    target: config.targetName,
    nodes: [...graph.nodes.values()].map(({ uniqueId, name, resourceType, originalFilePath, tags }) => ({
      uniqueId,
      name,
      resourceType,
      file: originalFilePath,
      tags,
      dependsOn: graph.dag.parents.get(uniqueId) ?? [],
    })),
    compile: async (options = {}) => {
      const desk = createDesk(surroundings);
      desk.host.reportDiagnostics(checkOptions("compile", options));
      if (desk.problems().length > 0) return { ok: false, problems: desk.problems() };
      const settings = settingsOf(options, base) as RunSettings;
      const session = await begin(desk, settings);
      const selected = session && choose(session, settings);
      if (!selected) return { ok: false, problems: desk.problems() };
      const chosen = [...session.compiled.nodes].filter(([id]) => selected.has(id));
      const nodes = chosen.flatMap(([uniqueId, node]): readonly CompiledSql[] =>
        node.kind === "seed" ? [] : [{ uniqueId, name: node.node.name, kind: node.kind, sql: codeOf(node) }],
      );
      return { ok: true, nodes, problems: desk.problems() };
    },
    plan: async (options = {}) => {
      const desk = createDesk(surroundings);
      const made = await prepare(desk, "plan", options);
      if (!made) return { ok: false, problems: desk.problems() };
      made.prepared.database?.close();
      return { ok: true, stages: describeStages(made.prepared.plan), problems: desk.problems() };
    },
    run: async (options = {}) => {
      const desk = createDesk(surroundings);
      const secrets = config.secrets;
      const stop = new AbortController();
      const given = options.signal;
      const signal = given instanceof AbortSignal ? AbortSignal.any([given, stop.signal]) : stop.signal;
      const made = await prepare(desk, "run", given === undefined || given instanceof AbortSignal ? { ...options, signal } : options);
      let fault: { readonly error: unknown } | undefined;
      const emit: Parameters<typeof executeRun>[3]["emit"] = (event) => {
        if (fault) return;
        try {
          options.onEvent?.(withoutSecrets(event, secrets));
        } catch (error) {
          fault = { error };
          stop.abort();
        }
      };
      const done = made && (await executeRun(desk.host, made.prepared, made.request, { emit, signal }));
      if (fault) throw fault.error;
      if (!done) return { status: signal.aborted ? "interrupted" : "not run", ok: false, result: undefined, problems: desk.problems() };
      const result = withoutSecrets(done.result, secrets);
      const sources = sourceLookup(opened.value.sources, config.projectDir);
      const ofNodes = result.results.flatMap(({ diagnostics }) => diagnostics.map((diagnostic) => toProblem(diagnostic, sources, secrets)));
      const status = statusOf(result, done.recording === "lost", base.warnError === true);
      return { status, ok: status === "ok", result, problems: [...desk.problems(), ...ofNodes] };
    },
  };
}

function choose(session: Session, settings: RunSettings): ReadonlySet<string> | undefined {
  const selected = evaluateSelection(session, settings);
  return session.report(selected.diagnostics) ? undefined : selected.value;
}

function settingsOf(
  options: RunOptions,
  { projectDir, target, vars, warnError, cache }: SessionOptions,
): (RunSettings & { readonly vars: string | undefined }) | { readonly problem: Diagnostic } {
  const { state, selector, fullRefresh, changed, defer, deferTarget, favorState, empty, eventTimeStart, eventTimeEnd, threads, failFast } = options;
  const sample = options.sample === undefined ? undefined : readSample(options.sample);
  if (options.sample !== undefined && !sample)
    return {
      problem: diagnose("RT0001", { problem: `sample: ${JSON.stringify(options.sample)} is no size` }, { help: "write it as 100, 5% or 5%:customer_id" }),
    };
  return {
    // Kept with the run, so that `retain retry` can repeat it.
    ...{ projectDir, target, warnError, cache, vars: vars && JSON.stringify(vars) },
    ...{ select: listOf(options.select), exclude: listOf(options.exclude), selector, state, indirectSelection: options.indirectSelection ?? "eager" },
    ...{ fullRefresh, changed, defer, deferTarget, favorState, empty, sample, eventTimeStart, eventTimeEnd, threads, failFast },
    lockTimeout: options.lockTimeoutSeconds ?? 10,
  };
}

function listOf(criteria: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof criteria === "string" ? [criteria] : criteria;
}

function describeStages({ stages }: Plan): readonly PlannedStage[] {
  return stages.map((stage) => ({
    uniqueId: stage.id,
    name: stage.name,
    kind: stage.kind,
    dependsOn: stage.dependsOn,
    tests: stage.kind === "test" ? [] : testsOf(stage).map(({ id }) => id),
    sql: plannedSql(stage),
  }));
}

function statusOf(result: RunResult, isLost: boolean, warnError: boolean): RunReport["status"] {
  if (result.interrupted) return "interrupted";
  const verdict = verdictOf(result);
  if (verdict !== "ok") return verdict;
  return isLost || (warnError && result.results.some(({ status }) => status === "warn")) ? "failed" : "ok";
}

function readVersion(): string {
  return (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { readonly version: string }).version;
}

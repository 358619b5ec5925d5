/** What most of the work begins with: read the project, say what is wrong with it, select nodes, open the warehouse. */
import { isAbsolute, join, resolve } from "node:path";
import type { EarlierArtifacts } from "../artifacts/earlier/read-earlier.ts";
import { programIdentity } from "../cache/program-identity.ts";
import { compileProject } from "../compile/compile-project.ts";
import type { CompiledProject } from "../compile/compiled.ts";
import { findDefaultSelector } from "../compile/default-selector.ts";
import { createProjectContext, type Invocation } from "../compile/render-context.ts";
import type { Relation } from "../compile/values.ts";
import type { Config } from "../config/config.ts";
import { type Diagnostic, diagnose, hasErrors, type Outcome } from "../core/diagnostic.ts";
import type { SourceLookup } from "../core/span.ts";
import type { Graph } from "../graph/graph.ts";
import type { IndirectSelection } from "../graph/select/criterion.ts";
import type { EarlierRun } from "../graph/select/earlier-run.ts";
import { selectNodes } from "../graph/select/select.ts";
import type { Selectors } from "../graph/select/selectors-file.ts";
import { settle } from "../lint/settle.ts";
import type { AttachedDatabase, Database } from "../ports/engine.ts";
import { type OpenedProject, openProject } from "../project.ts";
import { checkVars } from "./check-vars.ts";
import type { Host } from "./host.ts";
import { type InputOptions, inputLimitOf } from "./input-limit.ts";
import type { ProjectOptions, SelectionOptions, WarehouseOptions } from "./options.ts";
import { sourceLookup } from "./source-lookup.ts";

export interface Session {
  readonly config: Config;
  readonly graph: Graph;
  readonly compiled: CompiledProject;
  /** How many enabled resources there are of each type. */
  readonly counts: Readonly<Record<string, number>>;
  readonly selectors: Selectors;
  /** What --state names. */
  readonly earlier: { readonly artifacts: EarlierArtifacts; readonly run: EarlierRun } | undefined;
  /** The selector that is chosen when nothing else is said. */
  readonly findDefault: () => Outcome<string | undefined>;
  /** Relations of another warehouse that its SQL reads, by unique id. */
  readonly deferred: ReadonlyMap<string, Relation>;
  /** What it was compiled with. */
  readonly invocation: Invocation;
  /** The same project with some nodes read from elsewhere. */
  readonly recompile: (deferred: ReadonlyMap<string, Relation>) => CompiledProject;
  readonly sources: SourceLookup;
  /** The files that were read, by their paths. */
  readonly texts: ReadonlyMap<string, string>;
  readonly dependsOn: OpenedProject["dependsOn"];
  /** What the stages had to say that is no error, before settings and silencers. */
  readonly warnings: readonly Diagnostic[];
  /** Whether any of them were said. */
  readonly saysAnything: boolean;
  /** Says what is wrong; with --warn-error a warning is an error. Returns whether there was an error. */
  readonly report: (diagnostics: readonly Diagnostic[]) => boolean;
}

export interface SessionOptions extends ProjectOptions, InputOptions {
  readonly vars?: Readonly<Record<string, unknown>> | undefined;
  readonly state?: string | undefined;
  readonly inline?: string | undefined;
  /** What stands for retain itself in keys of the cache, where the caller has found it out already. */
  readonly program?: string | undefined;
  /** Leaves the project's warnings to the caller. */
  readonly holdsWarnings?: boolean | undefined;
}

/** The project, or `undefined` after its problems have been said. */
export async function openProjectSession(host: Host, options: SessionOptions): Promise<Session | undefined> {
  return startSession(host, await readProject(host, options), options);
}

/** Reads, parses and compiles; says nothing. */
export function readProject(host: Host, options: SessionOptions): Promise<Outcome<OpenedProject>> {
  return openProject({
    cwd: host.cwd,
    projectDir: options.projectDir,
    target: options.target,
    vars: options.vars ?? {},
    environment: host.environment,
    dialect: host.dialect,
    invocation: host.invocation,
    inputs: inputLimitOf(options),
    inline: options.inline,
    cache: options.cache === false ? undefined : { program: options.program ?? programIdentity(host.version) },
  });
}

/** A session on a project that was read before. */
export async function startSession(host: Host, opened: Outcome<OpenedProject>, options: SessionOptions): Promise<Session | undefined> {
  const given = options.vars ?? {};
  const { config } = opened.value;
  const sources = lookup(opened.value);
  const report = (diagnostics: readonly Diagnostic[]): boolean => {
    const said = options.warnError ? diagnostics.map((d): Diagnostic => (d.severity === "warning" ? { ...d, severity: "error" } : d)) : diagnostics;
    host.reportDiagnostics(said, { sources, secrets: config?.secrets ?? [] });
    return hasErrors(said);
  };
  const warnings = opened.diagnostics.filter(({ severity }) => severity !== "error");
  const errors = opened.diagnostics.filter(({ severity }) => severity === "error");
  const shown = options.holdsWarnings ? [] : config ? settle(warnings, { settings: config.project.lint, sources }).kept : warnings;
  const failed = report([...errors, ...shown]);
  if (failed || !config || errors.length > 0) {
    if (errors.length > 1) host.note(`${errors.length} errors; nothing was run`);
    return undefined;
  }
  const project = opened.value;
  const { selectors, counts } = project;
  const { dialect, invocation } = host;
  const makeSession = (earlier: Session["earlier"]): Session => ({
    config,
    // A command that needs neither does not wait for them.
    get graph() {
      return project.graph as Graph;
    },
    get compiled() {
      return project.compiled as CompiledProject;
    },
    counts,
    selectors,
    findDefault: () => findDefaultSelector(selectors, createProjectContext(project.graph as Graph, config, host).contextFor(undefined)),
    deferred: new Map(),
    invocation,
    recompile: (deferred) => compileProject(project.graph as Graph, config, { dialect, invocation, inputs: inputLimitOf(options), deferred }).value,
    earlier,
    sources,
    texts: project.sources,
    dependsOn: project.dependsOn,
    warnings,
    saysAnything: shown.length > 0,
    report,
  });
  const session = makeSession(undefined);
  if (Object.keys(given).length > 0 && report(checkVars(given, config, session.graph))) return undefined;
  if (options.state === undefined) return session;
  const earlier = await openEarlier(host, session, options.state);
  return earlier && makeSession(earlier);
}

/** What --state names, or `undefined` after its problems have been said. */
async function openEarlier(host: Host, { config, graph, selectors, report }: Session, folder: string): Promise<Session["earlier"]> {
  const [{ readEarlier, readLoadedAt }, { createEarlierRun }] = await Promise.all([
    import("../artifacts/earlier/read-earlier.ts"),
    import("../artifacts/earlier/earlier-run.ts"),
  ]);
  const read = readEarlier(resolve(host.cwd, folder), folder, config.project.name);
  if (report(read.diagnostics) || !read.value) return undefined;
  const invocation = { ...host.invocation, generatedAt: host.invocation.startedAt };
  const current = { config, graph, selectors, invocation, version: host.version };
  return { artifacts: read.value, run: createEarlierRun(read.value, current, readLoadedAt(join(config.projectDir, "target"), "target")) };
}

function lookup(opened: OpenedProject): SourceLookup {
  return sourceLookup(opened.sources, opened.config?.projectDir);
}

/** The selected ids, or `undefined` after a selection that cannot be read. */
export function selectFor(session: Session, options: SelectionOptions, more: readonly string[] = []): ReadonlySet<string> | undefined {
  const selected = evaluateSelection(session, options, more);
  return session.report(selected.diagnostics) ? undefined : selected.value;
}

/** The same without a word. */
export function evaluateSelection(session: Session, options: SelectionOptions, more: readonly string[] = []): Outcome<ReadonlySet<string>> {
  const select = [...more, ...(options.select ?? [])];
  const exclude = options.exclude ?? [];
  const other = select.length > 0 ? "--select" : exclude.length > 0 ? "--exclude" : undefined;
  const nothing: ReadonlySet<string> = new Set();
  if (options.selector !== undefined && other !== undefined) return { value: nothing, diagnostics: [diagnose("RT0010", { other })] };
  const usual = other === undefined && options.selector === undefined ? session.findDefault() : undefined;
  if (usual && usual.diagnostics.length > 0) return { value: nothing, diagnostics: usual.diagnostics };
  const selection = { select, exclude, indirect: options.indirectSelection as IndirectSelection, selector: options.selector ?? usual?.value };
  return selectNodes(session.graph, selection, { selectors: session.selectors, earlier: session.earlier?.run });
}

export function warehousePath(config: Config): string {
  const { path } = config.target;
  return path === ":memory:" || isAbsolute(path) ? path : resolve(config.projectDir, path);
}

/** The database in memory that unit tests run in, with the target's settings and extensions. */
export async function openScratch(host: Host, { config }: Session): Promise<Outcome<Database | undefined>> {
  const engine = await host.loadEngine();
  const { settings, extensions } = config.target;
  return engine.open({ path: ":memory:", readOnly: false, settings, extensions, attach: [], lockTimeoutSeconds: 0 });
}

export function attachedTo({ projectDir, target }: Config): readonly AttachedDatabase[] {
  return target.attach.map(({ path, alias, read_only }) => ({
    path: /^\w+:/.test(path) || isAbsolute(path) ? path : resolve(projectDir, path),
    alias,
    readOnly: read_only,
  }));
}

/** Opens the target's database; what kept it from opening has been said when it returns `undefined`. */
export async function openWarehouse(
  host: Host,
  session: Session,
  options: WarehouseOptions,
  readOnly: boolean,
  { attach = [], signal }: { readonly attach?: readonly AttachedDatabase[]; readonly signal?: AbortSignal } = {},
): Promise<Database | undefined> {
  const { config } = session;
  const engine = await host.loadEngine();
  const path = warehousePath(config);
  const opened = await engine.open({
    path,
    readOnly,
    settings: config.target.settings,
    extensions: config.target.extensions,
    attach: [...attachedTo(config), ...attach],
    command: host.command,
    lockTimeoutSeconds: options.lockTimeout,
    signal,
    onWait: (holder, held) => host.note(`waiting for ${held}: it is held by ${holder}`),
    onGranted: (granted) => host.note(`${granted} is free now`),
  });
  session.report(opened.diagnostics);
  if (opened.value && !readOnly) await makeExportsReadable(opened.value, session);
  return opened.value;
}

/** Nothing was exported yet in a new project, and models that read what exports have written must build all the same. */
async function makeExportsReadable(database: Database, { config, graph }: Session): Promise<void> {
  const locations = [...graph.nodes.values()].flatMap((node) => (node.resourceType === "source" && node.location !== undefined ? [node.location] : []));
  if (locations.length === 0) return;
  const { ensurePublished, publishedFolder } = await import("../export/published-tables.ts");
  const folder = publishedFolder(config);
  if (!locations.some((location) => resolve(config.projectDir, location).startsWith(folder))) return;
  const connection = await database.connect();
  try {
    await ensurePublished(connection, folder);
  } finally {
    connection.close();
  }
}

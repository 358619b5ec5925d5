/** `run-operation`: SQL that is run when somebody asks for it, by its name or as it is given, and all of it or nothing. */
import { type CompiledOperation, compileOperation } from "../../compile/operations.ts";
import { createProjectContext } from "../../compile/render-context.ts";
import { type Diagnostic, diagnose, hasErrors, type Outcome } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import { readYaml } from "../../core/yaml.ts";
import { resolve } from "../../graph/graph.ts";
import type { Operation } from "../../parse/operations.ts";
import { fileTemplate, parseTemplate } from "../../parse/template.ts";
import type { NodeResult } from "../../ports/run-event.ts";
import { runOperations } from "../../run/run-operations.ts";
import { openWarehouse, type Session } from "../../session/session.ts";
import type { CliContext } from "../context.ts";
import { openSession } from "../open-session.ts";
import type { GlobalOptions } from "../options.ts";

export interface RunOperationOptions extends GlobalOptions {
  readonly args?: string;
  readonly sql?: string;
}

/** The name under which SQL of the command line is shown. */
const given = "--sql";

export async function runOperationCommand(context: CliContext, name: string | undefined, options: RunOperationOptions): Promise<number> {
  const session = await openSession(context, options);
  if (!session) return 2;
  const report = (diagnostics: readonly Diagnostic[]): void =>
    context.reportDiagnostics(diagnostics, {
      sources: (file) => (file === given ? options.sql : session.sources(file)),
      color: options.color,
      quiet: options.quiet,
      secrets: session.config.secrets,
    });
  const operation = chooseOperation(session, name, options.sql);
  if ("code" in operation) {
    report([operation]);
    return 2;
  }
  const args = readArguments(options.args);
  report(args.diagnostics);
  if (args.value === undefined) return 2;
  const unread = [...operation.template.diagnostics, ...unknownRelations(session, operation)];
  report(unread);
  if (hasErrors(unread)) return 2;
  const { contextFor } = createProjectContext(session.graph, session.config, { dialect: context.dialect, invocation: context.invocation });
  const compiled = compileOperation(operation, args.value, contextFor(undefined));
  report(compiled.diagnostics);
  if (!compiled.value || hasErrors(compiled.diagnostics)) return 2;
  const result = await run(context, session, compiled.value, options);
  if (!result) return 2;
  report(result.diagnostics);
  if (options.json) {
    const { uniqueId, status, message, startedAt, completedAt, seconds } = result;
    const record = { unique_id: uniqueId, status, message: message ?? null, started_at: startedAt, completed_at: completedAt, seconds };
    context.stdout.write(`${JSON.stringify(record, null, 2)}\n`);
  } else if (result.status === "success" && !options.quiet) context.stdout.write(`${result.title}: ok in ${result.seconds.toFixed(2)}s\n`);
  return result.status === "success" ? 0 : 1;
}

function chooseOperation({ graph, config }: Session, name: string | undefined, sql: string | undefined): Operation | Diagnostic {
  const named = graph.operations.filter(({ moment }) => moment === "on demand");
  const known = named.map((operation) => operation.name);
  if ((name === undefined) === (sql === undefined)) {
    const help = known.length > 0 ? `operations of this project: ${known.join(", ")}` : "declare one under `operations:` in a YAML file, or give --sql";
    return diagnose("RT0001", { problem: "name an operation, or give its SQL with --sql" }, { help });
  }
  if (sql === undefined) {
    const found = named.find((operation) => operation.name === name);
    const help =
      suggestion(name ?? "", known) ?? (known.length > 0 ? `known operations: ${known.join(", ")}` : "declare it under `operations:` in a YAML file");
    return found ?? diagnose("RT0001", { problem: `there is no operation "${name}"` }, { help });
  }
  return {
    uniqueId: `sql_operation.${config.project.name}.inline`,
    name: "inline",
    packageName: config.project.name,
    originalFilePath: given,
    moment: "on demand",
    index: 0,
    description: "",
    arguments: [],
    template: parseTemplate(fileTemplate(given, sql)),
    // One statement holds or not by itself, and some refuse to be part of a transaction.
    transaction: /;\s*\S/.test(sql),
    meta: {},
    span: { file: given, start: 0, end: sql.length },
  };
}

/** Those of a declared operation were looked up with the project. */
function unknownRelations({ graph }: Session, { template }: Operation): readonly Diagnostic[] {
  return template.calls.dependencies.flatMap((dependency) => {
    if (resolve(graph.names, dependency)) return [];
    const place = { span: dependency.span };
    if (dependency.kind === "source") return [diagnose("RT0204", { source: dependency.source, table: dependency.table }, place)];
    return [diagnose("RT0203", { name: dependency.name }, { ...place, help: suggestion(dependency.name, graph.names.relations.keys()) })];
  });
}

function readArguments(text: string | undefined): Outcome<Readonly<Record<string, unknown>> | undefined> {
  if (text === undefined) return { value: {}, diagnostics: [] };
  const { value, diagnostics } = readYaml("--args", text);
  const [first] = diagnostics;
  const fail = (problem: string) => ({
    value: undefined,
    diagnostics: [diagnose("RT0001", { problem: `--args is not a YAML mapping: ${problem}` }, { help: "write --args '{days: 30}'" })],
  });
  if (first) return fail(first.message);
  const isMapping = value !== null && typeof value === "object" && !Array.isArray(value);
  return isMapping ? { value: value as Record<string, unknown>, diagnostics: [] } : fail(`it is ${JSON.stringify(value)}`);
}

async function run(context: CliContext, session: Session, operation: CompiledOperation, options: GlobalOptions): Promise<NodeResult | undefined> {
  const database = await openWarehouse(context, session, options, false);
  if (!database) return undefined;
  let result: NodeResult | undefined;
  const connection = await database.connect();
  const stopListening = context.onInterrupt(() => connection.interrupt());
  try {
    await runOperations([operation], {
      connection,
      now: context.now,
      record: (one) => {
        result = one;
      },
    });
  } finally {
    stopListening();
    connection.close();
    database.close();
  }
  return result;
}

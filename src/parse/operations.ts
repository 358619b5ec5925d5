/**
 * Reads what is run beside the nodes: `on_run_start` and `on_run_end` of retain.yml, and the named `operations` of YAML
 * files. Their SQL is a template; named ones take arguments, as macros do.
 */
import type { Config } from "../config/config.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { groupBy } from "../core/group-by.ts";
import type { Span } from "../core/span.ts";
import { readList } from "./hooks.ts";
import { inlineTemplate } from "./inline-template.ts";
import { type Declared, nameSpan } from "./read-declarations.ts";
import type { ArgumentDeclaration, OperationDeclaration } from "./resource-schema.ts";
import type { Template } from "./template.ts";

export interface Operation {
  readonly uniqueId: string;
  readonly name: string;
  readonly packageName: string;
  readonly originalFilePath: string;
  readonly moment: "on_run_start" | "on_run_end" | "on demand";
  /** Its place among those of its moment. */
  readonly index: number;
  readonly description: string;
  readonly arguments: readonly ArgumentDeclaration[];
  readonly template: Template;
  /** Whether all of its statements hold or none. */
  readonly transaction: boolean;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly span: Span;
}

export function readOperations(config: Config, declarations: readonly Declared<OperationDeclaration>[]): Outcome<readonly Operation[]> {
  const diagnostics: Diagnostic[] = [];
  const named = declarations.map((declared, index) => readNamed(config, declared, index, diagnostics));
  for (const [name, [first, ...others]] of groupBy(named, (operation) => operation.name)) {
    const notes = first ? [{ message: "first declared here", span: first.span }] : [];
    for (const other of others) diagnostics.push(diagnose("RT0206", { kind: "operation", name }, { span: other.span, notes }));
  }
  const onRun = (["on_run_start", "on_run_end"] as const).flatMap((moment) => readOnRun(config, moment, diagnostics));
  return { value: [...onRun, ...named], diagnostics };
}

function readOnRun(config: Config, moment: "on_run_start" | "on_run_end", diagnostics: Diagnostic[]): readonly Operation[] {
  const { yaml, project } = config;
  const hooks = readList({ file: { path: yaml.file }, yaml }, project[moment], [moment], diagnostics);
  return hooks.map(({ template, transaction, span }, index): Operation => {
    const name = `${project.name}-${moment.replaceAll("_", "-")}-${index}`;
    return {
      uniqueId: `operation.${project.name}.${name}`,
      name,
      packageName: project.name,
      originalFilePath: yaml.file,
      moment,
      index,
      description: "",
      arguments: [],
      template,
      transaction,
      meta: {},
      span,
    };
  });
}

function readNamed(config: Config, declared: Declared<OperationDeclaration>, index: number, diagnostics: Diagnostic[]): Operation {
  const { value, file, path } = declared;
  const packageName = config.project.name;
  const template = inlineTemplate(declared, value.sql, [...path, "sql"]);
  diagnostics.push(...template.diagnostics);
  return {
    uniqueId: `sql_operation.${packageName}.${value.name}`,
    name: value.name,
    packageName,
    originalFilePath: file.path,
    moment: "on demand",
    index,
    description: value.description,
    arguments: value.arguments,
    template,
    transaction: value.transaction,
    meta: value.meta ?? {},
    span: nameSpan(declared),
  };
}

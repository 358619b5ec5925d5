/**
 * A model in JavaScript as data: its module, the queries behind what it may read, and what it is told of the project. The
 * same names mean the same as in templates. Nothing of it is run here.
 */
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { type MappedText, mapSql, originOfSpan } from "../core/mapped-text.ts";
import type { Span } from "../core/span.ts";
import type { Model } from "../parse/resource.ts";
import type { Dependency } from "../parse/template.ts";
import type { RenderContext } from "./render.ts";
import { isRelation, type Value } from "./values.ts";

export interface JavascriptTask {
  /** Path relative to the project, for messages, and absolute, for loading. */
  readonly file: string;
  readonly absolutePath: string;
  readonly projectDir: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly span: Span }[];
  readonly reads: readonly { readonly dependency: Dependency; readonly sql: MappedText }[];
  /** What the model's function is handed besides. */
  readonly context: Readonly<Record<string, Value>>;
}

/** Reads what is only said when it is asked for, such as when the run began: so that it is known to change from run to run. */
function plainCopy(globals: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(globals).map(([name, value]) => [name, { ...(value as Readonly<Record<string, Value>>) }]));
}

/** `withCommonTables` puts ephemeral models in front of a query that reads one. */
export function compileJavascript(model: Model, config: Config, context: RenderContext, withCommonTables: (sql: MappedText) => MappedText): JavascriptTask {
  return {
    file: model.originalFilePath,
    absolutePath: join(config.projectDir, model.originalFilePath),
    projectDir: config.projectDir,
    columns: model.columns.map(({ name, dataType, span }) => ({ name, type: dataType ?? "", span })),
    reads: model.template.calls.dependencies.flatMap((dependency) => {
      const target = context.relation(dependency);
      return isRelation(target) ? [{ dependency, sql: withCommonTables(mapSql(originOfSpan(dependency.span))`select * from ${target.sql}`) }] : [];
    }),
    context: { vars: config.vars as Value, as_of: config.vars["as_of"] as Value, ...plainCopy(context.globals) },
  };
}

/**
 * Lets models read only a part of their inputs, or nothing of them, for --empty and --sample. Each ref or source that is
 * limited becomes a query in brackets. Pure; the same options always let the same rows through.
 */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { type MappedText, sliceMapped, TextBuilder } from "../core/mapped-text.ts";
import { quoteIdentifier } from "../core/names.ts";
import type { Graph } from "../graph/graph.ts";
import type { Built, Seed, Snapshot, SourceTable } from "../parse/resource.ts";
import type { Dialect } from "../ports/dialect.ts";
import type { Relation } from "./values.ts";

/**
 * `none` lets nothing through, so that only types are checked. `rows` takes the first ones, `share` those whose hash falls
 * into the share: of the whole row, or of a key, so that all inputs that have the key agree about whom to take.
 */
export type InputLimit =
  | { readonly kind: "none" }
  | { readonly kind: "rows"; readonly rows: number }
  | { readonly kind: "share"; readonly percent: number; readonly key: string | undefined };

/** A key that no input has would let everything through, which is not what was asked for. */
export function checkInputLimit(graph: Graph, limit: InputLimit | undefined): readonly Diagnostic[] {
  if (limit?.kind !== "share" || limit.key === undefined) return [];
  const inputs = [...graph.nodes.values()].filter((node) => node.resourceType === "seed" || node.resourceType === "source");
  if (inputs.some((node) => columnOf(node, limit.key ?? "") !== undefined)) return [];
  return [diagnose("RT0026", { key: limit.key }, { help: suggestion(limit.key, inputs.flatMap(columnNames)) })];
}

const opening = "(/* limited input */ ";

/** The relation as it is read under a limit: models only when nothing shall be read, because samples reach them through their inputs. */
export function limitInput(relation: Relation, node: Built | SourceTable, limit: InputLimit, dialect: Dialect): Relation {
  const query = limitedQuery(relation.sql, node, limit, dialect);
  return query === undefined ? relation : limitedRelation(relation, query);
}

/** A query that stands for a relation; `nameLimitedInputs` gives it the relation's name where it has no alias. */
export function limitedRelation(relation: Relation, query: string): Relation {
  return { ...relation, sql: `${opening}${query} /* as ${quoteIdentifier(relation.name)} */)` };
}

function limitedQuery(from: string, node: Built | SourceTable, limit: InputLimit, dialect: Dialect): string | undefined {
  if (node.resourceType === "model") return limit.kind === "none" && node.materialized !== "ephemeral" ? `select * from ${from} limit 0` : undefined;
  switch (limit.kind) {
    case "none":
      return `select * from ${from} limit 0`;
    case "rows":
      return `select * from ${from} limit ${limit.rows}`;
    case "share": {
      const key = limit.key === undefined ? undefined : columnOf(node, limit.key);
      if (limit.key !== undefined && key === undefined) return undefined;
      return dialect.sampleRows({ from, percent: limit.percent, key });
    }
  }
}

/** The name of a column as it is declared, whatever its case. */
function columnOf(node: Seed | Snapshot | SourceTable, key: string): string | undefined {
  return columnNames(node).find((name) => name.toLowerCase() === key.toLowerCase());
}

function columnNames(node: Seed | Snapshot | SourceTable): readonly string[] {
  return [...node.columns.map(({ name }) => name), ...(node.resourceType === "seed" ? node.header : [])];
}

const limited = /\(\/\* limited input \*\/ [\s\S]*? \/\* as ("(?:[^"]|"")+") \*\/\)/g;

/** Words that may stand after a relation in a query; any other word there is its alias. */
const clauses =
  /^(?:anti|asof|at|cross|except|full|group|having|inner|intersect|join|left|limit|natural|offset|on|order|pivot|positional|qualify|returning|right|select|semi|set|tablesample|union|unpivot|using|where|window)\b/i;

/** A relation is known by its name where it has no alias, a query in brackets is not: gives those the name of what they limit. */
export function nameLimitedInputs(sql: MappedText): MappedText {
  const { text } = sql;
  if (!text.includes(opening)) return sql;
  const builder = new TextBuilder();
  let done = 0;
  for (const match of text.matchAll(limited)) {
    const [whole, name = ""] = match;
    const end = match.index + whole.length;
    const isQualifier = /^\s*\./.test(text.slice(end, end + 100));
    builder.appendMapped(sliceMapped(sql, done, isQualifier ? match.index : end));
    if (isQualifier) builder.appendMapped(replaceText(sliceMapped(sql, match.index, end), name));
    else if (!hasAlias(text, match.index, end)) builder.append(` as ${name}`);
    done = end;
  }
  return builder.appendMapped(sliceMapped(sql, done, text.length)).build();
}

function replaceText(piece: MappedText, text: string): MappedText {
  return { text, pieces: piece.pieces.slice(0, 1) };
}

function hasAlias(text: string, start: number, end: number): boolean {
  // DuckDB's `from alias: relation`.
  if (/[\w"]\s*:\s*$/.test(text.slice(Math.max(0, start - 200), start))) return true;
  const after = text.slice(end).replace(/^(?:\s+|--[^\r\n]*|\/\*[\s\S]*?\*\/)+/, "");
  return /^["\p{L}_]/u.test(after) && !clauses.test(after);
}

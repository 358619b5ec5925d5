/** RT0702: a mart whose columns are whatever comes from upstream. Common tables are followed to where the columns are listed. */
import { diagnose } from "../../core/diagnostic.ts";
import type { LintRule } from "../lint-rule.ts";
import { type CommonTable, commonTables, type ReadRelation, relationsRead, significant, type Word } from "../relations-read.ts";

export const selectStar: LintRule = {
  code: "RT0702",
  folders: ["*/marts/*"],
  *check({ models, sqlOf }) {
    for (const model of models) {
      const { tokens, spanOf } = sqlOf(model);
      const words = significant(tokens);
      const own = commonTables(words);
      const star = findStar({ words, own, relations: relationsRead(words) }, mainStart(words, own), words.length, new Set());
      if (star) yield diagnose("RT0702", { model: model.name }, { span: spanOf(star) });
    }
  },
};

interface Query {
  readonly words: readonly Word[];
  readonly own: ReadonlyMap<string, CommonTable>;
  readonly relations: readonly ReadRelation[];
}

/** Behind the common tables. */
function mainStart(words: readonly Word[], own: ReadonlyMap<string, CommonTable>): number {
  const outer = [...own.values()].filter(({ to }) => words[to]?.depth === 0);
  return Math.max(0, ...outer.map(({ to }) => to + 1));
}

/** The star through which columns come that nobody has listed, in any branch of a union. */
function findStar(query: Query, from: number, to: number, seen: ReadonlySet<string>): Word | undefined {
  const { words } = query;
  const depth = words[from]?.depth ?? 0;
  const here = (i: number): boolean => words[i]?.depth === depth && words[i]?.kind === "word";
  let hasSelect = false;
  for (let i = from; i < to; i++) {
    if (!here(i) || words[i]?.value !== "select") continue;
    hasSelect = true;
    let end = i + 1;
    while (end < to && !(here(end) && ["from", "union", "intersect", "except"].includes(words[end]?.value ?? ""))) end++;
    let branch = end;
    while (branch < to && !(here(branch) && ["union", "intersect", "except"].includes(words[branch]?.value ?? ""))) branch++;
    // DuckDB takes `from` before `select`, too.
    const hasFrom = words.slice(end, branch).some(({ value, depth: at }) => value === "from" && at === depth);
    const [first, last] = hasFrom ? [i, branch] : [from, i];
    const relations = query.relations.filter(({ index }) => index > first && index < last && words[index]?.depth === depth);
    for (let at = i + 1; at < end; at++) {
      if (words[at]?.text !== "*" || words[at]?.depth !== depth) continue;
      const before = words[at - 1];
      const qualifier = before?.text === "." ? words[at - 2]?.value : undefined;
      if (qualifier === undefined && !(before?.text === "," || before?.value === "select" || before?.value === "distinct" || before?.value === "all")) continue;
      const sources = qualifier === undefined ? relations : relations.filter(({ alias, parts }) => (alias ?? parts.at(-1)) === qualifier);
      const star = follow(query, sources, seen);
      if (star === "here") return words[at];
      if (star) return star;
    }
  }
  // `from x` alone selects everything.
  if (!hasSelect && words[from]?.value === "from") {
    const star = follow(
      query,
      query.relations.filter(({ index }) => index > from && index < to && words[index]?.depth === depth),
      seen,
    );
    return star === "here" ? words[from] : star;
  }
  return undefined;
}

/** `here` when the columns are not listed in this text; a star further up; nothing when all are listed. */
function follow(query: Query, sources: readonly ReadRelation[], seen: ReadonlySet<string>): Word | "here" | undefined {
  if (sources.length === 0) return "here";
  for (const { kind, parts } of sources) {
    const [name = ""] = parts;
    const table = kind === "named" && parts.length === 1 ? query.own.get(name) : undefined;
    if (kind === "query" || kind === "function") continue;
    if (!table) return "here";
    if (seen.has(name)) continue;
    const star = findStar(query, table.from, table.to, new Set([...seen, name]));
    if (star) return star;
  }
  return undefined;
}

/** RT0701: SQL that names a table itself. Models of the project are warned of by every command (RT0213). */
import { diagnose } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import type { LintRule } from "../lint-rule.ts";
import { commonTables, relationsRead, significant } from "../relations-read.ts";

/** What a database says about itself is no data. */
const system = /^(?:information_schema|pg_catalog|system|temp|duckdb_\w+|pg_\w+|sqlite_\w+)$/;

export const rawTable: LintRule = {
  code: "RT0701",
  *check({ nodes, graph, sqlOf }) {
    for (const node of nodes) {
      const isTest = node.resourceType === "test" && node.testKind === "singular";
      if (node.resourceType !== "model" && !isTest) continue;
      const { tokens, spanOf } = sqlOf(node);
      const words = significant(tokens);
      const own = commonTables(words);
      for (const relation of relationsRead(words)) {
        const [first = "", ...rest] = relation.parts;
        const last = rest.at(-1) ?? first;
        if (relation.kind !== "named" || system.test(first) || (rest.length === 0 && own.has(first))) continue;
        // A model that is named without ref is RT0213 already.
        if (!isTest && graph.names.relations.has(last)) continue;
        const known = [...graph.names.relations.keys()];
        const help = graph.names.relations.has(last) ? `write {{ref "${last}"}}` : suggestion(last, known)?.replace(/"(.+)"/, '{{ref "$1"}}');
        yield diagnose("RT0701", { name: relation.parts.join(".") }, { span: spanOf(relation), help });
      }
    }
  },
};

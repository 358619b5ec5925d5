/** What rules look at: the project's resources, and the SQL of each as tokens, read once however many rules ask. Pure. */
import type { Config } from "../config/config.ts";
import { spanIn } from "../core/mapped-text.ts";
import type { Span } from "../core/span.ts";
import { sqlTokens, type Token } from "../core/sql-tokens.ts";
import type { Graph } from "../graph/graph.ts";
import type { Model, Resource, SingularTest } from "../parse/resource.ts";
import type { Template } from "../parse/template.ts";
import { type TemplateTag, templateTags } from "../parse/template-tags.ts";

/** A query as it is written: each tag of the template is one token. */
export interface WrittenSql {
  readonly tokens: readonly Token[];
  readonly tags: readonly TemplateTag[];
  readonly spanOf: (range: { readonly start: number; readonly end: number }) => Span;
}

export interface LintProject {
  readonly config: Config;
  readonly graph: Graph;
  readonly models: readonly Model[];
  readonly nodes: readonly Resource[];
  readonly sqlOf: (node: Model | SingularTest) => WrittenSql;
}

export function createLintProject(config: Config, graph: Graph): LintProject {
  // What a package is made of is for those to mend who made it.
  const nodes = [...graph.nodes.values()].filter(({ packageName }) => packageName === config.project.name);
  const read = new Map<Template, WrittenSql>();
  return {
    config,
    graph,
    nodes,
    models: nodes.filter((node) => node.resourceType === "model"),
    sqlOf: ({ template }) => {
      const known = read.get(template);
      if (known) return known;
      const { text } = template.source;
      const tags = templateTags(text) ?? [];
      const made: WrittenSql = { tokens: sqlTokens(text, tags), tags, spanOf: ({ start, end }) => spanIn(template.source, start, end) };
      read.set(template, made);
      return made;
    },
  };
}

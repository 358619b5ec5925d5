/** What is different when a microbatch model is rendered: its inputs are those of one window, and it may name that window. */
import { type Graph, resolve } from "../graph/graph.ts";
import type { Model } from "../parse/resource.ts";
import { sqlTime, windowedRelation, windowMarks } from "./batch-window.ts";
import { parseTime } from "./materializations/incremental/batches.ts";
import { strategyOf } from "./materializations/incremental/strategies.ts";
import type { ProjectContext, RenderOverrides } from "./render-context.ts";

export function isBatched({ config, materialized }: Model): boolean {
  return materialized === "incremental" && strategyOf(config) === "microbatch";
}

/** For one batch, whose window is not known yet. */
export function batchOverrides(graph: Graph, relation: ProjectContext["relation"]): RenderOverrides {
  return {
    relation: (dependency) => {
      const node = resolve(graph.names, dependency);
      return node && windowedRelation(relation(node), node);
    },
    globals: { batch: { ...windowMarks } },
  };
}

/** As a whole, a model is one batch from its beginning until now, and reads its inputs whole. */
export function wholeOverrides(model: Model, run: { readonly startedAt: string }): RenderOverrides {
  if (!isBatched(model)) return {};
  const begin = new Date(parseTime(model.config.begin ?? "") ?? 0).toISOString();
  return { globals: { batch: { start: sqlTime(begin), end: sqlTime(run.startedAt) } } };
}

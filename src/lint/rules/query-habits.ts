/** RT0708 to RT0711: what is easily written and seldom meant, seen in the words of a query. */
import { diagnose } from "../../core/diagnostic.ts";
import type { LintRule } from "../lint-rule.ts";
import { relationsRead, significant } from "../relations-read.ts";

export const callInComment: LintRule = {
  code: "RT0708",
  *check({ models, sqlOf }) {
    for (const model of models) {
      const { tokens, tags, spanOf } = sqlOf(model);
      for (const comment of tokens) {
        if (comment.kind !== "comment") continue;
        for (const tag of tags) {
          const isEdge = tag.kind === "value" && (tag.name === "ref" || tag.name === "source");
          if (isEdge && tag.start >= comment.start && tag.end <= comment.end)
            yield diagnose("RT0708", { call: comment.text.slice(tag.start - comment.start, tag.end - comment.start) }, { span: spanOf(tag) });
        }
      }
    }
  },
};

export const orderWithoutLimit: LintRule = {
  code: "RT0709",
  *check({ models, sqlOf }) {
    for (const model of models) {
      if (model.materialized !== "view" && model.materialized !== "ephemeral") continue;
      const { tokens, spanOf } = sqlOf(model);
      const outer = significant(tokens).filter(({ depth }) => depth === 0);
      const order = outer.findLastIndex((word, i) => word.value === "order" && outer[i + 1]?.value === "by");
      const by = outer[order + 1];
      const first = outer[order];
      const isLimited = outer.slice(order + 1).some(({ value }) => value === "limit" || value === "fetch");
      if (first && by && !isLimited) yield diagnose("RT0709", { model: model.name }, { span: spanOf({ start: first.start, end: by.end }) });
    }
  },
};

export const commaJoin: LintRule = {
  code: "RT0710",
  *check({ models, sqlOf }) {
    for (const model of models) {
      const { tokens, spanOf } = sqlOf(model);
      for (const { comma, kind } of relationsRead(significant(tokens)))
        if (comma && (kind === "named" || kind === "template")) yield diagnose("RT0710", {}, { span: spanOf(comma) });
    }
  },
};

export const notInQuery: LintRule = {
  code: "RT0711",
  *check({ models, sqlOf }) {
    for (const model of models) {
      const { tokens, spanOf } = sqlOf(model);
      const words = significant(tokens);
      for (const [i, word] of words.entries()) {
        const [next, open, first] = words.slice(i + 1, i + 4);
        if (word.value !== "not" || next?.value !== "in" || open?.text !== "(" || !first || !["select", "from", "with"].includes(first.value)) continue;
        // A query that leaves NULLs out is safe.
        const close = words.findIndex((other, at) => at > i + 2 && other.text === ")" && other.depth === open.depth);
        const inside = words.slice(i + 3, close < 0 ? undefined : close).map(({ value }) => value);
        const isSafe = inside.some((value, at) => value === "is" && inside[at + 1] === "not" && inside[at + 2] === "null");
        if (!isSafe) yield diagnose("RT0711", {}, { span: spanOf({ start: word.start, end: next.end }) });
      }
    }
  },
};

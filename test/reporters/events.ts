/** Events of made-up runs, written in a few words. Times are fixed; nothing here is random. */
import { type Diagnostic, diagnose } from "../../src/core/diagnostic.ts";
import type { Span } from "../../src/core/span.ts";
import type { NodeResult, RunEvent, RunStarted } from "../../src/ports/run-event.ts";

const at = "2026-06-30T00:00:00.000Z";

/** The project's files as reporters see them, and the span of the first `words` in one of them. */
export function project(files: Readonly<Record<string, string>>) {
  return {
    sources: (file: string) => files[file],
    span: (file: string, words: string): Span => {
      const start = files[file]?.indexOf(words) ?? -1;
      if (start < 0) throw new Error(`${file} does not contain ${words}`);
      return { file, start, end: start + words.length };
    },
  };
}

export function started(total: number, counts: Partial<RunStarted["counts"]> = {}, command = "build"): RunEvent {
  return {
    type: "run_started",
    invocationId: "0b2f",
    command,
    projectName: "shop",
    targetName: "dev",
    startedAt: at,
    threads: 4,
    counts: { models: 0, seeds: 0, snapshots: 0, tests: 0, ...counts },
    total,
  };
}

export function running(title: string, materialized = "table"): RunEvent {
  return {
    type: "node_started",
    uniqueId: title,
    title,
    kind: materialized === "seed" || materialized === "test" ? materialized : "model",
    materialized,
    startedAt: at,
  };
}

/** A finished node whose unique id is its title. A test with a `stageId` belongs to that node. */
export function node(title: string, status: NodeResult["status"], more: Partial<NodeResult> = {}): NodeResult {
  return {
    uniqueId: title,
    name: title,
    title,
    kind: "model",
    materialized: more.kind === "test" || more.kind === "seed" ? more.kind : "table",
    status,
    message: undefined,
    failures: undefined,
    failingRows: undefined,
    relationName: undefined,
    startedAt: at,
    completedAt: at,
    seconds: 0.12,
    thread: 1,
    diagnostics: [],
    stageId: more.uniqueId ?? title,
    ...more,
  };
}

export function finished(result: NodeResult): RunEvent {
  return { type: "node_finished", result };
}

export function raised(diagnostic: Diagnostic): RunEvent {
  return { type: "diagnostic", diagnostic };
}

export function ended(
  results: readonly NodeResult[],
  more: { readonly seconds?: number; readonly interrupted?: boolean; readonly command?: string } = {},
): RunEvent {
  const result = {
    invocationId: "0b2f",
    command: "build",
    targetName: "dev",
    startedAt: at,
    completedAt: at,
    seconds: 3.42,
    results,
    interrupted: false,
    ...more,
  };
  return { type: "run_finished", result };
}

/** A whole run: start, every node, end. */
export function runOf(results: readonly NodeResult[], more: Parameters<typeof ended>[1] & { readonly before?: readonly RunEvent[] } = {}): readonly RunEvent[] {
  const { before = [], ...end } = more;
  const count = (kind: NodeResult["kind"]) => results.filter((result) => result.kind === kind).length;
  const counts = { models: count("model"), seeds: count("seed"), tests: count("test") };
  return [started(results.length, counts, end.command), ...before, ...results.map(finished), ended(results, end)];
}

export function passed(title: string, stageId: string): NodeResult {
  return node(title, "pass", { kind: "test", stageId, failures: 0, seconds: 0.01 });
}

export const shop = project({
  "models/marts/rfm.yml": "models:\r\n  - name: rfm_scores\r\n    columns:\r\n      - {name: customer_id, tests: [unique, not_null]}\r\n",
  "models/marts/churn.sql": "select\n\tcustomer_id, '고객 🛒' as kind, gradee as x\nfrom {{ref 'rfm_scores'}}\n",
});

const broken = diagnose("RT0402", { column: "gradee" }, { span: shop.span("models/marts/churn.sql", "gradee"), help: 'did you mean "grade"?' });
const skipped = { message: '"rfm_scores" failed', seconds: 0 } as const;

/** A build in which a test fails, a test warns, a model breaks, and what builds on them is skipped. */
export const troubled: readonly NodeResult[] = [
  node("raw_orders", "success", { kind: "seed" }),
  passed("not_null orders.order_id", "stg_orders"),
  passed("unique orders.order_id", "stg_orders"),
  node("recency stg_orders.ordered_at", "warn", {
    kind: "test",
    stageId: "stg_orders",
    message: "1 failing row",
    failures: 1,
    diagnostics: [diagnose("RT0413", { test: "recency stg_orders.ordered_at", failures: "1 failing row" })],
  }),
  node("stg_orders", "success", { materialized: "view", seconds: 0.034 }),
  node("unique rfm_scores.customer_id", "fail", {
    kind: "test",
    stageId: "rfm_scores",
    message: "1,204 failing rows",
    failures: 1204,
    failingRows: {
      columns: ["customer_id", "n", "email", "이름", "note"],
      sample: [
        ["C0001", 2, "***", "김민수", "two\nlines"],
        ["C0002", 13, null, "🛒", ""],
      ],
      keptIn: "target/failures/unique_rfm_scores_customer_id.csv",
      storedAs: "main_dbt_test__audit.unique_rfm_scores_customer_id",
    },
    diagnostics: [
      diagnose("RT0407", { test: "unique rfm_scores.customer_id", failures: "1,204 failing rows" }, { span: shop.span("models/marts/rfm.yml", "unique") }),
    ],
  }),
  passed("not_null rfm_scores.customer_id", "rfm_scores"),
  node("rfm_scores", "error", { message: "not published: 1 test of 2 did not pass", seconds: 1234.5 }),
  node("churn", "error", { message: broken.message, diagnostics: [broken] }),
  ...["winback", "uninstalled", "lapsed", "vip", "sleeping"].flatMap((name) => [
    node(`not_null ${name}.customer_id`, "skipped", { kind: "test", stageId: name, ...skipped }),
    node(name, "skipped", skipped),
  ]),
];

/** The programmatic API: the same stages as the command line, for programs. */
export { duckdbDialect } from "./adapters/duckdb/dialect.ts";
export { duckdbEngine } from "./adapters/duckdb/engine.ts";
export type { Compiled, CompiledProject } from "./compile/compiled.ts";
export type { Invocation } from "./compile/render-context.ts";
export type { Config } from "./config/config.ts";
export { type Diagnostic, hasErrors, type Outcome } from "./core/diagnostic.ts";
export { type Position, positionOf, type SourceLookup, type Span } from "./core/span.ts";
export type { Graph } from "./graph/graph.ts";
export { type Selection, selectNodes } from "./graph/select/select.ts";
export { makePlan, type PlanRequest } from "./plan/make-plan.ts";
export type { Plan, Stage } from "./plan/plan.ts";
export type { Connection, Database, Engine } from "./ports/engine.ts";
export type { NodeResult, RunEvent, RunResult } from "./ports/run-event.ts";
export { type OpenedProject, type OpenProjectOptions, openProject } from "./project.ts";
export { type ExecuteOptions, executePlan } from "./run/execute.ts";

/** The programmatic API: the same work as the command line's, for programs. */
export type { OpenProjectOptions, PlanOptions, RunOptions, SelectOptions } from "./api/options.ts";
export type { Problem } from "./api/problem.ts";
export { type CompiledSql, openProject, type PlannedStage, type Project, type ProjectNode, type Result, type RunReport } from "./api/project.ts";
export type { NodeResult, ResultStatus, RunEvent, RunResult } from "./ports/run-event.ts";

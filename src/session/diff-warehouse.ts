/** Which warehouse this one is compared with: that of another target, one in a file, or that of an earlier run. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { diagnose } from "../core/diagnostic.ts";
import type { DiffRequest } from "./diff-project.ts";
import { findOtherWarehouse, findWarehouseFile, type OtherWarehouse } from "./other-warehouse.ts";
import { type Session, warehousePath } from "./session.ts";

type Asked = Pick<DiffRequest, "git" | "against" | "rows">;

/** `undefined` where there is none to compare with, which is noted; `none` where there should be one, which has been said. */
export function findDiffWarehouse(session: Session, asked: Asked, notes: string[]): OtherWarehouse | undefined | "none" {
  if (asked.against !== undefined) return findNamed(session, asked.against, asked.git !== undefined);
  if (asked.git !== undefined) {
    if (asked.rows) notes.push("rows were not compared: --against names the target or file that was built from there");
    return undefined;
  }
  const found = findOtherWarehouse(session, undefined, asks);
  const isBuilt = existsSync(warehousePath(session.config));
  const problem = found.value ? (isBuilt ? undefined : "nothing is built here yet") : found.diagnostics[0]?.message.replace(/^.*?: /, "");
  if (problem === undefined) return found.value;
  notes.push(`warehouses were not compared: ${problem}`);
  return undefined;
}

const asks = { what: "diff", option: "--against" };

function findNamed(session: Session, against: string, hasProject: boolean): OtherWarehouse | "none" {
  const { config, report } = session;
  const refuse = (problem: string, help: string): "none" => {
    report([diagnose("RT0496", { problem }, { help })]);
    return "none";
  };
  const isTarget = Object.hasOwn(config.project.targets, against);
  const path = resolve(config.projectDir, against);
  if (!isTarget && !existsSync(path) && /[./\\]/.test(against))
    return refuse(`there is no file ${against}`, "paths are seen from the project; a target of retain.yml is named without a path");
  const isFile = !isTarget && existsSync(path);
  // What a git ref's project built is called as it calls it, whatever manifest --state names for the selection.
  const asked = hasProject ? { ...session, earlier: undefined } : session;
  const found = isFile ? { value: findWarehouseFile(session, path, against), diagnostics: [] } : findOtherWarehouse(asked, against, asks);
  if (report(found.diagnostics) || !found.value) return "none";
  const isItself = against === config.targetName || (isFile && found.value.alias === undefined);
  return isItself
    ? refuse(`${found.value.title} is what this target has already`, "choose another target with --target, or another one to compare with")
    : found.value;
}

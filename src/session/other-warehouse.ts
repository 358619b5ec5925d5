/** The other warehouse that --defer and clone read from: that of another target, or that of the run whose artifacts --state names. */
import { existsSync, realpathSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { record } from "../artifacts/earlier/earlier-manifest.ts";
import { redact } from "../artifacts/redact.ts";
import { isStored } from "../compile/is-stored.ts";
import { readOtherTarget } from "../config/other-target.ts";
import { type Diagnostic, diagnose, hasErrors, type Outcome } from "../core/diagnostic.ts";
import type { RelationPlace } from "../plan/defer.ts";
import type { AttachedDatabase } from "../ports/engine.ts";
import { attachedTo, type Session, warehousePath } from "./session.ts";

export interface OtherWarehouse {
  /** As people know it: `target "prod"`. */
  readonly title: string;
  /** The name of its database in SQL; `undefined` when it is the file that is open anyway. */
  readonly alias: string | undefined;
  /** What has to be attached for that. */
  readonly attach: readonly AttachedDatabase[];
  /** Where it has each node, by unique id. */
  readonly places: ReadonlyMap<string, RelationPlace>;
}

const aliasOfOther = "retain_deferred";

/** What asks for it, and the option that names a target. */
const askedByDefer = { what: "--defer", option: "--defer-target" };

/** `targetName` goes before what --state says. */
export function findOtherWarehouse(session: Session, targetName: string | undefined, asked = askedByDefer): Outcome<OtherWarehouse | undefined> {
  const { config, earlier } = session;
  const other = targetName === undefined ? undefined : readOtherTarget(config, targetName);
  if (other && !other.value) return { value: undefined, diagnostics: other.diagnostics };
  const { what, option } = asked;
  const fail = (problem: string, help = `name a target of retain.yml with ${option} NAME, or an earlier run of it with --state DIR`): Outcome<undefined> => ({
    value: undefined,
    diagnostics: [diagnose("RT0506", { what, problem: redact(problem, [...config.secrets, ...(other?.value?.secrets ?? [])]) }, { help })],
  });
  if (!other && !earlier) return fail("none is named");
  const notes = earlier?.artifacts.manifest.notes ?? {};
  const written = other?.value?.settings.path ?? notes["RETAIN_WAREHOUSE_PATH"];
  const title = targetName === undefined ? `the warehouse of ${earlier?.artifacts.shown}` : `target "${targetName}"`;
  if (typeof written === "string" && targetName === undefined && written.includes("${"))
    return fail(
      `the manifest in ${earlier?.artifacts.shown} names it by the environment: ${written}`,
      `name its target: ${option} ${String(notes["RETAIN_TARGET"] ?? "NAME")}`,
    );
  if (typeof written !== "string" || written.includes("***")) return fail(`the manifest in ${earlier?.artifacts.shown} does not say where it is`);
  if (written === ":memory:") return fail(`${title} was in memory`);
  const path = isAbsolute(written) || /^\w+:/.test(written) ? written : resolve(config.projectDir, written);
  if (!/^\w{2,}:/.test(path) && !existsSync(path)) return fail(`${title} is not there (${path})`);
  const places = earlier ? placesIn(session) : placesOf(session, other?.value?.settings.schema ?? "main");
  const known = attachedTo(config).find((attached) => isSameFile(attached.path, path));
  if (isSameFile(warehousePath(config), path)) return { value: { title, alias: undefined, attach: [], places }, diagnostics: [] };
  const alias = known?.alias ?? aliasOfOther;
  return { value: { title, alias, attach: known ? [] : [{ path, alias, readOnly: true }], places }, diagnostics: [] };
}

/** The warehouse in a file: its relations are called as in the target that has it, or else as they are here. */
export function findWarehouseFile(session: Session, path: string, title: string): OtherWarehouse {
  const { config } = session;
  const owner = Object.keys(config.project.targets)
    .map((name) => readOtherTarget(config, name).value?.settings)
    .find((settings) => settings !== undefined && settings.path !== ":memory:" && isSameFile(resolve(config.projectDir, settings.path), path));
  const isItself = isSameFile(warehousePath(config), path);
  const schema = isItself ? config.target.schema : (owner?.schema ?? config.target.schema);
  const known = attachedTo(config).find((attached) => isSameFile(attached.path, path));
  const alias = isItself ? undefined : (known?.alias ?? aliasOfOther);
  return { title, alias, attach: alias === undefined || known ? [] : [{ path, alias, readOnly: true }], places: placesOf(session, schema) };
}

/** As the manifest of --state has them. */
function placesIn({ earlier }: Session): ReadonlyMap<string, RelationPlace> {
  const places = new Map<string, RelationPlace>();
  for (const [id, entry] of earlier?.artifacts.manifest.entries ?? []) {
    const { schema, alias, name, relation_name, resource_type } = entry;
    const isRelation = typeof relation_name === "string" && resource_type !== "test" && resource_type !== "source";
    if (isRelation && record(entry["config"])["materialized"] !== "ephemeral") places.set(id, { schema: String(schema), name: String(alias ?? name) });
  }
  return places;
}

/** As this project would build them in a target with that schema. */
function placesOf({ compiled, config }: Session, schema: string): ReadonlyMap<string, RelationPlace> {
  return new Map(
    [...compiled.nodes].flatMap(([id, node]): readonly (readonly [string, RelationPlace])[] => {
      if (!isStored(node)) return [];
      const own = node.relation;
      // A schema that is not the target's was set for the node, and is the same in every target.
      return [[id, { schema: own.schema === config.target.schema && node.node.config.schema === undefined ? schema : own.schema, name: own.name }]];
    }),
  );
}

function isSameFile(a: string, b: string): boolean {
  const real = (path: string): string => {
    try {
      return realpathSync(path);
    } catch {
      return path;
    }
  };
  return real(a) === real(b);
}

/** Says what is wrong and gives back what was found. */
export function reported<T>(session: Session, { value, diagnostics }: Outcome<T | undefined>): T | undefined {
  const failed = session.report(diagnostics as readonly Diagnostic[]);
  return failed || hasErrors(diagnostics) ? undefined : value;
}

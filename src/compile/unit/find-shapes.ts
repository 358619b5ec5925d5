/**
 * Says for everything that unit tests' inputs stand for how its columns and types become known when no relation is there:
 * declared, read from files, or described from its query, upstream of which the same holds. Pure.
 */
import type { Config } from "../../config/config.ts";
import { type MappedText, mapSql, plainText } from "../../core/mapped-text.ts";
import { quoteIdentifier } from "../../core/names.ts";
import { type Graph, resolve } from "../../graph/graph.ts";
import { type Built, type Column, isBuilt, type Model, type Resource, type Snapshot, type SourceTable } from "../../parse/resource.ts";
import type { Dialect } from "../../ports/dialect.ts";
import { trimSql } from "../ephemeral.ts";
import { snapshotSpec } from "../materializations/snapshot.ts";
import { sourceRelation } from "../relations.ts";
import { render } from "../render.ts";
import type { View } from "../render-context.ts";
import type { Relation } from "../values.ts";
import type { NamedShape, Shape, TypedColumn } from "./compiled-unit-test.ts";

type Shaped = Built | SourceTable;

/** Parents before children. */
export function findShapes(
  ids: Iterable<string>,
  { graph, config, dialect, viewOf }: { graph: Graph; config: Config; dialect: Dialect; viewOf: (packageName: string) => View },
): ReadonlyMap<string, NamedShape> {
  const shapes = new Map<string, NamedShape>();
  const visit = (id: string): void => {
    const node = graph.nodes.get(id);
    if (shapes.has(id) || !isShaped(node)) return;
    const shape = shapeOf(node);
    if (shape.kind === "query") for (const parent of shape.needs) visit(parent);
    shapes.set(id, { label: labelOf(node), relation: shapeRelation(node), shape, span: node.span });
  };
  const shapeOf = (node: Shaped): Shape => {
    const typed = allTyped(node.columns);
    switch (node.resourceType) {
      case "seed":
        return { kind: "seed", seed: node };
      case "source":
        // Files in place may have more columns than are declared; those far away are not asked where the declaration will do.
        if (node.location !== undefined && !(typed && isRemote(node.location)))
          return { kind: "files", read: sourceRelation(node, config, dialect).sql, declared: onlyTyped(node.columns), isComplete: typed !== undefined };
        if (typed) return { kind: "columns", columns: typed };
        return {
          kind: "unknown",
          why: "not all of its columns declare a data_type",
          help: "declare `columns` with a `data_type` each under the source's table",
        };
      case "model": {
        if (node.language === "javascript") {
          const help = "declare all of its `columns` with a `data_type`";
          return typed ? { kind: "columns", columns: typed } : { kind: "unknown", why: "a model in JavaScript has no query to describe", help };
        }
        if (typed && node.config.contract?.enforced) return { kind: "columns", columns: typed };
        return { kind: "query", sql: querySql(node), needs: graph.dag.parents.get(node.uniqueId) ?? [], declared: typed };
      }
      case "snapshot":
        return { kind: "query", sql: versionsSql(node, querySql(node)), needs: graph.dag.parents.get(node.uniqueId) ?? [], declared: undefined };
    }
  };
  const querySql = (node: Model | Snapshot): MappedText => {
    const { graph: seen, contextFor } = viewOf(node.packageName);
    const relation = (dependency: Parameters<ReturnType<typeof contextFor>["relation"]>[0]) => {
      const found = resolve(seen.names, dependency);
      return found && shapeRelation(found);
    };
    return trimSql(render(node.template, contextFor(shapeRelation(node), { relation })).text) ?? { text: "", pieces: [] };
  };
  for (const id of ids) visit(id);
  return shapes;
}

function isShaped(node: Resource | undefined): node is Shaped {
  return node !== undefined && (isBuilt(node) || node.resourceType === "source");
}

/** The columns that a snapshot adds to those of its query. */
function versionsSql(node: Snapshot, rows: MappedText): MappedText {
  const { columns, updatedAt, hardDeletes } = snapshotSpec(node, rows);
  // A date becomes a timestamp by it, and timestamps stay what they are.
  const time = updatedAt ? mapSql(undefined)`${updatedAt} + interval 0 day` : plainText("cast(null as timestamp)");
  const times = [columns.validFrom, columns.validTo, columns.updatedAt].map((name) => mapSql(undefined)`, ${time} as ${quoteIdentifier(name)}`);
  const deleted = hardDeletes === "new_record" ? `, '' as ${quoteIdentifier(columns.isDeleted)}` : "";
  return mapSql(
    undefined,
  )`select *${times[0] ?? ""}${times[1] ?? ""}${times[2] ?? ""}, '' as ${quoteIdentifier(columns.versionId)}${deleted} from (\n${rows}\n) as versions`;
}

export function labelOf(node: Shaped): string {
  if (node.resourceType === "source") return `source('${node.sourceName}', '${node.name}')`;
  const version = node.resourceType === "model" && node.version !== undefined ? `, v=${node.version}` : "";
  return `ref('${node.name}'${version})`;
}

/** The name of the real relation in a schema of its own, so that SQL may go on calling columns by the relation's name. */
function shapeRelation(node: Shaped): Relation {
  const name = node.resourceType === "source" ? node.identifier : node.alias;
  const schema = node.resourceType === "source" ? `types of source ${node.sourceName}` : `types of ${node.schema}`;
  return { kind: "relation", database: undefined, schema, name, sql: `${quoteIdentifier(schema)}.${quoteIdentifier(name)}` };
}

function isRemote(location: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(location);
}

function onlyTyped(columns: readonly Column[]): readonly TypedColumn[] {
  return columns.flatMap(({ name, dataType }) => (dataType === undefined ? [] : [{ name, type: dataType }]));
}

function allTyped(columns: readonly Column[]): readonly TypedColumn[] | undefined {
  const typed = onlyTyped(columns);
  return typed.length > 0 && typed.length === columns.length ? typed : undefined;
}

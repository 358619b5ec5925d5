/**
 * Compiles SQL for a window of time that is known only in the run. Marks stand for its ends and are replaced by times of the
 * same length, so that every place in the SQL stays where it is. Pure.
 */
import type { MappedText } from "../core/mapped-text.ts";
import type { Built, SourceTable } from "../parse/resource.ts";
import { columnOrExpression } from "./column-or-expression.ts";
import { limitedRelation } from "./limited-inputs.ts";
import type { Relation } from "./values.ts";

/** Written like `2026-01-01 00:00:00`, UTC; the end is not part of it. */
export interface Window {
  readonly start: string;
  readonly end: string;
}

/** As long as a time, so that nothing moves. */
export const windowMarks: Window = { start: "__retain_batch_from", end: "__retain_batch_upto" };

/** As SQL writes it: `2026-01-01 00:00:00`. */
export function sqlTime(iso: string): string {
  return iso.slice(0, 19).replace("T", " ");
}

/** Rows whose time lies in the window that the marks stand for. */
export function inWindow(eventTime: string, { start, end }: Window = windowMarks): string {
  const time = columnOrExpression(eventTime);
  return `${time} >= timestamp '${start}' and ${time} < timestamp '${end}'`;
}

/** A node that says when its rows happened is read for the window only; any other is read whole. */
export function windowedRelation(relation: Relation, node: Built | SourceTable): Relation {
  const eventTime = node.resourceType === "source" ? node.eventTime : node.config.event_time;
  return eventTime === undefined ? relation : limitedRelation(relation, `select * from ${relation.sql} where ${inWindow(eventTime)}`);
}

export function fillWindow(sql: MappedText, { start, end }: Window): MappedText {
  return {
    text: sql.text.replaceAll(windowMarks.start, start).replaceAll(windowMarks.end, end),
    get pieces() {
      return sql.pieces;
    },
  };
}

/**
 * Rows of a unit test as SQL: every value a cast to its column's type, columns that are not named NULL of theirs. Says which
 * columns there are not and which values fit no column. Each value's SQL knows the place where it was written.
 */
import type { TypedColumn } from "../../compile/unit/compiled-unit-test.ts";
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import { type MappedText, originOfSpan, TextBuilder } from "../../core/mapped-text.ts";
import { quoteIdentifier, quoteLiteral } from "../../core/names.ts";
import type { RowFixture } from "../../parse/fixture.ts";

export interface TypedRows {
  readonly sql: MappedText;
  readonly diagnostics: readonly Diagnostic[];
}

/** `columns` of the fixture that `known` lacks, each with its place. */
export function unknownColumns(
  names: readonly { readonly name: string; readonly span: Diagnostic["span"] }[],
  known: readonly TypedColumn[],
  say: (column: string, place: { span: Diagnostic["span"]; help: string | undefined }) => Diagnostic,
): readonly Diagnostic[] {
  const lower = new Set(known.map(({ name }) => name.toLowerCase()));
  const have = known.map(({ name }) => name);
  return names
    .filter(({ name }) => !lower.has(name.toLowerCase()))
    .map(({ name, span }) => say(name, { span, help: suggestion(name, have) ?? `its columns are ${have.join(", ")}` }));
}

/** A query for the rows with exactly the columns of `all`, in that order. Columns of the fixture are among them. */
export function rowsQuery(fixture: RowFixture, all: readonly TypedColumn[], what: string): TypedRows {
  const diagnostics: Diagnostic[] = [];
  const at = new Map(fixture.columns.map(({ name }, i) => [name.toLowerCase(), i]));
  const nulls = all.map(({ name, type }) => `cast(null as ${type}) as ${quoteIdentifier(name)}`).join(", ");
  const builder = new TextBuilder();
  if (fixture.rows.length === 0 || all.length === 0) return { sql: builder.append(`select ${nulls || "null"} where false`).build(), diagnostics };
  const used = all.filter(({ name }) => at.has(name.toLowerCase()));
  const list = all.map(({ name, type }) => {
    const quoted = quoteIdentifier(name);
    return at.has(name.toLowerCase()) ? quoted : `cast(null as ${type}) as ${quoted}`;
  });
  if (used.length === 0) {
    // Rows without a column still count.
    const rows = fixture.rows.map(() => "(0)").join(", ");
    return { sql: builder.append(`select ${nulls} from (values ${rows}) as given(n)`).build(), diagnostics };
  }
  builder.append(`select ${list.join(", ")} from (values `);
  fixture.rows.forEach((row, r) => {
    builder.append(r > 0 ? ",\n  (" : "\n  (");
    used.forEach(({ name, type }, c) => {
      const cell = row[at.get(name.toLowerCase()) ?? 0];
      if (c > 0) builder.append(", ");
      if (!cell || cell.value === null || cell.value === undefined) builder.append(`cast(null as ${type})`);
      else {
        const { value, span, written } = cell;
        if (!fits(value, type)) diagnostics.push(diagnose("RT0463", { what, column: name, type, value: written ?? JSON.stringify(value) }, { span }));
        builder.append(`cast(${literal(value, type, written)} as ${type})`, originOfSpan(span));
      }
    });
    builder.append(")");
  });
  builder.append(`\n) as given(${used.map(({ name }) => quoteIdentifier(name)).join(", ")})`);
  return { sql: builder.build(), diagnostics };
}

const isText = /^(VARCHAR|TEXT|STRING|CHAR|BPCHAR|JSON|UUID|ENUM|BLOB)\b/i;

function literal(value: unknown, type: string, written: string | undefined): string {
  if (value === null || value === undefined) return "null";
  // A number has lost its zeros, which text must not: 010 stays 010 where the column is text.
  if (typeof value === "number") return quoteLiteral(isText.test(type) && written !== undefined ? written : String(value));
  if (typeof value === "string") return quoteLiteral(value);
  if (typeof value === "object") return isText.test(type) ? quoteLiteral(JSON.stringify(value)) : nested(value, type);
  return quoteLiteral(String(value));
}

function nested(value: unknown, type = ""): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return `[${value.map((item) => nested(item)).join(", ")}]`;
  if (typeof value === "object") {
    const entries = Object.entries(value).map(([key, item]) => `${quoteLiteral(key)}: ${nested(item)}`);
    return `${/^MAP\b/i.test(type) ? "map " : ""}{${entries.join(", ")}}`;
  }
  return typeof value === "string" ? quoteLiteral(value) : String(value);
}

/** A cast would round what does not fit, and then compare something that nobody wrote. */
function fits(value: unknown, type: string): boolean {
  const scale = scaleOf(type);
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  const digits = scale === undefined ? undefined : /^[+-]?\d*\.(\d*?)0*$/.exec(text)?.[1];
  return digits === undefined || digits.length <= (scale ?? 0);
}

/** Digits behind the point of a number's type; `undefined` for all that is no exact number. */
function scaleOf(type: string): number | undefined {
  if (/^(U?(TINYINT|SMALLINT|INTEGER|INT|BIGINT|HUGEINT)|LONG|SHORT|INT[1248])$/i.test(type)) return 0;
  const decimal = /^(?:DECIMAL|NUMERIC)(?:\(\s*\d+\s*(?:,\s*(\d+)\s*)?\))?$/i.exec(type);
  if (!decimal) return undefined;
  return type.includes("(") ? Number(decimal[1] ?? 0) : 3;
}

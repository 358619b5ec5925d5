/**
 * Rows of the model to people with hashed identifiers, batch by batch. Plain values come in and none goes out: not in what
 * is yielded, unless it is sealed, and not in the counts of what could not be used. Whoever is left without an identifier that finds a person
 * is kept as such, because the difference has to know.
 */
import type { Row } from "../ports/engine.ts";
import { identifierPacker } from "./audience-identifiers.ts";
import { columnAlias } from "./eligibility.ts";
import type { RejectCount } from "./export-plan.ts";
import { type RejectReason, rejectReasons } from "./identity/reject-reasons.ts";
import { normalizeIdentifier, toIdentifier } from "./identity/to-identifier.ts";
import type { Matching } from "./matching.ts";
import type { MemberColumn } from "./member-columns.ts";
import type { PlainIdentifiers, SealedPerson } from "./plain-identifiers.ts";

/** Counts that grow while the rows pass. */
export class MemberTally {
  people = 0;
  withoutIdentifier = 0;
  private readonly counts = new Map<string, number>();

  reject(identifier: string, reason: RejectReason): void {
    const place = `${identifier} ${reason}`;
    this.counts.set(place, (this.counts.get(place) ?? 0) + 1);
  }

  /** In the order of `columns`, the most frequent reason first. */
  rejects(columns: readonly MemberColumn[]): readonly RejectCount[] {
    return [...new Set(columns.map(({ key }) => key))].flatMap((key) => {
      const own = (Object.keys(rejectReasons) as RejectReason[]).map((reason) => ({
        identifier: key,
        reason,
        people: this.counts.get(`${key} ${reason}`) ?? 0,
        invalid: rejectReasons[reason].invalid,
      }));
      return own.filter(({ people }) => people > 0).sort((a, b) => b.people - a.people);
    });
  }
}

/** The model's columns that the rows must hold as `column_0`, `column_1`, …: each once. */
export function selectedColumns(columns: readonly MemberColumn[]): readonly string[] {
  return [...new Set(columns.flatMap(({ column, countryColumn }) => (countryColumn === undefined ? [column] : [column, countryColumn])))];
}

export async function* normaliseMembers(
  batches: AsyncIterable<readonly Row[]>,
  columns: readonly MemberColumn[],
  together: Matching["together"],
  currentYear: number,
  tally: MemberTally,
  plain?: PlainIdentifiers,
): AsyncGenerator<readonly SealedPerson[]> {
  const selected = selectedColumns(columns);
  const aliasOf = (column: string) => columnAlias(selected.indexOf(column));
  const places = columns.map((column) => ({
    ...column,
    from: aliasOf(column.column),
    countryFrom: column.countryColumn === undefined ? undefined : aliasOf(column.countryColumn),
  }));
  const packIdentifiers = identifierPacker(columns.map(({ key, identity }) => (identity.matches === "never" ? undefined : key)));
  const packAttributes = identifierPacker(columns.map(({ key, identity }) => (identity.matches === "never" ? key : undefined)));
  const present = new Set<string>();
  for await (const batch of batches) {
    yield batch.map((row): SealedPerson => {
      tally.people++;
      let found = false;
      present.clear();
      const values: Record<string, string> = {};
      const cells = places.map(({ key, identity, options, from, countryFrom }) => {
        const country = countryFrom === undefined ? undefined : row[countryFrom];
        const identifier = toIdentifier(identity, row[from], { country, currentYear }, options);
        if (!identifier.ok) {
          tally.reject(key, identifier.reason);
          return "";
        }
        if (identity.matches === "alone") found = true;
        else present.add(key);
        if (plain && identity.plain) {
          const value = normalizeIdentifier(identity, row[from], { country, currentYear }, options);
          if (value.ok) values[identifier.cell] = value.value;
        }
        return identifier.cell;
      });
      found ||= together.some((group) => group.every((key) => present.has(key)));
      if (!found) tally.withoutIdentifier++;
      return {
        memberKey: String(row["member_key"]),
        standing: found ? "eligible" : "no_identifier",
        identifiers: found ? packIdentifiers(cells) : "",
        attributes: found ? packAttributes(cells) : "",
        ...(plain && found ? { sealed: plain.seal(values) } : {}),
      };
    });
  }
}

/**
 * Rows of the model to people with hashed identifiers, a batch at a time. Plain values come in and none goes out: not in what
 * is returned, unless it is sealed, and not in the counts of what could not be used. Whoever is left without an identifier
 * that finds a person is kept as such, because the difference has to know. Everything that comes and goes can be handed to
 * another thread.
 */
import type { ColumnBatch } from "../ports/engine.ts";
import { identifierPacker, personMark } from "./audience-identifiers.ts";
import type { LeftOutReason } from "./export-plan.ts";
import type { Identifier, IdentifierOptions, IdentityKey } from "./identity/identifier.ts";
import { identityPlatforms } from "./identity/platforms.ts";
import type { RejectReason } from "./identity/reject-reasons.ts";
import { normalizeIdentifier, toIdentifier } from "./identity/to-identifier.ts";
import { matchingOf } from "./matching.ts";
import { RepeatedValues } from "./repeated-values.ts";
import { sealValues } from "./sealing.ts";

export type Standing = "eligible" | LeftOutReason;

/** An identifier and the places of its values among the values of a row. */
export interface ReadColumn {
  /** The platform's word, such as EMAIL. */
  readonly key: string;
  readonly options: IdentifierOptions;
  readonly from: number;
  readonly countryFrom: number | undefined;
}

export interface NormaliseTask {
  readonly platform: string;
  readonly columns: readonly ReadColumn[];
  /** The latest day of birth to accept, as YYYY-MM-DD. */
  readonly today: string;
  /** What plain values are sealed with, where any go out. */
  readonly secret: Uint8Array | undefined;
}

/** One text for each column of the staging table, people parted by `personMark`: the database takes them apart in a tenth of the time of single values. */
export interface StagedBatch {
  readonly memberKeys: string;
  readonly standings: string;
  /** Packed; "" for everybody who is not eligible. */
  readonly identifiers: string;
  /** Numbers about the person that the platform takes beside identifiers, packed alike. */
  readonly attributes: string;
  /** Of everybody, where anything goes out plain. */
  readonly sealed: string | undefined;
  readonly counts: BatchCounts;
}

export interface BatchCounts {
  readonly people: number;
  readonly standings: ReadonlyMap<Standing, number>;
  /** By identifier and reason. */
  readonly rejects: ReadonlyMap<string, ReadonlyMap<RejectReason, number>>;
}

/** Normalises batches whose columns are the hashed key, the standing, and the values that `columns` are read from. */
export function createNormaliser({ platform, columns, today, secret }: NormaliseTask): (batch: ColumnBatch) => StagedBatch {
  const rules = identityPlatforms.get(platform);
  const { together } = matchingOf(
    rules,
    columns.map(({ key }) => key),
  );
  const places = columns.map((column) => {
    const identity = rules?.keys.get(column.key) as IdentityKey;
    return { ...column, identity, repeated: new RepeatedValues<Identifier>() };
  });
  const packIdentifiers = identifierPacker(places.map(({ key, identity }) => (identity.matches === "never" ? undefined : key)));
  const packAttributes = identifierPacker(places.map(({ key, identity }) => (identity.matches === "never" ? key : undefined)));
  const present = new Set<string>();
  return ({ rows, columns: [memberKeys = [], judged = [], ...values] }) => {
    const counts = { people: rows, standings: new Map<Standing, number>(), rejects: new Map<string, Map<RejectReason, number>>() };
    const standings: Standing[] = [];
    const identifiers: string[] = [];
    const attributes: string[] = [];
    const sealed: string[] = [];
    for (let row = 0; row < rows; row++) {
      let standing = judged[row] as Standing;
      const cells: string[] = [];
      const plain: Record<string, string> = {};
      if (standing === "eligible") {
        standing = "no_identifier";
        present.clear();
        for (const { key, identity, options, from, countryFrom, repeated } of places) {
          const value = values[from]?.[row];
          const context = { country: countryFrom === undefined ? undefined : values[countryFrom]?.[row], today };
          const identifier = repeated.get(value, context.country, () => toIdentifier(identity, value, context, options));
          cells.push(identifier.ok ? identifier.cell : "");
          if (!identifier.ok) countReject(counts.rejects, key, identifier.reason);
          else if (identity.matches === "alone") standing = "eligible";
          else present.add(key);
          if (secret && identity.plain && identifier.ok) {
            const normalized = normalizeIdentifier(identity, value, context, options);
            if (normalized.ok) plain[identifier.cell] = normalized.value;
          }
        }
        if (together.some((group) => group.every((key) => present.has(key)))) standing = "eligible";
      }
      const isEligible = standing === "eligible";
      counts.standings.set(standing, (counts.standings.get(standing) ?? 0) + 1);
      standings.push(standing);
      identifiers.push(isEligible ? packIdentifiers(cells) : "");
      attributes.push(isEligible ? packAttributes(cells) : "");
      if (secret) sealed.push(isEligible ? sealValues(secret, plain) : "");
    }
    // A row without a key has an empty one.
    const join = (texts: readonly unknown[]) => texts.join(personMark);
    return {
      memberKeys: join(memberKeys),
      standings: join(standings),
      identifiers: join(identifiers),
      attributes: join(attributes),
      sealed: secret && join(sealed),
      counts,
    };
  };
}

function countReject(rejects: Map<string, Map<RejectReason, number>>, key: string, reason: RejectReason): void {
  const reasons = rejects.get(key) ?? new Map<RejectReason, number>();
  rejects.set(key, reasons.set(reason, (reasons.get(reason) ?? 0) + 1));
}

/** Counts of an audience that grow while its batches pass: who is left out and why, and which identifiers could not be used. */
import { type LeftOutReason, leftOutReasons, type RejectCount } from "./export-plan.ts";
import { type RejectReason, rejectReasons } from "./identity/reject-reasons.ts";
import type { MemberColumn } from "./member-columns.ts";
import type { BatchCounts, Standing } from "./normalise-people.ts";

export class MemberTally {
  people = 0;
  private readonly standings = new Map<Standing, number>();
  private readonly counts = new Map<string, number>();

  add({ people, standings, rejects }: BatchCounts): void {
    this.people += people;
    for (const [standing, count] of standings) this.standings.set(standing, this.of(standing) + count);
    for (const [key, reasons] of rejects) {
      for (const [reason, count] of reasons) this.counts.set(`${key} ${reason}`, this.rejected(key, reason) + count);
    }
  }

  of(standing: Standing): number {
    return this.standings.get(standing) ?? 0;
  }

  get leftOut(): Readonly<Record<LeftOutReason, number>> {
    return Object.fromEntries(leftOutReasons.map((reason) => [reason, this.of(reason)])) as Record<LeftOutReason, number>;
  }

  /** In the order of `columns`, the most frequent reason first. */
  rejects(columns: readonly MemberColumn[]): readonly RejectCount[] {
    return [...new Set(columns.map(({ key }) => key))].flatMap((key) => {
      const own = (Object.keys(rejectReasons) as RejectReason[]).map((reason) => ({
        identifier: key,
        reason,
        people: this.rejected(key, reason),
        invalid: rejectReasons[reason].invalid,
      }));
      return own.filter(({ people }) => people > 0).sort((a, b) => b.people - a.people);
    });
  }

  private rejected(key: string, reason: RejectReason): number {
    return this.counts.get(`${key} ${reason}`) ?? 0;
  }
}

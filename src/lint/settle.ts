/**
 * What becomes of findings: the project's settings make each an error, a warning or nothing, and silencers in the files take
 * single ones away. Used for the warnings of every command, so that a silencer counts everywhere. Pure.
 */
import type { LintSettings } from "../config/lint-settings.ts";
import type { CodeEntry } from "../core/codes/entry.ts";
import { codes, isCode } from "../core/codes/index.ts";
import { lintCodes } from "../core/codes/lint.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { matchesGlob } from "../core/names.ts";
import { findSilencers, type Silencer } from "../core/silencers.ts";
import { lineStarts, positionAt, type SourceLookup } from "../core/span.ts";

export interface Settled {
  readonly kept: readonly Diagnostic[];
  /** The silencers that took something away. */
  readonly used: ReadonlySet<Silencer>;
}

export interface SettleOptions {
  readonly settings: LintSettings;
  readonly sources: SourceLookup;
  /** Files that a rule looks at where the project sets no folders. */
  readonly foldersOf?: (code: string) => readonly string[] | undefined;
}

export function settle(found: readonly Diagnostic[], { settings, sources, foldersOf = () => undefined }: SettleOptions): Settled {
  const silencers = new Map<string, readonly Silencer[]>();
  const used = new Set<Silencer>();
  const kept = found.flatMap((diagnostic): readonly Diagnostic[] => {
    const severity = severityOf(diagnostic, settings, foldersOf(diagnostic.code));
    if (severity === undefined) return [];
    const settled = severity === diagnostic.severity ? diagnostic : { ...diagnostic, severity };
    if (diagnostic.severity === "error" || !diagnostic.span) return [settled];
    const { file, start } = diagnostic.span;
    const text = sources(file);
    if (text === undefined) return [settled];
    let known = silencers.get(file);
    if (!known) {
      known = findSilencers(file, text);
      silencers.set(file, known);
    }
    if (known.length === 0) return [settled];
    const { line } = positionAt(lineStarts(text), start);
    const matching = known.filter((silencer) => silencer.code === diagnostic.code && silencer.line === line);
    for (const silencer of matching) used.add(silencer);
    return matching.length > 0 ? [] : [settled];
  });
  return { kept, used };
}

function severityOf({ code, severity, span }: Diagnostic, settings: LintSettings, folders: readonly string[] | undefined): Diagnostic["severity"] | undefined {
  const setting = settings[code as keyof LintSettings];
  const given = typeof setting === "string" ? { severity: setting } : setting;
  const file = span?.file ?? "";
  const isIn = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => file === pattern || file.startsWith(`${pattern}/`) || matchesGlob(file, pattern));
  const looked = given?.folders ?? folders;
  if ((looked && !isIn(looked)) || (given?.except && isIn(given.except))) return undefined;
  switch (given?.severity) {
    case "off":
      return undefined;
    case "warn":
      return "warning";
    case "error":
      return "error";
    case undefined:
      return severity;
  }
}

/** Silencers that took nothing away, and those that never can. */
export function checkSilencers(files: readonly { readonly path: string; readonly text: string }[], used: ReadonlySet<Silencer>): readonly Diagnostic[] {
  const key = ({ span }: Silencer): string => `${span.file}:${span.start}`;
  const usedKeys = new Set([...used].map(key));
  return files.flatMap(({ path, text }) =>
    findSilencers(path, text).flatMap((silencer): readonly Diagnostic[] => {
      const { code, span } = silencer;
      if (!isCode(code))
        return [
          diagnose("RT0721", { code, problem: "is no code" }, { span, help: suggestion(code, Object.keys(lintCodes)) ?? "`retain explain` lists all codes" }),
        ];
      const { severity = "error" }: CodeEntry = codes[code];
      if (severity === "error")
        return [diagnose("RT0721", { code, problem: "is an error and cannot be silenced" }, { span, help: `\`retain explain ${code}\` says how to mend it` })];
      return usedKeys.has(key(silencer)) ? [] : [diagnose("RT0720", { code }, { span })];
    }),
  );
}

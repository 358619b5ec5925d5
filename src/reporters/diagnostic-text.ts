/**
 * A diagnostic as text for people: headline, place, code frame, notes with places of their own, and the next step. The
 * one form in which every part of retain shows a diagnostic. Returns text; it writes nothing.
 */
import type { Diagnostic, Severity } from "../core/diagnostic.ts";
import { plural } from "../core/names.ts";
import type { SourceLookup, Span } from "../core/span.ts";
import { type FrameLine, frameOf } from "./code-frame.ts";
import { printable } from "./display-width.ts";
import { createPaint, type Paint, type Style } from "./paint.ts";
import { formatPlace, placeOf } from "./place.ts";

export interface DiagnosticTextOptions {
  readonly sources: SourceLookup;
  readonly color: boolean;
  /** Columns that a line may take; longer lines of code are cut around the span. */
  readonly width?: number;
}

export const severityStyle: Readonly<Record<Severity, Style>> = { error: "red", warning: "yellow", info: "cyan" };
const widest = 160;
const narrowest = 40;

/** Several lines without a line break at the end. */
export function renderDiagnostic(diagnostic: Diagnostic, { sources, color, width = widest }: DiagnosticTextOptions): string {
  const paint = createPaint(color);
  const style = severityStyle[diagnostic.severity];
  const notes = diagnostic.notes ?? [];
  // All frames of a diagnostic share one gutter, so the widest line number decides for all of them.
  const columns = Math.min(widest, Math.max(narrowest, width)) - 8;
  const sites = [diagnostic.span, ...notes.map((note) => note.span)].map((span) => span && siteOf(span, sources, columns));
  const gutter = Math.max(1, ...sites.flatMap((site) => site?.frame ?? []).map((line) => String(line.number).length));
  const pad = " ".repeat(gutter + 2);

  const [headline = "", ...more] = linesOf(diagnostic.message);
  const lines = [paint(`${diagnostic.severity}[${diagnostic.code}]`, "bold", style) + paint(`: ${headline}`, "bold"), ...more.map((line) => `${pad}${line}`)];
  if (sites[0]) lines.push(...renderSite(sites[0], gutter, paint, style));
  notes.forEach((note, i) => {
    lines.push(...labelled("note", note.message, pad, paint));
    const site = sites[i + 1];
    if (site) lines.push(...renderSite(site, gutter, paint, "blue"));
  });
  if (diagnostic.help !== undefined) lines.push(...labelled("help", diagnostic.help, pad, paint));
  return lines.join("\n");
}

/** `2 errors, 1 warning`; information is not counted. */
export function summarizeDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity) => diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const parts = [count("error") > 0 && plural(count("error"), "error"), count("warning") > 0 && plural(count("warning"), "warning")];
  return parts.filter((part) => part !== false).join(", ") || "no problems";
}

interface Site {
  readonly place: string;
  readonly frame: readonly FrameLine[];
}

function siteOf(span: Span, sources: SourceLookup, columns: number): Site {
  const place = placeOf(span, sources);
  const text = span.isPrivate ? undefined : place.start && sources(span.file);
  return { place: printable(formatPlace(place)), frame: text === undefined ? [] : frameOf(text, span, columns) };
}

function renderSite({ place, frame }: Site, gutter: number, paint: Paint, style: Style): readonly string[] {
  const bar = (number: string) => paint(` ${number.padStart(gutter)} |`, "blue");
  const lines = [`${paint(`${" ".repeat(gutter + 1)}-->`, "blue")} ${place}`];
  if (frame.length > 0) lines.push(bar(""));
  for (const { number, text, mark } of frame) {
    lines.push(text === "" ? bar(String(number)) : `${bar(String(number))} ${text}`);
    if (mark) lines.push(`${bar("")} ${" ".repeat(mark.before)}${paint("^".repeat(mark.length), "bold", style)}`);
  }
  return lines;
}

function labelled(label: string, message: string, pad: string, paint: Paint): readonly string[] {
  const [first = "", ...more] = linesOf(message);
  return [`${pad}${paint("=", "blue")} ${paint(`${label}:`, "bold")} ${first}`, ...more.map((line) => `${pad}  ${" ".repeat(label.length + 2)}${line}`)];
}

/** A database's own words may have several lines; tabs in them are blanks. */
function linesOf(message: string): readonly string[] {
  return message
    .trimEnd()
    .split(/\r\n|\r|\n/)
    .map((line) => printable(line.replaceAll("\t", "    ")));
}

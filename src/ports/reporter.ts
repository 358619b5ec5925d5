/** Reporters turn the event stream into something to read. They write to the streams they are given and decide nothing. */
import type { SourceLookup } from "../core/span.ts";
import type { RunEvent } from "./run-event.ts";

export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface ReporterOptions {
  /** The answer: what somebody may pipe on. */
  readonly stdout: TextStream;
  /** Progress, warnings and errors. */
  readonly stderr: TextStream;
  readonly color: boolean;
  readonly quiet: boolean;
  /** Texts of the project's files, for code frames. */
  readonly sources: SourceLookup;
  /** What leads from the repository's root to the project, with `/` at its end; nothing where they are the same. */
  readonly pathPrefix?: string;
  /** Where the system that runs this wants a page of Markdown about the run. */
  readonly summary?: TextStream | undefined;
}

export interface Reporter {
  onEvent(event: RunEvent): void;
}

export interface ReporterFactory {
  readonly description: string;
  /** Whether its whole output is one document or stream for programs, with which nothing else may be mixed. */
  readonly isForPrograms: boolean;
  create(options: ReporterOptions): Reporter;
}

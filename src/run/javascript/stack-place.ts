/** From JavaScript's stacks to places in the project's own files. Reads those files again, because only a failure needs them. */
import { readFileSync, realpathSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { fileSpan, lineStarts, type Span } from "../../core/span.ts";

const frame = /(file:\/\/\/[^\s()]+?):(\d+):(\d+)\)?$/;

/** The frames of a stack that lie in the project and in no package of it, innermost first. */
export function stackPlaces(stack: string, projectDir: string): readonly Span[] {
  return stack.split("\n").flatMap((line) => {
    const [, url, row, column] = frame.exec(line.trimEnd()) ?? [];
    const file = url === undefined ? undefined : projectFile(url, projectDir);
    return file === undefined ? [] : [spanAt(projectDir, file, Number(row), Number(column))];
  });
}

/** A path with `/`, relative to the project; `undefined` for what is not a file of the project's own. */
export function projectFile(url: string, projectDir: string): string | undefined {
  // Modules are known by where they really are.
  const path = relative(realpathSync(projectDir), fileURLToPath(url.replace(/[?#].*$/, ""))).replaceAll("\\", "/");
  return path.startsWith("..") || /^[A-Za-z]:/.test(path) || path.split("/").includes("node_modules") ? undefined : path;
}

/** Line and column count from 1. Marks the word that stands there. */
export function spanAt(projectDir: string, file: string, line: number, column: number): Span {
  const text = readText(projectDir, file);
  const start = (lineStarts(text)[line - 1] ?? 0) + column - 1;
  const word = /^(?:[\w$]+|\S)/.exec(text.slice(start))?.[0] ?? "";
  return { file, start, end: start + Math.max(1, word.length) };
}

/** Where a module exports its function, or its beginning. */
export function defaultExportSpan(projectDir: string, file: string): Span {
  const found = /export\s+default\b(?:\s+async)?(?:\s+function\s*\*?(?:\s*[\w$]+)?)?/.exec(readText(projectDir, file));
  return found ? { file, start: found.index, end: found.index + found[0].length } : fileSpan(file);
}

export function readText(projectDir: string, file: string): string {
  try {
    return readFileSync(join(projectDir, file), "utf8");
  } catch {
    return "";
  }
}

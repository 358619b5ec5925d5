/**
 * Takes the lines of a formatter that gives every clause and bracket lines of its own, and puts together what fits: a query
 * that fits on a line stands on a line, and common tables stand at the margin with room between them. Moves white space only.
 */

import { type Line, widest, wrapLine } from "./wrap-line.ts";

/** What has clauses or branches is hard to read on the longest line. */
const widestQuery = 100;

export function compactLines(sql: string): string {
  let lines: readonly Line[] = sql
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => ({ indent: line.length - line.trimStart().length, text: line.trim() }));
  lines = foldCases(foldBrackets(alignComments(takeCommas(lines.flatMap(openTable)))));
  lines = foldConditions(lines);
  lines = foldClauses(lines);
  lines = indentContinued(outdentJoins(lines));
  lines = outdentCommonTables(lines);
  lines = foldQueries(lines);
  return addRoom(lines)
    .flatMap(wrapLine)
    .map(({ indent, text }) => (text === "" ? "" : " ".repeat(indent) + text))
    .join("\n");
}

/** After a line comment there can be nothing else. */
function endsInComment({ text }: Line): boolean {
  return text.includes("--");
}

function join(lines: readonly Line[], width = widest): Line | undefined {
  if (lines.slice(0, -1).some(endsInComment) || lines.slice(1).some(({ text }) => text.startsWith("--"))) return undefined;
  const [first] = lines;
  if (!first) return undefined;
  const text = lines.reduce((all, line, i) => {
    if (i === 0) return line.text;
    const isTight = /[([{]$/.test(all) || /^[)\]},;]/.test(line.text);
    return `${all}${isTight ? "" : " "}${line.text}`;
  }, "");
  return first.indent + text.length <= width ? { indent: first.indent, text } : undefined;
}

/** A comma that a comment has pushed onto a line of its own goes before what it leads to. */
function takeCommas(given: readonly Line[]): readonly Line[] {
  const done: Line[] = [];
  for (let i = 0; i < given.length; i++) {
    const [line, next] = [given[i] as Line, given[i + 1]];
    if (line.text === "," && next && !next.text.startsWith("--")) {
      done.push({ indent: next.indent, text: `, ${next.text}` });
      i++;
    } else done.push(line);
  }
  return done;
}

/** A comment on lines of its own speaks of what comes after it, and stands as far in as that. */
function alignComments(given: readonly Line[]): readonly Line[] {
  const done: Line[] = [];
  for (const line of given.toReversed()) {
    const next = done.at(-1);
    const margin = next === undefined ? 0 : /^[)\]}]/.test(next.text) ? next.indent + 2 : next.indent;
    done.push(line.text.startsWith("--") && margin < line.indent ? { ...line, indent: margin } : line);
  }
  return done.toReversed();
}

/** A common table that is one word, which stands for a tag, holds a query like any other. */
function openTable(line: Line): readonly Line[] {
  const [, head, content, comma] = /^((?:with (?:recursive )?)?\w+ as \()(\w+)\)(,?)$/i.exec(line.text) ?? [];
  if (head === undefined || content === undefined) return [line];
  return [
    { ...line, text: head },
    { indent: line.indent + 2, text: content },
    { ...line, text: `)${comma}` },
  ];
}

const commonTable = /^(?:with (?:recursive )?)?(?:"[^"]*"|\w+)(?: \([^()]*\))? as (?:(?:not )?materialized )?\($/i;

/** Brackets whose content fits go onto one line, inner ones first. Those of common tables stay: they hold queries with names. */
function foldBrackets(given: readonly Line[]): readonly Line[] {
  const done: Line[] = [];
  for (const line of given) {
    done.push(line);
    // A line that closes a bracket may complete several groups, one around the other.
    while (/^[)\]}]/.test((done.at(-1) as Line).text)) {
      const close = done.at(-1) as Line;
      const open = done.findLastIndex((other, i) => i < done.length - 1 && other.indent <= close.indent);
      const opener = done[open];
      if (!opener || opener.indent !== close.indent || !/[([{]$/.test(opener.text) || commonTable.test(opener.text)) break;
      const joined = join(done.slice(open));
      if (!joined) break;
      done.splice(open, Number.POSITIVE_INFINITY, joined);
    }
  }
  return done;
}

/** A choice between two values reads well on a line. */
function foldCases(given: readonly Line[]): readonly Line[] {
  const done: Line[] = [];
  for (const line of given) {
    done.push(line);
    if (!/^end\b/i.test(line.text)) continue;
    const start = done.findLastIndex((other, i) => i < done.length - 1 && other.indent <= line.indent);
    const inner = done.slice(start + 1, -1);
    const isChoice = inner.filter(({ text }) => /^when\b/i.test(text)).length === 1 && inner.every(({ text }) => /^(?:when|else)\b/i.test(text));
    const joined = isChoice && /\bcase$/i.test(done[start]?.text ?? "") ? join(done.slice(start), widestQuery) : undefined;
    if (joined) done.splice(start, Number.POSITIVE_INFINITY, joined);
  }
  return done;
}

const clause =
  /^(?:select|select distinct|select all|from|where|group by|having|order by|limit|offset|qualify|partition by|window|values|using|on|set|union(?: all)?|pivot|unpivot)$/i;

/** `and` and `or` go to the end of what they continue where that is a value or a join, and each to a line of its own in a filter. */
function foldConditions(given: readonly Line[]): readonly Line[] {
  const done: Line[] = [];
  for (const line of given) {
    const last = done.at(-1);
    const isContinued = last !== undefined && last.indent === line.indent && /^(?:and|or)\b/i.test(line.text);
    const heads = isContinued ? done.findLast((other) => other.indent < line.indent)?.text : undefined;
    const isFilter = heads !== undefined && /^(?:where|having|qualify|on)$/i.test(heads);
    // What sql-formatter takes for a condition in the bounds of a window is none.
    const isBound = last !== undefined && /\bbetween\s+(?:unbounded\s+(?:preceding|following)|current\s+row|\S+\s+(?:preceding|following))$/i.test(last.text);
    const joined = isContinued && (!isFilter || isBound) && !/[([{]$/.test(line.text) ? join([last, line]) : undefined;
    if (joined) done[done.length - 1] = joined;
    else done.push(line);
  }
  return done;
}

/** Clauses whose lists stand on one line where they fit, and those whose first condition stands on their own line. */
const listClause = /^(?:group by|order by|partition by)$/i;
/** A list of mere names and values, and one that is more, reads well on a line; one of expressions does not. */
const plainItem = /^(?:[\w."$]+(?:\.\*)?|\*|'[^']*')(?: as [\w"]+)?,?$/i;
function isPlainList(head: string, items: readonly Line[]): boolean {
  const isShort = /^select/i.test(head) && items.length <= 4 && !items.some(endsInComment);
  return items.filter(({ text }) => !plainItem.test(text)).length <= (isShort ? 1 : 0);
}
const filterClause = /^(?:where|having|qualify|on)$/i;

/** A clause stands on one line with its content where that is one line, or a list or conditions that fit. */
function foldClauses(given: readonly Line[]): readonly Line[] {
  const done: Line[] = [];
  for (let i = 0; i < given.length; i++) {
    const line = given[i] as Line;
    const next = given[i + 1];
    if (next && next.indent === line.indent && /^by name$/i.test(next.text)) {
      done.push(join([line, next]) ?? line);
      i++;
      continue;
    }
    let end = i + 1;
    if (clause.test(line.text)) while (end < given.length && (given[end] as Line).indent > line.indent) end++;
    const content = given.slice(i + 1, end);
    const isFlat = content.every(({ indent }) => indent === line.indent + 2);
    const mayFold = content.length === 1 || (isFlat && (listClause.test(line.text) || filterClause.test(line.text) || isPlainList(line.text, content)));
    const isList = content.length > 1 && /^select/i.test(line.text);
    const whole = content.length > 0 && mayFold ? join([line, ...content], isList ? widestQuery : widest) : undefined;
    if (whole) {
      done.push(whole);
      i = end - 1;
      continue;
    }
    const [first] = content;
    const isOneItem = content.filter(({ indent }) => indent === line.indent + 2).length === 2 && /^\)$/.test(content.at(-1)?.text ?? "");
    const head = first && (filterClause.test(line.text) || (isOneItem && /^window$/i.test(line.text))) ? join([line, first]) : undefined;
    done.push(head ?? line);
    if (!head) continue;
    i++;
    // What a bracket of the first condition holds came in with it.
    const after = given.slice(i + 1, end);
    const rest = after.findIndex(({ indent, text }) => indent <= line.indent + 2 && !/^[)\]}]/.test(text));
    const held = rest === -1 ? after : after.slice(0, rest);
    done.push(...foldClauses(held).map((other) => ({ ...other, indent: other.indent - 2 })));
    i += held.length;
  }
  return done;
}

const joinWord = /^(?:natural |asof |positional |cross |left |right |full |inner |semi |anti |outer )*join\b/i;

/** Joins stand below their `from`, as clauses do; a list of relations stays a list. */
function outdentJoins(given: readonly Line[]): readonly Line[] {
  const done: Line[] = [];
  for (let i = 0; i < given.length; i++) {
    const line = given[i] as Line;
    if (!/^from$/i.test(line.text)) {
      done.push(line);
      continue;
    }
    let end = i + 1;
    while (end < given.length && (given[end] as Line).indent > line.indent) end++;
    const body = given.slice(i + 1, end);
    const inner = line.indent + 2;
    const [first, ...rest] = body;
    const isChain =
      rest.every((other) => other.indent > inner || joinWord.test(other.text) || /^(?:and|or)\b|^\)|^--/i.test(other.text)) && first?.indent === inner;
    const head = first && isChain ? join([line, first]) : undefined;
    if (!head) {
      done.push(line);
      continue;
    }
    done.push(head);
    for (const other of rest) done.push(/^(?:and|or)\b/i.test(other.text) && other.indent === inner ? other : { ...other, indent: other.indent - 2 });
    i = end - 1;
  }
  return done;
}

/**
 * `and` and `or` stand further in than the value that they go on from, and the conditions of a join on lines of their own below
 * it. Those of a filter, or of a bracket of conditions, are a list and stay one.
 */
function indentContinued(given: readonly Line[]): readonly Line[] {
  const done: Line[] = [];
  for (let i = 0; i < given.length; i++) {
    const line = given[i] as Line;
    done.push(line);
    const isHead = !/^(?:and|or)\b|^--/i.test(line.text) && !filterClause.test(line.text);
    const continued = isHead ? endOfContinued(given, i) : i + 1;
    if (continued === i + 1) continue;
    const parent = given.slice(0, i).findLast(({ indent }) => indent < line.indent)?.text ?? "";
    const condition = placeOfCondition(line.text);
    const rest = given.slice(i + 1, continued);
    if (condition !== undefined) {
      done.pop();
      const inner = { indent: line.indent + 2, text: line.text.slice(condition).trim() };
      done.push({ ...line, text: line.text.slice(0, condition).trim() });
      const whole = join([inner, ...rest]);
      done.push(...(whole ? [whole] : [inner, ...rest]));
    } else if (!/^(?:where|having|qualify|on)$/i.test(parent) && !/(?:^|[\s(])\($/.test(parent)) {
      done.push(...rest.map((other) => ({ ...other, indent: other.indent + 2 })));
    } else done.push(...rest);
    i = continued - 1;
  }
  return done;
}

/** Where the lines end that go on from a line with `and` or `or`: those of a join stand further in than it. */
function endOfContinued(lines: readonly Line[], index: number): number {
  const line = lines[index] as Line;
  const margin = placeOfCondition(line.text) === undefined ? line.indent : line.indent + 2;
  const next = lines[index + 1];
  if (next?.indent !== margin || !/^(?:and|or)\b/i.test(next.text)) return index + 1;
  let end = index + 1;
  for (; end < lines.length; end++) {
    const other = lines[end] as Line;
    if (other.indent < margin || (other.indent === margin && !/^(?:and|or)\b|^[)\]}]/i.test(other.text))) break;
    // The bracket around all of it.
    if (other.indent === margin && /^[)\]}]/.test(other.text) && !/[([{]$/.test((lines.slice(0, end).findLast(({ indent }) => indent <= margin) as Line).text))
      break;
  }
  return end;
}

/** Where the `on` of a join stands in its line, outside of all brackets. */
function placeOfCondition(text: string): number | undefined {
  if (!joinWord.test(text) && !/^\)/.test(text)) return undefined;
  let depth = text.startsWith(")") ? 1 : 0;
  for (const { 0: found, index } of text.matchAll(/[([{]|[)\]}]|\s(?=on\s)/gi)) {
    if (/[([{]/.test(found)) depth++;
    else if (/[)\]}]/.test(found)) depth--;
    else if (depth === 0) return index + 1;
  }
  return undefined;
}

/** `with` takes its first table onto its line, and its tables come out to the margin of the query. */
function outdentCommonTables(given: readonly Line[]): readonly Line[] {
  const lines = [...given];
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = lines[i] as Line;
    if (!/^with(?: recursive)?$/i.test(line.text)) continue;
    let end = i + 1;
    while (end < lines.length && (lines[end] as Line).indent > line.indent) end++;
    const body = lines.slice(i + 1, end).map((other) => ({ ...other, indent: other.indent - 2 }));
    const [first, ...rest] = body;
    const head = first && !first.text.startsWith("--") ? join([line, first]) : undefined;
    lines.splice(i, end - i, ...(head ? [head, ...rest] : [line, ...body]));
  }
  return lines;
}

const setOperation = /^(?:union|intersect|except)\b/i;

/** A query that fits on a line stands on a line. */
function foldQueries(given: readonly Line[]): readonly Line[] {
  const done: Line[] = [];
  for (let i = 0; i < given.length; i++) {
    const line = given[i] as Line;
    if (!isFirstLine(given, i)) {
      done.push(line);
      continue;
    }
    let end = i + 1;
    for (; end < given.length; end++) {
      const other = given[end] as Line;
      if (other.indent < line.indent || (other.indent === line.indent && (setOperation.test(other.text) || /^(?:\)|--)/.test(other.text)))) break;
    }
    // A query that goes on behind a comment or a tag is no line.
    const after = given.slice(end).find(({ text }) => !text.startsWith("--"));
    const goesOn = after !== undefined && after.indent === line.indent && !setOperation.test(after.text) && !after.text.startsWith(")");
    const clauses = given.slice(i, end).filter(({ indent }) => indent === line.indent).length;
    const joined = goesOn ? undefined : join(given.slice(i, end), clauses > 2 ? widestQuery : widest);
    if (joined) {
      done.push(joined);
      i = end - 1;
    } else done.push(line);
  }
  return done;
}

/** `from` begins a query only where nothing of the query stands before it. */
function isFirstLine(lines: readonly Line[], index: number): boolean {
  const [line, before] = [lines[index] as Line, lines[index - 1]];
  if (/^select\b/i.test(line.text)) return true;
  return (
    /^from\b/i.test(line.text) &&
    (before === undefined || before.indent < line.indent || setOperation.test(before.text) || (before.indent === line.indent && /^\)|^--/.test(before.text)))
  );
}

/** An empty line between common tables, before the query that uses them, and around set operations of whole queries. */
function addRoom(lines: readonly Line[]): readonly Line[] {
  const room: Line = { indent: 0, text: "" };
  const tables = new Set<number>();
  lines.forEach(({ indent, text }, i) => {
    if (!/^with\b/i.test(text)) return;
    // From here to the query itself, every line at this margin that closes a bracket ends a table.
    for (let at = i + 1; at < lines.length; at++) {
      const other = lines[at] as Line;
      if (other.indent < indent) return;
      if (other.indent !== indent || !/^\)/.test(other.text)) continue;
      tables.add(at);
      if (!other.text.endsWith(",")) return;
    }
  });
  return lines.flatMap((line, i): readonly Line[] => {
    if (i < lines.length - 1 && tables.has(i)) return [line, room];
    if (line.indent === 0 && setOperation.test(line.text) && i > 0) return [room, line, room];
    return [line];
  });
}

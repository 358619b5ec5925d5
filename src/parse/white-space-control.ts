/**
 * Takes away the white space that Handlebars takes away: all of it on the side of a tag that has a `~`, and the rest of the
 * line around blocks, macros and comments that are alone on theirs. Works on the tree of the everyday parser, and leaves in
 * it the marks that Handlebars leaves.
 */

export interface Strip {
  readonly open: boolean;
  readonly close: boolean;
}

export interface EverydayContent {
  readonly type: "ContentStatement";
  readonly original: string;
  value: string;
  readonly loc: unknown;
  leftStripped?: boolean;
  rightStripped?: boolean;
}

export interface EverydayBlock {
  readonly type: "BlockStatement";
  readonly path: hbs.AST.PathExpression;
  readonly params: readonly hbs.AST.Expression[];
  readonly hash: hbs.AST.Hash | undefined;
  readonly program: EverydayProgram;
  readonly inverse: EverydayProgram | undefined;
  readonly openStrip: Strip;
  readonly inverseStrip: Strip | undefined;
  closeStrip: Strip | undefined;
  readonly loc: unknown;
}

interface EverydayTag {
  readonly type: "MustacheStatement" | "CommentStatement";
  readonly strip: Strip;
  readonly loc: unknown;
  readonly [more: string]: unknown;
}

interface EverydayMacro {
  readonly type: "PartialStatement";
  indent: string;
  readonly strip: Strip;
  readonly loc: unknown;
  readonly [more: string]: unknown;
}

export type EverydayStatement = EverydayContent | EverydayBlock | EverydayTag | EverydayMacro;

export interface EverydayProgram {
  readonly type: "Program";
  readonly body: EverydayStatement[];
  readonly strip: object;
  readonly loc: unknown;
  blockParams?: string[] | undefined;
  /** The other branch of an `else if`: its only statement is the block. */
  readonly chained?: true;
}

/** What a statement asks for around it: with `~`, and where it is alone on its line. */
interface Around {
  readonly strip: Strip;
  readonly isLine: boolean;
  /** Of a block: whether its first and its last tag may be alone on their lines, as far as its inside tells. */
  readonly opensLine: boolean;
  readonly closesLine: boolean;
}

type Body = readonly EverydayStatement[];

export function controlWhiteSpace({ body }: EverydayProgram, isRoot = false): void {
  for (let i = 0; i < body.length; i++) {
    const node = body[i] as EverydayStatement;
    const around = aroundOf(node);
    if (!around) continue;
    const { strip, isLine, opensLine, closesLine } = around;
    const mayBeAlone = isLine || opensLine || closesLine;
    const isAfterLine = mayBeAlone && endsLine(body, i, isRoot);
    const isBeforeLine = mayBeAlone && beginsLine(body, i, isRoot);
    if (strip.close) stripAfter(body, i, everything);
    if (strip.open) stripBefore(body, i, everything);
    if (isLine && isAfterLine && isBeforeLine) {
      stripAfter(body, i, line);
      if (stripBefore(body, i, line) && node.type === "PartialStatement") node.indent = blanksAtEnd((body[i - 1] as EverydayContent).original);
    }
    if (node.type !== "BlockStatement") continue;
    if (opensLine && isAfterLine) {
      stripAfter(node.program.body, -1, line);
      stripBefore(body, i, line);
    }
    if (closesLine && isBeforeLine) {
      const last = (node.inverse ?? node.program).body;
      stripAfter(body, i, line);
      stripBefore(last, last.length, line);
    }
  }
}

function aroundOf(node: EverydayStatement): Around | undefined {
  switch (node.type) {
    case "ContentStatement":
      return undefined;
    case "MustacheStatement":
      return node.strip.open || node.strip.close ? { strip: node.strip, isLine: false, opensLine: false, closesLine: false } : undefined;
    case "BlockStatement":
      return aroundBlock(node);
    default:
      return { strip: node.strip as Strip, isLine: true, opensLine: false, closesLine: false };
  }
}

/** Strips inside the block, too, which its own tags ask for. */
function aroundBlock({ program, inverse, openStrip, inverseStrip, closeStrip }: EverydayBlock): Around {
  controlWhiteSpace(program);
  if (inverse) controlWhiteSpace(inverse);
  const { body } = program;
  const firstInverse = inverse?.chained ? (inverse.body[0] as EverydayBlock).program : inverse;
  let lastInverse = inverse;
  while (lastInverse?.chained) lastInverse = (lastInverse.body.at(-1) as EverydayBlock).program;
  const closed = (firstInverse ?? program).body;
  const around = {
    strip: { open: openStrip.open, close: closeStrip?.close ?? false },
    isLine: false,
    opensLine: beginsLine(body, -1, false),
    closesLine: endsLine(closed, closed.length, false),
  };
  if (openStrip.close) stripAfter(body, -1, everything);
  if (!firstInverse || !lastInverse) {
    if (closeStrip?.open) stripBefore(body, body.length, everything);
    return around;
  }
  if (inverseStrip?.open) stripBefore(body, body.length, everything);
  if (inverseStrip?.close) stripAfter(firstInverse.body, -1, everything);
  if (closeStrip?.open) stripBefore(lastInverse.body, lastInverse.body.length, everything);
  if (endsLine(body, body.length, false) && beginsLine(firstInverse.body, -1, false)) {
    stripBefore(body, body.length, line);
    stripAfter(firstInverse.body, -1, line);
  }
  return around;
}

/** Whether only blanks stand between the statement and the line end before it. */
function endsLine(body: Body, at: number, isRoot: boolean): boolean {
  const before = body[at - 1];
  if (!before) return isRoot;
  if (before.type !== "ContentStatement") return false;
  const text = before.original;
  const blank = text.slice(text.trimEnd().length);
  return blank.includes("\n") || (isRoot && at === 1 && blank === text);
}

/** Whether only blanks stand between the statement and the line end after it. */
function beginsLine(body: Body, at: number, isRoot: boolean): boolean {
  const after = body[at + 1];
  if (!after) return isRoot;
  if (after.type !== "ContentStatement") return false;
  const text = after.original;
  const blank = text.slice(0, text.length - text.trimStart().length);
  return blank.includes("\n") || (isRoot && at + 2 === body.length && blank === text);
}

/** How much is taken: all white space, or what is left of the line. */
const everything = "everything";
const line = "line";

function stripAfter(body: Body, at: number, much: typeof everything | typeof line): void {
  const content = body[at + 1];
  if (content?.type !== "ContentStatement" || (much === line && content.rightStripped)) return;
  const value = much === line ? content.value.replace(/^[ \t]*\r?\n?/, "") : content.value.trimStart();
  content.rightStripped = value !== content.value;
  content.value = value;
}

function stripBefore(body: Body, at: number, much: typeof everything | typeof line): boolean {
  const content = body[at - 1];
  if (content?.type !== "ContentStatement" || (much === line && content.leftStripped)) return false;
  const value = much === line ? content.value.slice(0, content.value.length - blanksAtEnd(content.value).length) : content.value.trimEnd();
  content.leftStripped = value !== content.value;
  content.value = value;
  return content.leftStripped;
}

function blanksAtEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === " " || text[end - 1] === "\t") end--;
  return text.slice(end);
}

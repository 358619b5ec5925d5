/** The small tools that everything else rests on: places in texts, names, patterns, guesses. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codes } from "../../src/core/codes/index.ts";
import { didYouMean, suggestion } from "../../src/core/did-you-mean.ts";
import { fromByteOffset, locate, mapSql, plainText, sliceMapped, TextBuilder } from "../../src/core/mapped-text.ts";
import { globToRegExp, grouped, listOf, matchesGlob, plural, quoteIdentifier, quoteLiteral } from "../../src/core/names.ts";
import { lineStarts, positionAt } from "../../src/core/span.ts";
import { offsetInFile } from "../../src/core/written-text.ts";
import { readYaml } from "../../src/core/yaml.ts";

describe("positions", () => {
  test.each([
    ["a\nb", 2, "2:1"],
    ["a\r\nb", 3, "2:1"],
    ["a\rb", 2, "2:1"],
    ["a\n\nb", 2, "2:1"],
    ["한글\nab", 4, "2:2"],
    ["ab", 99, "1:100"],
    ["", 0, "1:1"],
  ])("in %j the offset %i is %s", (text, offset, expected) => {
    const { line, column } = positionAt(lineStarts(text), offset);
    expect(`${line}:${column}`).toBe(expected);
  });

  test("lead back to their offset, for any text", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "\n", "\r\n", "\r", "글", " ")), (parts) => {
        const text = parts.join("");
        const starts = lineStarts(text);
        for (let offset = 0; offset <= text.length; offset++) {
          const { line, column } = positionAt(starts, offset);
          expect((starts[line - 1] ?? Number.NaN) + column - 1).toBe(offset);
        }
      }),
    );
  });
});

test("byte offsets of databases become offsets of the string, for any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(), (text, n) => {
      const points = [...text];
      const before = points.slice(0, points.length === 0 ? 0 : n % (points.length + 1)).join("");
      expect(fromByteOffset(text, Buffer.byteLength(before))).toBe(before.length);
    }),
  );
});

describe("mapped text", () => {
  const source = { file: "f", text: "0123456789", toFile: (offset: number) => offset };
  const copied = (start: number, end: number) => new TextBuilder().append(source.text.slice(start, end), { source, start, end, verbatim: true }).build();

  test("keeps the place of every character through joining and cutting", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 5 }), fc.nat(60), fc.nat(60), (ranges, a, b) => {
        const sql = mapSql(undefined);
        const pieces = ranges.map(([x, y]) => copied(Math.min(x, y), Math.max(x, y)));
        const joined = pieces.reduce((all, piece) => sql`${all}--${piece}`, plainText(""));
        const cut = sliceMapped(joined, Math.min(a, b), Math.max(a, b));
        expect(cut.text).toBe(joined.text.slice(Math.min(a, b), Math.max(a, b)));
        for (const [i, char] of [...cut.text].entries()) {
          if (char === "-") continue;
          expect(locate(cut, i)?.span.start).toBe(Number(char));
        }
      }),
    );
  });

  test("that nobody wrote takes the place of what follows", () => {
    const text = mapSql(undefined)`create view x as (${copied(3, 6)})`;
    expect(locate(text, 0)?.span).toEqual({ file: "f", start: 3, end: 4 });
    expect(locate(plainText("select"), 0)).toBeUndefined();
  });
});

describe("YAML", () => {
  /** A word that does not stand anywhere else is found in the file where it stands, however the value is written. */
  test("the place of a word in a value is its place in the file, for any writing of it", () => {
    const words = fc.array(fc.constantFrom("a", "bb", "it's", 'say "x"', "한글", "#no", ": no", "{{ref}}", "\n", "\n\n"), { maxLength: 6 });
    fc.assert(
      fc.property(words, words, fc.constantFrom("|", "|-", ">", ">-", "'", '"'), (before, after, style) => {
        const value = `x ${before.join(" ")} WORD ${after.join(" ")} y`.replace(/ *\n */g, "\n");
        const indented = value.replaceAll("\n", "\n      ");
        const written =
          style === "'"
            ? `'${indented.replaceAll("'", "''")}'`
            : style === '"'
              ? `"${indented.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`
              : `${style}\n      ${indented}\n`;
        const text = `a:\n  - sql: ${written}\n    end: 1\n`;
        const yaml = readYaml("f", text);
        expect(yaml.diagnostics).toEqual([]);
        const read = (yaml.value as { readonly a: readonly { readonly sql: string }[] }).a[0]?.sql ?? "";
        expect(offsetInFile(yaml.textAt(["a", 0, "sql"]), read, read.indexOf("WORD"))).toBe(text.indexOf("WORD"));
      }),
      { numRuns: 300 },
    );
  });

  test("keys and values have their places; what is missing has its parent's", () => {
    const yaml = readYaml("f", "a:\n  b: {c: [1, two]}\n");
    expect(yaml.spanOf(["a", "b", "c", 1])).toEqual({ file: "f", start: 16, end: 19 });
    expect(yaml.keySpanOf(["a", "b", "c"])).toEqual({ file: "f", start: 9, end: 10 });
    expect(yaml.spanOf(["a", "b", "zzz"]).start).toBe(8);
  });

  test("that blows up by its aliases is an error", () => {
    const bomb = Array.from({ length: 9 }, (_, i) => `k${i}: &k${i} [${Array.from({ length: 10 }, () => (i === 0 ? "x" : `*k${i - 1}`)).join(", ")}]`).join(
      "\n",
    );
    expect(readYaml("f", bomb).diagnostics.map((d) => d.code)).toEqual(["RT0102"]);
  });
});

describe("names", () => {
  test("are quoted so that nothing in them ends the quotes", () => {
    expect(quoteIdentifier('a"b')).toBe('"a""b"');
    expect(quoteLiteral("it's")).toBe("'it''s'");
  });

  test.each([
    ["stg_*", "stg_orders", true],
    ["stg_*", "x_stg_orders", false],
    ["*", "", true],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["[ab]x", "bx", true],
    ["[!ab]x", "bx", false],
    ["[!ab]x", "cx", true],
    ["[a-c]", "b", true],
    ["[]x]", "]", true],
    ["[", "[", true],
    ["a.b", "axb", false],
    ["a*c", "a/b\nc", true],
    ["a+b", "a+b", true],
    ["A*", "abc", false],
  ])("the pattern %s and %j: %s", (pattern, text, expected) => {
    expect(globToRegExp(pattern).test(text)).toBe(expected);
  });

  test("without a wildcard are compared letter by letter", () => {
    expect(matchesGlob("a.b", "a.b")).toBe(true);
    expect(matchesGlob("axb", "a.b")).toBe(false);
  });

  test("are listed as people do", () => {
    expect([listOf([]), listOf(["a"]), listOf(["a", "b"]), listOf(["a", "b", "c"], "or")]).toEqual(["", "a", "a and b", "a, b or c"]);
    expect([plural(0, "row"), plural(1, "row"), plural(1234, "row"), plural(2, "query", "queries")]).toEqual(["0 rows", "1 row", "1,234 rows", "2 queries"]);
  });
});

describe("guesses", () => {
  test.each([
    ["order", ["orders", "customers"], "orders"],
    ["oders", ["orders", "customers"], "orders"],
    ["ORDERS", ["orders"], "orders"],
    ["ordesr", ["orders", "others"], "orders"],
    ["x", ["orders"], undefined],
    ["stg_order", ["stg_orders", "raw_orders"], "stg_orders"],
    ["nothing_like_it", ["orders"], undefined],
    ["a", [], undefined],
  ])("%s among %j is %s", (name, known, expected) => {
    expect(didYouMean(name, known)).toBe(expected);
    expect(suggestion(name, known)).toBe(expected === undefined ? undefined : `did you mean "${expected}"?`);
  });

  test("are never further than a third of the name, and find every single slip of a long one", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{6,12}$/), fc.nat(), fc.constantFrom("drop", "double", "swap"), (name, n, slip) => {
        const i = n % (name.length - 1);
        const slipped =
          slip === "drop"
            ? name.slice(0, i) + name.slice(i + 1)
            : slip === "double"
              ? name.slice(0, i) + name.charAt(i) + name.slice(i)
              : name.slice(0, i) + name.charAt(i + 1) + name.charAt(i) + name.slice(i + 2);
        expect(didYouMean(slipped, ["0123456789", name])).toBe(name);
      }),
    );
  });
});

test("every code has a title and an explanation", () => {
  for (const [code, entry] of Object.entries(codes)) {
    expect(code).toMatch(/^RT\d{4}$/);
    expect(entry.explain.endsWith(".")).toBe(true);
    expect(entry.title.endsWith(".")).toBe(false);
  }
});

test("counts are grouped as toLocaleString groups them", () => {
  for (const count of [0, 7, 999, 1000, 12345, 999999, 1234567, -1234, 123456789012]) expect(grouped(count)).toBe(count.toLocaleString("en-US"));
});

/** Identifiers as they are kept: one text a person, whatever stands in it, and laid out again for any columns. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { cellLayout, identifierPacker, keysOf } from "../../src/export/audience-identifiers.ts";

test("the order of the declaration changes nothing, empty cells and keyless ones are left out", () => {
  expect(identifierPacker(["PHONE", undefined, "EMAIL", "FN"])(["p", "value", "e", ""])).toBe("EMAIL=e\nPHONE=p");
  expect(identifierPacker(["EMAIL", "PHONE"])(["e", "p"])).toBe("EMAIL=e\nPHONE=p");
  expect(identifierPacker(["EMAIL"])([""])).toBe("");
  expect(keysOf("EMAIL=a=b\nEMAIL=c\nFN=d")).toEqual(["EMAIL", "FN"]);
});

test("repeated columns, columns that are gone, and columns that were not there", () => {
  const packed = identifierPacker(["EMAIL", "EMAIL", "FN"])(["a", "b", "c"]);
  expect(cellLayout(["FN", "EMAIL", "LN", "EMAIL"])(packed)).toEqual(["c", "a", "", "b"]);
});

test("whatever codes others have made, they come back as they were", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", "\\", "\n", "\x1e", "=", "n", "e", "정") });
  fc.assert(
    fc.property(cell, cell, (first, second) => {
      const packed = identifierPacker(["A", "B"])([first, second]);
      expect(packed).not.toContain("\x1e");
      expect(cellLayout(["B", "A"])(packed)).toEqual([second, first]);
    }),
  );
});

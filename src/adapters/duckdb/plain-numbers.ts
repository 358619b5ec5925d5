/** Whole numbers arrive as text; those that a JavaScript number holds exactly become numbers. */
const wholeNumbers = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT)|U?HUGEINT)$/;

export function isWholeNumber(type: string): boolean {
  return wholeNumbers.test(type);
}

export function plainNumbers(values: readonly unknown[], type: string): readonly unknown[] {
  return isWholeNumber(type) ? values.map(plainNumber) : values;
}

export function plainNumber(value: unknown): unknown {
  return typeof value === "string" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

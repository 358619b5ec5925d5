/** What may stand under `unit_tests:`: dbt's shape, with what retain adds to it. Shapes only. */
import { z } from "zod";
import { tagList } from "../config/schema.ts";

const rows = z.union([z.array(z.record(z.string(), z.unknown())), z.string()], {
  error: "must be a list of mappings such as [{id: 1}], or a text with `format: csv` or `format: sql`",
});

const fixture = {
  rows: rows.optional().describe("a list of mappings (dict), or a text of CSV or SQL; [] for no rows"),
  format: z.enum(["dict", "csv", "sql"]).optional().describe("how rows are written; default: dict, or by the ending of the fixture file"),
  fixture: z.string().min(1).optional().describe("a file below fixtures/ of a tests path instead of rows: NAME.csv or NAME.sql"),
};

const fixtureSchema = z.strictObject(fixture);
const version = z.union([z.string(), z.number()]);
const anything = z.record(z.string(), z.unknown());

export const unitTestSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string().default(""),
  model: z.string().min(1).describe("the model that is tested"),
  versions: z
    .strictObject({ include: z.array(version).optional(), exclude: z.array(version).optional() })
    .refine(({ include, exclude }) => (include === undefined) !== (exclude === undefined), "must have either include or exclude")
    .optional()
    .describe("which versions of the model; default: all"),
  config: z.strictObject({ enabled: z.boolean().default(true), tags: tagList.optional(), meta: anything.optional() }).default({ enabled: true }),
  tags: tagList.optional(),
  meta: anything.optional(),
  overrides: z
    .strictObject({
      macros: anything.default({}).describe("what macros return; is_incremental too"),
      vars: anything.default({}),
      env_vars: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
      run: z.strictObject({ started_at: z.string().optional() }).default({}).describe("started_at: when the run begins, for the test"),
    })
    .default({ macros: {}, vars: {}, env_vars: {}, run: {} }),
  given: z.array(z.strictObject({ input: z.string().describe("ref('model'), source('name', 'table') or this"), ...fixture })).default([]),
  expect: z.strictObject({
    ...fixture,
    ctes: z.record(z.string(), fixtureSchema).default({}).describe("rows of common table expressions of the model, by name"),
    table: fixtureSchema.optional().describe("an incremental model's whole table after the run, given `this`"),
  }),
});

export type FixtureDeclaration = z.output<typeof fixtureSchema>;
export type UnitTestDeclaration = z.output<typeof unitTestSchema>;

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
  name: z.string().min(1).describe("name of the test"),
  description: z.string().default("").describe("what it shows, for people"),
  model: z.string().min(1).describe("the model that is tested"),
  versions: z
    .strictObject({ include: z.array(version).optional().describe("only these"), exclude: z.array(version).optional().describe("all but these") })
    .refine(({ include, exclude }) => (include === undefined) !== (exclude === undefined), "must have either include or exclude")
    .optional()
    .describe("which versions of the model; default: all"),
  config: z
    .strictObject({
      enabled: z.boolean().default(true).describe("false takes the test out of the project"),
      tags: tagList.optional().describe("words to select by"),
      meta: anything.optional().describe("anything; passed on to the artifacts"),
    })
    .default({ enabled: true })
    .describe("settings of the test"),
  tags: tagList.optional().describe("words to select by"),
  meta: anything.optional().describe("anything; passed on to the artifacts"),
  overrides: z
    .strictObject({
      macros: anything.default({}).describe("what macros return; is_incremental too"),
      vars: anything.default({}).describe("variables, for this test"),
      env_vars: z
        .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
        .default({})
        .describe("what {{env}} returns, for this test"),
      run: z
        .strictObject({ started_at: z.string().optional().describe("when the run begins, in UTC") })
        .default({})
        .describe("what {{run.…}} returns, for this test"),
    })
    .default({ macros: {}, vars: {}, env_vars: {}, run: {} })
    .describe("what the model is told instead of the truth"),
  given: z
    .array(z.strictObject({ input: z.string().describe("ref('model'), source('name', 'table') or this"), ...fixture }))
    .default([])
    .describe("rows of everything that the model reads; `rows: []` gives none"),
  expect: z
    .strictObject({
      ...fixture,
      ctes: z.record(z.string(), fixtureSchema).default({}).describe("rows of common table expressions of the model, by name"),
      table: fixtureSchema.optional().describe("an incremental model's whole table after the run, given `this`"),
    })
    .describe("rows that must come out, in any order; columns that the first does not name are not compared"),
});

export type FixtureDeclaration = z.output<typeof fixtureSchema>;
export type UnitTestDeclaration = z.output<typeof unitTestSchema>;

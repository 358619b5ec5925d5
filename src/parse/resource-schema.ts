/** What may stand in the project's resource files: models, seeds, sources, macros, exposures and exports. Shapes only. */
import { z } from "zod";
import { eventTime } from "../config/build-settings.ts";
import { modelConfigSchema, seedConfigSchema, snapshotConfigSchema, tagList } from "../config/schema.ts";
import { columnConstraintSchema, modelConstraintSchema } from "./constraint-schema.ts";
import { unitTestSchema } from "./unit-test-schema.ts";

const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be letters, digits and underscores, not beginning with a digit")
  .describe("the name by which others call it");
const description = z.string().default("").describe("what it is, for people; Markdown");
const mapping = z.record(z.string(), z.unknown());
const meta = mapping.optional().describe("anything; passed on to the artifacts");
const tags = tagList.optional().describe("words to select by, as in --select tag:nightly");
const testList = z.array(z.unknown()).describe("tests: a name, or a name with its arguments");

const columnSchema = z.strictObject({
  name: z.string().min(1).describe("name of the column"),
  description,
  data_type: z.string().min(1).optional().describe("SQL type; part of the contract"),
  pii: z.union([z.string(), z.boolean()]).optional().describe("kind of personal data; the column is masked wherever rows are shown or kept"),
  tags: tagList.optional().describe("words to select the column's tests by, as in --select tag:nightly"),
  meta,
  tests: testList.optional(),
  data_tests: testList.optional().describe("the same as tests"),
});

const documented = {
  name,
  description,
  columns: z.array(columnSchema).default([]).describe("its columns"),
  tests: testList.optional(),
  data_tests: testList.optional().describe("the same as tests"),
  tags,
  meta,
};

const modelColumnSchema = z.strictObject({
  ...columnSchema.shape,
  constraints: z.array(columnConstraintSchema).optional().describe("what the warehouse enforces; needs an enforced contract"),
});

const version = z.union([z.number(), z.string().regex(/^[A-Za-z0-9_.]+$/, "must be letters, digits, dots and underscores")]);
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}/, "must be a date such as 2026-12-31");

const versionSchema = z.strictObject({
  v: version.describe("the version: a number or a word"),
  defined_in: z.string().min(1).optional().describe("name of its file without the ending; default: <name>_v<v>, and <name> for the latest one"),
  description: z.string().optional().describe("instead of the description of the model"),
  columns: z
    .array(
      z.union([
        modelColumnSchema,
        z.strictObject({
          include: z
            .union([z.literal(["all", "*"]), z.array(z.string())])
            .optional()
            .describe("which columns of the model it has; default: all"),
          exclude: z.array(z.string()).optional().describe("which of these it does not have"),
        }),
      ]),
    )
    .optional()
    .describe("its own columns over those of the model"),
  tests: testList.optional().describe("instead of the tests of the model"),
  data_tests: testList.optional().describe("the same as tests"),
  constraints: z.array(modelConstraintSchema).optional().describe("instead of those of the model"),
  access: modelConfigSchema.shape.access,
  deprecation_date: date.optional().describe("from this day on whoever reads the version is warned"),
  config: modelConfigSchema.default({}).describe("settings over those of the model"),
  sql: z.string().optional().describe("its SQL, when it is not in a file"),
  refs: z.array(z.string()).optional().describe("instead of the refs of the model"),
});

export const modelSchema = z.strictObject({
  ...documented,
  columns: z.array(modelColumnSchema).default([]).describe("its columns; with an enforced contract all of them, in order"),
  constraints: z.array(modelConstraintSchema).optional().describe("constraints on several columns"),
  group: z.string().min(1).optional().describe("the same as under config"),
  access: modelConfigSchema.shape.access,
  deprecation_date: date.optional().describe("from this day on whoever reads the model is warned"),
  latest_version: version.optional().describe("the version that a ref without one means; default: the greatest"),
  versions: z.array(versionSchema).optional().describe("versions of the model that live side by side"),
  config: modelConfigSchema.default({}).describe("settings of the model, over those of its folder in retain.yml"),
  sql: z.string().optional().describe("the model's SQL, when it is not in a file <name>.sql"),
  refs: z.array(z.string()).optional().describe("what a model in a file <name>.mjs reads: names of models, ref('package', 'model'), source('name', 'table')"),
});

export const seedSchema = z.strictObject({
  ...documented,
  config: seedConfigSchema.default({}).describe("settings of the seed, over those of its folder in retain.yml"),
});

export const snapshotSchema = z.strictObject({
  ...documented,
  config: snapshotConfigSchema.default({}).describe("settings of the snapshot, over those of its folder in retain.yml"),
  relation: z.string().min(1).optional().describe("what it is of: ref('orders') or source('shop', 'orders')"),
  sql: z.string().optional().describe("a query instead of a relation; or in a file <name>.sql below the snapshots path"),
});

const freshnessAge = z.strictObject({
  count: z.number().int().positive().describe("how many"),
  period: z.enum(["minute", "hour", "day"]).describe("of what"),
});

const freshness = z
  .strictObject({
    warn_after: freshnessAge.nullable().optional().describe("older data warn"),
    error_after: freshnessAge.nullable().optional().describe("older data fail"),
    filter: z.string().min(1).optional().describe("condition on the rows that are looked at, for large tables"),
  })
  .nullable()
  .describe("how old the newest data may be; null takes back what the source sets");

const loadedAt = {
  loaded_at_field: z.string().min(1).optional().describe("column or expression with the time at which a row was loaded; without a zone it is UTC"),
  loaded_at_query: z.string().min(1).optional().describe("a query for that time instead, of one value; a template in which this is the table"),
  freshness: freshness.optional(),
};

const sourceConfig = z.strictObject({ event_time: eventTime }).optional().describe("settings of the source");

const sourceTableSchema = z.strictObject({
  ...documented,
  name: z.string().min(1).describe('the second name in {{source "shop" "orders"}}'),
  identifier: z.string().optional().describe("name of the table in its database; default: the name"),
  location: z.string().optional().describe("file or glob that is read in place: CSV, JSON or Parquet; s3:// and https:// too"),
  format: z.enum(["csv", "json", "parquet", "excel"]).optional().describe("default: by the ending of the location"),
  options: mapping.default({}).describe("named arguments of the reader, such as {header: false, delim: ' '}"),
  ...loadedAt,
  config: sourceConfig,
});

export const sourceSchema = z.strictObject({
  name: z.string().min(1).describe('the first name in {{source "shop" "orders"}}'),
  description,
  database: z.string().optional().describe("alias of an attached database"),
  schema: z.string().optional().describe("schema of the tables; default: the source's name"),
  tags,
  meta,
  ...loadedAt,
  config: sourceConfig,
  tables: z.array(sourceTableSchema).describe("its tables or files"),
});

export const argumentSchema = z.strictObject({
  name,
  description,
  type: z.enum(["string", "number", "boolean", "list", "relation", "any"]).default("any").describe("what a call must give; checked where it can be seen"),
  default: z.unknown().optional().describe("an argument without default must be given"),
});

export const macroSchema = z.strictObject({
  name,
  description,
  kind: z.enum(["macro", "test"]).default("macro").describe("test: a generic test; its SQL returns the rows that fail"),
  arguments: z.array(argumentSchema).default([]).describe("what a call gives by name"),
  meta,
});

export const operationSchema = z.strictObject({
  name,
  description,
  arguments: z.array(argumentSchema).default([]).describe("what --args gives"),
  sql: z.string().min(1).describe("SQL, a template in which the arguments are names; several statements may follow one another"),
  transaction: z.boolean().default(true).describe("whether all of its statements hold or none"),
  meta,
});

export const exposureSchema = z.strictObject({
  name,
  description,
  type: z.enum(["dashboard", "notebook", "analysis", "ml", "application"]).describe("what kind of reader it is"),
  label: z.string().optional().describe("its name as people say it"),
  url: z.string().optional().describe("where it is"),
  maturity: z.enum(["low", "medium", "high"]).optional().describe("how far it can be relied on"),
  owner: z
    .strictObject({ name: z.string().optional().describe("person or team"), email: z.string().optional().describe("their address") })
    .describe("whom to ask"),
  depends_on: z.array(z.string()).default([]).describe("ref('model') and source('name', 'table')"),
  tags,
  meta,
});

export const groupSchema = z.strictObject({
  name,
  description,
  owner: z
    .looseObject({
      name: z.string().optional().describe("person or team"),
      email: z
        .union([z.string(), z.array(z.string())])
        .optional()
        .describe("their address or addresses"),
    })
    .refine((owner) => owner.name !== undefined || owner.email !== undefined, "must have a name or an email")
    .describe("who answers for the models of the group"),
  config: z.strictObject({ meta }).default({}).describe("settings of the group"),
  meta,
});

const identifier = z.union([
  z.string(),
  z.strictObject({
    column: z.string().describe("column of the model"),
    default_country: z.string().optional().describe("column with the country, for phones without a country code"),
    hashed: z.boolean().optional().describe("true: the column already holds SHA-256 of the normalised value"),
    plain: z.literal(true).optional().describe("true: lets the value itself be written, for platforms that take no hashes"),
    phone_format: z.enum(["national", "e164_digits"]).optional().describe("e164_digits: every number begins with its country code, without +"),
    phone_plus: z.boolean().optional().describe("whether phones are hashed with +, where a platform's documents disagree"),
    email_dots: z.enum(["keep", "remove"]).optional().describe("remove: dots before the @ go, where a platform's documents disagree"),
    values: z.record(z.string(), z.string()).optional().describe("the data's own words to the platform's, such as {male: m, female: f, other: ''}"),
    date_order: z.enum(["mdy", "dmy"]).optional().describe("how dates with slashes are read; mdy without it"),
    inner_spaces: z.enum(["remove", "keep"]).optional().describe("spaces inside names; removed without it"),
    zip_dash: z.enum(["remove", "cut"]).optional().describe("dashes in postal codes outside the United States; removed without it"),
  }),
]);

const percent = z.number().min(0).max(100);

export const exportSchema = z.strictObject({
  name,
  description,
  model: z.string().describe("model with one row per person"),
  primary_key: z.string().describe("column of the model that tells people apart"),
  destination: z.string().describe("a name under destinations in retain.yml"),
  format: z.string().optional().describe("upload format of a file destination; default: meta"),
  audience: z
    .strictObject({
      name: z.string().describe("its name on the platform"),
      create: z.boolean().default(false).describe("true makes the audience on the platform when it is missing"),
      label: z.string().optional().describe("the platform's word for what the audience is, where it has such words"),
      id: z.string().optional().describe("the platform's id of an audience that is there already"),
    })
    .describe("the audience on the platform"),
  mode: z
    .enum(["mirror", "add", "remove", "replace"])
    .default("mirror")
    .describe(
      "mirror: the audience becomes what the model holds; add: who left the model stays; remove: who left it goes and nobody is added; replace: the platform's list is made anew. Withdrawn consent takes people out in each of them",
    ),
  identifiers: z
    .record(z.string(), z.union([identifier, z.array(identifier).min(1)]))
    .describe("identifier of the platform to column of the model, or to a list of columns where a person may have several"),
  consent: z
    .strictObject({ column: z.string().describe("boolean column; only true is exported") })
    .optional()
    .describe("who has agreed; a withdrawal becomes a removal"),
  suppress: z.array(z.string()).default([]).describe("models with the same key whose people are never exported"),
  holdout: z
    .strictObject({
      percent: percent.describe("of all people"),
      salt: z.string().min(1).describe("any word; the same word keeps the same people back"),
    })
    .optional()
    .describe("share of people kept back to measure lift"),
  guards: z
    .strictObject({
      min_size: z.number().int().min(0).optional().describe("fewest people that the audience may have"),
      max_remove_pct: percent.optional().describe("of the people who are there; default 30"),
      max_add_pct: z.number().min(0).optional().describe("of the people who are there; no limit without it, and none for a first delivery"),
      max_invalid_pct: percent.optional().describe("for each identifier, of the people who are asked for it; no limit without it"),
      max_age: z
        .string()
        .regex(/^\d+[mhd]$/, "must be a number of minutes, hours or days such as 90m, 36h or 2d")
        .optional()
        .describe("how old the model's last good build may be"),
      allow_empty: z.boolean().default(false).describe("true: an audience that the model empties is emptied on the platform too"),
    })
    .default({ allow_empty: false })
    .describe("limits that stop a run before anything is sent"),
  tags,
  meta,
});

/** A whole resource file; its lists are checked item by item, so that one bad item does not hide the others. */
export const resourceFileSchema = z.strictObject({
  version: z.literal([1, 2]).optional().describe("accepted and ignored, as dbt files have it"),
  models: z.array(modelSchema).optional().describe("models: a query each"),
  seeds: z.array(seedSchema).optional().describe("seeds: a CSV file each"),
  snapshots: z.array(snapshotSchema).optional().describe("snapshots: the history of a relation each"),
  sources: z.array(sourceSchema).optional().describe("data that others write"),
  macros: z.array(macroSchema).optional().describe("macros and generic tests"),
  exposures: z.array(exposureSchema).optional().describe("who reads what the project makes: dashboards, notebooks, applications"),
  groups: z.array(groupSchema).optional().describe("owners of models"),
  operations: z.array(operationSchema).optional().describe("SQL to run by hand, with retain run-operation"),
  exports: z.array(exportSchema).optional().describe("audiences that are sent to a destination"),
  unit_tests: z.array(unitTestSchema).optional().describe("models on rows that are given"),
});

const threshold = z
  .string()
  .regex(/^\s*(=|!=|<|>|between\b|in\b|not\b|is\b)/i, 'must be a comparison such as "> 10"')
  .default("!= 0");

export const testConfigSchema = z.strictObject({
  severity: z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(["error", "warn"]))
    .default("error")
    .describe("error: failing rows keep the model from being published; warn: they are only told"),
  warn_if: threshold.describe("when a number of failing rows warns"),
  error_if: threshold.describe("when it fails, with severity error"),
  where: z.string().optional().describe("condition on the tested relation's rows"),
  limit: z.number().int().positive().optional().describe("most failing rows to look for"),
  fail_calc: z.string().default("count(*)").describe("the number that is compared, over the failing rows"),
  store_failures: z.boolean().default(false).describe("keep failing rows as a table of the warehouse, too"),
  store_failures_as: z
    .enum(["table", "view", "ephemeral"])
    .optional()
    .describe("keep them as a table; as a view of the query, which reads what is published; or, with ephemeral, not. Wins over store_failures"),
  schema: z.string().min(1).optional().describe("where it is kept, as what follows the target's schema; default: dbt_test__audit, as in main_dbt_test__audit"),
  alias: z.string().min(1).optional().describe("name of what is kept; default: the test's name"),
  enabled: z.boolean().default(true).describe("false takes the test out of the project"),
  group: z.string().min(1).optional().describe("group of a singular test, which may then read its private models"),
  tags,
  meta,
});

export type TestConfig = z.output<typeof testConfigSchema>;
export type ArgumentDeclaration = z.output<typeof argumentSchema>;
export type ColumnDeclaration = z.output<typeof columnSchema>;
export type OperationDeclaration = z.output<typeof operationSchema>;
export type GroupDeclaration = z.output<typeof groupSchema>;
export type VersionDeclaration = z.output<typeof versionSchema>;
export type ModelDeclaration = z.output<typeof modelSchema>;
export type SeedDeclaration = z.output<typeof seedSchema>;
export type SnapshotDeclaration = z.output<typeof snapshotSchema>;
export type SourceDeclaration = z.output<typeof sourceSchema>;
export type MacroDeclaration = z.output<typeof macroSchema>;
export type Freshness = NonNullable<z.output<typeof freshness>>;
export type ExposureDeclaration = z.output<typeof exposureSchema>;
export type ExportDeclaration = z.output<typeof exportSchema>;

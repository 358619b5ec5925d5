/**
 * What may stand in retain.yml, and the settings that models and seeds take both there (by folder) and in their own YAML.
 * Only shapes and defaults; reading files and replacing ${VAR} happens elsewhere.
 */
import { z } from "zod";
import { eventTime, externalSettings, incrementalSettings, snapshotSettings } from "./build-settings.ts";
import { hookList, hookSettings } from "./hook-settings.ts";
import { lintSettings } from "./lint-settings.ts";
import { isColor } from "./node-color.ts";

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** One tag or a list of them; always a list afterwards. */
export const tagList = z.union([z.string(), z.array(z.string())]).transform((tags) => (typeof tags === "string" ? [tags] : tags));

const nodeSettings = {
  enabled: z.boolean().optional().describe("false takes the node out of the project"),
  schema: z.string().min(1).optional().describe("schema of the relation; default: the target's schema"),
  alias: z.string().min(1).optional().describe("name of the relation; default: the node's name"),
  tags: tagList.optional().describe("words to select by, as in --select tag:nightly; collected from all levels"),
  meta: z.record(z.string(), z.unknown()).optional().describe("anything; merged over all levels and passed on to the artifacts"),
  docs: z
    .strictObject({
      show: z.boolean().optional().describe("false leaves the node out of documentation"),
      node_color: z
        .string()
        .refine(isColor, "must be a color: a name such as `gold`, or # and digits such as `#cd7f32`")
        .optional()
        .describe("its color in pictures of the graph: a name of CSS, or # and hexadecimal digits"),
    })
    .optional()
    .describe("how documentation shows the node; passed on to the artifacts"),
  on_error: z
    .enum(["skip_children", "continue"])
    .optional()
    .describe("when the node fails: skip_children (default), or continue, and those who read it are built from what was published before"),
  event_time: eventTime,
  persist_docs: z
    .strictObject({
      relation: z.boolean().optional().describe("the description of the relation"),
      columns: z.boolean().optional().describe("those of its columns"),
    })
    .optional()
    .describe("write descriptions into the warehouse, as comments on the relation and on its columns"),
  ...hookSettings,
  group: z.string().min(1).optional().describe("the group that owns the node, declared under `groups`"),
};

export const modelConfigSchema = z.strictObject({
  ...nodeSettings,
  materialized: z.string().optional().describe("view (default), table, incremental, external or ephemeral"),
  contract: z
    .strictObject({
      enforced: z.boolean().optional().describe("true: a relation that is not as declared is not published"),
      alias_types: z.boolean().optional().describe("false: types must be spelt as the database does, integer and not int; default: true"),
    })
    .optional()
    .describe("enforced: true checks names, types and order of the columns, and their constraints, before publishing"),
  access: z.enum(["private", "protected", "public"]).optional().describe("private: only its own group may read it; default: protected"),
  ...incrementalSettings,
  ...externalSettings,
});

export const seedConfigSchema = z.strictObject({
  ...nodeSettings,
  delimiter: z.string().length(1).optional().describe("the character between values; default: comma"),
  column_types: z.record(z.string(), z.string()).optional().describe("column name to SQL type; the same as data_type under columns"),
});

export const snapshotConfigSchema = z.strictObject({ ...nodeSettings, ...snapshotSettings });

export type ModelConfig = z.output<typeof modelConfigSchema>;
export type SeedConfig = z.output<typeof seedConfigSchema>;
export type SnapshotConfig = z.output<typeof snapshotConfigSchema>;

const targetSchema = z.strictObject({
  type: z.literal("duckdb").describe("the engine"),
  path: z.string().min(1).describe("the warehouse file, relative to the project, or :memory:"),
  schema: z.string().min(1).default("main").describe("schema of all relations that set none of their own"),
  threads: z.coerce.number().int().min(1).max(256).default(4).describe("how many nodes are built at once"),
  settings: z.record(z.string(), scalar).default({}).describe("settings of the database, such as memory_limit"),
  attach: z
    .array(
      z.strictObject({
        path: z.string().min(1).describe("the database: a file relative to the project, or what DuckDB attaches by a prefix such as postgres:"),
        alias: z.string().min(1).describe("the name that sources give as their database"),
        read_only: z.boolean().default(true).describe("whether it is opened for reading only"),
      }),
    )
    .default([])
    .describe("other databases that sources may name"),
  extensions: z.array(z.string()).default([]).describe("extensions to load"),
});

const folderTree = z.record(z.string(), z.unknown()).default({});
const folderList = z.array(z.string().min(1));

const packageShape = "a package is the name that it has on npm, or a mapping such as {name: retain-shop, without: [orders]}";

const packageSetting = z.strictObject({
  name: z.string().min(1).describe("the package's name on npm; it has to be installed"),
  without: z
    .array(z.string().min(1))
    .default([])
    .describe("models, seeds and snapshots of it that are left out; what reads them reads the project's own of that name"),
});

export const projectSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be letters, digits and underscores, not beginning with a digit")
    .describe("the project's name, as refs and selections across packages say it"),
  config_version: z.literal(1).default(1).describe("which shape of this file is meant"),
  version: scalar.optional().describe("the project's own version, for people"),
  default_target: z.string().optional().describe("the target without --target; default: the first one"),
  targets: z.record(z.string(), targetSchema).describe("the warehouses that the project can be built in, by name"),
  state: z
    .strictObject({ path: z.string().min(1).describe("its file, relative to the project") })
    .default({ path: ".retain/state.duckdb" })
    .describe("the database with the history of runs and the ledger of exports; it outlives the warehouse"),
  paths: z
    .strictObject({
      models: folderList.default(["models"]).describe("SQL, JavaScript and YAML of models"),
      seeds: folderList.default(["seeds"]).describe("CSV files and their YAML"),
      snapshots: folderList.default(["snapshots"]).describe("snapshots"),
      macros: folderList.default(["macros"]).describe("macros: .hbs and .mjs files and their YAML"),
      exports: folderList.default(["exports"]).describe("audience exports"),
      tests: folderList.default(["test/data"]).describe("singular tests, and fixtures of unit tests"),
    })
    .default({ models: ["models"], seeds: ["seeds"], snapshots: ["snapshots"], macros: ["macros"], exports: ["exports"], tests: ["test/data"] })
    .describe("folders, relative to the project, in which each kind of file is looked for"),
  vars: z.record(z.string(), z.unknown()).default({}).describe('variables that templates read with {{var "name"}}; --vars overrides them'),
  models: folderTree.describe("settings by folder; the nearest folder wins; +key forces a setting where a folder has its name"),
  seeds: folderTree.describe("settings by folder, as under models"),
  snapshots: folderTree.describe("settings by folder, as under models"),
  on_run_start: hookList.optional().describe("SQL that runs before the first node of a run; each text is a transaction"),
  on_run_end: hookList.optional().describe("SQL that runs after the last node; {{results}} is a table of what became of the nodes"),
  destinations: z
    .record(z.string(), z.looseObject({ type: z.string().describe("file, meta, google, tiktok or webhook") }))
    .default({})
    .describe("where exports go, by name; further keys are those of the type"),
  lint: lintSettings.default({}).describe("rules of `retain lint` by their code: off, warn or error, everywhere or in some folders"),
  packages: z
    .array(
      z.union(
        [
          z
            .string()
            .min(1)
            .transform((name) => packageSetting.parse({ name })),
          packageSetting,
        ],
        // A mapping that lacks something says so itself; what is neither is told what a package looks like.
        { error: ({ input }) => (input !== null && typeof input === "object" && !Array.isArray(input) ? undefined : packageShape) },
      ),
    )
    .default([])
    .describe("npm packages that hold a retain.yml, whose models this project builds and reads: their names, or mappings"),
});

/** The retain.yml of a package: its targets, default target and destinations are never asked for. */
export const packageSchema = projectSchema.extend({ targets: projectSchema.shape.targets.default({}) });

export type Project = z.output<typeof projectSchema>;
export type TargetSettings = z.output<typeof targetSchema>;
export type PathKind = keyof Project["paths"];

/** The value that the loading stage hands on: everything the project says about itself, checked, and the files it is made of. */
import type { Span } from "../core/span.ts";
import type { YamlFile } from "../core/yaml.ts";
import type { Environment } from "./interpolate.ts";
import type { PathKind, Project, TargetSettings } from "./schema.ts";

/** Kinds of nodes whose settings retain.yml makes by folder. */
export type SettingsKind = "models" | "seeds" | "snapshots";

/** A setting that retain.yml makes for all nodes below a folder. */
export interface FolderSetting {
  /** Folder below the models or seeds path, as a list of names; empty for all. */
  readonly folder: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** The same with every ${VAR} as it is written: what a change of the environment does not change. */
  readonly unrendered: Readonly<Record<string, unknown>>;
  /** The way to each setting in retain.yml. */
  readonly paths: Readonly<Record<string, readonly string[]>>;
  /** Set for what a project says of a package's nodes, which goes over all that the package says itself: the file where. */
  readonly over?: YamlFile;
}

export type ModuleFunction = (...parameters: unknown[]) => unknown;

/** A file of the project. `root` is the configured folder it was found in, `path` is relative to the project; both with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly root: string;
  readonly kind: PathKind;
  readonly extension: "yml" | "sql" | "hbs" | "mjs" | "csv";
  /** The text; of a seed only its beginning. */
  readonly text: string;
  /** SHA-256 of the file's bytes, in hexadecimal. */
  /** Of its bytes; of a module also of those that it imports from beside it. */
  readonly checksum: string;
  /** The exported functions of a macro's `.mjs` file. */
  readonly functions?: Readonly<Record<string, ModuleFunction>>;
}

export interface Config {
  /** Absolute path of the folder that holds retain.yml. */
  readonly projectDir: string;
  readonly project: Project;
  readonly targetName: string;
  readonly target: TargetSettings;
  /** `vars` of retain.yml with those of the command line over them. */
  readonly vars: Readonly<Record<string, unknown>>;
  readonly folderSettings: Readonly<Record<SettingsKind, readonly FolderSetting[]>>;
  readonly environment: Environment;
  /** Values taken from the environment that must never be printed. */
  readonly secrets: readonly string[];
  readonly yaml: YamlFile;
  readonly files: readonly SourceFile[];
  /** The packages that the project uses: each a config of its own, with the project's target. They have none themselves. */
  readonly packages: readonly Config[];
  /** Of a package: names of nodes that the project leaves out, with the place where it says so. */
  readonly without?: ReadonlyMap<string, Span>;
  /** selectors.yml beside retain.yml, when there is one. */
  readonly selectorsFile: YamlFile | undefined;
}

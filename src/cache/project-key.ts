/**
 * What the stages between loading and compiled SQL can read of a project, as one short text: two projects with the same key
 * parse and compile alike. Only environment variables are left out, of which a project reads a few; those are watched.
 */
import { hash } from "node:crypto";
import type { Config, SourceFile } from "../config/config.ts";
import type { Environment } from "../config/interpolate.ts";

/** `undefined` when the settings hold something that has no text: then nothing can be said. `program` stands for retain itself, `variant` for what else was asked for. */
export function projectKey(config: Config, sources: ReadonlyMap<string, string>, program: string, variant: unknown): string | undefined {
  const { environment, secrets, files: _own, packages, ...settings } = config;
  const files = allFiles(config);
  const paths = new Set(files.map((file) => file.path));
  // The environment is the project's own, and their files are among all files.
  const ofPackages = packages.map(({ environment: _environment, secrets: _secrets, files: _files, ...rest }) => rest);
  // The files of the settings themselves, such as retain.yml, with every letter: places in them are read, too.
  const texts = [...sources].filter(([path]) => !paths.has(path));
  let isComplete = true;
  const asText = (key: string, value: unknown): unknown => {
    // JSON has one word for what it has no word for.
    if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) return [`${value}`, Object.is(value, -0)];
    if (value instanceof Map || value instanceof Set) return [value.constructor.name, [...value]];
    if (typeof value === "object" && value !== null && !isPlain(value)) isComplete = false;
    if (typeof value !== "function") return value;
    if (!places.has(key)) isComplete = false;
    return undefined;
  };
  const text = JSON.stringify([program, process.version, variant, settings, ofPackages, texts], asText) + JSON.stringify(files.map(describeFile));
  return isComplete ? hash("sha256", text, "hex") : undefined;
}

/** Those of the project and of the packages that it uses. */
export function allFiles({ files, packages }: Config): readonly SourceFile[] {
  return packages.length === 0 ? files : [...files, ...packages.flatMap((each) => each.files)];
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}

/** Looked up in the text of a YAML file, which is part of the key. */
const places: ReadonlySet<string> = new Set(["spanOf", "keySpanOf", "textAt"]);

/** Bytes by their checksum. What a module exports may come from elsewhere, so its names are written out. */
function describeFile({ text, functions, ...file }: SourceFile): unknown {
  return { ...file, functions: functions && Object.keys(functions) };
}

export interface WatchedEnvironment {
  readonly environment: Environment;
  /** The variables that were asked for so far, also those that are not set. */
  readonly names: () => readonly string[];
}

/** The same environment, which remembers what is read of it. */
export function watchEnvironment(environment: Environment): WatchedEnvironment {
  const names = new Set<string>();
  const note = (name: string | symbol): void => {
    if (typeof name === "string") names.add(name);
  };
  const watched = new Proxy(environment, {
    get: (target, name) => {
      note(name);
      return Reflect.get(target, name) as unknown;
    },
    has: (target, name) => {
      note(name);
      return Reflect.has(target, name);
    },
    getOwnPropertyDescriptor: (target, name) => {
      note(name);
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
    ownKeys: (target) => {
      everyName(target).forEach(note);
      note(allNames);
      return Reflect.ownKeys(target);
    },
  });
  return { environment: watched, names: () => [...names] };
}

/** No variable can be called so; it stands for the list of all names. */
const allNames = "=";

function everyName(environment: Environment): readonly string[] {
  return Object.keys(environment).toSorted();
}

/** Variables with what stands for their values: a cache is no place for secrets. `null` for one that is not set. */
export function sealVariables(names: readonly string[], environment: Environment, key: string): readonly (readonly [string, string | null])[] {
  return names.toSorted().map((name) => {
    const value = name === allNames ? everyName(environment).join("\n") : environment[name];
    return [name, value === undefined ? null : hash("sha256", `${key}\n${name}\n${value}`, "hex")];
  });
}

/** Reads the trees under `models:`, `seeds:` and `snapshots:` of retain.yml into a flat list of settings by folder. Pure. */
import type { z } from "zod";
import { checkSchema } from "../core/check-schema.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import type { YamlFile } from "../core/yaml.ts";
import type { FolderSetting, SettingsKind } from "./config.ts";
import { writtenAt } from "./written-at.ts";

/** `folders` are the folders that exist below the path, such as `marts/daily`. */
export function readFolderSettings(
  kind: SettingsKind,
  tree: Readonly<Record<string, unknown>>,
  schema: z.ZodObject,
  folders: ReadonlySet<string>,
  yaml: YamlFile,
): Outcome<readonly FolderSetting[]> {
  const found: FolderSetting[] = [];
  const diagnostics: Diagnostic[] = [];
  const known = Object.keys(schema.shape);

  const visit = (node: Readonly<Record<string, unknown>>, folder: readonly string[]): void => {
    const settings: Record<string, unknown> = {};
    const unrendered: Record<string, unknown> = {};
    const paths: Record<string, readonly string[]> = {};
    for (const [key, value] of Object.entries(node)) {
      const path = [kind, ...folder, key];
      const below = [...folder, key].join("/");
      const isForced = key.startsWith("+");
      const name = isForced ? key.slice(1) : key;
      if (!isForced && folders.has(below)) {
        if (value !== null && typeof value === "object" && !Array.isArray(value)) visit(value as Record<string, unknown>, [...folder, key]);
        else
          diagnostics.push(
            diagnose(
              "RT0104",
              { where: `${kind}: ${below}`, problem: "must be a mapping of settings, because a folder has this name" },
              { span: yaml.spanOf(path), help: `write +${key} for the setting` },
            ),
          );
      } else if (known.includes(name)) {
        const checked = checkSchema(schema, { [name]: value }, { ...yaml, spanOf: () => yaml.spanOf(path) }, [], `settings of ${kind}`);
        diagnostics.push(...checked.diagnostics);
        if (checked.value) {
          Object.assign(settings, checked.value);
          paths[name] = path;
          const written = writtenAt(yaml.value, path);
          Object.assign(unrendered, JSON.stringify(written)?.includes("${") ? { [name]: written } : checked.value);
        }
      } else {
        const help = suggestion(key, [...known, ...[...folders].map((f) => f.split("/").at(-1) ?? f)]) ?? `settings: ${known.join(", ")}`;
        diagnostics.push(diagnose("RT0108", { folder: below, kind }, { span: yaml.keySpanOf(path), help }));
      }
    }
    if (Object.keys(settings).length > 0) found.push({ folder, settings, unrendered, paths });
  };
  visit(tree, []);
  return { value: found, diagnostics };
}

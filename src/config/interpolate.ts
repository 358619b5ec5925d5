/** Replaces ${VAR} and ${VAR:-default} in the strings of retain.yml. Pure; the environment is handed in. */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import type { YamlFile, YamlPath } from "../core/yaml.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

export interface Interpolated {
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
  /** Values from the environment that must never be printed. */
  readonly secrets: readonly string[];
  /** Variables that are not set and have no default. */
  readonly missing: readonly string[];
}

/** A path to a warehouse should be readable in an error; a password in it, a token or a key should not. */
const secretName = /token|secret|pass|_pwd|key|credential|auth|private/i;

/** Values of all variables that are called like a secret: templates can read them, too. */
export function secretsOf(environment: Environment): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) => (value !== undefined && value.length >= 8 && secretName.test(name) ? [value] : []));
}

/** As in a connection string. */
const secretInside = /(token|secret|pass\w*|pwd|key)\s*=|:\/\/[^/\s]*:[^/\s]*@/i;

function isSecret(variable: string, texts: readonly string[], path: YamlPath): boolean {
  return (
    path[0] === "destinations" ||
    texts.some((text) => secretInside.test(text)) ||
    secretName.test(variable) ||
    path.some((step) => secretName.test(String(step)))
  );
}

/** `skip` names top-level keys that stay as they are until somebody needs them. */
export function interpolate(value: unknown, environment: Environment, yaml: YamlFile, base: YamlPath = [], skip: readonly string[] = []): Interpolated {
  const diagnostics: Diagnostic[] = [];
  const secrets: string[] = [];
  const missing = new Set<string>();
  const visit = (node: unknown, path: YamlPath): unknown => {
    if (typeof node === "string") {
      const unread = node.replace(reference, "").indexOf("${");
      if (unread >= 0)
        diagnostics.push(
          diagnose("RT0104", { where: path.join("."), problem: "a variable is written ${NAME} or ${NAME:-default}" }, { span: yaml.spanOf(path) }),
        );
      return node.replace(reference, (_, name: string, fallback: string | undefined) => {
        const found = environment[name];
        // An empty variable counts as not set where there is a default, as in a shell.
        if (found !== undefined && !(found === "" && fallback !== undefined)) {
          if (isSecret(name, [found, node], path)) secrets.push(found);
          return found;
        }
        if (fallback !== undefined) return fallback;
        missing.add(name);
        diagnostics.push(diagnose("RT0105", { name }, { span: yaml.spanOf(path) }));
        return "";
      });
    }
    if (Array.isArray(node)) return node.map((item, i) => visit(item, [...path, i]));
    if (node !== null && typeof node === "object") {
      const entries = Object.entries(node).map(([key, item]) => {
        const isLater = path.length === base.length && skip.includes(key);
        return [key, isLater ? item : visit(item, [...path, key])];
      });
      return Object.fromEntries(entries);
    }
    return node;
  };
  return { value: visit(value, base), diagnostics, secrets, missing: [...missing] };
}

/** Masks secrets in text that goes to disk, and says which values are secrets there. Pure. */
import type { Config } from "../config/config.ts";

/** Anything shorter is as likely a word like `main` or a number, and masking that would break the text. */
const shortest = 8;

const date = /^\d{4}-\d\d-\d\d/;

export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => (secret.length >= shortest ? masked.replaceAll(secret, "***") : masked), text);
}

/**
 * What the settings took from the environment, without what artifacts are made of: the names of the project, the target and
 * its schema, and dates. They stand in every relation's name and in every model, and a masked one would be a wrong one.
 */
export function artifactSecrets({ project, targetName, target, secrets }: Config): readonly string[] {
  const names = [project.name, targetName, target.schema];
  return secrets.filter((secret) => !date.test(secret) && !names.some((name) => name.includes(secret)));
}

/**
 * Loaded before a program whose modules are to be listed: writes the address of each, one a line, to the fourth stream.
 * Modules that are imported pass the hook; those that a CommonJS package requires stand in the cache at the end.
 */
import { writeSync } from "node:fs";
import { createRequire, register } from "node:module";
import { pathToFileURL } from "node:url";

const hook = `
  import { writeSync } from "node:fs";
  export async function load(url, context, next) {
    writeSync(3, url + "\\n");
    return next(url, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

process.on("exit", () => {
  for (const path of Object.keys(createRequire(import.meta.url).cache)) writeSync(3, `${pathToFileURL(path)}\n`);
});

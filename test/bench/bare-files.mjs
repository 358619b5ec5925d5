/**
 * The yardstick of `retain parse`: reads every file of a project and writes as many bytes as the manifest has, with nothing in
 * between. node bare-files.mjs PROJECT_DIR BYTES OUTPUT
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [project, bytes, output] = process.argv.slice(2);
let characters = 0;
for (const folder of ["models", "macros"]) {
  for (const entry of readdirSync(join(project, folder), { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) characters += readFileSync(join(entry.parentPath ?? entry.path, entry.name), "utf8").length;
  }
}
writeFileSync(output, "x".repeat(Number(bytes)));
console.log(`${characters} characters`);

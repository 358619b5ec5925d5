/**
 * Checks the artifacts of a target folder strictly against dbt's JSON Schemas, which are not part of this repository:
 * node test/validate-artifacts.mjs SCHEMAS_DIR TARGET_DIR. Prints every problem with its path; exit code 0 if there is none.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const artifacts = [
  ["manifest.json", "manifest-v12.json"],
  ["run_results.json", "run-results-v6.json"],
  ["catalog.json", "catalog-v1.json"],
  // Only there after `retain freshness`.
  ...(existsSync(join(process.argv[3] ?? "", "sources.json")) ? [["sources.json", "sources-v3.json"]] : []),
];
const mostPrinted = 20;

const [schemasDir, targetDir] = process.argv.slice(2);
if (!schemasDir || !targetDir) {
  console.error("usage: node test/validate-artifacts.mjs SCHEMAS_DIR TARGET_DIR");
  process.exit(2);
}

let failed = 0;
for (const [artifact, schema] of artifacts) {
  const problems = check(join(targetDir, artifact), join(schemasDir, schema));
  console.log(`${problems.length === 0 ? "ok    " : "FAILED"} ${join(targetDir, artifact)}`);
  for (const problem of problems.slice(0, mostPrinted)) console.log(`       ${problem}`);
  if (problems.length > mostPrinted) console.log(`       … and ${problems.length - mostPrinted} more`);
  if (problems.length > 0) failed++;
}
console.log(`${artifacts.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function check(artifactPath, schemaPath) {
  for (const path of [schemaPath, artifactPath]) if (!existsSync(path)) return [`the file is missing: ${path}`];
  let schema;
  let artifact;
  try {
    schema = JSON.parse(readFileSync(schemaPath, "utf8"));
    artifact = JSON.parse(readFileSync(artifactPath, "utf8"));
  } catch (error) {
    return [`no JSON: ${error.message}`];
  }
  const expected = schema.$id;
  const named = artifact?.metadata?.dbt_schema_version;
  const problems =
    expected === undefined || named === expected ? [] : [`/metadata/dbt_schema_version: is ${JSON.stringify(named)} and must be ${JSON.stringify(expected)}`];
  return [...problems, ...violations(schema, artifact)];
}

/** A node that fits no kind fails against all of them; only what its own kind says about it helps. */
function violations(schema, value) {
  const validate = compile(schema);
  if (validate(value)) return [];
  const choices = new Map();
  const messages = new Set();
  for (const error of validate.errors) {
    const entry = /^\/(nodes|disabled)\/([^/]+)/.exec(error.instancePath);
    if (!entry) messages.add(toMessage(error));
    else choices.set(`${entry[1]} ${entry[2]}`, [entry[1], fromPointer(entry[2])]);
  }
  const kinds = schema.properties?.nodes?.additionalProperties;
  const compiled = new Map();
  for (const [section, id] of choices.values()) {
    for (const node of [value[section][id]].flat()) {
      const branches = (kinds?.anyOf ?? kinds?.oneOf ?? []).filter((branch) => branch.properties?.resource_type?.const === node?.resource_type);
      const branch = branches.find((one) => "test_metadata" in one.properties === "test_metadata" in node) ?? branches[0] ?? kinds;
      if (!compiled.has(branch)) compiled.set(branch, compile(branch));
      const own = compiled.get(branch);
      if (own(node)) messages.add(`/${section}/${id}: fits its kind, but not the section`);
      else for (const error of own.errors) messages.add(toMessage(error, `/${section}/${id}`));
    }
  }
  return [...messages];
}

function compile(schema) {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

function toMessage({ instancePath, message, params }, base = "") {
  const detail = params.additionalProperty ?? params.allowedValues?.join(", ") ?? params.allowedValue;
  return `${base}${instancePath || (base ? "" : "/")}: ${message}${detail === undefined ? "" : ` (${detail})`}`;
}

function fromPointer(pointer) {
  return pointer.replaceAll("~1", "/").replaceAll("~0", "~");
}

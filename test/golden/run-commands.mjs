/**
 * Runs command lines of the built program one after another in one process, because starting one for each takes most of the
 * time. Reads `[{directory, parameters, env, change}]` from standard input and writes `[{code, stdout, stderr}]`. The files in
 * `change` are put over the project first; the results of command N of a project are kept as run_results.N.json.
 */
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "../../dist/cli/program.js";

const requests = JSON.parse(readFileSync(0, "utf8"));
const [writeOut, writeErr] = [process.stdout.write.bind(process.stdout), process.stderr.write.bind(process.stderr)];
const outcomes = [];
const counts = new Map();
const kept = new Map();
for (const { directory, parameters, env, change } of requests) {
  const number = counts.get(directory) ?? 0;
  counts.set(directory, number + 1);
  if (change) cpSync(change, directory, { recursive: true });
  const heard = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    process[name].write = (text) => {
      heard[name] += text;
      return true;
    };
  }
  process.chdir(directory);
  process.env = { ...env };
  const code = await runCli(parameters, "0.0.0").finally(() => {
    process.stdout.write = writeOut;
    process.stderr.write = writeErr;
  });
  const path = join(directory, "target", "run_results.json");
  const results = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  // A command that runs nothing leaves those of the one before it.
  if (results !== undefined && results !== kept.get(directory)) writeFileSync(join(directory, `run_results.${number}.json`), results);
  kept.set(directory, results);
  outcomes.push({ code, ...heard });
}
process.stdout.write(JSON.stringify(outcomes));

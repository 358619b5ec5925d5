#!/usr/bin/env node
/**
 * The way in, and the only place that ends the process. Answers --version before anything is loaded, because people and
 * scripts ask for it all the time.
 */
import { readFileSync } from "node:fs";

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { readonly version: string };
  return manifest.version;
}

const parameters = process.argv.slice(2);
if (parameters.length === 1 && (parameters[0] === "--version" || parameters[0] === "-V")) {
  process.stdout.write(`${readVersion()}\n`);
} else {
  // A reader such as `head` that has seen enough is no error, and no reason to leave a build half done.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") return;
      process.exitCode = 1;
      if (stream === process.stdout) process.stderr.write(`retain: the output could not be written: ${error.message}\n`);
    });
  }
  if (parameters[0] === "__complete") {
    const { answerShell } = await import("./completion/answer.ts");
    process.stdout.write(answerShell(parameters.slice(parameters[1] === "--" ? 2 : 1), process.cwd(), process.env));
  } else {
    const { runCli } = await import("./program.ts");
    process.exitCode = await runCli(parameters, readVersion());
  }
}

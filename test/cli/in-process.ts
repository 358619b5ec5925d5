/**
 * Runs command lines inside this process, with streams of their own: everything but the process itself is real. For screens
 * and exit codes of many command lines; what a process does (signals, pipes, what is loaded) is tested with processes.
 */
import { Readable } from "node:stream";
import { runCli } from "../../src/cli/program.ts";
import { FakePipe } from "../reporters/terminal.ts";

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runIn(cwd: string, parameters: readonly string[], env: Readonly<Record<string, string>> = {}, input = ""): Promise<Said> {
  const stdout = new FakePipe();
  const stderr = new FakePipe();
  const code = await runCli(parameters, "0.0.0", { cwd, env, stdin: () => Readable.from([input]), stdout, stderr });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

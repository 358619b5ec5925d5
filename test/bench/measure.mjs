/**
 * Runs Node programs as processes of their own and takes their time and their memory. A thing and its yardstick take turns,
 * A B A B …, and are compared pair by pair: whatever else the machine does then falls on both alike.
 */
import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";

/** Prepended with --import, it reports the resources of the process at its end. */
const reportUsage = new URL("./report-usage.mjs", import.meta.url).href;
const reportModules = new URL("./report-modules.mjs", import.meta.url).href;

/**
 * One program: `args` for Node, `cwd`, and what to do `before` each run, which is not timed. Its resources are asked for with
 * `usage`; that costs a few milliseconds of start-up, so it must be the same on both sides of a pair. `part` finds out how
 * many seconds of the run something in it took, from what it printed or left behind.
 */
export function runOnce({ args, cwd, before, part, usage = false }) {
  before?.();
  const all = usage ? ["--import", reportUsage, ...args] : args;
  const began = performance.now();
  const child = runNode(all, cwd);
  const seconds = (performance.now() - began) / 1000;
  return { seconds, stdout: child.stdout, part: part?.(child.stdout), ...(usage && readUsage(child.output[3])) };
}

/** The addresses of all modules that a program loads, Node's own left out. */
export function listModules(args) {
  const urls = runNode(["--import", reportModules, ...args]).output[3].split("\n");
  return [...new Set(urls)].filter((url) => url.startsWith("file:") && url !== reportModules);
}

function runNode(args, cwd) {
  const child = spawnSync(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe", "pipe"], encoding: "utf8", maxBuffer: 2 ** 30 });
  if (child.error) throw child.error;
  if (child.status === 0) return child;
  const said = `${child.stderr}${child.stdout}`.trim().split("\n").slice(0, 12).join("\n");
  throw new Error(`node ${args.join(" ")} ended with ${child.status ?? child.signal}:\n${said}`);
}

function readUsage(text) {
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(text);
  return { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, megabytes: maxRSS / 1024 };
}

/** Runs both in turn, after one round that does not count. */
export function measurePairs(subject, yardstick, runs) {
  runOnce(subject);
  runOnce(yardstick);
  const pairs = Array.from({ length: runs }, () => ({ subject: runOnce(subject), yardstick: runOnce(yardstick) }));
  return {
    runs,
    ...compare(pairs, "seconds"),
    ...(subject.usage && {
      cpuSeconds: spread(pairs.map((pair) => pair.subject.cpuSeconds)),
      cpuRatio: spread(pairs.map((pair) => pair.subject.cpuSeconds / pair.yardstick.cpuSeconds)),
      megabytes: spread(pairs.map((pair) => pair.subject.megabytes)),
    }),
    ...(subject.part && { part: compare(pairs, "part") }),
  };
}

function compare(pairs, key) {
  return {
    seconds: spread(pairs.map((pair) => pair.subject[key])),
    yardstickSeconds: spread(pairs.map((pair) => pair.yardstick[key])),
    ratio: spread(pairs.map((pair) => pair.subject[key] / pair.yardstick[key])),
  };
}

export function spread(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { min: sorted[0], median, max: sorted.at(-1) };
}

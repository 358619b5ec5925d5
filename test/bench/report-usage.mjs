/** Loaded before a measured program: writes its CPU time and its greatest memory to the fourth stream when it ends. */
import { writeSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

// The process's own threads load this, too, and what they use is counted with it.
if (isMainThread) {
  process.on("exit", () => {
    writeSync(3, JSON.stringify(process.resourceUsage()));
  });
}

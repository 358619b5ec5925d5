/** Loaded before a measured program: writes its CPU time and its greatest memory to the fourth stream when it ends. */
import { writeSync } from "node:fs";

process.on("exit", () => {
  writeSync(3, JSON.stringify(process.resourceUsage()));
});

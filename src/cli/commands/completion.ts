/** `completion`: prints the script that makes a shell complete retain's commands, options and names. */
import { diagnose } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import { type Shell, scripts, shells } from "../completion/scripts.ts";
import type { CliContext } from "../context.ts";
import type { GlobalOptions } from "../options.ts";

export async function completionCommand(context: CliContext, [word]: readonly string[], { color }: GlobalOptions): Promise<number> {
  const shell = word ?? shellOf(context.environment);
  if (shell !== undefined && Object.hasOwn(scripts, shell)) {
    context.stdout.write(scripts[shell as Shell]);
    return 0;
  }
  const problem = shell === undefined ? "which shell?" : `there is no completion for "${shell}"`;
  const help = (shell !== undefined && suggestion(shell, shells)) || `write one of ${shells.join(", ")}, as in \`retain completion bash\``;
  context.reportDiagnostics([diagnose("RT0001", { problem }, { help })], { color });
  return 2;
}

/** The shell that somebody works in, where the environment says it. */
function shellOf(environment: CliContext["environment"]): string | undefined {
  return environment["SHELL"]
    ?.split(/[\\/]/)
    .at(-1)
    ?.replace(/\.exe$/, "");
}

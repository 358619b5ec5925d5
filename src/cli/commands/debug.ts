/** `debug`: what retain sees of this machine, this project and its warehouse. */
import { existsSync } from "node:fs";
import type { Config } from "../../config/config.ts";
import { openWarehouse, warehousePath } from "../../session/session.ts";
import type { CliContext } from "../context.ts";
import { openSession } from "../open-session.ts";
import type { GlobalOptions } from "../options.ts";

/** `dev (default), ci, prod (chosen)` */
function describeTargets({ project, targetName }: Config): string {
  const names = Object.keys(project.targets);
  const byDefault = project.default_target ?? names[0];
  return names
    .map((name) => {
      const marks = [name === byDefault ? "default" : "", name === targetName && name !== byDefault ? "chosen" : ""].filter((mark) => mark !== "");
      return marks.length > 0 ? `${name} (${marks.join(", ")})` : name;
    })
    .join(", ");
}

export async function debugCommand(context: CliContext, options: GlobalOptions): Promise<number> {
  const rows: (readonly [string, string])[] = [
    ["retain", context.version],
    ["node", `${process.version} on ${process.platform} ${process.arch}`],
  ];
  const session = await openSession(context, options);
  let exitCode = session ? 0 : 2;
  if (session) {
    const { config, graph } = session;
    const path = warehousePath(config);
    rows.push(
      ["project", `${config.project.name} in ${config.projectDir}`],
      ["target", `${config.targetName} (${config.target.type}, schema ${config.target.schema}, ${config.target.threads} threads)`],
      ["targets", describeTargets(config)],
      ["nodes", String(graph.nodes.size)],
      ["warehouse", path],
    );
    // A warehouse that does not exist yet is no fault, and looking must not create it.
    if (path !== ":memory:" && !existsSync(path)) rows.push(["connection", "not tried: the warehouse does not exist yet; `retain build` creates it"]);
    else {
      const database = await openWarehouse(context, session, options, true);
      if (!database) exitCode = 2;
      else {
        const connection = await database.connect();
        const { rows: found } = await connection.query("select version() as version, (select count(*) from information_schema.tables) as relations");
        connection.close();
        database.close();
        rows.push(["connection", `ok: ${config.target.type} ${found[0]?.["version"]}, ${found[0]?.["relations"]} relations`]);
      }
      if (exitCode !== 0) rows.push(["connection", "failed"]);
    }
  }
  if (options.json) context.stdout.write(`${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`);
  else for (const [name, value] of rows) context.stdout.write(`${name.padEnd(11)} ${value}\n`);
  return exitCode;
}

/**
 * Shows, for files that were laid out anew, that the database reads the SQL of their nodes as before: the project is compiled
 * with the old and with the new text, and the syntax trees are held against each other.
 */
import { compileProject } from "../compile/compile-project.ts";
import type { CompiledProject } from "../compile/compiled.ts";
import type { Config } from "../config/config.ts";
import { hasErrors } from "../core/diagnostic.ts";
import { buildGraph } from "../graph/graph.ts";
import { parseProject } from "../parse/parse-project.ts";
import type { Connection } from "../ports/engine.ts";
import type { CliContext } from "./context.ts";

/** Why a file must stay as it is, for those that must. `texts` are the new texts by path. */
export async function disproveFormat(
  context: CliContext,
  config: Config,
  before: CompiledProject,
  texts: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const after = compileWith(context, config, texts);
  if (!after) return new Map([...texts.keys()].map((path) => [path, "the project would not compile any more"]));
  const engine = await context.loadEngine();
  const opened = await engine.open({ path: ":memory:", readOnly: false, settings: {}, extensions: [], attach: [], lockTimeoutSeconds: 0 });
  const database = opened.value;
  if (!database) return new Map([...texts.keys()].map((path) => [path, "no database could be opened to compare the SQL"]));
  try {
    const connection = await database.connect();
    const disproved = new Map<string, string>();
    for (const [id, node] of before.nodes) {
      const path = node.node.originalFilePath;
      if (node.kind === "seed" || !texts.has(path)) continue;
      const other = after.nodes.get(id);
      const problem = other && "sql" in other ? await difference(connection, node.sql.text, other.sql.text) : "its node would be gone";
      if (problem !== undefined) disproved.set(path, problem);
    }
    connection.close();
    return disproved;
  } finally {
    database.close();
  }
}

function compileWith(context: CliContext, config: Config, texts: ReadonlyMap<string, string>): CompiledProject | undefined {
  const changed: Config = { ...config, files: config.files.map((file) => ({ ...file, text: texts.get(file.path) ?? file.text })) };
  const parsed = parseProject(changed);
  const graph = buildGraph(changed.project.name, parsed.value);
  if (hasErrors([...parsed.diagnostics, ...graph.diagnostics])) return undefined;
  const compiled = compileProject(graph.value, changed, context);
  return hasErrors(compiled.diagnostics) ? undefined : compiled.value;
}

async function difference(connection: Connection, before: string, after: string): Promise<string | undefined> {
  if (before === after) return undefined;
  const read = await connection.syntaxOf(before);
  switch (read.kind) {
    case "malformed":
      return `its SQL is not right: ${read.problem.split("\n", 1)[0]}`;
    case "unknown":
      // Its words have been shown to be the same; the database shows no tree for it.
      return undefined;
    case "tree": {
      const other = await connection.syntaxOf(after);
      return other.kind === "tree" && other.tree === read.tree ? undefined : "the database would read it differently";
    }
  }
}

/** `init`: fills a folder with the shipped retention warehouse, or with the smallest project that does something. */
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { projectFile } from "../../config/find-project.ts";
import { diagnose } from "../../core/diagnostic.ts";
import type { CliContext } from "../context.ts";
import { usualPaths, writeEditorFiles } from "../editor-schemas.ts";

const shipped = ["retain.yml", "models", "seeds", "macros", "exports", "test/data"];

const ignored = "target/\n.retain/\n*.duckdb\n*.duckdb.wal\n.env\n";

const minimalFiles: Readonly<Record<string, string>> = {
  "retain.yml": `name: my_project
config_version: 1
default_target: dev
targets:
  dev: {type: duckdb, path: warehouse.duckdb}
`,
  "seeds/raw_orders.csv": "order_id,customer_id,ordered_on,amount\n1,a,2026-01-05,30.00\n2,a,2026-02-11,12.50\n3,b,2026-02-12,99.00\n",
  "seeds/raw_orders.yml": `seeds:
  - name: raw_orders
    description: One row per order.
    columns:
      - {name: order_id, data_type: varchar, tests: [unique, not_null]}
      - {name: customer_id, data_type: varchar, tests: [not_null]}
      - {name: ordered_on, data_type: date}
      - {name: amount, data_type: "decimal(18,2)"}
`,
  "models/customers.sql": `select
  customer_id,
  count(*) as orders,
  sum(amount) as revenue,
  max(ordered_on) as last_order_on
from {{ref "raw_orders"}}
group by customer_id
`,
  "models/customers.yml": `models:
  - name: customers
    description: One row per customer with what they bought.
    config: {materialized: table}
    columns:
      - {name: customer_id, data_type: varchar, tests: [unique, not_null]}
      - {name: revenue, tests: [{accepted_range: {min_value: 0}}]}
`,
};

interface InitOptions {
  readonly minimal?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export function initCommand(context: CliContext, dir: string, { minimal: isMinimal = false, json }: InitOptions): number {
  const folder = resolve(context.cwd, dir);
  const taken = (isMinimal ? Object.keys(minimalFiles) : shipped).filter((path) => existsSync(join(folder, path)));
  if (taken.length > 0) {
    context.reportDiagnostics([
      diagnose(
        "RT0001",
        { problem: `${folder} already has ${taken.join(", ")}` },
        {
          help: "init never overwrites; name an empty folder, as in `retain init my_project`",
        },
      ),
    ]);
    return 2;
  }
  try {
    mkdirSync(folder, { recursive: true });
    if (isMinimal) {
      for (const [path, text] of Object.entries(minimalFiles)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    } else {
      const home = fileURLToPath(new URL("../../../", import.meta.url));
      for (const path of shipped) cpSync(join(home, path), join(folder, path), { recursive: true });
    }
    writeEditorFiles(folder, usualPaths);
    if (!existsSync(join(folder, ".gitignore"))) writeFileSync(join(folder, ".gitignore"), ignored);
  } catch (error) {
    context.reportDiagnostics([diagnose("RT0415", { path: folder, problem: (error as Error).message })]);
    return 2;
  }
  const enter = dir === "." ? "" : `cd ${dir} && `;
  if (json) context.stdout.write(`${JSON.stringify({ folder })}\n`);
  else context.stdout.write(`${projectFile} and a project are in ${folder}\nnext: ${enter}npx retain build\n`);
  return 0;
}

/** All materializations by name: a new one is a file and a line here. */
import { ephemeral } from "./ephemeral.ts";
import { external } from "./external.ts";
import { incremental } from "./incremental.ts";
import { javascript } from "./javascript.ts";
import type { Materialization } from "./materialization.ts";
import { table } from "./table.ts";
import { view } from "./view.ts";

export const materializations: Readonly<Record<string, Materialization>> = { view, table, incremental, external, ephemeral, javascript };

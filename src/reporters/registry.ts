/** All reporters by name. Adding one is a file or folder of its own and a line here. */
import type { ReporterFactory } from "../ports/reporter.ts";
import { concise } from "./concise.ts";
import { github } from "./github/github.ts";
import { json } from "./json.ts";
import { junit } from "./junit/junit.ts";
import { ndjson } from "./ndjson.ts";
import { pretty } from "./pretty/pretty.ts";

export const reporters: Readonly<Record<string, ReporterFactory>> = { pretty, concise, json, ndjson, github, junit };

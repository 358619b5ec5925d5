/** The shape of hooks, wherever they stand: a text of SQL, one with settings, or a list of either; always a list afterwards. */
import { z } from "zod";

const sql = z.string().min(1).describe("SQL, a template like that of models; several statements may follow one another");

const hook = z.union([
  sql,
  z.strictObject({
    sql,
    transaction: z.boolean().optional().describe("false: outside of the transaction in which the node is built; default: true"),
  }),
]);

export interface HookSetting {
  readonly sql: string;
  readonly transaction: boolean;
  /** The way to its text from the setting's own key. */
  readonly at: readonly (string | number)[];
}

export const hookList = z.union([hook, z.array(hook)]).transform((given): readonly HookSetting[] => {
  const read = (item: z.output<typeof hook>, at: readonly number[]): HookSetting =>
    typeof item === "string" ? { sql: item, transaction: true, at } : { sql: item.sql, transaction: item.transaction ?? true, at: [...at, "sql"] };
  return Array.isArray(given) ? given.map((item, i) => read(item, [i])) : [read(given, [])];
});

export const hookSettings = {
  pre_hook: hookList.optional().describe("SQL that runs before the node is built; collected from all levels, those of outer folders first"),
  post_hook: hookList.optional().describe("SQL that runs after the node is built and before its tests; collected as pre_hook is"),
};

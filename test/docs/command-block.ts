/** The commands, from the declarations that the program itself is made of. */
import { type AnyCommand, type CommandGroup, isGroup } from "../../src/cli/command.ts";
import { commands } from "../../src/cli/declarations/registry.ts";
import { deferOptions, globalOptions, type OptionRow, runOptions, selectionOptions } from "../../src/cli/options.ts";
import { code, table } from "./markdown.ts";

const shared: readonly (readonly [string, readonly OptionRow[]])[] = [
  ["Every command", globalOptions],
  ["Selection", selectionOptions],
  ["Runs", runOptions],
  ["Another warehouse", deferOptions],
];

export function sharedOptionsBlock(): string {
  return shared.map(([title, rows]) => `### ${title}\n\n${optionTable(rows)}`).join("\n\n");
}

export function commandBlock(): string {
  return commands.map((declared) => describe(declared, "retain")).join("\n\n");
}

function describe(declared: AnyCommand | CommandGroup, parent: string): string {
  const name = `${parent} ${declared.name}`;
  if (isGroup(declared)) return [`### ${code(name)}`, sentence(declared.description), ...declared.commands.map((inner) => describe(inner, name))].join("\n\n");
  const usage = [name, ...(declared.arguments ?? []).map(({ form }) => form), "[options]"].join(" ");
  const own = declared.options.filter((row) => !shared.some(([, rows]) => rows.includes(row)));
  const groups = shared.filter(([, rows]) => rows.every((row) => declared.options.includes(row))).map(([title]) => title);
  const parts = [`### ${code(name)}`, sentence(declared.description), `\`\`\`\n${usage}\n\`\`\``];
  if (declared.aliases?.length) parts.push(`Also: ${declared.aliases.map((alias) => code(`${parent} ${alias}`)).join(", ")}.`);
  if (declared.arguments?.length) parts.push(table(["Argument", "What it is"], declared.arguments.map(argumentRow)));
  if (own.length > 0) parts.push(optionTable(own));
  const partial = shared.flatMap(([title, rows]) => {
    const taken = rows.filter((row) => declared.options.includes(row));
    return groups.includes(title) ? [] : taken;
  });
  if (partial.length > 0) parts.push(optionTable(partial));
  if (groups.length > 0) parts.push(`Takes the [shared options](#shared-options) of: ${groups.join(", ").toLowerCase()}.`);
  return parts.join("\n\n");
}

function argumentRow({ form, description, fallback }: { form: string; description: string; fallback?: string }): readonly string[] {
  return [code(form), fallback === undefined ? description : `${description}; default: ${code(fallback)}`];
}

function optionTable(rows: readonly OptionRow[]): string {
  return table(
    ["Option", "What it does"],
    rows.map(({ flags, description, choices, fallback }) => {
      const more = [choices && `one of ${choices.map(code).join(", ")}`, fallback !== undefined && `default: ${code(String(fallback))}`].filter(Boolean);
      return [code(flags), [description, ...more].join("; ")];
    }),
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

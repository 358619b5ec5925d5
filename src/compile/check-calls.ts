/** Checks every helper and macro call of a template against what is known, in branches that are not taken, too. Pure. */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import type { Macro } from "../parse/resource.ts";
import type { HelperCall, MacroCall, Template } from "../parse/template.ts";
import { blockHelpers, helpers } from "./helpers.ts";
import { checkNames } from "./macro-arguments.ts";

export function checkCalls(template: Template, macros: ReadonlyMap<string, Macro>): readonly Diagnostic[] {
  return [
    ...template.calls.macros.flatMap((call) => checkMacro(call, macros)),
    ...template.calls.helpers.flatMap((call) => (call.isBlock ? checkBlock(call) : checkHelper(call, macros))),
  ];
}

function checkBlock(call: HelperCall): readonly Diagnostic[] {
  if (Object.hasOwn(blockHelpers, call.name)) return [];
  const help = suggestion(call.name, Object.keys(blockHelpers)) ?? "blocks are #if, #unless, #each and #with";
  return [diagnose("RT0208", { kind: "block", name: call.name }, { span: call.span, help })];
}

function checkMacro(call: MacroCall, macros: ReadonlyMap<string, Macro>): readonly Diagnostic[] {
  const macro = macros.get(call.name);
  if (macro?.body.kind !== "template") {
    const templates = [...macros.values()].filter((m) => m.body.kind === "template").map((m) => m.name);
    const help = macro
      ? `it is a function; call it as {{${call.name} …}}`
      : (suggestion(call.name, templates) ?? `write it to macros/${call.name}.hbs and declare it under \`macros:\``);
    return [diagnose("RT0208", { kind: "macro", name: call.name }, { span: call.span, help })];
  }
  if (call.positional > 0)
    return [
      diagnose(
        "RT0209",
        { macro: call.name, problem: "takes its arguments by name" },
        { span: call.span, help: `write {{> ${call.name} ${macro.arguments.map((a) => `${a.name}=…`).join(" ")}}}` },
      ),
    ];
  return [...checkArguments(macro, call, 0), ...checkLiteralTypes(macro, call)];
}

function checkHelper(call: HelperCall, macros: ReadonlyMap<string, Macro>): readonly Diagnostic[] {
  if (Object.hasOwn(helpers, call.name)) return [];
  const macro = macros.get(call.name);
  if (macro?.body.kind !== "function") {
    const functions = [...macros.values()].filter((m) => m.body.kind === "function").map((m) => m.name);
    const help = macro ? `it is a template; call it as {{> ${call.name} …}}` : suggestion(call.name, [...Object.keys(helpers), ...functions, ...macros.keys()]);
    return [diagnose("RT0208", { kind: "helper", name: call.name }, { span: call.span, help })];
  }
  if (call.positional > macro.arguments.length) {
    return [diagnose("RT0209", { macro: call.name, problem: `takes ${macro.arguments.length} arguments, not ${call.positional}` }, { span: call.span })];
  }
  return [...checkArguments(macro, call, call.positional), ...checkLiteralTypes(macro, call)];
}

function checkArguments(macro: Macro, call: MacroCall, positional: number): readonly Diagnostic[] {
  if (positional === 0 && checkNames(macro.arguments, namesOf(call.given)).length === 0) return [];
  const byPosition = macro.arguments.slice(0, positional).map((argument) => argument.name);
  const twice = call.given.filter((given) => byPosition.includes(given.name));
  const named = [...byPosition, ...namesOf(call.given)];
  return [
    ...twice.map((given) => diagnose("RT0209", { macro: macro.name, problem: `"${given.name}" is given twice` }, { span: given.span })),
    ...checkNames(macro.arguments, named).map(({ problem, help, given }) => {
      const place = call.given.find((argument) => argument.name === given)?.span ?? call.span;
      return diagnose("RT0209", { macro: macro.name, problem }, { span: place, help, notes: [{ message: "declared here", span: macro.span }] });
    }),
  ];
}

function namesOf(given: MacroCall["given"]): readonly string[] {
  return given.map(({ name }) => name);
}

/** What the text alone tells; other values are checked while rendering. */
function checkLiteralTypes(macro: Macro, call: MacroCall): readonly Diagnostic[] {
  return call.given.flatMap((given) => {
    const declared = macro.arguments.find((argument) => argument.name === given.name);
    if (!declared || declared.type === "any" || given.type === undefined || given.type === declared.type) return [];
    if (declared.type === "relation" && given.type === "string") return [];
    return [diagnose("RT0209", { macro: macro.name, problem: `"${given.name}" must be a ${declared.type}, not a ${given.type}` }, { span: given.span })];
  });
}

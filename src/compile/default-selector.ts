/** Which selector of selectors.yml is chosen when nothing else is said. Pure. */
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import type { Selectors } from "../graph/select/selectors-file.ts";
import { parseTemplate } from "../parse/template.ts";
import { type RenderContext, render } from "./render.ts";

const truths = new Set(["true", "yes", "1"]);
const falsehoods = new Set(["false", "no", "0", ""]);

/** `default` is true, false, or a template that renders to one of them, such as `{{eq target.name "prod"}}`. */
export function findDefaultSelector(selectors: Selectors, context: RenderContext): Outcome<string | undefined> {
  const diagnostics: Diagnostic[] = [];
  let found: string | undefined;
  for (const { name, isDefault, defaultSpan: span } of selectors.values()) {
    const wrong = (problem: string): void => {
      diagnostics.push(diagnose("RT0012", { where: `selector "${name}"`, problem }, { span, help: "only one selector can be the default, in each target" }));
    };
    const answer = typeof isDefault === "boolean" ? String(isDefault) : renderAnswer(isDefault, context, diagnostics, span);
    if (answer === undefined || falsehoods.has(answer)) continue;
    if (!truths.has(answer)) wrong(`default is true or false, not "${answer}"`);
    else if (found !== undefined) wrong(`"${found}" is the default already`);
    else found = name;
  }
  return { value: found, diagnostics };
}

function renderAnswer(text: string, context: RenderContext, diagnostics: Diagnostic[], span: Diagnostic["span"]): string | undefined {
  const template = parseTemplate({ file: span?.file ?? "", text, written: { start: span?.start ?? 0, raw: "" } });
  const rendered = render(template, context);
  const problems = [...template.diagnostics, ...rendered.diagnostics];
  // Offsets inside the text say little; the place of the whole value does.
  diagnostics.push(...problems.map((problem): Diagnostic => (span ? { ...problem, span } : problem)));
  return problems.length > 0 ? undefined : rendered.text.text.trim().toLowerCase();
}

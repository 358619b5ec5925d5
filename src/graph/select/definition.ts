/** One definition of selectors.yml to a selection: text, one method, the long form, or a set of definitions. Pure. */
import { type Diagnostic, diagnose, type Outcome } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import type { YamlFile, YamlPath } from "../../core/yaml.ts";
import { type IndirectSelection, indirectSelections } from "./criterion.ts";
import { criteriaOf, type Expression, readExpression } from "./expression.ts";
import { methodNames, selectorMethods } from "./methods.ts";

export interface DefinitionPlace {
  readonly yaml: YamlFile;
  /** The selector, for messages. */
  readonly where: string;
}

type Mapping = Readonly<Record<string, unknown>>;

const nothing: Expression = { kind: "union", parts: [] };
const setKeys = ["union", "intersection"] as const;
const longKeys = ["method", "value", "parents", "parents_depth", "children", "children_depth", "childrens_parents", "indirect_selection", "exclude"] as const;

export function readDefinition(value: unknown, place: DefinitionPlace, path: YamlPath, isRoot = false): Outcome<Expression> {
  const reader = new DefinitionReader(place);
  return { value: reader.read(value, path, isRoot), diagnostics: reader.diagnostics };
}

class DefinitionReader {
  readonly diagnostics: Diagnostic[] = [];
  private readonly place: DefinitionPlace;

  constructor(place: DefinitionPlace) {
    this.place = place;
  }

  read(value: unknown, path: YamlPath, isRoot = false): Expression {
    if (typeof value === "string") return this.text(value, path);
    if (value === null || typeof value !== "object" || Array.isArray(value)) return this.fail("a definition is text or a mapping", path);
    const mapping = value as Mapping;
    const keys = Object.keys(mapping);
    const set = setKeys.find((key) => key in mapping);
    if (set !== undefined) {
      if (isRoot && keys.length > 1)
        return this.fail(`beside \`${set}\` there can be no other key; found ${keys.filter((key) => key !== set).join(", ")}`, path);
      return this.set(set, mapping, path);
    }
    if ("method" in mapping || "value" in mapping) return this.long(mapping, path);
    const [key] = keys;
    if (key === undefined || keys.length > 1) return this.fail("a short definition has one key, a method, as in {tag: nightly}", path);
    return this.method(key, mapping[key], [...path, key]);
  }

  private fail(problem: string, path: YamlPath, help?: string): Expression {
    const { yaml, where } = this.place;
    this.diagnostics.push(diagnose("RT0012", { where, problem }, { span: yaml.spanOf(path), help }));
    return nothing;
  }

  private text(text: string, path: YamlPath): Expression {
    const read = readExpression([text], this.place.yaml.spanOf(path));
    this.diagnostics.push(...read.diagnostics);
    if (text.trim() === "") return this.fail("the definition is empty", path);
    for (const { method } of criteriaOf(read.value)) this.checkMethod(method, path);
    return read.value;
  }

  /** `{tag: nightly}`: the value is taken as it is, without + and @. */
  private method(method: string, value: unknown, path: YamlPath): Expression {
    if (!this.checkMethod(method, path, true)) return nothing;
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return this.fail(`the value of ${method} is text`, path);
    const criterion = { text: `${method}:${value}`, method, value: String(value), parents: 0, children: 0, childrensParents: false };
    return { kind: "criterion", criterion: { ...criterion, span: this.place.yaml.spanOf(path) } };
  }

  private checkMethod(method: string, path: YamlPath, isKey = false): boolean {
    const [name = "", ...argument] = method.split(".");
    if (Object.hasOwn(selectorMethods, name) && (name === "config") === argument.length > 0) return true;
    const { yaml } = this.place;
    const span = isKey ? yaml.keySpanOf(path) : yaml.spanOf(path);
    this.diagnostics.push(diagnose("RT0004", { method, known: methodNames.join(", ") }, { span, help: suggestion(method, methodNames) }));
    return false;
  }

  private long(mapping: Mapping, path: YamlPath): Expression {
    const unknown = Object.keys(mapping).filter((key) => !(longKeys as readonly string[]).includes(key));
    for (const key of unknown) {
      const { yaml, where } = this.place;
      this.diagnostics.push(
        diagnose("RT0103", { key, where }, { span: yaml.keySpanOf([...path, key]), help: suggestion(key, longKeys) ?? `known keys: ${longKeys.join(", ")}` }),
      );
    }
    if (unknown.length > 0) return nothing;
    const { method, value } = mapping;
    if (typeof method !== "string" || value === undefined) return this.fail("the long form needs `method` and `value`", path);
    const base = this.method(method, value, [...path, "value"]);
    if (base.kind !== "criterion") return base;
    const generations = (flag: "parents" | "children", depth: "parents_depth" | "children_depth"): number => {
      const wanted = this.flag(mapping, flag, path);
      const count = mapping[depth];
      if (count !== undefined && (typeof count !== "number" || !Number.isInteger(count) || count < 0))
        this.fail(`${depth} is a whole number`, [...path, depth]);
      return wanted ? (typeof count === "number" ? count : Number.POSITIVE_INFINITY) : 0;
    };
    const indirect = this.indirect(mapping["indirect_selection"], path);
    const criterion = {
      ...base.criterion,
      parents: generations("parents", "parents_depth"),
      children: generations("children", "children_depth"),
      childrensParents: this.flag(mapping, "childrens_parents", path),
      ...(indirect && { indirect }),
    };
    if (criterion.childrensParents && criterion.children > 0) return this.fail("childrens_parents holds the children already; leave out `children`", path);
    const chosen: Expression = { kind: "criterion", criterion };
    return mapping["exclude"] === undefined ? chosen : this.without(chosen, mapping["exclude"], [...path, "exclude"]);
  }

  private flag(mapping: Mapping, key: string, path: YamlPath): boolean {
    const value = mapping[key] ?? false;
    if (typeof value !== "boolean") this.fail(`${key} is true or false`, [...path, key]);
    return value === true;
  }

  private indirect(value: unknown, path: YamlPath): IndirectSelection | undefined {
    if (value === undefined) return undefined;
    const found = indirectSelections.find((mode) => mode === value);
    if (!found) {
      const help = typeof value === "string" ? suggestion(value, indirectSelections) : undefined;
      this.fail(`indirect_selection is one of ${indirectSelections.join(", ")}`, [...path, "indirect_selection"], help);
    }
    return found;
  }

  private without(from: Expression, list: unknown, path: YamlPath): Expression {
    if (!Array.isArray(list)) return this.fail("exclude is a list of definitions", path);
    return { kind: "difference", from, without: { kind: "union", parts: list.map((item, i) => this.read(item, [...path, i])) } };
  }

  private set(kind: (typeof setKeys)[number], mapping: Mapping, path: YamlPath): Expression {
    const list = mapping[kind];
    const listPath = [...path, kind];
    if (!Array.isArray(list) || list.length === 0) return this.fail(`${kind} is a list of definitions`, listPath);
    const isExclusion = (item: unknown): item is Mapping => item !== null && typeof item === "object" && !("method" in item) && "exclude" in item;
    const exclusions = list.flatMap((item: unknown, i) => (isExclusion(item) ? [{ item, i }] : []));
    const parts = list.flatMap((item: unknown, i) => (isExclusion(item) ? [] : [this.read(item, [...listPath, i])]));
    const chosen: Expression =
      kind === "union" ? { kind, parts } : { kind, parts, text: `the intersection in ${this.place.where}`, span: this.place.yaml.spanOf(listPath) };
    const [exclusion, second] = exclusions;
    if (second) return this.fail(`one ${kind} can hold only one {exclude: [...]}`, [...listPath, second.i]);
    return exclusion ? this.without(chosen, exclusion.item["exclude"], [...listPath, exclusion.i, "exclude"]) : chosen;
  }
}

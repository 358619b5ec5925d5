/**
 * How generic tests are named when nobody names them, as dbt does it: <test>_<model>_<arguments>, shortened with a hash
 * when it grows long. The unique id ends in ten hexadecimal digits of what the test asks, so that it is stable.
 */
import { hash } from "node:crypto";
import type { GenericTest } from "./resource.ts";
import { nameWithVersion } from "./versions.ts";

const longest = 63;

export interface TestNames {
  readonly fullName: string;
  readonly name: string;
}

/** What a test is declared on, as people read it: `orders`, `shop.orders`. */
export function ownerTitle(owner: GenericTest["owner"]): string {
  return owner.resourceType === "source" ? `${owner.sourceName}.${owner.name}` : nameWithVersion(owner);
}

export function nameGenericTest(test: string, owner: string, keywords: Readonly<Record<string, unknown>>): TestNames {
  const words = Object.keys(keywords)
    .toSorted()
    .flatMap((key) => flatten(keywords[key]))
    .map((word) => word.replace(/[^0-9a-zA-Z_]+/g, "_"));
  const stem = `${test}_${owner}`;
  const fullName = words.length > 0 ? `${stem}_${words.join("__")}` : `${stem}_`;
  if (fullName.length <= longest) return { fullName, name: fullName };
  return { fullName, name: `${stem.slice(0, 30)}_${md5(fullName)}` };
}

export function testUniqueId(packageName: string, fullName: string, keywords: Readonly<Record<string, unknown>>): string {
  return `test.${packageName}.${fullName}.${md5(fullName + JSON.stringify(keywords)).slice(-10)}`;
}

function flatten(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map((item) => asText(item));
  if (value !== null && typeof value === "object") return Object.values(value).map((item) => asText(item));
  return [asText(value)];
}

/** Python's spelling, for names that dbt users know. */
function asText(value: unknown): string {
  if (value === true) return "True";
  if (value === false) return "False";
  if (value === null) return "None";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function md5(text: string): string {
  return hash("md5", text, "hex");
}

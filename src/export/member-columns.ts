/**
 * Which columns of the model become which identifiers, and whether the platform and the destination take them. Reads the
 * declaration only: every problem here is found before a row is.
 */
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { listOf } from "../core/names.ts";
import type { DeclarationPlace } from "./declaration-place.ts";
import type { ExportRequest } from "./export-request.ts";
import type { IdentifierOptions, IdentityKey, IdentityPlatform } from "./identity/identifier.ts";
import { identityPlatforms } from "./identity/platforms.ts";

export interface MemberColumn {
  /** The platform's word, such as EMAIL. */
  readonly key: string;
  readonly identity: IdentityKey;
  readonly options: IdentifierOptions;
  /** The model's column. */
  readonly column: string;
  /** The model's column with the person's country, for identifiers that are read by it. */
  readonly countryColumn: string | undefined;
}

/** Identifiers whose form depends on the country that is exported beside them. */
const readByCountry: ReadonlySet<string> = new Set(["ST", "ZIP"]);

export function readMemberColumns(request: ExportRequest, place: DeclarationPlace): Outcome<readonly MemberColumn[]> {
  const { name, declaration } = request.resource;
  const { destination } = request;
  const problem = (text: string, span: ReturnType<DeclarationPlace["key"]>, help?: string) => diagnose("RT0603", { name, problem: text }, { span, help });
  const platform = identityPlatforms.get(destination.destination.platform);
  if (!platform) {
    const known = [...identityPlatforms.keys()];
    return {
      value: [],
      diagnostics: [problem(`this version has no identifiers of "${destination.destination.platform}"`, place.key(["format"]), `known: ${known.join(", ")}`)],
    };
  }
  const diagnostics: Diagnostic[] = [];
  const country = columnOf(declaration.identifiers["COUNTRY"]);
  const columns = Object.entries(declaration.identifiers).flatMap(([key, source]): readonly MemberColumn[] => {
    const identity = platform.keys.get(key);
    if (!identity) {
      const help = suggestion(key, platform.keys.keys()) ?? `known: ${[...platform.keys.keys()].join(", ")}`;
      diagnostics.push(problem(`${platform.name} has no identifier "${key}"`, place.key(["identifiers", key]), help));
      return [];
    }
    const detail = typeof source === "string" ? { column: source } : source;
    if (detail.hashed && !identity.hashed) {
      const help = "take `hashed: true` away and name a column with plain values";
      diagnostics.push(problem(`${platform.name} takes ${key} as it is, never hashed`, place.value(["identifiers", key]), help));
    }
    const countryColumn = detail.default_country ?? (readByCountry.has(key) ? country : undefined);
    return [{ key, identity, options: { hashed: detail.hashed ?? false }, column: detail.column, countryColumn }];
  });
  if (diagnostics.length > 0) return { value: columns, diagnostics };
  const keys = columns.map(({ key }) => key);
  diagnostics.push(...destination.destination.problemsWith(keys).map((text) => problem(text, place.key(["identifiers"]))));
  if (diagnostics.length === 0 && !columns.some(({ identity }) => identity.matches === "alone")) {
    diagnostics.push(
      problem(
        "none of its identifiers finds a person by itself",
        place.key(["identifiers"]),
        `map at least one of ${listOf(keysThatMatchAlone(platform), "or")}`,
      ),
    );
  }
  return { value: columns, diagnostics };
}

/** The declared identifiers that find a person by themselves. */
export function matchingKeys(columns: readonly MemberColumn[]): readonly string[] {
  return columns.filter(({ identity }) => identity.matches === "alone").map(({ key }) => key);
}

function keysThatMatchAlone(platform: IdentityPlatform): readonly string[] {
  return [...platform.keys].filter(([, identity]) => identity.matches === "alone").map(([key]) => key);
}

function columnOf(source: string | { readonly column: string } | undefined): string | undefined {
  return typeof source === "object" ? source.column : source;
}

/**
 * Which columns of the model become which identifiers, and whether the platform and the destination take them. Reads the
 * declaration only: every problem here is found before a row is.
 */
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { listOf } from "../core/names.ts";
import type { YamlPath } from "../core/yaml.ts";
import type { Destination } from "../ports/destination.ts";
import type { DeclarationPlace } from "./declaration-place.ts";
import type { ExportRequest } from "./export-request.ts";
import { type IdentifierDetail, identifierSources } from "./identifier-sources.ts";
import type { IdentifierOption, IdentifierOptions, IdentityKey, IdentityPlatform } from "./identity/identifier.ts";
import { identityPlatforms } from "./identity/platforms.ts";
import { describeMatching, findsSomebody, type Matching, matchingOf } from "./matching.ts";

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
  const sources = identifierSources(declaration);
  const country = sources.find(({ key }) => key === "COUNTRY")?.detail.column;
  const columns = sources.flatMap(({ key, detail, path }): readonly MemberColumn[] => {
    const identity = platform.keys.get(key);
    if (!identity) {
      const help = suggestion(key, platform.keys.keys()) ?? `known: ${[...platform.keys.keys()].join(", ")}`;
      diagnostics.push(problem(`${platform.name} has no identifier "${key}"`, place.key(["identifiers", key]), help));
      return [];
    }
    if (detail.hashed && (!identity.hashed || identity.plain)) {
      const help = "take `hashed: true` away and name a column with plain values";
      diagnostics.push(problem(`${platform.name} takes ${key} as it is, never hashed`, place.value(path), help));
    }
    diagnostics.push(...problemsWithDetail({ name, platform, key, path }, identity, detail, place));
    const countryColumn = detail.default_country ?? (identity.country === "beside" ? country : undefined);
    return [{ key, identity, options: identifierOptions(detail), column: detail.column, countryColumn }];
  });
  if (diagnostics.length > 0) return { value: columns, diagnostics };
  const keys = columns.map(({ key }) => key);
  diagnostics.push(...problemsWithKeys(destination.destination, keys).map((text) => problem(text, place.key(["identifiers"]))));
  if (diagnostics.length === 0 && !findsSomebody(matchingOf(platform, keys))) {
    diagnostics.push(
      problem(
        "none of its identifiers finds a person by itself",
        place.key(["identifiers"]),
        `map at least one of ${describeMatching(matchingOf(platform, [...platform.keys.keys()]))}`,
      ),
    );
  }
  if (declaration.mode !== "replace" && columns.length > 0 && !findsSomebody(lastingMatching(platform, columns)) && diagnostics.length === 0)
    diagnostics.push(diagnose("RT0642", { name, mode: declaration.mode }, { span: place.value(["mode"]) }));
  return { value: columns, diagnostics };
}

/** All reasons why the destination cannot take these keys together: its own and its platform's. */
function problemsWithKeys(destination: Pick<Destination, "platform" | "problemsWith">, keys: readonly string[]): readonly string[] {
  return [...(identityPlatforms.get(destination.platform)?.problemsWith?.(keys) ?? []), ...destination.problemsWith(keys)];
}

/** The keys that people are removed by: those of the export and those that they were sent with before, but never plain ones. */
export function removalKeys(
  destination: Pick<Destination, "platform" | "problemsWith">,
  columns: readonly string[],
  removed: readonly string[],
): readonly string[] {
  const known = identityPlatforms.get(destination.platform)?.keys;
  const lasting = (keys: readonly string[]) => keys.filter((key) => !known?.get(key)?.plain);
  const own = lasting(columns);
  const missing = lasting(removed).filter((key, i, keys) => occurrences(keys.slice(0, i + 1), key) > occurrences(own, key));
  const wider = [...own, ...missing];
  return problemsWithKeys(destination, wider).length === 0 ? wider : own;
}

function occurrences(keys: readonly string[], key: string): number {
  return keys.filter((other) => other === key).length;
}

/** What still finds a person when the warehouse knows the values no more. */
function lastingMatching(platform: IdentityPlatform, columns: readonly MemberColumn[]): Matching {
  return matchingOf(
    platform,
    columns.filter(({ identity }) => !identity.plain).map(({ key }) => key),
  );
}

export function identifierOptions(detail: IdentifierDetail): IdentifierOptions {
  const { hashed = false, phone_format, phone_plus, email_dots, values, date_order, inner_spaces, zip_dash } = detail;
  return {
    hashed,
    ...(phone_format && { phoneFormat: phone_format }),
    ...(phone_plus !== undefined && { phonePlus: phone_plus }),
    ...(email_dots && { emailDots: email_dots }),
    ...(values && { values }),
    ...(date_order && { dateOrder: date_order }),
    ...(inner_spaces && { innerSpaces: inner_spaces }),
    ...(zip_dash && { zipDash: zip_dash }),
  };
}

const optionNames: Readonly<Record<IdentifierOption, keyof IdentifierDetail>> = {
  phoneFormat: "phone_format",
  phonePlus: "phone_plus",
  emailDots: "email_dots",
  values: "values",
  dateOrder: "date_order",
  innerSpaces: "inner_spaces",
  zipDash: "zip_dash",
};

function problemsWithDetail(
  { name, platform, key, path }: { readonly name: string; readonly platform: IdentityPlatform; readonly key: string; readonly path: YamlPath },
  { plain, hashed, country, options = [] }: IdentityKey,
  detail: IdentifierDetail,
  place: DeclarationPlace,
): readonly Diagnostic[] {
  const about = { name, platform: platform.name, key };
  const diagnostics: Diagnostic[] = [];
  if (plain && !detail.plain) {
    const others = keysThatMatchAlone(platform).filter((other) => !platform.keys.get(other)?.plain);
    const instead = others.length === 0 ? "" : `map ${listOf(others, "or")} instead, or `;
    const help = `${instead}write \`${key}: {column: ${detail.column}, plain: true}\``;
    diagnostics.push(diagnose("RT0640", about, { span: place.value(path), help }));
  }
  if (!plain && detail.plain) diagnostics.push(diagnose("RT0641", { ...about, hashed }, { span: place.key([...path, "plain"]) }));
  const read: readonly string[] = [...options.map((option) => optionNames[option]), ...(country === undefined ? [] : ["default_country"])];
  const given = [...Object.values(optionNames), "default_country"].filter((option) => detail[option as keyof IdentifierDetail] !== undefined);
  for (const option of given.filter((candidate) => !read.includes(candidate))) {
    const help = read.length === 0 ? "take it away" : `it reads ${listOf(read.map((known) => `\`${known}\``))}`;
    diagnostics.push(diagnose("RT0644", { ...about, option }, { span: place.key([...path, option]), help }));
  }
  return diagnostics;
}

function keysThatMatchAlone(platform: IdentityPlatform): readonly string[] {
  return [...platform.keys].filter(([, identity]) => identity.matches === "alone").map(([key]) => key);
}

/**
 * Invented people's names, places and telephone notations by country. Romanised forms feed the e-mail addresses,
 * which use only domains reserved for examples; telephone numbers lie in ranges that are not given out.
 */
import { pickByShare, text, textList } from "./expressions.ts";

type Given = readonly [name: string, ascii: string, gender: "m" | "f"];
type Family = readonly [name: string, ascii: string];
type Place = readonly [city: string, zip: string];

interface Population {
  readonly country: string;
  /** Share of all people. */
  readonly share: number;
  readonly given: readonly Given[];
  readonly family: readonly Family[];
  readonly places: readonly Place[];
  /** Notations of one number; every # is one digit. */
  readonly phones: readonly string[];
}

const populations: readonly Population[] = [
  {
    country: "KR",
    share: 0.62,
    given: [
      ["민준", "minjun", "m"],
      ["서연", "seoyeon", "f"],
      ["도윤", "doyun", "m"],
      ["지우", "jiwoo", "f"],
      ["하준", "hajun", "m"],
      ["서윤", "seoyun", "f"],
      ["은우", "eunwoo", "m"],
      ["하은", "haeun", "f"],
      ["시우", "siwoo", "m"],
      ["수아", "sua", "f"],
      ["건우", "geonwoo", "m"],
      ["다은", "daeun", "f"],
      ["현우", "hyunwoo", "m"],
      ["예린", "yerin", "f"],
      ["준서", "junseo", "m"],
      ["소율", "soyul", "f"],
    ],
    family: [
      ["김", "kim"],
      ["이", "lee"],
      ["박", "park"],
      ["최", "choi"],
      ["정", "jung"],
      ["강", "kang"],
      ["조", "cho"],
      ["윤", "yoon"],
      ["장", "jang"],
      ["임", "lim"],
    ],
    places: [
      ["서울", "04524"],
      ["서울", "06236"],
      ["부산", "48058"],
      ["인천", "21999"],
      ["대구", "41585"],
      ["수원", "16488"],
      ["Seoul", "03187"],
    ],
    phones: ["010-0###-####", "+82 10-0###-####", "0100#######", "(010) 0### ####", "0082-10-0###-####"],
  },
  {
    country: "US",
    share: 0.12,
    given: [
      ["Mary Ann", "mary.ann", "f"],
      ["James", "james", "m"],
      ["José", "jose", "m"],
      ["Valéry", "valery", "f"],
      ["Olivia", "olivia", "f"],
      ["Noah", "noah", "m"],
    ],
    family: [
      ["O'Brien", "obrien"],
      ["Smith", "smith"],
      ["Null", "null"],
      ["García-López", "garcia.lopez"],
      ["Nguyen", "nguyen"],
    ],
    places: [
      ["Boston", "02139"],
      ["New York", "10001"],
      ["Menlo Park", "94025-1234"],
      ["Newark", "07102"],
    ],
    phones: ["(202) 555-01##", "+1 (415) 555-01##", "1-617-555-01##", "3125550 1##"],
  },
  {
    country: "TR",
    share: 0.08,
    given: [
      ["Çağla", "cagla", "f"],
      ["İsmail", "ismail", "m"],
      ["Ayşe", "ayse", "f"],
      ["Oğuz", "oguz", "m"],
      ["Işıl", "isil", "f"],
    ],
    family: [
      ["Yılmaz", "yilmaz"],
      ["Öztürk", "ozturk"],
      ["Şahin", "sahin"],
      ["Kaya", "kaya"],
    ],
    places: [
      ["İstanbul", "34433"],
      ["Ankara", "06420"],
      ["İzmir", "35210"],
    ],
    phones: ["0500 0## ## ##", "+90 (0500) 0## ## ##", "00905000#####"],
  },
  {
    country: "GR",
    share: 0.06,
    given: [
      ["Γιώργος", "giorgos", "m"],
      ["Ελένη", "eleni", "f"],
      ["Νίκος", "nikos", "m"],
      ["Σοφία", "sofia", "f"],
    ],
    family: [
      ["Παπαδόπουλος", "papadopoulos"],
      ["Γεωργίου", "georgiou"],
      ["Νικολάου", "nikolaou"],
    ],
    places: [
      ["Αθήνα", "105 57"],
      ["Θεσσαλονίκη", "546 24"],
    ],
    phones: ["690 00# ####", "+30 690 00# ####"],
  },
  {
    country: "DE",
    share: 0.05,
    given: [
      ["Jürgen", "juergen", "m"],
      ["Anna-Lena", "anna-lena", "f"],
      ["Björn", "bjoern", "m"],
      ["Käthe", "kaethe", "f"],
    ],
    family: [
      ["Müller", "mueller"],
      ["Weiß", "weiss"],
      ["von der Heide", "vonderheide"],
    ],
    places: [
      ["Berlin", "10115"],
      ["Köln", "50667"],
      ["Dresden", "01067"],
    ],
    phones: ["030 23125 ###", "+49 (0)30 23125###", "0049 30 23125###"],
  },
  {
    country: "GB",
    share: 0.04,
    given: [
      ["Siân", "sian", "f"],
      ["Oliver", "oliver", "m"],
      ["Zoë", "zoe", "f"],
    ],
    family: [
      ["D'Arcy", "darcy"],
      ["Taylor", "taylor"],
      ["Khan", "khan"],
    ],
    places: [
      ["London", "SW1A 1AA"],
      ["Leeds", "LS1 4AP"],
    ],
    phones: ["07700 900###", "+44 (0)7700 900###"],
  },
  {
    country: "JP",
    share: 0.03,
    given: [
      ["陽翔", "haruto", "m"],
      ["結衣", "yui", "f"],
    ],
    family: [
      ["佐藤", "sato"],
      ["鈴木", "suzuki"],
    ],
    places: [["東京", "100-0001"]],
    phones: ["090-0###-####", "+81 90-0###-####"],
  },
];

/** A case expression that turns one uniform number into a country. */
export function countryExpression(uniform: string): string {
  return pickByShare(
    uniform,
    populations.map(({ country, share }) => [text(country), share] as const),
    "'KR'",
  );
}

/** The temporary table `sample_populations`: one row per country with its lists of names, places and notations. */
export function nameStatements(): readonly string[] {
  const structs = (fields: readonly string[], rows: readonly (readonly string[])[]): string =>
    `[${rows.map((row) => `{${fields.map((field, index) => `${field}: ${text(row[index] ?? "")}`).join(", ")}}`).join(", ")}]`;
  const rows = populations.map(
    ({ country, given, family, places, phones }) => `(${text(country)},
   ${structs(["name", "ascii", "gender"], given)},
   ${structs(["name", "ascii"], family)},
   ${structs(["city", "zip"], places)},
   ${textList(phones)})`,
  );
  return [
    `create or replace temp table sample_populations as
select * from (values
  ${rows.join(",\n  ")}
) as listed(country, given_names, family_names, places, notations)`,
  ];
}

/**
 * A project whose audience has any number of people, made by SQL: what the bench of exports runs, and the same people as
 * plain values for its yardstick. `changed` of every hundred have another address than before.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const settings = `name: bench
config_version: 1
targets: {dev: {type: duckdb, path: warehouse.duckdb}}
vars: {people: 1000000, changed: 0}
destinations: {files: {type: file}}
`;

const model = `select
  'customer-' || i as customer_id,
  ' Person.' || i || if(i % 100 < {{var "changed"}}, '.new', '') || '@Example.com ' as email,
  '+1 (' || (201 + i // 10000 % 799) || ') 555-' || lpad((i % 10000)::varchar, 4, '0') as phone,
  'Zoë' || chr((97 + i % 26)::integer) as first_name,
  'O''Neil-' || (i * 7919 % 100003) as last_name,
  'US' as country,
  true as ads_consent
from range({{var "people"}}) as numbers(i)
`;

const declaration = `models:
  - name: people
    config: {materialized: table}
    columns: [{name: customer_id, tests: [not_null]}]
`;

const audience = `exports:
  - name: bench
    model: people
    primary_key: customer_id
    destination: files
    format: meta
    audience: {name: Bench}
    identifiers: {EXTERN_ID: customer_id, EMAIL: email, PHONE: {column: phone, default_country: country}, FN: first_name, LN: last_name, COUNTRY: country}
    consent: {column: ads_consent}
`;

export function writeExportProject(folder) {
  const write = (path, text) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("retain.yml", settings);
  write("models/people.sql", model);
  write("models/people.yml", declaration);
  write("exports/bench.yml", audience);
}

/** The person of a number, as the model has them. */
export function personOf(i) {
  return {
    EXTERN_ID: `customer-${i}`,
    EMAIL: ` Person.${i}@Example.com `,
    PHONE: `+1 (${201 + (Math.floor(i / 10_000) % 799)}) 555-${String(i % 10_000).padStart(4, "0")}`,
    FN: `Zoë${String.fromCharCode(97 + (i % 26))}`,
    LN: `O'Neil-${(i * 7919) % 100_003}`,
    COUNTRY: "US",
  };
}

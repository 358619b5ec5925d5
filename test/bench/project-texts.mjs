/** The words of a generated project: its YAML, its SQL and its macros, as somebody might have typed them. */

const columns = [
  ["id", "bigint", "Id of the row; stable over all builds."],
  ["parent_id", "bigint", "The row of the first parent that this one was made from."],
  ["customer_id", "bigint", "Who it was, as far as anybody knows."],
  ["happened_on", "date", "Local day on which it happened."],
  ["amount", "decimal(18,2)", "Value in the reporting currency, refunds taken off."],
  ["status", "varchar", "What became of it: open, paid, shipped or returned."],
];

export function modelsText(models) {
  const lines = ["models:"];
  for (const model of models) {
    const { name, kind, area, layer, parents } = model;
    lines.push(
      `  - name: ${name}`,
      "    description: >",
      `      One row per ${name.split("_").at(-2)} of ${area}, at step ${layer} of the way from the shop's own`,
    );
    lines.push(`      records to the reports. Made from ${parents.length || "no"} other models; repeats nothing that they say.`);
    if (layer % 3 === 2) lines.push("    config:", `      tags: [${kind}, ${area}]`, `      meta: {owner: team_${area}}`);
    lines.push("    columns:");
    for (const [column, type, description] of columns) {
      lines.push(
        `      - name: ${column}`,
        `        data_type: ${type}`,
        `        description: ${description.includes(": ") ? JSON.stringify(description) : description}`,
      );
      pushTests(lines, model, column, "        ");
    }
    pushTests(lines, model, undefined, "    ");
  }
  return `${lines.join("\n")}\n`;
}

function pushTests(lines, model, column, indent) {
  const tests = model.tests.filter((test) => test.column === column);
  if (tests.length > 0) lines.push(`${indent}tests:`);
  for (const [first, ...rest] of tests.map((test) => test.lines)) lines.push(`${indent}  - ${first}`, ...rest.map((line) => `${indent}  ${line}`));
}

export function sqlText(model, runnable, random) {
  return model.layer === 0 ? stagingText(model, runnable) : derivedText(model, random);
}

function stagingText({ name, area }, runnable) {
  const from = runnable
    ? "(select i as id, i as customer, '2026-01-01' as day, i * 100 as cents, 'PAID' as state from range(10) as r(i))"
    : `{{source "shop" "raw_${name}"}}`;
  return `-- ${area} as the shop keeps them, with our names and types.
with raw_rows as (
    select * from ${from}
),

renamed as (
    select
        id,
        id as parent_id,
        customer as customer_id,
        {{> local_date column="day"}} as happened_on,
        {{> cents_to_money column="cents"}} as amount,
        lower(trim(state)) as status
    from raw_rows
    where state is not null
)

select * from renamed
`;
}

function derivedText(model, random) {
  const { parents, layer, area } = model;
  const [first, ...others] = parents;
  const inputs = parents.map(({ name }) => `${name} as (\n    select * from {{ref "${name}"}}\n)`).join(",\n\n");
  const joins = others.map(({ name }, i) => `left join ${name} as other_${i + 1} on other_${i + 1}.id = base.id`);
  const amounts = ["base.amount", ...others.map((_, i) => `other_${i + 1}.amount`)].map((column) => `{{> or_zero column="${column}"}}`);
  // Conditions in a template are the exception, not the rule.
  const filter =
    random() < 0.25
      ? `{{#if (var "include_returns")}}\nwhere true\n{{else}}\nwhere status <> 'returned'\n{{/if}}`
      : `where happened_on <= cast({{literal (var "as_of")}} as date)`;
  return `-- Step ${layer} of ${area}: what its ${parents.length} parents say about the same row, side by side.
with ${inputs},

joined as (
    select
        base.id,
        base.id as parent_id,
        base.customer_id,
        base.happened_on,
        greatest(
            ${amounts.join(",\n            ")}
        ) as amount,
        case
            when base.amount < 0 then 'returned'
            when base.status = 'unknown' then 'open'
            else base.status
        end as status
    from ${[`${first.name} as base`, ...joins].join("\n    ")}
)

select *
from joined
${filter}
`;
}

export function sourcesText(models) {
  const tables = models
    .filter((model) => model.layer === 0)
    .map(({ name, area }) => `      - {name: raw_${name}, description: "Records of ${area}, one row each."}`);
  return `sources:\n  - name: shop\n    description: The shop's own database, copied every night.\n    schema: main\n    tables:\n${tables.join("\n")}\n`;
}

export function projectText() {
  return `name: generated
config_version: 1
default_target: dev
targets:
  dev: {type: duckdb, path: warehouse.duckdb, schema: main, threads: 4}
vars: {as_of: "2026-06-30", include_returns: false}
models:
  staging: {materialized: view, tags: [staging]}
  intermediate: {materialized: view}
  marts: {tags: [mart]}
`;
}

export function macroFiles() {
  const macros = [
    ["cents_to_money", "Whole cents as money.", "cast({{column}} / 100.0 as decimal(18, 2))"],
    ["local_date", "The local day of a time.", "cast({{column}} as date)"],
    ["or_zero", "A number, 0 instead of NULL.", "coalesce({{column}}, 0)"],
  ];
  const argument = "    arguments:\n      - {name: column, type: string, description: SQL expression}";
  const declared = macros.map(([name, description]) => `  - name: ${name}\n    description: ${description}\n${argument}\n`).join("");
  return [["macros/macros.yml", `macros:\n${declared}`], ...macros.map(([name, , body]) => [`macros/${name}.hbs`, `${body}\n`])];
}

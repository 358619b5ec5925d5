/** How SQL in templates is laid out, that it stays the same SQL, and what is left alone. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTrivia, sqlTokens } from "../../src/core/sql-tokens.ts";
import { formatTemplate } from "../../src/format/format-template.ts";
import { findDifference } from "../../src/format/same-tokens.ts";
import { templateTags } from "../../src/parse/template-tags.ts";

function laidOut(text: string): string {
  const formatted = formatTemplate(text);
  if ("problem" in formatted) throw new Error(`${formatted.problem}:\n${text}`);
  return formatted.text;
}

/** Words and tags of a template in order, by a way of its own: without white space and without case. */
const bare = (text: string): string => text.replace(/\s+/g, "").toLowerCase();

const screens: readonly (readonly [what: string, before: string, after: string])[] = [
  ["a query that fits on a line", "SELECT a\n ,  b FROM {{ref 'x'}}\n\nWHERE  a=1", "select a, b from {{ref 'x'}} where a = 1\n"],
  [
    "common tables and a query of several clauses",
    `with a as (select * from {{ref "x"}}), b as (select id, count(*) as n, max(updated_at) as newest from a where kind in ('p','q') and not is_test group by id having count(*)>1) select b.*, coalesce(y.z, 0) as z from b left join {{ref "y"}} as y on y.id=b.id and y.kind='p' where b.n<10 or y.z is null order by b.n desc, b.id`,
    `with a as (
  select * from {{ref "x"}}
),

b as (
  select
    id,
    count(*) as n,
    max(updated_at) as newest
  from a
  where kind in ('p', 'q') and not is_test
  group by id
  having count(*) > 1
)

select b.*, coalesce(y.z, 0) as z
from b
left join {{ref "y"}} as y on y.id = b.id and y.kind = 'p'
where b.n < 10 or y.z is null
order by b.n desc, b.id
`,
  ],
  [
    "joins, choices and conditions that go on",
    `select a.id, case when a.x is null then 'none' end as x, a.first_condition_is_long > 100 or a.second_condition_is_long > 100 or a.third_condition_is_longer_still > 1 as is_any, case when a.first_condition_is_long > 100 and a.second_condition_is_long > 100 and a.third_condition_is_longer_still then 1 else 2 end as n from {{ref "a"}} as a left join {{ref "another_table"}} as another on another.first_key = a.first_key and another.second_key = a.second_key and another.third_key = a.third_key where a.id > 0 and a.x > 0 qualify row_number() over (partition by a.first_condition_is_long, a.second_condition_is_long order by a.id desc, a.third_condition_is_long) = 1`,
    `select
  a.id,
  case when a.x is null then 'none' end as x,
  a.first_condition_is_long > 100 or a.second_condition_is_long > 100
    or a.third_condition_is_longer_still > 1 as is_any,
  case
    when a.first_condition_is_long > 100 and a.second_condition_is_long > 100
      and a.third_condition_is_longer_still then 1
    else 2
  end as n
from {{ref "a"}} as a
left join {{ref "another_table"}} as another
  on another.first_key = a.first_key and another.second_key = a.second_key and another.third_key = a.third_key
where a.id > 0 and a.x > 0
qualify row_number() over (
  partition by a.first_condition_is_long, a.second_condition_is_long
  order by a.id desc, a.third_condition_is_long
) = 1
`,
  ],
  [
    "a comment between joins",
    `select a.id, b.x, c.y from {{ref "a"}} as a
-- Why b.
left join {{ref "b"}} as b on b.id = a.id
where a.id > 0 and b.some_rather_long_name > c.another_rather_long_name`,
    `select a.id, b.x, c.y
from {{ref "a"}} as a
-- Why b.
left join {{ref "b"}} as b on b.id = a.id
where a.id > 0 and b.some_rather_long_name > c.another_rather_long_name
`,
  ],
  [
    "a query that is a tag, and a line that no bracket shortens",
    `with p as ({{> people}}) select p.id, (p.a_very_long_name_of_a_column + p.another_very_long_name_of_a_column) / (p.a_third_long_name_of_a_column + 1) as share, p.z from p`,
    `with p as (
  {{> people}}
)

select
  p.id,
  (p.a_very_long_name_of_a_column + p.another_very_long_name_of_a_column)
    / (p.a_third_long_name_of_a_column + 1) as share,
  p.z
from p
`,
  ],
  [
    "a block on lines of its own",
    `select a from {{ref "x"}}\n   {{#if (is_incremental)}}\nwhere updated_at > (select max(updated_at) from {{this}})\n      {{else}}\nwhere true\n{{/if}}\nlimit 3`,
    `select a
from {{ref "x"}}
{{#if (is_incremental)}}
where updated_at > (select max(updated_at) from {{this}})
{{else}}
where true
{{/if}}
limit 3
`,
  ],
  [
    "a block in a list",
    `select id,\n{{#each (var "statuses") as |s|}}\nsum(case when status={{literal s}} then 1 end) as {{s}}{{#unless @last}},{{/unless}}\n{{/each}}\nfrom {{ref "x"}}`,
    `select
  id,
  {{#each (var "statuses") as |s|}}
  sum(case when status = {{literal s}} then 1 end) as {{s}}{{#unless @last}},{{/unless}}
  {{/each}}
from {{ref "x"}}
`,
  ],
  [
    "a block inside a line is kept whole",
    `select id,{{#each cols as |c|}}{{c}}{{#unless @last}},   {{/unless}}{{/each}} from t`,
    "select id, {{#each cols as |c|}}{{c}}{{#unless @last}},   {{/unless}}{{/each}} from t\n",
  ],
  [
    "a macro that is a clause keeps its line, one that is a value does not",
    `select\n  {{> columns}}\nfrom {{ref "x"}}\n    {{> only_active}}\ngroup by 1`,
    `select {{> columns}}\nfrom {{ref "x"}}\n{{> only_active}}\ngroup by 1\n`,
  ],
  [
    "comments",
    `-- config: {severity: warn}\n-- why\nselect a, -- one\n  b /* two */,\n    -- of c\n c\n-- from\nfrom t -- four\nwhere x`,
    `-- config: {severity: warn}
-- why
select
  a, -- one
  b /* two */,
  -- of c
  c
-- from
from t -- four
where x
`,
  ],
  ["commas behind comments", "select a -- one\n, b -- two\nfrom t", "select\n  a -- one\n  , b -- two\nfrom t\n"],
  [
    "unions, a window, a case and brackets too long for a line",
    `select 'a' as kind, id from x union all by name select 'b', row_number() over (partition by customer_id order by ordered_at desc nulls last, order_id rows between unbounded preceding and current row) as n, case when a_long_condition_of_an_order_that_was_paid and not is_test or is_special then 'yes' else 'no' end as kind from {{ref "y"}} qualify n=1`,
    `select 'a' as kind, id from x

union all by name

select
  'b',
  row_number() over (
    partition by customer_id
    order by ordered_at desc nulls last, order_id rows between unbounded preceding and current row
  ) as n,
  case
    when a_long_condition_of_an_order_that_was_paid and not is_test or is_special then 'yes'
    else 'no'
  end as kind
from {{ref "y"}}
qualify n = 1
`,
  ],
  [
    "DuckDB's own words",
    "from {{ref 'x'}} select * exclude (a), l.list_transform(lambda v: v+1), m->>'$.a', x[1:2], {'k': 1}, a::int, 7//2",
    "from {{ref 'x'}} select * exclude (a), l.list_transform(lambda v: v + 1), m ->> '$.a', x[1:2], {'k': 1}, a::int, 7 // 2\n",
  ],
  [
    "names keep their case, the language's words do not",
    `SELECT Id AS "Key", Count(*) AS N FROM T AS X WHERE X.Id IS NOT NULL`,
    `select Id as "Key", Count(*) as N from T as X where X.Id is not null\n`,
  ],
  ["a semicolon and what follows it", "select 1;\n-- done\n", "select 1;\n-- done\n"],
  ["tags that touch words", "select {{a}}{{b}}, {{a}}_suffix ,prefix_{{b}} from t", "select {{a}}{{b}}, {{a}}_suffix, prefix_{{b}} from t\n"],
  [
    "tags in strings, names and comments",
    `select '{{var "d"}}  x' as a , "{{c}}" -- {{ref "gone"}}\nfrom t`,
    `select\n  '{{var "d"}}  x' as a,\n  "{{c}}" -- {{ref "gone"}}\nfrom t\n`,
  ],
  [
    "escaped braces, raw values, template comments",
    "{{!-- why --}}\nselect '\\{{ no tag }}' as x,{{{raw}}} as y {{! end }}",
    "{{!-- why --}}\nselect '\\{{ no tag }}' as x, {{{raw}}} as y {{! end }}\n",
  ],
];

test.each(screens)("%s", (_, before, after) => {
  expect(laidOut(before)).toBe(after);
  expect(laidOut(after)).toBe(after);
  expect(bare(after)).toBe(bare(before));
});

test("line ends stay what they were; an empty file stays empty", () => {
  expect(laidOut("select a,\r\nb from t\r\n")).toBe("select a, b from t\r\n");
  for (const text of ["", "  \n"]) expect(laidOut(text)).toBe(text);
});

describe("left alone", () => {
  test.each([
    ["select (a from t", /^its SQL cannot be read, from line 1 column \d+ on$/],
    ["select @x from t", /^its SQL cannot be read/],
    ["select 'open from t", /^its SQL cannot be read/],
    ["select {{a from t", /^its template cannot be taken apart$/],
    ["select {{{{raw}}}} x {{{{/raw}}}}", /^its template cannot be taken apart$/],
  ])("%s", (text, problem) => {
    expect(formatTemplate(text)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

describe("what counts as the same", () => {
  test.each([
    ["select  a\n,b", "select a, b", true],
    ["SELECT a FROM t", "select a from t", true],
    ["select A", "select a", false],
    ["select Date", "select date", false],
    ["select 'a  b'", "select 'a b'", false],
    ['select "A"', 'select "a"', false],
    ["select a -- x", "select a", false],
    ["select a /* x\n   y */", "select a /* x y */", true],
    ["select {{a}}b", "select {{a}} b", false],
    ["select {{a}} b", "select {{a}}b", false],
    ["select {{a}}{{b}}", "select {{a}} {{b}}", false],
    ["select ({{a}})", "select ( {{a}} )", true],
    ["select {{ a }}", "select {{a}}", false],
    ["select a - -b", "select a --b", false],
    ["select 1.e5", "select 1 .e5", false],
    ["select a b", "select ab", false],
  ])("%j and %j: %s", (before, after, isSame) => {
    expect(findDifference(before, after) === undefined).toBe(isSame);
  });
});

describe("tokens", () => {
  const anyText = fc
    .array(fc.constantFrom("a", " ", "\n", "'", '"', "--", "/*", "*/", "$$", "(", ")", ",", ";", "{{x}}", "1", ".", "e'", "\\", "é", "😀", "::", "->", "-"))
    .map((parts) => parts.join(""));
  test("together they are the text, with or without holes", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tags = templateTags(text) ?? [];
        expect(
          sqlTokens(text)
            .map((token) => token.text)
            .join(""),
        ).toBe(text);
        expect(
          sqlTokens(text, tags)
            .map((token) => token.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });
});

/** SQL from a grammar, with white space, comments and tags thrown in. */
const gap = fc.constantFrom(" ", "  ", "\n", "\n\n  ", " -- note\n", " /* c */ ", "\n-- line\n", " {{!-- t --}} ");
const value = fc.constantFrom(
  "a",
  "b.c",
  "1",
  "'x y'",
  "{{v}}",
  "coalesce(a, 0)",
  "count(*)",
  "case when a then b else c end",
  '"Q"',
  "{{> m x=1}}",
  "x_{{s}}",
  "a::date",
  "{{#if p}}a{{/if}}",
);
const words = (...parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc.tuple(...parts.flatMap((part) => [typeof part === "string" ? fc.constant(part) : part, gap])).map((texts) => texts.join(""));
const items = fc
  .array(fc.oneof(value, words(value, "as", "z")), { minLength: 1, maxLength: 6 })
  .chain((list) =>
    fc.array(gap, { minLength: list.length, maxLength: list.length }).map((gaps) => list.map((item, i) => (i === 0 ? item : `,${gaps[i]}${item}`)).join("")),
  );
const relation = fc.constantFrom("t", '{{ref "x"}}', '{{ref "x"}} as x', "(select 1 as q) as s");
const condition = fc.oneof(
  words(value, "=", value),
  words(value, "is not null", "and", value, ">", "2"),
  words("(", value, "or", value, ")", "and not", value),
);
const optional = (part: fc.Arbitrary<string>) => fc.oneof(fc.constant(""), part);
const select = fc
  .tuple(
    words("select", items),
    words("from", relation),
    optional(words("left join", relation, "on", condition)),
    optional(
      fc.oneof(
        words("where", condition),
        condition.map((c) => `\n{{#if p}}\nwhere ${c}\n{{else}}\nwhere true\n{{/if}}\n`),
      ),
    ),
    optional(words("group by", items)),
    optional(words("order by", value, "desc")),
  )
  .map((parts) => parts.join(""));
const query = fc.oneof(
  select,
  fc.tuple(select, select).map(([a, b]) => `with c as (${a}\n), d as not materialized (${b}\n) select * from c, d`),
  fc.tuple(select, gap, select).map(([a, g, b]) => `${a}${g}union all${g}${b}`),
);

test("whatever the query, laying out once is laying out for good, and every word stays", () => {
  let formatted = 0;
  fc.assert(
    fc.property(query, (text) => {
      const first = formatTemplate(text);
      if ("problem" in first) return;
      formatted++;
      const words = (sql: string) =>
        sqlTokens(sql, templateTags(sql))
          .filter((token) => !isTrivia(token))
          .map((token) => token.text.toLowerCase());
      expect(words(first.text)).toEqual(words(text));
      expect(laidOut(first.text)).toBe(first.text);
    }),
    { numRuns: 120, seed: 7 },
  );
  // Otherwise the property would hold for want of cases.
  expect(formatted).toBeGreaterThan(90);
});

/**
 * Devices and what the app reports of them. Each app user lives one of a few stories (keeps the app, removes it, comes
 * back on the same or on another device, ...); the stories are drawn so that June 2026, the last 30 days before
 * `as_of`, has enough removals for an audience: the month of an unloved release.
 */
import { closing, opening, pickByShare, text, utc, withCopies } from "./expressions.ts";
import { calendar } from "./world.ts";

const unlovedRelease = `timestamp '2026-06-01 00:00:00'`;

/** Shares of app users by story; the rest keeps the app. */
const stories: readonly (readonly [story: string, share: number])[] = [
  ["removes_lately", 0.16],
  ["removes_lately_both", 0.03],
  ["removes_lately_one_of_two", 0.03],
  ["removes_lately_returns", 0.03],
  ["removes_lately_returns_elsewhere", 0.03],
  ["removes_early", 0.15],
  ["removes_early_returns", 0.04],
  ["removes_twice", 0.02],
  ["removes_after_as_of", 0.015],
];

const story = pickByShare(
  "sample_u(n || ':story')",
  stories.map(([name, share]) => [text(name), share] as const),
  "'keeps'",
);

const between = (key: string, from: string, to: string): string =>
  `${from} + to_seconds(floor(sample_u(${key}) * greatest(date_diff('second', ${from}, ${to}), 0))::bigint)`;

const inStories = (...names: readonly string[]): string => `story in (${names.map(text).join(", ")})`;

/** `sample_app_events`: one row per event in local time, before duplicates. */
export function appEventStatements(): readonly string[] {
  return [
    `create or replace temp table sample_devices as
with users as (
  select n, person_id, ${story} as story,
    greatest(created_at, ${opening}) + to_minutes(sample_whole(n || ':installs', 5, 30000)) as first_installed_at
  from sample_people
  where is_registered and uses_app
),
devices as (
  select *, unnest(case when ${inStories("removes_lately_both", "removes_lately_one_of_two", "removes_lately_returns_elsewhere")}
    or (story = 'keeps' and sample_u(n || ':second-device') < 0.06) then [1, 2] else [1] end) as device
  from users
  where first_installed_at < ${closing}
),
dated as (
  select *,
    first_installed_at + case when device = 2 then to_days(sample_whole(n || ':second', 1, 60)::integer) else interval 0 second end as installed_at,
    greatest(${between(`n || ':' || device || ':lately'`, unlovedRelease, `(timestamp ${text(calendar.asOf)} + interval 16 hour)`)},
      first_installed_at + interval 3 hour) as late_removal,
    case when sample_u(n || ':at-once') < 0.3 then first_installed_at + to_minutes(sample_whole(n || ':minutes', 20, 2000))
      else ${between(`n || ':early'`, "first_installed_at", unlovedRelease)} end as early_removal
  from devices
),
removals as (
  select *,
    case
      when story = 'removes_lately_one_of_two' and device = 2 then null
      when story = 'removes_lately_returns_elsewhere' and device = 2 then null
      when story like 'removes_lately%' then late_removal
      when story like 'removes_early%' or story = 'removes_twice' then early_removal
      when story = 'removes_after_as_of' then timestamp ${text(calendar.asOf)} + to_hours(sample_whole(n || ':after', 25, 70))
    end as removed_at
  from dated
)
select * replace (case when story = 'removes_lately_returns_elsewhere' and device = 2
    then late_removal + to_hours(sample_whole(n || ':elsewhere', 1, 60)) else installed_at end as installed_at),
  case when ${inStories("removes_early_returns", "removes_twice")} then removed_at + to_hours(sample_whole(n || ':back', 30, 900))
    when story = 'removes_lately_returns' then removed_at + to_hours(sample_whole(n || ':back', 2, 60)) end as returned_at,
  case when story = 'removes_twice' then late_removal end as removed_again_at,
  'D' || substr(md5(${text("device:")} || n || ':' || device), 1, 9) as device_id,
  if(sample_u(n || ':' || device || ':platform') < 0.42, 'ios', 'android') as platform
from removals`,
    `create or replace temp table sample_app_events as
with life as (
  select n, device, device_id, person_id, platform, 'install' as event_type, 1 as step, installed_at as occurred_at from sample_devices
  union all
  select n, device, device_id, person_id, platform, 'uninstall', 2, removed_at from sample_devices where removed_at > installed_at
  union all
  select n, device, device_id, person_id, platform, 'install', 3, returned_at from sample_devices where returned_at is not null
  union all
  select n, device, device_id, person_id, platform, 'uninstall', 4, removed_again_at from sample_devices where removed_again_at > returned_at
  union all
  select n, device, device_id, person_id, platform, 'push_optout', 5,
    installed_at + case when sample_u(n || ':optout-at-once') < 0.5 then to_minutes(sample_whole(n || ':optout', 1, 55))
      else to_hours(sample_whole(n || ':optout', 24, 4000)) end
  from sample_devices where device = 1 and sample_u(n || ':opts-out') < 0.14
),
habits as (
  select *,
    (0.15 + 0.85 * sample_u(n || ':habit')) * date_diff('second', installed_at, least(coalesce(removed_at, ${closing}), ${closing})) as active_seconds,
    86400 * sample_whole(n || ':every', 18, 75) as usual_gap_seconds
  from sample_devices
),
opens as (
  select n, device, device_id, person_id, platform, 'open' as event_type, 10 + visit as step,
    installed_at + to_seconds(floor((visit + 0.7 * sample_u(n || ':' || device || ':visit:' || visit)) * usual_gap_seconds)::bigint) as occurred_at,
    active_seconds
  from (select *, unnest(range(0, (greatest(active_seconds, 0) // usual_gap_seconds + 1)::bigint)) as visit from habits)
),
everything as (
  select * from life
  union all
  select * exclude (active_seconds) from opens
)
select printf('E%07d', row_number() over (order by occurred_at, n, device, step)) as event_id, *,
  sample_u(n || ':' || device || ':id') as id_draw, md5('advertising:' || n || ':' || device) as id_hex
from everything
where occurred_at is not null and occurred_at < ${closing}
  -- A removed app reports nothing.
  and not (event_type in ('push_optout', 'open') and exists (
    select 1 from sample_devices as gone where gone.device_id = everything.device_id and everything.occurred_at >= gone.removed_at))`,
  ];
}

/** The rows of `raw_app_events` that come from `sample_app_events`. */
export function appEventRows(): string {
  const uuid = `substr(id_hex, 1, 8) || '-' || substr(id_hex, 9, 4) || '-4' || substr(id_hex, 14, 3) || '-a' || substr(id_hex, 18, 3) || '-' || substr(id_hex, 21, 12)`;
  const zero = `'00000000-0000-0000-0000-000000000000'`;
  return `select event_id, event_type, device_id,
  case when event_type = 'uninstall' and sample_u(event_id || ':signed-out') < 0.3 then null
    when event_type = 'install' and step = 1 and sample_u(event_id || ':signed-out') < 0.5 then null
    else person_id end as customer_id,
  ${utc("occurred_at")} as occurred_at,
  case when event_type not in ('install', 'uninstall') then null
    when platform = 'ios' then case when id_draw < 0.5 then ${zero} when id_draw < 0.6 then null else upper(${uuid}) end
    else case when id_draw < 0.1 then ${zero} when id_draw < 0.13 then null when id_draw < 0.15 then ' ' else ${uuid} end
  end as advertising_id,
  platform
from ${withCopies("sample_app_events", "event_id")}`;
}

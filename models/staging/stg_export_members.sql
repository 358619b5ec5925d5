with members as (
  select
    export_name,
    audience as destination,
    member_key,
    {{> local_timestamp column="first_sent_at at time zone 'UTC'"}} as first_sent_at,
    {{> local_timestamp column="sent_at at time zone 'UTC'"}} as sent_at
  from {{source "exports" "export_members"}}
  where target = {{literal target.name}}
)

select export_name, destination, member_key, first_sent_at, sent_at, cast(sent_at as date) as sent_on from members

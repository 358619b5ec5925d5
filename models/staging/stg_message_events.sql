with records as (
  select
    {{> id_text column="event_id"}} as event_id,
    {{> id_text column="message_id"}} as message_id,
    lower({{> clean_text column="event_type"}}) as event_type,
    {{> local_timestamp column="occurred_at"}} as occurred_at,
    {{> clean_text column="url"}} as url,
    {{> clean_text column="user_agent"}} as user_agent,
    coalesce(cast(is_machine as boolean), false) as is_flagged,
    lower({{> clean_text column="machine_reason"}}) as flag_reason
  from {{ref "raw_message_events"}}
),

-- The provider's word first, then the program's own name.
judged as (
  select
    *,
    case
      when event_type not in ('open', 'click') then null
      when is_flagged then coalesce(flag_reason, 'provider')
      when regexp_matches(user_agent, {{literal (var "machine_agent_pattern")}}, 'i') then 'user_agent'
    end as machine_reason
  from records
)

select
  event_id,
  message_id,
  event_type,
  occurred_at,
  cast(occurred_at as date) as occurred_on,
  url,
  user_agent,
  machine_reason is not null as is_machine,
  machine_reason
from judged
where cast(occurred_at as date) <= {{> as_of_date}}
qualify row_number() over (partition by event_id order by occurred_at, event_type, message_id, url, user_agent) = 1

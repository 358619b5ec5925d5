select
  '2026-06-30'::date as as_of,
  'seoul' as region,
  'none' as nowhere,
  'analytics' as schema_name,
  'dev' as target_name
where true

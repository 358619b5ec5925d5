select * from other_schema.t

select zip, people, code from "main"."zips" cross join "main"."codes"

select * from "main"."below" join "main"."good" using (id)

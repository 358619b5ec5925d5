/** LinkedIn's contact list file, in the order of LinkedIn's own header line. Addresses are hashed, names and jobs are not. */
import { column, tableFormat } from "./table-format.ts";

export const linkedinUpload = tableFormat({
  name: "linkedin",
  columns: [
    column("EMAIL", "email", { hashed: true }),
    column("FN", "firstname"),
    column("LN", "lastname"),
    column("JOB_TITLE", "jobtitle"),
    column("COMPANY", "employeecompany"),
    column("COUNTRY", "country"),
    column("MADID", "googleaid"),
  ],
});

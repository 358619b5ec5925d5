/** RT0712: columns of raw data that are called like something personal, and of which nobody has said whether they are. */
import { diagnose } from "../../core/diagnostic.ts";
import type { LintRule } from "../lint-rule.ts";

const personal =
  /(?:^|_)(?:e_?mail(?:_address)?|phone(?:_number)?|mobile|msisdn|(?:first|last|full|given|family|middle|sur)_?name|birth_?(?:date|day)|date_of_birth|dob|street(?:_address)?|address_line\d?|ip(?:_address)?|ssn|passport(?:_number)?|iban|advertising_id|idfa|gaid|maid)$/i;

export const undeclaredPii: LintRule = {
  code: "RT0712",
  *check({ nodes }) {
    for (const node of nodes) {
      if (node.resourceType !== "seed" && node.resourceType !== "source") continue;
      for (const column of node.columns)
        if (!column.isPiiDeclared && personal.test(column.name)) yield diagnose("RT0712", { column: column.name, owner: node.name }, { span: column.span });
    }
  },
};

/** What may stand under `constraints` of a column and of a model, as dbt shapes it. Shapes only. */
import { z } from "zod";

const constraintTypes = ["not_null", "unique", "primary_key", "foreign_key", "check", "custom"] as const;

const common = {
  type: z.enum(constraintTypes).describe("what must hold for every row"),
  name: z.string().min(1).optional().describe("name of the constraint in the warehouse"),
  expression: z.string().min(1).optional().describe("the condition of a check; the SQL of a custom constraint"),
  to: z.string().min(1).optional().describe("ref('model') that a foreign_key points to"),
  to_columns: z.array(z.string().min(1)).optional().describe("columns there; default: the same names"),
  warn_unenforced: z.boolean().optional().describe("false: do not warn where the constraint is not enforced, as on a view"),
  warn_unsupported: z.boolean().optional().describe("the same as warn_unenforced"),
};

export const columnConstraintSchema = z.strictObject(common);

export const modelConstraintSchema = z.strictObject({
  ...common,
  columns: z.array(z.string().min(1)).optional().describe("the columns that it is about"),
});

export type ConstraintType = (typeof constraintTypes)[number];
export type ModelConstraintDeclaration = z.output<typeof modelConstraintSchema>;

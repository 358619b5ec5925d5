/** An ephemeral model is no relation of its own: it becomes a common table expression of the models that read it. */
import type { Materialization } from "./materialization.ts";

export const ephemeral: Materialization = {
  description: "no relation: a common table expression in the models that read it",
  relationType: undefined,
  steps: () => [],
};

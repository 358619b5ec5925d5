/** Whether the last build of what an export reads passed its tests, and how long ago that was. Nothing untested is exported. */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { findUnfit } from "../run/state/fitness.ts";
import type { DeclarationPlace } from "./declaration-place.ts";
import type { ExportRequest } from "./export-request.ts";

export async function findUnfitRelations({ resource, config, state, model, suppress }: ExportRequest, place: DeclarationPlace): Promise<readonly Diagnostic[]> {
  const relations = [{ ...model, path: ["model"] }, ...suppress.map((relation, i) => ({ ...relation, path: ["suppress", i] }))];
  const unfit = await findUnfit(
    state.db,
    config.targetName,
    relations.map(({ uniqueId }) => uniqueId),
  );
  return relations.flatMap(({ uniqueId, name, path }) => {
    const why = unfit.get(uniqueId);
    const help = `run \`retain build --select +${name}\`, then \`retain export plan ${resource.name}\``;
    return why === undefined ? [] : [diagnose("RT0602", { model: name, why }, { span: place.value(path), help })];
  });
}

export async function builtAt({ config, state, model }: ExportRequest): Promise<Date | undefined> {
  const build = await state.db
    .selectFrom("node_builds")
    .select("completed_at")
    .where("target", "=", config.targetName)
    .where("unique_id", "=", model.uniqueId)
    .executeTakeFirst();
  return build && new Date(build.completed_at);
}

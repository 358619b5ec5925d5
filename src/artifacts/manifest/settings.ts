/** The settings of models, seeds and snapshots as the manifest has them: those in force under dbt's names, and those that were written. */
import type { HookSetting } from "../../config/hook-settings.ts";
import type { Built } from "../../parse/resource.ts";
import type { ManifestEntry } from "./context.ts";

/** Also the names that readers look up without asking whether they are there. */
export function configEntry(node: Built): ManifestEntry {
  const contract = node.resourceType === "model" ? node.config.contract : undefined;
  return {
    alias: null,
    schema: null,
    database: null,
    ...node.config,
    enabled: node.enabled,
    materialized: node.resourceType === "model" ? node.materialized : node.resourceType,
    tags: node.tags,
    meta: node.meta,
    docs: docsEntry(node),
    contract: { enforced: contract?.enforced ?? false, alias_types: contract?.alias_types ?? true },
    persist_docs: node.config.persist_docs ?? {},
    ...hookEntries(node.config),
  };
}

interface WithHooks {
  readonly pre_hook?: readonly HookSetting[] | undefined;
  readonly post_hook?: readonly HookSetting[] | undefined;
}

/** dbt writes them with a hyphen. */
function hookEntries({ pre_hook, post_hook }: WithHooks): ManifestEntry {
  const entries = (hooks: readonly HookSetting[] | undefined) => (hooks ?? []).map(({ sql, transaction }, index) => ({ sql, transaction, index }));
  return { pre_hook: undefined, post_hook: undefined, "pre-hook": entries(pre_hook), "post-hook": entries(post_hook) };
}

export function docsEntry(node: Built): ManifestEntry {
  const { docs } = node.config;
  return { show: docs?.show ?? true, node_color: docs?.node_color ?? null };
}

/** Without the empty lists that merging leaves. */
export function writtenConfig({ tags, meta, ...rest }: Readonly<Record<string, unknown>>): ManifestEntry {
  const isEmpty = (value: unknown): boolean => value === undefined || value === null || Object.keys(value).length === 0;
  const { pre_hook, post_hook, ...others } = rest;
  const texts = (hooks: unknown) => [hooks].flat().map((hook) => (typeof hook === "string" ? hook : (hook as HookSetting).sql));
  return {
    ...others,
    ...(!isEmpty(pre_hook) && { pre_hook: texts(pre_hook) }),
    ...(!isEmpty(post_hook) && { post_hook: texts(post_hook) }),
    ...(!isEmpty(tags) && { tags }),
    ...(!isEmpty(meta) && { meta }),
  };
}

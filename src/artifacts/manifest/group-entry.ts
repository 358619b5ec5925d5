/** The manifest's entry of a group: who owns models together. */
import type { Group } from "../../parse/resource.ts";
import type { ManifestEntry } from "./context.ts";

export function groupEntry({ name, packageName, path, originalFilePath, uniqueId, owner, description, meta }: Group): ManifestEntry {
  return {
    name,
    resource_type: "group",
    package_name: packageName,
    path,
    original_file_path: originalFilePath,
    unique_id: uniqueId,
    owner: { email: null, name: null, ...owner },
    description: description === "" ? null : description,
    config: { meta },
  };
}

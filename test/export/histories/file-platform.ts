/**
 * Whoever uploads what a file destination writes: after every run that ended they follow the manifest, removals first, and
 * take the removals away. The platform is what has become of its audience then.
 */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { FakePlatform } from "../../fake-platforms/fake-platform.mjs";
import { emailOf, type HistoryPlatform, nameByIdentifiers } from "./platforms.ts";

interface Manifest {
  readonly mode: string;
  readonly files: readonly { readonly file: string; readonly operation: "add" | "remove" }[];
}

const keys = new Map([
  ["email", "EMAIL"],
  ["external_id", "EXTERN_ID"],
]);

export function filePlatform(): HistoryPlatform {
  let audience = new Set<string>();
  let onAdd: (identifiers: readonly string[]) => void = () => undefined;
  let folder = "";

  async function upload(manifest: Manifest): Promise<void> {
    // Whoever exports to replace chooses to replace on the upload page, too.
    if (manifest.mode === "replace") audience.clear();
    for (const { file, operation } of manifest.files) {
      const [header = "", ...rows] = (await readFile(join(folder, file), "utf8")).trimEnd().split("\n");
      const columns = header.split(",").map((column) => keys.get(column));
      for (const row of rows) {
        const identifiers = row.split(",").flatMap((cell, i) => (cell === "" ? [] : [`${columns[i]}=${cell}`]));
        if (operation === "add") onAdd(identifiers);
        for (const identifier of identifiers) {
          if (operation === "add") audience.add(identifier);
          else audience.delete(identifier);
        }
      }
      if (operation === "remove") await rm(join(folder, file));
    }
  }

  return {
    fake: new FakePlatform(),
    // A small file, so that a larger audience has several.
    start: async () => ({ destination: "{type: file, directory: target/exports, max_rows: 3}", environment: {} }),
    stop: async () => undefined,
    begin: (judge, _now, { directory }) => {
      audience = new Set();
      onAdd = judge;
      folder = join(directory, "target/exports");
    },
    modes: ["mirror", "add", "remove", "replace"],
    identifiers: "{EXTERN_ID: customer_id, EMAIL: email}",
    faults: [],
    isDelivery: () => false,
    identifiersOf: (name, { email }) => [`EXTERN_ID=${name}`, emailOf(name, email)],
    nameOf: nameByIdentifiers,
    members: async (name) => {
      const manifest = await readFile(join(folder, `${name}.manifest.json`), "utf8").catch(() => undefined);
      if (manifest !== undefined) {
        await upload(JSON.parse(manifest) as Manifest);
        await rm(join(folder, `${name}.manifest.json`));
      }
      return [...audience].sort();
    },
    settleLater: () => undefined,
    replacesWithNobody: true,
    takesParts: false,
    takesAddresses: false,
  };
}

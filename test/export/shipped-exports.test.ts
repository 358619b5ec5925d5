/** The exports of the shipped warehouse: every audience has one, and none that goes to ads forgets whom nobody may address. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { readExports } from "../../src/parse/exposures.ts";
import { readDeclarations } from "../../src/parse/read-declarations.ts";

test("every audience has an export, and every export that asks for consent to ads leaves out whom nobody may address", async () => {
  const { config } = (await loadConfig({ cwd: join(import.meta.dirname, "../.."), environment: {} })).value;
  if (!config) throw new Error("the shipped project does not load");
  const declarations = readDeclarations(config.files).value;
  const exports = readExports(config, declarations.exports).value.map(({ declaration }) => declaration);
  const audiences = declarations.models.map(({ value }) => value.name).filter((name) => name.startsWith("audience_") && name !== "audience_members_delta");
  expect(audiences.length).toBeGreaterThan(10);
  expect(audiences.filter((name) => !exports.some(({ model }) => model === name))).toEqual([]);
  const toAds = exports.filter(({ consent }) => consent?.column === "ads_consent");
  expect(toAds.length).toBeGreaterThan(10);
  expect(toAds.filter(({ suppress }) => !suppress.includes("audience_do_not_contact")).map(({ name }) => name)).toEqual([]);
});

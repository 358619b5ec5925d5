/** The yardstick of exports: a loop that normalises and hashes people and does nothing else. Takes how many. */
import { meta } from "../../dist/export/identity/meta.js";
import { toIdentifier } from "../../dist/export/identity/to-identifier.js";
import { personOf } from "./export-project.mjs";

const people = Number(process.argv[2]);
const context = { country: "US", today: "2026-06-30" };
let characters = 0;
for (let i = 0; i < people; i++) {
  for (const [key, value] of Object.entries(personOf(i))) {
    const identifier = toIdentifier(meta.keys.get(key), value, context);
    if (identifier.ok) characters += identifier.cell.length;
  }
}
console.log(JSON.stringify({ people, characters }));

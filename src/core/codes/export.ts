/** RT06xx: sending audiences. */
import type { CodeTable } from "./entry.ts";

export const exportCodes = {
  RT0601: {
    title: "Unknown export",
    message: (p: { name: string }) => `there is no export "${p.name}"`,
    help: "`retain export list` prints the exports of the project",
    explain: "Exports are declared under `exports:` in a YAML file of the exports folder.",
  },
  RT0602: {
    title: "The model is not fit to export",
    message: (p: { model: string; why: string }) => `"${p.model}" cannot be exported: ${p.why}`,
    help: "run `retain build --select +MODEL` and look at what it says",
    explain: "Nothing untested is ever exported: the last build of the audience's model, and of the models it suppresses, must have passed all its tests.",
  },
  RT0603: {
    title: "Wrong export declaration",
    message: (p: { name: string; problem: string }) => `export "${p.name}": ${p.problem}`,
    explain: "The export names a column, model, destination or identifier that does not exist or cannot be used by its destination.",
  },
  RT0604: {
    title: "A guard stopped the export",
    message: (p: { name: string; guard: string; problem: string }) => `export "${p.name}" was stopped by ${p.guard}: ${p.problem}`,
    help: "look at `retain export plan`; if the number is right, change the guard",
    explain:
      "Guards compare the size and the change of an audience with limits, so that a broken model does not empty or flood it. Nothing was sent. `retain export run NAME --force GUARD` lets one run pass and writes down that it did.",
  },
  RT0605: {
    title: "The destination failed",
    message: (p: { destination: string; problem: string }) => `destination "${p.destination}" failed: ${p.problem}`,
    help: "run the export again: it goes on where it stopped",
    explain:
      "The audience could not be delivered whole. The ledger knows which batches were answered, so the next run sends what is missing and nothing twice that matters.",
  },
  RT0606: {
    title: "One person, several rows",
    message: (p: { model: string; key: string; rows: string }) => `in "${p.model}", ${p.rows} repeated or without the key "${p.key}"`,
    help: "give the model one row per person and test its key with unique and not_null",
    explain: "An audience has one row per person; a repeated key would be sent twice and a missing one could never be removed.",
  },
  RT0607: {
    title: "The destination is not ready",
    message: (p: { destination: string; what: string; problem: string }) => `destination "${p.destination}" is not ready, ${p.what}: ${p.problem}`,
    help: "`retain export check` looks at all of it again",
    explain: "Before a row is read, the platform is asked whether the token is valid, the permissions and terms are there and the audience can be changed.",
  },
  RT0608: {
    title: "An option that does not fit the export",
    message: (p: { name: string; option: string; problem: string }) => `export "${p.name}" cannot be run with ${p.option}: ${p.problem}`,
    explain: "`--limit` and `--only` send a part of the difference, which some modes and destinations cannot do without leaving the audience wrong.",
  },
  RT0609: {
    title: "People were left behind",
    severity: "warning",
    message: (p: { name: string; people: string; audience: string }) =>
      `${p.people} of export "${p.name}" are still in the audience at "${p.audience}", where it is not delivered any more`,
    help: "delete that audience on its platform, or set the old destination once more with a model of nobody and `allow_empty: true`",
    explain: "The destination of the export or the id of its audience was changed. Every audience has a ledger of its own; nobody is removed from the old one.",
  },
  RT0610: {
    title: "The export was interrupted",
    message: (p: { name: string; at: string }) => `export "${p.name}" was interrupted at ${p.at}`,
    help: "run it again: it goes on where it stopped",
    explain: "Batches that were answered count; what was under way is sent again by the next run, which also looks again at who may be addressed.",
  },
  RT0611: {
    title: "The platform refused people afterwards",
    message: (p: { name: string; destination: string; problem: string }) =>
      `destination "${p.destination}" took people of export "${p.name}" and refused them later: ${p.problem}`,
    help: "mend the cause and run the export again: they are sent once more",
    explain: "Some platforms answer at once and look at the people later. What they refuse then counts as not sent.",
  },
  RT0612: {
    title: "The platform warned",
    severity: "warning",
    message: (p: { name: string; destination: string; problem: string; times: number }) =>
      `destination "${p.destination}" says of export "${p.name}"${p.times > 1 ? ` ${p.times} times` : ""}: ${p.problem}`,
    explain: "The platform took the people and had something to say about it, such as fields that it ignored.",
  },
  RT0613: {
    title: "The platform could not use some rows",
    severity: "warning",
    message: (p: { name: string; destination: string; rows: string }) => `destination "${p.destination}" could not use ${p.rows} rows of export "${p.name}"`,
    help: "look at the identifiers left out in `retain export plan`, and whether columns are declared `hashed` rightly",
    explain: "Platforms count rows whose identifiers are malformed. They do not count people whom they do not know: that shows only in the audience's size.",
  },
  RT0614: {
    title: "Something about the destination needs attention",
    severity: "warning",
    message: (p: { destination: string; what: string; problem: string }) => `destination "${p.destination}", ${p.what}: ${p.problem}`,
    explain: "The platform told something when it was asked before the delivery which does not stop it now, but may stop it later.",
  },
  RT0615: {
    title: "Somebody cannot be erased from an audience",
    message: (p: { name: string; audience: string; why: string }) =>
      `the person cannot be removed from the audience of export "${p.name}" at "${p.audience}": ${p.why}`,
    help: "declare the export and its destination once more and run it again, or delete that audience on its platform",
    explain:
      "The ledger says that the person was sent to an audience, and there is no way to it any more. They stay in the ledger until they are removed there.",
  },
  RT0616: {
    title: "The person is still in a model",
    severity: "warning",
    message: (p: { models: string }) => `the person is still in ${p.models}, and the next run would send them again`,
    help: "delete them where the data comes from, or put their key into a model that the export suppresses",
    explain: "Erasing takes a person out of audiences and out of what is remembered; it cannot change the data that audiences are made of.",
  },
  RT0617: {
    title: "A model could not be searched for the person",
    severity: "warning",
    message: (p: { models: string }) => `${p.models} could not be read: whoever is held out there is not found by an e-mail address`,
    help: "run `retain build`, then erase the person again; or name them with `--customer`",
    explain: "People who are held out were never sent, so that no ledger knows their address. They are found through the model.",
  },
  RT0640: {
    title: "Plain values must be asked for",
    message: (p: { name: string; platform: string; key: string }) =>
      `export "${p.name}": ${p.platform} takes ${p.key} only plain, and nothing plain is written without being asked for`,
    help: "map an identifier that is no personal data, such as EXTERN_ID, or write `{column: ..., plain: true}`",
    explain:
      "Some tools know people only by the address itself. Nothing plain leaves the warehouse unless the export says `plain: true` for that identifier. The ledger and everything else that retain keeps still hold hashes only.",
  },
  RT0641: {
    title: "Nothing is plain here",
    message: (p: { name: string; platform: string; key: string; hashed: boolean }) =>
      `export "${p.name}": ${p.platform} takes ${p.key} ${p.hashed ? "hashed" : "as it is anyway"}, and \`plain\` changes nothing`,
    help: "take `plain: true` away",
    explain: "`plain: true` is for platforms that can read an identifier only as it is. Where a platform takes hashes, it is sent hashes.",
  },
  RT0642: {
    title: "People could not be removed again",
    message: (p: { name: string; mode: string }) =>
      `export "${p.name}": everything that finds a person in it is plain, so that mode ${p.mode} could not take anybody out again`,
    help: "use `mode: replace`, or map an identifier that may be kept, such as EXTERN_ID, where the platform takes one",
    explain:
      "To remove somebody, the platform must be told who it was. Of plain values only hashes are kept, and they cannot be turned back: the whole audience can be written, a removal cannot.",
  },
  RT0643: {
    title: "Plain values go out",
    severity: "warning",
    message: (p: { name: string; keys: string; destination: string }) => `export "${p.name}" hands ${p.keys} to "${p.destination}" as they are, not hashed`,
    help: "delete the files as soon as they are uploaded, and keep them out of backups and version control",
    explain: "The export says `plain: true`. Whoever can read what it writes can read the addresses.",
  },
  RT0644: {
    title: "An option that the identifier does not read",
    message: (p: { name: string; platform: string; key: string; option: string }) =>
      `export "${p.name}": ${p.key} of ${p.platform} does not read \`${p.option}\``,
    explain: "Options change how a value is read before it is hashed. One that does nothing is refused, so that nobody relies on it.",
  },
  RT0620: {
    title: "Exports wait for credentials",
    severity: "info",
    message: (p: { names: string; variables: string }) => `left out, because ${p.variables} ${p.variables.includes(",") ? "are" : "is"} not set: ${p.names}`,
    help: "put the variables into .env beside retain.yml, then `retain export check NAME`",
    explain:
      "The destinations of these exports read credentials from the environment, and some are not there. Without names, commands leave such exports out; whoever names one is told what is missing. `retain export list` shows what each needs.",
  },
} satisfies CodeTable;

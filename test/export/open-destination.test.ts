/** From the settings in retain.yml to a destination: what is known, what is refused, and where it says so. */
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readYaml } from "../../src/core/yaml.ts";
import { openDestination } from "../../src/destinations/registry.ts";
import { fakeClock } from "./export-project.ts";

const surroundings = { clock: fakeClock(), signal: new AbortController().signal, onWait: () => undefined };

function open(destination: string, format?: string) {
  const text = `name: shop\ndestinations:\n  files: ${destination}\n`;
  const yaml = readYaml("retain.yml", text);
  const settings = (yaml.value as { readonly destinations: { readonly files: unknown } }).destinations.files;
  const exportSpan = { file: "exports/a.yml", start: 7, end: 9 };
  const opened = openDestination({
    exportName: "winback",
    format,
    exportSpan,
    name: "files",
    settings,
    secrets: [],
    yaml,
    projectDir: resolve("project"),
    ...surroundings,
  });
  const said = opened.diagnostics.map(({ code, message, help, span }) => [
    `${code} ${message}`,
    help,
    span?.file === "retain.yml" ? text.slice(span.start, span.end) : span?.file,
  ]);
  return { value: opened.value, said };
}

test("a file destination, with and without settings", () => {
  const { value, said } = open("{type: file}");
  expect(said).toEqual([]);
  expect(value).toMatchObject({ name: "files", destination: { type: "file", platform: "meta", capabilities: { batchSize: 5000 } } });
  expect(value?.destination.problemsWith(["EMAIL", "COUNTRY"])).toEqual([]);
  expect(value?.destination.problemsWith(["DOBD"])).toEqual([expect.stringMatching(/no column for DOBD/)]);
  expect(open('{type: file, directory: "/out", headers: {EXTERN_ID: uid}}', "meta").value?.destination.problemsWith(["EXTERN_ID"])).toEqual([]);
  expect(open("{type: file, headers: {UID: uid}}").value?.destination.problemsWith(["EMAIL"])).toEqual([
    "headers renames UID, which the upload file does not have",
  ]);
});

test("a type that this version does not know", () => {
  expect(open("{type: myspace, access_token: x}")).toEqual({
    value: undefined,
    said: [
      [
        'RT0603 export "winback": its destination "files" is of type "myspace", which this version does not know',
        expect.stringMatching(/^known types: file, google, meta/),
        "myspace",
      ],
    ],
  });
  expect(open("{type: fil}").said).toMatchObject([[expect.any(String), 'did you mean "file"?', "fil"]]);
});

test("settings and formats, all problems at once", () => {
  expect(open("{type: file, directroy: out}", "mta")).toEqual({
    value: undefined,
    said: [
      ['RT0103 unknown key "directroy" in destination "files"', 'did you mean "directory"?', "directroy"],
      ['RT0603 export "winback": this version writes no upload files in the format "mta"', 'did you mean "meta"?', "exports/a.yml"],
    ],
  });
});

/** Reads singular tests: each `.sql` file below the tests path is a query for rows that should not be there. */
import type { Config } from "../config/config.ts";
import { checkSchema } from "../core/check-schema.ts";
import type { Diagnostic, Outcome } from "../core/diagnostic.ts";
import { fileSpan } from "../core/span.ts";
import { readYaml } from "../core/yaml.ts";
import { isFixtureFile } from "./fixture.ts";
import type { SingularTest } from "./resource.ts";
import { testConfigSchema } from "./resource-schema.ts";
import { fileStem, foldersBelow } from "./settings.ts";
import { fileTemplate, parseTemplate } from "./template.ts";

/** A first comment `-- config: {severity: warn}` sets what generic tests set in YAML. */
const configComment = /^\s*--\s*config:([^\r\n]*)/;

export function readSingularTests(config: Config): Outcome<readonly SingularTest[]> {
  const diagnostics: Diagnostic[] = [];
  const tests: SingularTest[] = [];
  const packageName = config.project.name;
  for (const file of config.files) {
    if (file.kind !== "tests" || file.extension !== "sql" || isFixtureFile(file)) continue;
    const name = fileStem(file.path);
    const template = parseTemplate(fileTemplate(file.path, file.text));
    const comment = configComment.exec(file.text);
    const yaml = readYaml(file.path, comment?.[1] ?? "{}");
    const span = { ...fileSpan(file.path), end: comment?.[0].length ?? 0 };
    const settings = checkSchema(
      testConfigSchema.omit({ where: true }),
      yaml.value,
      { ...yaml, spanOf: () => span, keySpanOf: () => span },
      [],
      `test "${name}"`,
    );
    diagnostics.push(...template.diagnostics, ...yaml.diagnostics.map((d) => ({ ...d, span })), ...(yaml.diagnostics.length > 0 ? [] : settings.diagnostics));
    if (!settings.value) continue;
    tests.push({
      resourceType: "test",
      testKind: "singular",
      uniqueId: `test.${packageName}.${name}`,
      name,
      title: name,
      packageName,
      originalFilePath: file.path,
      path: file.path.slice(file.root.length + 1),
      patchPath: undefined,
      fqn: [packageName, ...foldersBelow(file), name],
      description: "",
      tags: settings.value.tags ?? [],
      meta: settings.value.meta ?? {},
      span: fileSpan(file.path),
      config: settings.value,
      template,
      checksum: file.checksum,
    });
  }
  return { value: tests, diagnostics };
}

/** Reads exposures and audience exports: what stands at the end of the graph. */
import type { Config } from "../config/config.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { type Declared, nameSpan } from "./read-declarations.ts";
import type { AudienceExport, Exposure } from "./resource.ts";
import type { ExportDeclaration, ExposureDeclaration } from "./resource-schema.ts";
import { foldersBelow } from "./settings.ts";
import { type Dependency, readRelationText } from "./template.ts";

export function readExposures(config: Config, declarations: readonly Declared<ExposureDeclaration>[]): Outcome<readonly Exposure[]> {
  const diagnostics: Diagnostic[] = [];
  const value = declarations.map((declared): Exposure => {
    const { depends_on, ...declaration } = declared.value;
    const dependencies = depends_on.flatMap((text, i): readonly Dependency[] => {
      const span = declared.yaml.spanOf([...declared.path, "depends_on", i]);
      const dependency = readRelationText(text, span);
      if (!dependency)
        diagnostics.push(
          diagnose("RT0104", { where: `exposure "${declaration.name}"`, problem: `"${text}" is neither ref('model') nor source('name', 'table')` }, { span }),
        );
      return dependency ? [dependency] : [];
    });
    return { ...base(config, declared, "exposure"), resourceType: "exposure", declaration, dependencies };
  });
  return { value, diagnostics };
}

export function readExports(config: Config, declarations: readonly Declared<ExportDeclaration>[]): Outcome<readonly AudienceExport[]> {
  const diagnostics: Diagnostic[] = [];
  const known = Object.keys(config.project.destinations);
  const value = declarations.map((declared): AudienceExport => {
    const declaration = declared.value;
    const { destination, name } = declaration;
    if (!known.includes(destination)) {
      diagnostics.push(
        diagnose(
          "RT0603",
          { name, problem: `there is no destination "${destination}"` },
          {
            span: declared.yaml.spanOf([...declared.path, "destination"]),
            help: suggestion(destination, known) ?? `declare it under destinations in retain.yml (known: ${known.join(", ") || "none"})`,
          },
        ),
      );
    }
    const model: Dependency = { kind: "ref", name: declaration.model, package: undefined, span: declared.yaml.spanOf([...declared.path, "model"]) };
    const suppress = declaration.suppress.map(
      (name, i): Dependency => ({ kind: "ref", name, package: undefined, span: declared.yaml.spanOf([...declared.path, "suppress", i]) }),
    );
    return { ...base(config, declared, "exposure"), resourceType: "export", declaration, dependencies: [model, ...suppress] };
  });
  return { value, diagnostics };
}

function base(config: Config, declared: Declared<ExposureDeclaration | ExportDeclaration>, prefix: string) {
  const { value, file } = declared;
  const packageName = config.project.name;
  return {
    uniqueId: `${prefix}.${packageName}.${value.name}`,
    name: value.name,
    packageName,
    originalFilePath: file.path,
    path: file.path.slice(file.root.length + 1),
    patchPath: file.path,
    fqn: [packageName, ...foldersBelow(file), value.name],
    description: value.description,
    tags: value.tags ?? [],
    meta: value.meta ?? {},
    span: nameSpan(declared),
  };
}

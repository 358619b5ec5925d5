/** Finding a project, its settings, its environment and its targets. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compiledSql, minimalSettings, openReady, takeMark, temporaryProject } from "../fixtures/temporary-project.ts";

const model = { "models/m.yml": "models: [{name: m, sql: \"select '{{var 'a' 'none'}}' as a\"}]\n" };

describe("the project", () => {
  test("is found from a folder below it", async () => {
    const project = temporaryProject(model);
    mkdirSync(join(project.directory, "models/deep/er"), { recursive: true });
    const { config } = await project.open({ cwd: join(project.directory, "models/deep/er") });
    expect(config?.projectDir).toBe(project.directory);
  });

  test("may be named, by an option before the environment", async () => {
    const project = temporaryProject({
      "inner/retain.yml": minimalSettings.replace("shop", "inner"),
      "other/retain.yml": minimalSettings.replace("shop", "other"),
    });
    expect((await project.open({ projectDir: "inner" })).config?.project.name).toBe("inner");
    expect((await project.open({ environment: { RETAIN_PROJECT_DIR: "other" } })).config?.project.name).toBe("other");
    expect((await project.open({ projectDir: "inner", environment: { RETAIN_PROJECT_DIR: "other" } })).config?.project.name).toBe("inner");
  });

  test("that is not there is told with the folder that was looked at", async () => {
    const project = temporaryProject({ "empty/x.txt": "" });
    const { said, diagnostics } = await project.open({ projectDir: "empty" });
    expect(said).toEqual([`RT0101 error nowhere no retain.yml in ${join(project.directory, "empty")}`]);
    expect(diagnostics[0]?.help).toContain("retain init");
  });

  test("that is a folder named retain.yml cannot be read", async () => {
    const project = temporaryProject({ "inner/retain.yml/x": "" });
    expect((await project.open({ projectDir: "inner" })).diagnostics.map((d) => d.code)).toEqual(["RT0107"]);
  });
});

describe("retain.yml", () => {
  test.each([
    ["is not YAML", "name: [\n§", "RT0102"],
    ["has an unknown key", `${minimalSettings}§model: {}\n`, 'RT0103 unknown key "model" in retain.yml'],
    ["has no name", '§targets: {dev: {type: duckdb, path: ":memory:"}}\n', "RT0104 retain.yml: name: text is required here"],
    [
      "has a name that is none",
      'name: §my-shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\n',
      "RT0104 retain.yml: name: must be letters, digits and underscores, not beginning with a digit",
    ],
    ["has an unknown type of target", "name: shop\ntargets: {dev: {type: §postgres, path: x}}\n", "RT0104 retain.yml: targets.dev.type: must be one of duckdb"],
    [
      "has an unknown key of a target",
      "name: shop\ntargets: {dev: {type: duckdb, path: x, §thread: 3}}\n",
      'RT0103 unknown key "thread" in retain.yml: targets.dev',
    ],
    ["has too many threads", "name: shop\ntargets: {dev: {type: duckdb, path: x, threads: §1000}}\n", "RT0104"],
    [
      "has a default target that is not there",
      "name: shop\ndefault_target: §prd\ntargets: {prod: {type: duckdb, path: x}}\n",
      'RT0106 there is no target "prd" (known: prod)',
    ],
    ["has a package that is not installed", `${minimalSettings}packages: [§some-models]\n`, 'RT0115 the package "some-models" is not installed'],
    [
      "has a number among its packages",
      `${minimalSettings}packages: [§5]\n`,
      "RT0104 retain.yml: packages[1]: a package is the name that it has on npm, or a mapping such as {name: retain-shop, without: [orders]}",
    ],
    ["has a package without a name", `${minimalSettings}packages: [§{without: [a]}]\n`, "RT0104 retain.yml: packages[1].name: text is required here"],
    ["is of another version", `${minimalSettings}config_version: §2\n`, "RT0104 retain.yml: config_version: must be one of 1"],
    [
      "names a variable that is not set",
      'name: shop\ntargets: {dev: {type: duckdb, path: §"${RETAIN_TEST_NOT_SET}/x"}}\n',
      "RT0105 the environment variable RETAIN_TEST_NOT_SET is not set",
    ],
  ])("that %s is told at its place", async (_, text, problem) => {
    const { files, place } = takeMark({ "retain.yml": text });
    const { said, config } = await temporaryProject(files).open();
    const [code, ...message] = problem.split(" ");
    expect(said).toEqual([message.length > 0 ? `${code} error ${place} ${message.join(" ")}` : expect.stringContaining(`${code} error ${place} `)]);
    expect(config).toBeUndefined();
  });

  test("has all its problems told together", async () => {
    const { said } = await temporaryProject({ "retain.yml": 'name: 5\nnope: 1\ntargets: {dev: {type: duckdb, path: "", thread: 1}}\n' }).open();
    expect(said.map((text) => text.split(" ").slice(0, 3).join(" "))).toEqual(
      expect.arrayContaining(["RT0104 error retain.yml:1:7", "RT0103 error retain.yml:2:1", "RT0104 error retain.yml:3:37", "RT0103 error retain.yml:3:41"]),
    );
  });
});

describe("the environment", () => {
  const settings = (path: string) =>
    `name: shop\ntargets: {dev: {type: duckdb, path: "${path}"}, prod: {type: duckdb, path: "\${PROD_PATH}"}}\nvars: {a: "\${A:-default}"}\n`;
  const pathOf = async (path: string, environment: Record<string, string> = {}, dotenv?: string) => {
    const { config } = await openReady(temporaryProject({ "retain.yml": settings(path), ...(dotenv !== undefined && { ".env": dotenv }) }), { environment });
    return config.target.path;
  };

  test("fills ${VAR} and ${VAR:-default}, several in one value", async () => {
    expect(await pathOf("${DIR}/${FILE:-x}.duckdb", { DIR: "/data" })).toBe("/data/x.duckdb");
    expect(await pathOf("${DIR}/${FILE:-x}.duckdb", { DIR: "/data", FILE: "y" })).toBe("/data/y.duckdb");
    expect(await pathOf("${FILE:-}x", {})).toBe("x");
    expect(await pathOf("$DIR stays", {})).toBe("$DIR stays");
  });

  test.each(["w${WH", "${}", "${not-one}"])("refuses %s, which is no variable", async (path) => {
    const text = `name: shop\ntargets: {dev: {type: duckdb, path: "${path}"}}\n`;
    const { diagnostics } = await temporaryProject({ "retain.yml": text }).open({});
    expect(diagnostics.map((d) => `${d.code} ${d.message}`)).toEqual(["RT0104 targets.dev.path: a variable is written ${NAME} or ${NAME:-default}"]);
  });

  test("counts an empty variable as not set where there is a default", async () => {
    expect(await pathOf("x${DIR:-default}", { DIR: "" })).toBe("xdefault");
    expect(await pathOf("x${DIR}", { DIR: "" })).toBe("x");
  });

  test("is read from .env, and the real one wins", async () => {
    expect(await pathOf("${DIR}", {}, "DIR='from the file' # comment\n")).toBe("from the file");
    expect(await pathOf("${DIR}", { DIR: "real" }, "DIR=file\n")).toBe("real");
  });

  test("reaches vars and the env helper", async () => {
    expect(await compiledSql({ ...model, "retain.yml": settings("x") }, "m", { environment: { A: "from outside" } })).toBe("select 'from outside' as a");
    expect(await compiledSql({ "models/m.yml": "models: [{name: m, sql: \"select '{{env 'B'}}'\"}]\n", ".env": "B=file\n" }, "m")).toBe("select 'file'");
  });

  test("is not needed for a target that is not chosen", async () => {
    expect((await temporaryProject({ "retain.yml": settings("x") }).open()).said).toEqual([]);
    expect((await temporaryProject({ "retain.yml": settings("x") }).open({ target: "prod" })).said).toEqual(
      ["RT0105 error retain.yml:2:70 the environment variable PROD_PATH is not set"].map((text) =>
        expect.stringMatching(new RegExp(`${text.replace(":2:70", ":2:\\d+")}$`)),
      ),
    );
  });

  test("remembers every variable that is called like a secret, because templates can read it", async () => {
    const text = 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\n';
    const environment = { SHOP_TOKEN: "hunter2hunter2", PWD: "/a/long/path", SHORT_KEY: "abc" };
    expect((await openReady(temporaryProject({ "retain.yml": text }), { environment })).config.secrets).toEqual(["hunter2hunter2"]);
  });

  describe("is remembered as secret", () => {
    const secretsOf = async (line: string, environment: Record<string, string>) => {
      const text = `name: shop\ntargets: {dev: {type: duckdb, path: ":memory:", attach: [{path: ${line}, alias: x}]}}\n`;
      return (await openReady(temporaryProject({ "retain.yml": text }), { environment: { OTHER_WORD: "not named in retain.yml", ...environment } })).config
        .secrets;
    };
    test.each([
      ["by the name of the variable", '"md:shop?t=${MOTHERDUCK_TOKEN}"', { MOTHERDUCK_TOKEN: "hunter2hunter2" }],
      ["by a short name of the variable", '"${DB_PASS}"', { DB_PASS: "hunter2hunter2" }],
      ["as a whole connection string", '"${CONNECTION}"', { CONNECTION: "host=h password=hunter2hunter2" }],
      ["as an address with a password in it", '"${DATABASE}"', { DATABASE: "postgres://kim:hunter2hunter2@h/shop" }],
      ["as the password within a connection string", '"host=h password=${DB_PW}"', { DB_PW: "hunter2hunter2" }],
      ["as the password within an address", '"postgres://kim:${DB_PW}@h/shop"', { DB_PW: "hunter2hunter2" }],
    ])("%s", async (_, line, environment) => {
      expect(await secretsOf(line, environment)).toEqual(Object.values(environment));
    });

    test("not for a folder", async () => {
      expect(await secretsOf('"${DIR}/other.duckdb"', { DIR: "/data/warehouses" })).toEqual([]);
    });
  });
});

describe("vars", () => {
  const settings = `${minimalSettings}vars: {a: one, b: {c: 1}}\n`;
  test("of the command line win over those of retain.yml", async () => {
    expect(await compiledSql({ ...model, "retain.yml": settings }, "m")).toBe("select 'one' as a");
    expect(await compiledSql({ ...model, "retain.yml": settings }, "m", { vars: { a: "two" } })).toBe("select 'two' as a");
    expect(await compiledSql(model, "m", { vars: { z: 1 } })).toBe("select 'none' as a");
  });

  test("of the command line replace as a whole", async () => {
    const { config } = await openReady(temporaryProject({ "retain.yml": settings }), { vars: { b: { d: 2 } } });
    expect(config.vars).toEqual({ a: "one", b: { d: 2 } });
  });
});

describe("targets", () => {
  const settings =
    'name: shop\ndefault_target: two\ntargets:\n  one: {type: duckdb, path: ":memory:"}\n  two: {type: duckdb, path: "x.duckdb", schema: s, threads: 7, settings: {memory_limit: 1GB}}\n';
  test("are chosen by option, then default_target, then the first", async () => {
    const nameOf = async (text: string, target?: string) =>
      (await openReady(temporaryProject({ "retain.yml": text }), target ? { target } : {})).config.targetName;
    expect(await nameOf(settings)).toBe("two");
    expect(await nameOf(settings, "one")).toBe("one");
    expect(await nameOf(settings.replace("default_target: two\n", ""))).toBe("one");
  });

  test("have defaults", async () => {
    const { config } = await openReady(temporaryProject({ "retain.yml": settings }), { target: "one" });
    expect(config.target).toEqual({ type: "duckdb", path: ":memory:", schema: "main", threads: 4, settings: {}, attach: [], extensions: [] });
  });

  test("that are not there are told with those that are", async () => {
    const { said, diagnostics } = await temporaryProject({ "retain.yml": settings }).open({ target: "on" });
    expect(said).toEqual(['RT0106 error nowhere there is no target "on" (known: one, two)']);
    expect(diagnostics[0]?.help).toBe('did you mean "one"?');
  });

  test("set the schema of models that set none", async () => {
    const { compiled } = await openReady(temporaryProject({ ...model, "retain.yml": settings }));
    expect(compiled.nodes.get("model.shop.m")).toMatchObject({ relation: { schema: "s", name: "m" } });
  });
});

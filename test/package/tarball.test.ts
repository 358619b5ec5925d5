/** What is published: the packed tarball holds what a user needs and no more, and works from an empty folder. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Ended, projectIn, repository, startProcess, temporaryFolder } from "../cli/program-process.ts";

const folder = temporaryFolder();
const home = join(folder, "home");
let files: readonly string[];
let tarball: string;

/** npm may need the machine's own settings: proxies, certificates, where the cache is. */
function npmEnvironment(): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(npm_(lifecycle|package|command|execpath)|vitest|node_env$|force_color$|retain_)/i.test(name),
  );
  return Object.fromEntries(inherited as [string, string][]);
}

async function command(cwd: string, name: string, ...parameters: readonly string[]): Promise<Ended> {
  const running = startProcess(process.platform === "win32" ? `${name}.cmd` : name, parameters, { cwd, env: npmEnvironment() });
  running.child.stdin?.end();
  return running.ended;
}

async function ok(cwd: string, name: string, ...parameters: readonly string[]): Promise<Ended> {
  const ended = await command(cwd, name, ...parameters);
  if (ended.code !== 0) throw new Error(`${name} ${parameters.join(" ")} ended with ${ended.code ?? ended.signal}:\n${ended.stdout}\n${ended.stderr}`);
  return ended;
}

beforeAll(async () => {
  mkdirSync(home);
  const packed = await ok(repository, "npm", "pack", "--ignore-scripts", "--json", "--pack-destination", folder);
  const [made] = JSON.parse(packed.stdout) as { filename: string; files: { path: string }[] }[];
  files = made?.files.map(({ path }) => path) ?? [];
  tarball = join(folder, made?.filename ?? "");
  await ok(home, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", tarball);
}, 300_000);

describe("the tarball", () => {
  test("holds the program with its types, the shipped project and the papers", () => {
    expect(files).toEqual(
      expect.arrayContaining([
        "package.json",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "retain.yml",
        "dist/cli/main.js",
        "dist/index.js",
        "dist/index.d.ts",
        "models/marts/rfm_scores.sql",
        "models/staging/staging_orders.yml",
        "seeds/raw_customers.csv",
        "macros/macros.yml",
        "exports/uninstalled_users.yml",
        "src/docs/platforms/meta.md",
        "test/data/rfm_scores_point_the_right_way.sql",
      ]),
    );
  });

  test("holds no sources, no tests but those of the data, nothing generated and nothing private", () => {
    const known = /^(dist|models|seeds|macros|exports|test\/data|src\/docs)\/|^(package\.json|README\.md|LICENSE|CHANGELOG\.md|retain\.yml)$/;
    expect(files.filter((file) => !known.test(file))).toEqual([]);
    expect(files.filter((file) => /\.test\.|(?<!\.d)\.ts$|\.map$|\.duckdb|node_modules|(^|\/)\.|target\//.test(file))).toEqual([]);
    expect(files.filter((file) => file.startsWith("dist/") && !/\.(js|d\.ts)$/.test(file))).toEqual([]);
  });

  test("declares what it needs: everything that it imports, and nothing of this repository's own", () => {
    const manifest = JSON.parse(readFileSync(join(home, "node_modules", "retain", "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
      bin: Record<string, string>;
    };
    const imported = files
      .filter((file) => file.endsWith(".js"))
      .flatMap((file) =>
        [
          ...readFileSync(join(home, "node_modules", "retain", file), "utf8").matchAll(
            /(?:^(?:import|export|\}).*\sfrom|\bimport\(|\bcreateRequire\(import\.meta\.url\)\()\s*"((?:@[\w.-]+\/)?[\w-][\w.:-]*)/gm,
          ),
        ].map((match) => match[1] ?? ""),
      )
      .filter((name) => !name.startsWith("node:"));
    expect([...new Set(imported)].toSorted()).toEqual(Object.keys(manifest.dependencies).toSorted());
    expect(files).toContain(manifest.bin["retain"]);
  });
});

describe("installed into an empty folder", () => {
  test("npx retain answers", async () => {
    const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string };
    expect((await ok(home, "npx", "--no-install", "retain", "--version")).stdout).toBe(`${version}\n`);
  });

  test("a new shop is made, built, tested, and its audience written, as the README says", async () => {
    const made = await ok(home, "npx", "--no-install", "retain", "init", "shop");
    expect(made.stdout).toMatch(/\nnext: cd shop && npx retain build\n$/);
    const shop = projectIn(join(home, "shop"));
    const build = await ok(shop.directory, "npx", "--no-install", "retain", "build");
    expect(build.stdout).toMatch(/^Build succeeded in .+: [\d,]+ ok\n$/);
    const [scored] = await shop.rows("select count(*)::integer as n, count(distinct customer_id)::integer as customers from rfm_scores");
    expect(Number(scored?.["n"])).toBeGreaterThan(1000);
    expect(scored?.["customers"]).toBe(scored?.["n"]);

    const run = await ok(shop.directory, "npx", "--no-install", "retain", "export", "run", "uninstalled_users_file");
    expect(run.stdout).toMatch(/\nDelivered to files: \d+ added, 0 removed\.\n$/);
    const [header = "", ...rows] = shop.read("target/exports/uninstalled_users_file.csv").trim().split("\n");
    expect(header.split(",")).toContain("email");
    expect(rows).toHaveLength(Number(/(\d+) added/.exec(run.stdout)?.[1]));
  });

  test("a project that names it among its packages has its models", async () => {
    const user = projectIn(join(home, "user"));
    user.write({
      "retain.yml":
        "name: mine\ntargets: {dev: {type: duckdb, path: warehouse.duckdb}}\npackages: [retain]\nvars: {retention_warehouse: {rfm_lookback_days: 365}}\n",
      "models/mine.yml": "models: [{name: best, sql: \"select * from {{ref 'retention_warehouse' 'rfm_scores'}} where r_score = 5\"}]\n",
    });
    const listed = await ok(user.directory, "npx", "--no-install", "retain", "list", "--select", "+best", "--resource-type", "model");
    expect(listed.stdout).toContain("retention_warehouse.marts.rfm_scores\n");
    expect(listed.stdout).toMatch(/^mine\.best$/m);
  });

  test("the library can be imported, with nothing but what is exported", async () => {
    const script = 'const library = await import("retain"); process.stdout.write(Object.keys(library).sort().join(" "));';
    const { stdout } = await ok(home, process.execPath, "--input-type=module", "--eval", script);
    expect(stdout).toBe("openProject");
    const inside = await command(home, process.execPath, "--input-type=module", "--eval", 'await import("retain/dist/cli/program.js")');
    expect(inside.stderr).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });
});

/** With --json there is always one JSON document on stdout, also where nothing was run or there was nothing to do. */
import { beforeAll, describe, expect, test } from "vitest";
import { runIn } from "./in-process.ts";
import { minimalProject, type Project } from "./program-process.ts";

let project: Project;
beforeAll(async () => {
  project = await minimalProject();
});

const answerOf = async (line: string) => {
  const { code, stdout, stderr } = await runIn(project.directory, line.split(" "));
  return {
    code,
    stderr,
    answer: JSON.parse(stdout) as { command: string; exit_code: number; diagnostics: { code: string; file: string | null; line: number | null }[] },
  };
};

describe("where nothing is run, the problems are the answer, and people read them as before", () => {
  test.each([
    ["build --json --selct a", "build", "RT0001"],
    ["export plan --json --nope", "export plan", "RT0001"],
    ["build --target nowhere --json", "build", "RT0106"],
    ["build --reporter json --target nowhere", "build", "RT0106"],
    ["test --dry-run --json --threads 0", "test", "RT0001"],
    ["show a --json --output csv", "show", "RT0001"],
    ["list --output json --state nowhere -s state:new", "list", "RT0015"],
    ["diff --json --against nowhere", "diff", "RT0106"],
    ["retry --json", "retry", "RT0017"],
  ])("%s", async (line, command, code) => {
    const ended = await answerOf(line);
    expect(ended.code).toBe(2);
    expect(ended.answer).toMatchObject({ schema_version: 1, command, exit_code: 2, diagnostics: [{ code, severity: "error" }] });
    expect(ended.stderr).toContain(`error[${code}]`);
  });

  test("with their places", async () => {
    project.write({ "models/broken.yml": `models: [{name: broken, sql: 'select * from {{ref "nobody"}}'}]\n` });
    const { answer } = await answerOf("run --json");
    project.remove("models/broken.yml");
    expect(answer.diagnostics).toEqual([expect.objectContaining({ code: "RT0203", file: "models/broken.yml", line: 1 })]);
  });
});

test("where there is nothing to do, that is the answer", async () => {
  await runIn(project.directory, ["build"]);
  expect(await answerOf("retry --json")).toMatchObject({ code: 0, answer: { command: "retry", exit_code: 0, diagnostics: [] } });
});

test("who did not ask for JSON gets none", async () => {
  expect((await runIn(project.directory, ["build", "--target", "nowhere"])).stdout).toBe("");
});

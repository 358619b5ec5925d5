/** The parse cache between processes: what one has kept, the next one takes; one that dies or works beside another spoils nothing. */
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type Ended, type Project, projectIn, temporaryFolder } from "./program-process.ts";

const size = 300;

function largeProject(): Project {
  const project = projectIn(temporaryFolder());
  const models = Array.from({ length: size }, (_, i) => {
    const columns = Array.from({ length: 10 }, (__, c) => `      - {name: c${c}, description: "Column ${c} of model ${i}.", tests: [not_null]}\n`);
    return `  - name: m${i}\n    sql: "select {{literal (var \\"day\\")}} as c0 ${i > 0 ? `from {{ref 'm${i - 1}'}}` : ""}"\n    columns:\n${columns.join("")}`;
  });
  project.write({
    "retain.yml": 'name: large\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nvars: {day: "2026-06-30"}\n',
    "models/m.yml": `models:\n${models.join("")}`,
    "models/warned.yml": "models: [{name: warned, sql: 'select * from m1'}]\n",
  });
  return project;
}

const answer = ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr });

const kept = (project: Project): readonly string[] => (existsSync(project.path(".retain", "cache")) ? readdirSync(project.path(".retain", "cache")) : []);

describe("the parse cache", () => {
  test("makes no difference to what is said", async () => {
    const project = largeProject();
    const cold = answer(await project.run("list", "--no-cache"));
    expect(cold.code).toBe(0);
    expect(cold.stderr).toContain('"m1" is a model of this project but is named without ref');
    expect(kept(project)).toEqual([]);
    expect(answer(await project.run("list"))).toEqual(cold);
    expect(kept(project)).toHaveLength(1);
    expect(answer(await project.run("list"))).toEqual(cold);
    expect(answer(await project.run("list", "--no-cache"))).toEqual(cold);
    project.edit("models/warned.yml", "from m1", "from n1");
    expect((await project.run("list")).stderr).toBe("");
  });

  test("is not spoilt by a process that is killed while it writes", async () => {
    const project = largeProject();
    const cold = answer(await project.run("compile", "m7", "--no-cache"));
    let killed = 0;
    for (let i = 0; i < 5; i++) {
      const running = project.start("compile", "m7");
      let isDone = false;
      running.ended.then(() => {
        isDone = true;
      });
      while (!isDone && !kept(project).some((name) => name.endsWith(".tmp"))) await sleep(1);
      const ended = await running.kill("SIGKILL");
      if (ended.signal === "SIGKILL") killed++;
      expect(answer(await project.run("compile", "m7", "--no-cache"))).toEqual(cold);
      if (kept(project).some((name) => name.endsWith(".tmp"))) break;
    }
    expect(killed).toBeGreaterThan(0);
    expect(answer(await project.run("compile", "m7"))).toEqual(cold);
    expect(answer(await project.run("compile", "m7"))).toEqual(cold);
  });

  test("is written and read by several processes at once", async () => {
    const project = largeProject();
    const cold = answer(await project.run("list", "--no-cache"));
    const ended = await Promise.all(Array.from({ length: 4 }, () => project.run("list")));
    for (const one of ended) expect(answer(one)).toEqual(cold);
    expect(kept(project)).toHaveLength(1);
  });
});

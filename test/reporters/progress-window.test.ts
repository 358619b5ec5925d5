/** The pretty reporter on a terminal: what stands there while it runs, and what is left when it ends. */
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/ports/run-event.ts";
import { createPrettyReporter } from "../../src/reporters/pretty/pretty.ts";
import { ended, finished, node, passed, running, runOf, shop, started, troubled } from "./events.ts";
import { FakeClock, FakePipe, FakeTerminal } from "./terminal.ts";

function watch(terminal = new FakeTerminal(), more: { readonly quiet?: boolean; readonly color?: boolean; readonly stdout?: FakePipe } = {}) {
  const clock = new FakeClock();
  const reporter = createPrettyReporter({ stdout: terminal, stderr: terminal, color: true, quiet: false, sources: shop.sources, ...more }, clock);
  return {
    terminal,
    clock,
    send: (...events: readonly RunEvent[]) => {
      for (const event of events) reporter.onEvent(event);
    },
  };
}

const swarm = Array.from({ length: 18 }, (_, i) => running(`stg_model_${i}`, "view"));

describe("the window", () => {
  test("shows what runs, for how long, and how far the run is", () => {
    const { terminal, clock, send } = watch();
    send(started(4, { models: 2, tests: 2 }), running("rfm_scores"));
    clock.advance(1500);
    send(running("stg_orders", "view"));
    clock.advance(300);
    expect(terminal.screen()).toBe(
      [
        "retain build: shop, target dev, 2 models, 2 tests, 4 threads",
        "",
        "  run   table  rfm_scores  1.8s",
        "  run   view   stg_orders  0.3s",
        "  [                        ] 0/4  1.8s",
      ].join("\n"),
    );
    send(
      finished(passed("unique rfm_scores.id", "rfm_scores")),
      finished(passed("not_null rfm_scores.id", "rfm_scores")),
      finished(node("rfm_scores", "success", { seconds: 1.8 })),
    );
    clock.advance(100);
    expect(terminal.screen()).toBe(
      [
        "retain build: shop, target dev, 2 models, 2 tests, 4 threads",
        "  ok    table  rfm_scores                            1.80s  2 tests",
        "",
        "  run   view   stg_orders  0.4s",
        "  [==================      ] 3/4  1.9s",
      ].join("\n"),
    );
  });

  test("names the longest running of many", () => {
    const { terminal, clock, send } = watch(new FakeTerminal(80, 12));
    send(started(18, { models: 18 }), ...swarm);
    clock.advance(200);
    const lines = terminal.screen().split("\n");
    expect(lines).toHaveLength(12);
    expect(lines.slice(2, 4)).toEqual(["  run   view   stg_model_0  0.2s", "  run   view   stg_model_1  0.2s"]);
    expect(lines.slice(-2)).toEqual(["        and 10 more", "  [                        ] 0/18  0.2s"]);
  });

  test("fits a narrow terminal", () => {
    const { terminal, clock, send } = watch(new FakeTerminal(34));
    send(started(3, { models: 3 }), running("고객등급_with_a_name_that_goes_on_and_on"), running("short"));
    clock.advance(12_340);
    expect(terminal.screen().split("\n").slice(-4)).toEqual(["", "  run   table  고객등…  12.3s", "  run   table  short    12.3s", "  0/3  12.3s"]);
  });

  test("says that something went wrong before the end", () => {
    const { terminal, clock, send } = watch();
    send(started(3, { models: 3 }), finished(node("a", "error")), running("b"));
    clock.advance(100);
    expect(terminal.screen()).toContain("] 1/3  0.1s  1 problem");
  });

  test.each([
    [80, 40],
    [40, 80],
    [40, 33],
  ])("stays whole when the terminal goes from %d to %d columns", (before, after) => {
    const { terminal, clock, send } = watch(new FakeTerminal(before, 60));
    send(started(18, { models: 18 }), ...swarm);
    clock.advance(200);
    terminal.columns = after;
    send(finished(node("stg_model_0", "success")));
    clock.advance(200);
    send(ended([node("stg_model_0", "success")]));
    expect(terminal.screen()).not.toContain("  run   ");
  });
});

describe("redrawing", () => {
  test("never floods, however much happens", () => {
    const { terminal, clock, send } = watch();
    send(started(3000, { models: 3000 }));
    for (let i = 0; i < 3000; i++) {
      send(running(`m${i}`), finished(node(`m${i}`, "success")));
      clock.advance(1);
    }
    expect(terminal.writes.length).toBeLessThanOrEqual(31);
    send(ended([]));
    expect(terminal.screen().match(/ {2}ok {4}/g)).toHaveLength(3000);
  });

  test("goes on while nothing happens, ten times a second", () => {
    const { terminal, clock, send } = watch();
    send(started(1, { models: 1 }), running("slow"));
    const before = terminal.writes.length;
    clock.advance(2000);
    expect(terminal.writes.length - before).toBe(20);
  });

  test("leaves the cursor visible, at the start of the line below, after every write", () => {
    const { terminal, clock, send } = watch();
    for (const event of [started(troubled.length), ...swarm, ...troubled.map(finished)]) {
      send(event);
      clock.advance(60);
      expect(terminal.cursor.column).toBe(0);
      expect(terminal.screen().split("\n")).toHaveLength(terminal.cursor.row);
    }
    expect(terminal.writes.join("")).not.toContain("\u001b[?25");
  });
});

describe("the end", () => {
  test.each([
    ["a run with trouble", false],
    ["an interrupted run", true],
  ])("of %s leaves what a pipe would get, no window and no timer", (_name, interrupted) => {
    const events = runOf(troubled, { before: swarm, interrupted });
    const { terminal, clock, send } = watch(new FakeTerminal(120, 40));
    for (const event of events) {
      send(event);
      clock.advance(30);
    }
    expect(clock.pending).toBe(0);
    const pipe = new FakePipe();
    const plain = createPrettyReporter({ stdout: pipe, stderr: pipe, color: false, quiet: false, sources: shop.sources });
    for (const event of events) plain.onEvent(event);
    expect(terminal.screen()).toBe(new Reflow(120).of(pipe.text));
  });

  test("sends the summary to stdout without colors when that is a pipe", () => {
    const stdout = new FakePipe();
    const { terminal, send } = watch(new FakeTerminal(), { stdout });
    send(...runOf([node("a", "success")]));
    expect(stdout.text).toBe("Build succeeded in 3.42s: 1 ok\n");
    expect(terminal.screen()).toBe("retain build: shop, target dev, 1 model, 4 threads\n  ok    table  a                                     0.12s");
  });
});

test.each([
  ["no color", { color: false }],
  ["quiet", { quiet: true }],
])("%s means no window", (_name, more) => {
  const { terminal, clock, send } = watch(new FakeTerminal(), more);
  send(started(1, { models: 1 }), running("slow"));
  clock.advance(1000);
  send(finished(node("slow", "error", { message: "no" })));
  expect(clock.pending).toBe(0);
  expect(terminal.screen()).not.toContain("run   ");
  expect(terminal.screen()).toContain("  error table  slow                                  0.12s  no");
});

/** Text as a terminal wraps it. */
class Reflow {
  private readonly terminal: FakeTerminal;

  constructor(columns: number) {
    this.terminal = new FakeTerminal(columns, 1000);
  }

  of(text: string): string {
    this.terminal.write(text);
    return this.terminal.screen();
  }
}

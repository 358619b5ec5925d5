/**
 * What the shipped models make of the people who were planted for one rule each (src/sample/planted.ts), of header-only
 * seeds, and of a month that is not over.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyProject, type ShippedProject } from "./shipped-project.ts";

const minutes = 60_000;
const marts = ["rfm_thresholds", "rfm_scores", "cohort_retention", "customer_churn_flags", "audience_uninstalled_users"];

describe("the shipped project", () => {
  let project: ShippedProject;
  beforeAll(async () => {
    project = copyProject();
    expect(await project.build()).toBe(0);
  }, 2 * minutes);
  afterAll(() => project[Symbol.dispose]());

  const buyers: readonly (readonly [why: string, id: string, recency: number, frequency: number, value: string])[] = [
    ["an order at 23:30Z belongs to the next day", "X0001", 0, 1, "50000.00"],
    ["the last second of as_of counts, the next does not", "X0002", 0, 1, "50000.00"],
    ["guest orders merge by normalised e-mail", "X0003", 455, 3, "150000.00"],
    ["two accounts of one address are one person", "X0004", 455, 2, "100000.00"],
    ["accounts of a shared address stay apart", "X0006", 514, 1, "50000.00"],
    ["an order sent back in full happened, and is worth nothing", "X0010", 375, 1, "0.00"],
    ["a refund of another month lowers its order", "X0011", 370, 1, "60000.00"],
    ["an id without a record is a person", "X9999", 394, 1, "50000.00"],
  ];
  test.each(buyers)("%s", async (_, id, recency, frequency, value) => {
    expect(await project.rows(`select r_value, f_value, m_value from rfm_scores where customer_id = '${id}'`)).toEqual([[recency, frequency, value]]);
  });

  test("who has no valid order is a prospect", async () => {
    expect(await project.rows("select segment, rfm_score from rfm_scores where customer_id in ('X0007', 'X0009')")).toEqual([
      ["Prospect", null],
      ["Prospect", null],
    ]);
  });

  test("second accounts, staff, deleted people and tomorrow's customers have no row", async () => {
    expect(await project.rows("select customer_id from rfm_scores where customer_id in ('X0005', 'X0027', 'X0028', 'X0030')")).toEqual([]);
  });

  test("orders of shared and blank addresses belong to nobody, and count", async () => {
    const rows = await project.rows("select order_id, is_valid from int_orders_net where customer_id is null and order_id like 'X%' order by 1");
    expect(rows).toEqual([
      ["X0602", true],
      ["X0603", true],
      ["X3101", true],
    ]);
  });

  test("the version of as_of counts, not a later one", async () => {
    expect(await project.rows("select city from int_customers_unified where customer_id = 'X0029'")).toEqual([["second"]]);
  });

  const habits: readonly (readonly [why: string, id: string, threshold: number, churnedOn: string | null, returned: string | null])[] = [
    ["three times their own gap, when that is longer", "X0023", 180, null, null],
    ["a full silence ends on the day after", "X0024", 90, "2026-06-30", null],
    ["a silence one day short is none", "X0025", 90, null, null],
    ["who bought again came back", "X0026", 90, null, "2026-05-20 12:00:00"],
  ];
  test.each(habits)("%s", async (_, id, threshold, churnedOn, returned) => {
    const columns = "purchase_threshold_days, purchase_is_churned, purchase_churned_on, reactivated_at";
    expect(await project.rows(`select ${columns} from customer_churn_flags where customer_id = '${id}'`)).toEqual([
      [threshold, churnedOn !== null, churnedOn, returned],
    ]);
  });

  test("removed is who has the app on no device", async () => {
    const rows = await project.rows("select customer_id from customer_churn_flags where is_uninstalled and customer_id like 'X%' order by 1");
    expect(rows.flat()).toEqual(["X0014", "X0015", "X0016", "X0017", "X0018", "X0021", "X0022"]);
  });

  test("who installs on another device, or opens a removed app, came back; who removes it from one of two never left", async () => {
    const rows = await project.rows("select customer_id, reactivated_at from customer_churn_flags where customer_id in ('X0012', 'X0013', 'X0019') order by 1");
    expect(rows).toEqual([
      ["X0012", "2026-06-22 12:00:00"],
      ["X0013", null],
      ["X0019", "2026-06-25 12:00:00"],
    ]);
  });

  test("the audience holds the last 30 local days with consent", async () => {
    const rows = await project.rows("select customer_id from audience_uninstalled_users where customer_id like 'X%' order by 1");
    expect(rows.flat()).toEqual(["X0015", "X0016", "X0018", "X0021"]);
    expect(
      await project.rows("select customer_id, left_out_reason from int_uninstall_candidates where customer_id in ('X0014', 'X0017', 'X0022') order by 1"),
    ).toEqual([
      ["X0014", "ads_consent_withdrawn"],
      ["X0017", "too_long_ago"],
      ["X0022", "never_asked_about_ads"],
    ]);
  });

  test("the audience is large enough to deliver after its holdout", async () => {
    const [[people]] = (await project.rows("select count(*) from audience_uninstalled_users")) as [[string]];
    expect(Number(people) * 0.9).toBeGreaterThan(100);
  });

  test("no mart is empty, and everybody is in exactly one segment", async () => {
    for (const mart of marts) expect(await project.rows(`select count(*) > 0 from ${mart}`), mart).toEqual([[true]]);
    expect(await project.rows("select count(distinct segment) from rfm_scores")).toEqual([["12"]]);
  });

  test(
    "an exported audience is measured against its holdout, once the window is over",
    async () => {
      expect(await project.rows("select count(*) from winback_lift")).toEqual([["0"]]);
      const changes = "select change, count(*) from audience_members_delta where audience = 'audience_winback' group by change order by change";
      const [[, everybody]] = (await project.rows(changes)) as [[string, string]];
      expect(project.run("export", "run", "winback_file")).toBe(0);
      const readers = ["stg_export_members", "stg_export_assignments", "int_experiment_assignments", "int_experiment_outcomes", "winback_lift"];
      const again = ["--select", ...readers, "int_audience_members", "audience_members_delta"];
      // Drawn today, long after the sample's as_of: known, and not judged.
      expect(await project.build(...again)).toBe(0);
      const lift = "select n_t, n_h, n_waiting, verdict from winback_lift where metric = 'converted' and segment = 'all'";
      const [[treated, heldOut, ...early]] = (await project.rows(lift)) as [[string, string, string, string]];
      expect(early).toEqual([String(Number(treated) + Number(heldOut)), "too_early"]);
      expect(Number(heldOut)).toBeGreaterThan(10);
      expect(Number(treated) + Number(heldOut)).toBe(Number(everybody));
      expect(await project.rows(changes)).toEqual([["stayed", treated]]);
      // Nobody has ordered since: both arms are alike.
      expect(await project.build(...again, "--vars", '{"as_of": "2100-01-01", "experiment_min_arm": 10}')).toBe(0);
      expect(await project.rows(lift)).toEqual([[treated, heldOut, "0", "inconclusive"]]);
    },
    2 * minutes,
  );
});

describe("header-only seeds", () => {
  test(
    "build green and leave typed, empty marts",
    async () => {
      using project = copyProject({ headerOnly: true });
      expect(await project.build()).toBe(0);
      for (const mart of marts) expect(await project.rows(`select count(*) from ${mart}`), mart).toEqual([["0"]]);
    },
    2 * minutes,
  );
});

describe("an as_of within a month", () => {
  test(
    "leaves the running month of each cohort without a rate",
    async () => {
      using project = copyProject();
      expect(await project.build("--vars", '{"as_of": "2026-06-15"}')).toBe(0);
      const running = "cohort_period + to_months(k) = date '2026-06-01' and mode <> 'bracket'";
      expect(
        await project.rows(
          `select count(*) > 0, bool_and(retention_rate is null and cumulative_net_per_customer is null and not is_complete) from cohort_retention where ${running}`,
        ),
      ).toEqual([[true, true]]);
      expect(
        await project.rows(`select bool_and(retention_rate is not null and is_complete) from cohort_retention where mode <> 'bracket' and not (${running})`),
      ).toEqual([[true]]);
    },
    2 * minutes,
  );
});

/** A project whose export goes to a fake Meta on this machine, with a clock that moves only when somebody waits. */
import { afterEach } from "vitest";
import { ExportProject, fakeClock, type Overrides } from "../export/export-project.ts";
import { FakeMeta } from "../fake-platforms/fake-meta.mjs";

export const metaExport = `exports:
  - name: winback
    description: People who left.
    model: people
    primary_key: customer_id
    destination: facebook
    audience: {name: Win back, create: true}
    identifiers:
      EMAIL: email
      PHONE: {column: phone, default_country: country}
      MADID: advertising_id
    consent: {column: ads_consent}
    guards: {max_remove_pct: 100}
`;

export interface MetaProject {
  readonly meta: FakeMeta;
  readonly project: ExportProject;
  readonly clock: ReturnType<typeof fakeClock>;
  readonly run: (overrides?: Overrides) => ReturnType<ExportProject["run"]>;
  readonly check: (overrides?: Overrides) => ReturnType<ExportProject["check"]>;
  readonly status: (overrides?: Overrides) => ReturnType<ExportProject["status"]>;
  readonly plan: (overrides?: Overrides) => ReturnType<ExportProject["plan"]>;
}

interface MetaProjectOptions {
  readonly yaml?: string;
  /** More settings of the destination, in YAML's flow style. */
  readonly settings?: string;
  readonly meta?: ConstructorParameters<typeof FakeMeta>[0];
}

const started: { readonly meta: FakeMeta; readonly project: ExportProject }[] = [];
afterEach(async () => {
  for (const { meta, project } of started.splice(0)) {
    await meta.stop();
    await project.dispose();
  }
});

export async function createMetaProject(options: MetaProjectOptions = {}): Promise<MetaProject> {
  const clock = fakeClock();
  const meta = new FakeMeta({ now: () => clock.now().getTime(), ...options.meta });
  meta.onHang = () => clock.runOut();
  const url = await meta.start();
  const more = options.settings === undefined ? "" : `, ${options.settings}`;
  const settings = `name: shop
targets: {dev: {type: duckdb, path: warehouse.duckdb}}
destinations:
  facebook: {type: meta, ad_account: act_1234567890, access_token: "\${META_TOKEN}", base_url: "${url}"${more}}
`;
  const project = await ExportProject.create(options.yaml ?? metaExport, settings);
  started.push({ meta, project });
  const environment = { META_TOKEN: "fake-meta-token" };
  const with_ = (overrides: Overrides = {}): Overrides => ({ clock, now: clock.now, environment, ...overrides });
  return {
    meta,
    project,
    clock,
    run: (overrides) => project.run(with_(overrides)),
    plan: (overrides) => project.plan(with_(overrides)),
    check: (overrides) => project.check(with_(overrides)),
    status: (overrides) => project.status(with_(overrides)),
  };
}

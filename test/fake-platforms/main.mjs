/**
 * `npm run fake-platforms`: the fake platforms on this machine, for a person to try `retain export` against. Prints what to
 * put into retain.yml, says what arrives, and holds audiences in memory until it is stopped.
 */
import { FakeMeta } from "./fake-meta.mjs";

const meta = new FakeMeta();
const metaUrl = await meta.start(Number(process.env["FAKE_META_PORT"] ?? 4801));
const handle = meta.handle.bind(meta);
meta.handle = (request) => {
  const answer = handle(request);
  const rows = request.body?.payload?.data?.length;
  console.log(
    `meta  ${request.method} ${request.path}${rows === undefined ? "" : `  ${rows} people`}  -> ${answer.status ?? 200}, ${meta.members().length} identifiers`,
  );
  return answer;
};

console.log(`destinations for retain.yml:

  facebook: {type: meta, ad_account: "1234567890", access_token: fake-meta-token, base_url: "${metaUrl}"}

Then, for an export with \`destination: facebook\` and \`audience: {create: true}\`: retain export check, plan, run. Ctrl-C ends it.
`);

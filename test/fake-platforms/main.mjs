/**
 * `npm run fake-platforms`: the fake platforms on this machine, for a person to try `retain export` against. Prints what to
 * put into retain.yml, says what arrives, and holds audiences in memory until it is stopped.
 */
import { FakeGoogle } from "./fake-google.mjs";
import { FakeMeta } from "./fake-meta.mjs";
import { FakeTiktok } from "./fake-tiktok.mjs";
import { FakeWebhook } from "./fake-webhook.mjs";

const firstPort = Number(process.env["FAKE_PLATFORMS_PORT"] ?? 4801);
const secret = "a-secret-of-the-tests";
const meta = new FakeMeta();
const google = new FakeGoogle();
const tiktok = new FakeTiktok();
const webhook = new FakeWebhook({ secret });
const metaUrl = await meta.start(firstPort);
const googleUrl = await google.start(firstPort + 1);
const tiktokUrl = await tiktok.start(firstPort + 2);
const webhookUrl = await webhook.start(firstPort + 3);

/** Says what arrives, and how many identifiers are held afterwards. @param {string} name @param {any} platform @param {() => number} size */
function tell(name, platform, size) {
  const handle = platform.handle.bind(platform);
  platform.handle = (/** @type {import("./fake-platform.mjs").FakeRequest} */ request) => {
    const answer = handle(request);
    const { body } = request;
    const rows = (body?.payload?.data ?? body?.audienceMembers ?? body?.batch_data ?? body?.members)?.length;
    const people = rows === undefined ? "" : `  ${rows} people`;
    console.log(`${name.padEnd(8)}${request.method} ${request.path}${people}  -> ${answer.status ?? 200}, ${size()} identifiers`);
    return answer;
  };
}

tell("meta", meta, () => meta.members().length);
tell("google", google, () => google.members().length);
tell("tiktok", tiktok, () => tiktok.members().length);
tell("webhook", webhook, () => webhook.members.size);

console.log(`destinations for retain.yml:

  facebook: {type: meta, ad_account: "1234567890", access_token: fake-meta-token, base_url: "${metaUrl}"}
  google: {type: google, account: "1234567890", credentials: "\${GOOGLE_KEY}", base_url: "${googleUrl}"}
  tiktok: {type: tiktok, advertiser_id: "7000000000000000001", access_token: fake-tiktok-token, base_url: "${tiktokUrl}"}
  hook: {type: webhook, url: "${webhookUrl}", secret: ${secret}}

and for .env:

GOOGLE_KEY='${google.credentials()}'

Then, for an export with one of these destinations and \`audience: {create: true}\`: retain export check, plan, run. Ctrl-C ends it.
`);

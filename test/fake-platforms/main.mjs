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

let isExpiring = false;

/** Says what arrives, and how many identifiers are held afterwards. @param {string} name @param {any} platform @param {() => number} size */
function tell(name, platform, size) {
  const handle = platform.handle.bind(platform);
  platform.handle = (/** @type {import("./fake-platform.mjs").FakeRequest} */ request) => {
    const answer = handle(request);
    const { body } = request;
    if (platform === meta && isExpiring && request.path.endsWith("/users")) {
      isExpiring = false;
      meta.token = "the next one";
    }
    const rows = (body?.payload?.data ?? body?.audienceMembers ?? body?.batch_data ?? body?.members)?.length;
    const people = rows === undefined ? "" : `  ${rows} people`;
    console.log(
      `${name.padEnd(8)}${request.method} ${request.path}${people}  -> ${answer.status ?? 200}${rows === undefined ? "" : `, ${size()} identifiers`}`,
    );
    return answer;
  };
}

tell("meta", meta, () => meta.members().length);
tell("google", google, () => google.members().length);
tell("tiktok", tiktok, () => tiktok.members().length);
tell("webhook", webhook, () => webhook.members.size);

console.log(`The shipped project reads all of this from .env beside retain.yml:

META_AD_ACCOUNT=1234567890
META_ACCESS_TOKEN=fake-meta-token
META_BASE_URL=${metaUrl}
GOOGLE_ADS_ACCOUNT=1234567890
GOOGLE_ADS_KEY='${google.credentials()}'
GOOGLE_BASE_URL=${googleUrl}
TIKTOK_ADVERTISER_ID=7000000000000000001
TIKTOK_ACCESS_TOKEN=fake-tiktok-token
TIKTOK_BASE_URL=${tiktokUrl}
AUDIENCE_WEBHOOK_URL=${webhookUrl}
AUDIENCE_WEBHOOK_SECRET=${secret}

A project of your own needs destinations that read them:

  facebook: {type: meta, ad_account: "\${META_AD_ACCOUNT}", access_token: "\${META_ACCESS_TOKEN}", base_url: "\${META_BASE_URL}"}
  google: {type: google, account: "\${GOOGLE_ADS_ACCOUNT}", credentials: "\${GOOGLE_ADS_KEY}", base_url: "\${GOOGLE_BASE_URL}"}
  tiktok: {type: tiktok, advertiser_id: "\${TIKTOK_ADVERTISER_ID}", access_token: "\${TIKTOK_ACCESS_TOKEN}", base_url: "\${TIKTOK_BASE_URL}"}
  hook: {type: webhook, url: "\${AUDIENCE_WEBHOOK_URL}", secret: "\${AUDIENCE_WEBHOOK_SECRET}"}

Then: retain export check, plan, run with the names that \`retain export list\` prints. What arrives is told below. Type
"expire" and Enter to end Meta's token with the next batch of people, "renew" to bring it back. Ctrl-C ends it all.
`);

// A token that ends in the middle is what people want to see once before it happens to them.
const good = meta.token;
process.stdin.on("data", (typed) => {
  const word = String(typed).trim();
  if (word === "expire") isExpiring = true;
  else if (word === "renew") meta.token = good;
  else return;
  console.log(word === "renew" ? "meta    the token is good again" : "meta    the token will expire with the next batch of people");
});

/** The platforms whose identifiers are known: one line each. Their rules live in their own files. */
import { criteo } from "./criteo.ts";
import { google } from "./google.ts";
import type { IdentityPlatform } from "./identifier.ts";
import { linkedin } from "./linkedin.ts";
import { braze, customerio, iterable, klaviyo, onesignal } from "./messaging.ts";
import { meta } from "./meta.ts";
import { microsoft } from "./microsoft.ts";
import { pinterest } from "./pinterest.ts";
import { snapchat } from "./snapchat.ts";
import { tiktok } from "./tiktok.ts";
import { x } from "./x.ts";

const adPlatforms: readonly IdentityPlatform[] = [google, meta, tiktok, snapchat, pinterest, linkedin, x, microsoft, criteo];
const messagingTools: readonly IdentityPlatform[] = [braze, klaviyo, iterable, customerio, onesignal];

export const identityPlatforms: ReadonlyMap<string, IdentityPlatform> = new Map(
  [...adPlatforms, ...messagingTools].map((platform) => [platform.name, platform]),
);

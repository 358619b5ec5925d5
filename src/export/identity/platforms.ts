/** The ad platforms whose identifiers are known: one line each. Their rules live in their own files. */
import { google } from "./google.ts";
import type { IdentityPlatform } from "./identifier.ts";
import { meta } from "./meta.ts";
import { tiktok } from "./tiktok.ts";

const platforms: readonly IdentityPlatform[] = [google, meta, tiktok];

export const identityPlatforms: ReadonlyMap<string, IdentityPlatform> = new Map(platforms.map((platform) => [platform.name, platform]));

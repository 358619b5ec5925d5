/** The ad platforms whose identifiers are known: one line each. Their rules live in their own files. */
import type { IdentityPlatform } from "./identifier.ts";
import { meta } from "./meta.ts";

export const identityPlatforms: ReadonlyMap<string, IdentityPlatform> = new Map([meta].map((platform) => [platform.name, platform]));

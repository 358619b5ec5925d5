/**
 * Identifiers as the tools take them that send messages. They have no use for hashes: people are named by the id that the
 * advertiser gave them there, or, where the export says so, by the address itself. Each tool's rule is one line here, since
 * they differ in nothing but which of the same keys they take.
 */
import { externalId, plainEmail, plainPhone } from "./common-keys.ts";
import type { IdentityKey, IdentityPlatform } from "./identifier.ts";
import { allOrNone, onlyOneOf } from "./key-rules.ts";

function tool(name: string, keys: Readonly<Record<string, IdentityKey>>, problemsWith?: IdentityPlatform["problemsWith"]): IdentityPlatform {
  return { name, keys: new Map(Object.entries(keys)), ...(problemsWith && { problemsWith }) };
}

const ids = { EXTERN_ID: externalId };
const aliasLabel: IdentityKey = { ...externalId, matches: "together" };

/** A person is known by the external id, or by an alias with the label that says whose it is. */
export const braze = tool("braze", { ...ids, ALIAS_NAME: externalId, ALIAS_LABEL: aliasLabel }, (keys) => [
  ...allOrNone("Braze knows an alias by", keys, ["ALIAS_NAME", "ALIAS_LABEL"]),
  ...onlyOneOf("Braze", keys, ["EXTERN_ID", "ALIAS_NAME"]),
]);

/** Lists are made of addresses and numbers; there is no other way to name somebody. */
export const klaviyo = tool("klaviyo", { EMAIL: plainEmail, PHONE: plainPhone });

/** By the project's type, people are known by one or the other. */
export const iterable = tool("iterable", { ...ids, EMAIL: plainEmail }, (keys) => onlyOneOf("Iterable", keys, ["EXTERN_ID", "EMAIL"]));

export const customerio = tool("customerio", { ...ids, EMAIL: plainEmail }, (keys) => onlyOneOf("Customer.io", keys, ["EXTERN_ID", "EMAIL"]));

export const onesignal = tool("onesignal", { ...ids, EMAIL: plainEmail, PHONE: plainPhone });

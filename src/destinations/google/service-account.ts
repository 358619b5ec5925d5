/**
 * Access tokens of a service account: signs a claim with its key and exchanges it, and keeps the token until shortly before
 * it ends. The key is read when it is first needed, and no error repeats anything of it.
 */
import { createPrivateKey, createSign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { z } from "zod";
import type { Clock } from "../../ports/clock.ts";
import { DeliveryError } from "../../ports/destination.ts";
import { problemWithUrl } from "../http/base-url.ts";

const keyFile = z.object({
  client_email: z.string().min(3),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  token_uri: z.string().default("https://oauth2.googleapis.com/token"),
});

type KeyFile = z.output<typeof keyFile>;

const scope = "https://www.googleapis.com/auth/datamanager";
const renewBeforeMs = 60_000;
const attempts = 3;

interface Credentials {
  readonly credentials?: string | undefined;
  readonly credentials_file?: string | undefined;
}

export class ServiceAccount {
  private readonly credentials: Credentials;
  private readonly projectDir: string;
  private readonly clock: Clock;
  private readonly signal: AbortSignal;
  private key: KeyFile | undefined;
  private token: { readonly value: string; readonly until: number } | undefined;

  constructor(credentials: Credentials, projectDir: string, clock: Clock, signal: AbortSignal) {
    this.credentials = credentials;
    this.projectDir = projectDir;
    this.clock = clock;
    this.signal = signal;
  }

  /** Forgets the token, because it was refused. */
  reset(): void {
    this.token = undefined;
  }

  async email(): Promise<string> {
    return (await this.readKey()).client_email;
  }

  async accessToken(): Promise<string> {
    const now = this.clock.now().getTime();
    if (this.token && this.token.until - renewBeforeMs > now) return this.token.value;
    const key = await this.readKey();
    const answer = await this.exchange(key.token_uri, signClaim(key, Math.floor(now / 1000)));
    this.token = { value: answer.access_token, until: now + answer.expires_in * 1000 };
    return this.token.value;
  }

  private async readKey(): Promise<KeyFile> {
    if (this.key) return this.key;
    const { credentials, credentials_file = "" } = this.credentials;
    const advice = "make a key of the service account in Google Cloud (IAM, Service accounts, Keys) and give it whole, as the JSON that was downloaded";
    let text = credentials;
    if (text === undefined) {
      text = await readFile(resolve(this.projectDir, credentials_file), "utf8").catch((error: NodeJS.ErrnoException) => {
        throw new DeliveryError("refused", `credentials_file cannot be read (${error.code ?? "unknown"})`, advice);
      });
    }
    const parsed = keyFile.safeParse(parse(text));
    if (!parsed.success) throw new DeliveryError("refused", "the service account's key is not the JSON that Google gives out", advice);
    const problem = problemWithUrl(parsed.data.token_uri);
    if (problem !== undefined) throw new DeliveryError("refused", `token_uri of the service account's key ${problem}`, advice);
    this.key = parsed.data;
    return this.key;
  }

  private async exchange(uri: string, assertion: string): Promise<{ readonly access_token: string; readonly expires_in: number }> {
    const { answer, status } = await this.ask(uri, assertion);
    if (typeof answer.access_token === "string") {
      return { access_token: answer.access_token, expires_in: typeof answer.expires_in === "number" ? answer.expires_in : 3600 };
    }
    const code = typeof answer.error === "string" ? answer.error : `status ${status}`;
    const advice = "make a new key of the service account in Google Cloud, and check this machine's clock";
    throw new DeliveryError("refused", `Google gives the service account no access token (${code})`, advice);
  }

  private async ask(uri: string, assertion: string): Promise<{ readonly answer: TokenAnswer; readonly status: number }> {
    const body = new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion });
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await fetch(uri, { method: "POST", body, redirect: "manual", signal: AbortSignal.any([this.signal, this.clock.deadline(30_000)]) });
        const answer = (await response.json()) as TokenAnswer;
        if (response.status < 500 || attempt === attempts) return { answer, status: response.status };
      } catch {
        if (this.signal.aborted) throw new DeliveryError("interrupted", "it was interrupted");
        if (attempt === attempts) throw new DeliveryError("unreachable", "the address that gives out Google's access tokens does not answer");
      }
      await this.clock.sleep(1000 * attempt, this.signal);
    }
  }
}

interface TokenAnswer {
  readonly access_token?: unknown;
  readonly expires_in?: unknown;
  readonly error?: unknown;
}

/** A JSON Web Token by RS256, valid for an hour. */
function signClaim({ client_email, private_key, private_key_id, token_uri }: KeyFile, now: number): string {
  const header = { alg: "RS256", typ: "JWT", ...(private_key_id !== undefined && { kid: private_key_id }) };
  const claim = { iss: client_email, scope, aud: token_uri, iat: now, exp: now + 3600 };
  const unsigned = `${encode(header)}.${encode(claim)}`;
  try {
    // Environments often hold the key in one line.
    const key = createPrivateKey(private_key.replaceAll("\\n", "\n"));
    return `${unsigned}.${createSign("RSA-SHA256").update(unsigned).sign(key, "base64url")}`;
  } catch {
    throw new DeliveryError("refused", "private_key of the service account is not a key", "give the key whole, with its BEGIN and END lines");
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

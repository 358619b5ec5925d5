/** Which values are secrets in an artifact, and that masking them leaves names alone. */
import { expect, test } from "vitest";
import { artifactSecrets, redact } from "../../src/artifacts/redact.ts";
import { build } from "./project.ts";

test("a value from the environment is masked, unless it is a name or a date that artifacts are made of", async () => {
  const settings = `name: shop
targets:
  dev:
    type: duckdb
    path: "\${WAREHOUSE}"
    schema: "\${PERSON}_dev"
    settings: {s3_secret_access_key: "\${S3_SECRET}"}
vars: {as_of: "\${AS_OF}", key: "\${API_KEY}"}
`;
  const environment = {
    WAREHOUSE: "md:shop?motherduck_token=abcdef",
    PERSON: "elisabeth",
    S3_SECRET: "s3cr3t-s3cr3t",
    AS_OF: "2026-06-30",
    API_KEY: "0123-4567-89ab",
  };
  const { config } = await build({ "retain.yml": settings }, environment);
  expect(artifactSecrets(config).toSorted()).toEqual(["0123-4567-89ab", "md:shop?motherduck_token=abcdef", "s3cr3t-s3cr3t"]);
});

test("every occurrence is masked; what is short is left, because it may be any word", () => {
  expect(redact("a s3cr3t-s3cr3t b s3cr3t-s3cr3t", ["s3cr3t-s3cr3t", "a", ""])).toBe("a *** b ***");
});

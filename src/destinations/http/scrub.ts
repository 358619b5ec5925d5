/** Platforms quote in their errors what they were sent. Takes everything out of a message that could be a person's identifier. */

const hash = /\b[0-9a-f]{32,128}\b/gi;
const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const address = /[^\s"'<>(),;:]+@[^\s"'<>(),;:]+/g;
const base64Hash = /[A-Za-z0-9+/]{43}=/g;

const longestMessage = 300;

/** `personal`: the text of the request's identifiers, as JSON; words of the message that stand in it as a value are hidden. */
export function scrub(message: string, personal: string | undefined): string {
  const bare = message.replace(uuid, "…").replace(base64Hash, "…").replace(hash, "…").replace(address, "…");
  const hidden = personal === undefined ? bare : hideWords(bare, personal);
  const line = hidden.replace(/\s+/g, " ").trim();
  return line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line;
}

function hideWords(message: string, personal: string): string {
  return message.replace(/[^\s"'()[\]{},;:]+/g, (word) => {
    const bare = word.replace(/[.!?]+$/, "");
    return bare.length >= 3 && (personal.includes(JSON.stringify(bare)) || personal.includes(JSON.stringify(word))) ? "…" : word;
  });
}

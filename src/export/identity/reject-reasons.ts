/**
 * Why an identifier is left out, in the words that plans, reports and the rejects table use. A reason names the rule, never
 * the value. Deciding what a reject leads to (an empty cell, a person left out, a stopped run) is not done here.
 */

interface ReasonEntry {
  /** True when the data or the export's declaration is at fault: limits on invalid data count these and no others. */
  readonly invalid: boolean;
  readonly text: string;
}

export const rejectReasons = {
  empty: { invalid: false, text: "the cell is empty" },
  zero_advertising_id: { invalid: false, text: "the advertising ID is all zeros: the person does not share one" },
  null_word: { invalid: true, text: 'the text "null" or "undefined" stands where a value should be' },
  unsupported_type: { invalid: true, text: "the column is neither text nor a whole or plain decimal number" },
  malformed_text: { invalid: true, text: "the text has characters that were lost in an earlier conversion" },
  already_hashed: { invalid: true, text: "the value is a SHA-256 hash; set `hashed: true` for the column" },
  invalid_hash: { invalid: true, text: "the column is declared hashed, but the value is not 64 hexadecimal digits" },
  hash_of_nothing: { invalid: true, text: 'the value is the hash of an empty text, "null" or "undefined"' },
  never_hashed: { invalid: true, text: "the platform takes this identifier plain, but the column is declared hashed" },
  invalid_email: { invalid: true, text: "not an e-mail address" },
  not_a_phone: { invalid: true, text: "not a possible phone number" },
  no_country: { invalid: true, text: "a country is needed to read the value and the row has none" },
  unknown_country: { invalid: true, text: "not an ISO 3166-1 code or a known English name of a country" },
  unknown_gender: { invalid: true, text: "neither m nor f, and not among the mapped `values`" },
  invalid_date: { invalid: true, text: "not a date in a form that has one meaning" },
  date_out_of_range: { invalid: true, text: "it is before 1900 or in the future" },
  no_letters: { invalid: true, text: "nothing is left once punctuation is removed" },
  not_latin: { invalid: false, text: "the platform takes this field in the letters a-z only" },
  unknown_state: { invalid: true, text: "not a state or territory of the United States" },
  invalid_zip: { invalid: true, text: "not a postal code" },
  invalid_advertising_id: { invalid: true, text: "not a UUID, as advertising IDs are" },
  invalid_handle: { invalid: true, text: "not the name of an account" },
  invalid_user_id: { invalid: true, text: "not the number of an account" },
  invalid_value: { invalid: true, text: "not a number of zero or more" },
} as const satisfies Readonly<Record<string, ReasonEntry>>;

export type RejectReason = keyof typeof rejectReasons;

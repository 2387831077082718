/** The version of everything that the command writes for machines; apart, so that writing needs no schema. */

/** Stands in the last line of NDJSON, and in every object. Docs/contracts.md says what may change without a new one. */
export const outputVersion = 1;

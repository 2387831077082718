import type { GenericSchema } from 'valibot';

/** Something that is written as JSON for others to read: `pnpm generate` makes its JSON schema and its table in docs/contracts.md. */
export interface Contract {
  /** As in the name of its file: `rules` for `rules.schema.json`. */
  readonly name: string;
  /** Changes when a reader of the version before would go wrong. */
  readonly version: number;
  /** Has a title and a description, and so does each of its fields. */
  readonly schema: GenericSchema;
}

/** A type with everything in it read-only: what a schema reads nobody changes. */
export type Immutable<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : { readonly [K in keyof T]: Immutable<T[K]> };

/** What the schemas of this folder are made of. */
import type { Immutable } from '@patrol/core/contracts';
import * as v from 'valibot';

/** The type of what fits a schema. What is told is not changed by whoever reads it. */
export type Told<Schema extends v.GenericSchema> = Immutable<v.InferOutput<Schema>>;

/** A schema with what it stands for. Of its type it stays the same: a description is for documents and JSON schemas. */
export const described = <const Schema extends v.GenericSchema>(
  schema: Schema,
  is: string,
): Schema => v.pipe(schema as v.GenericSchema, v.description(is)) as unknown as Schema;

/** What tells a line, an object or a part apart from its like. */
export const only = <const Value extends string | number>(value: Value, is: string) =>
  described(v.literal(value), is);

/** A text. */
export const text = (is: string) => described(v.string(), is);

/** A point in time, as ISO 8601 has it, in UTC. */
export const time = (is: string) => v.pipe(v.string(), v.isoTimestamp(), v.description(is));

/** A whole number that is not negative. */
export const count = (is: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(0), v.description(is));

/** Dollars of the USA. */
export const dollars = (is: string) => v.pipe(v.number(), v.minValue(0), v.description(is));

/** Yes or no. */
export const flag = (is: string) => described(v.boolean(), is);

/** One of some texts. */
export const oneOf = <const Options extends readonly string[]>(options: Options, is: string) =>
  described(v.picklist(options), is);

/** A list. */
export const list = <const Schema extends v.GenericSchema>(schema: Schema, is: string) =>
  described(v.array(schema), is);

/** A list of texts. */
export const texts = (is: string) => list(v.string(), is);

/** Something, or `null`. */
export const orNull = <const Schema extends v.GenericSchema>(schema: Schema, is: string) =>
  described(v.nullable(schema), is);

/** Names, and what each of them has. */
export const byName = <const Schema extends v.GenericSchema>(schema: Schema, is: string) =>
  described(v.record(v.string(), schema), is);

/** An object. */
export const object = <const Entries extends v.ObjectEntries>(is: string, entries: Entries) =>
  described(v.object(entries), is);

/** A list of objects. */
export const objects = <const Entries extends v.ObjectEntries>(is: string, entries: Entries) =>
  list(v.object(entries), is);

/** Members that may be left out. */
export const optional = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  Object.fromEntries(
    Object.entries(entries).map(([name, schema]) => [name, v.exactOptional(schema)]),
  ) as { [Name in keyof Entries]: v.ExactOptionalSchema<Entries[Name], undefined> };

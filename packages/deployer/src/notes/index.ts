/**
 * `@patrol/deployer/notes`: everything that `patrol-deploy` writes for machines, as types, schemas and readers.
 * docs/contracts.md says which command writes what, and what may change.
 *
 * @example Say which stacks of a fleet could not be changed: `patrol-deploy apply --yes --json | node failures.ts`
 *
 * ```ts
 * import { createInterface } from 'node:readline';
 * import { readNote } from '@patrol/deployer/notes';
 *
 * for await (const line of createInterface({ input: process.stdin })) {
 *   const note = readNote(line);
 *   if (note?.type === 'finished' && !note.ok) {
 *     console.log(`${note.stack} in ${note.region}: ${note.cause?.reason ?? note.message}`);
 *   }
 * }
 * ```
 *
 * @module
 */
export { type Command, commands, type Written } from './commands.ts';
export { type Note, note, type NoteOf, notesContract } from './lines.ts';
export { type Output, output, outputContract, type OutputOf } from './objects.ts';
export { readNote, readOutput } from './read.ts';
export { outputVersion } from './version.ts';

/** What the command writes for machines, as contracts. */
import type { Contract } from '@patrol/core/contracts';
import { note } from './lines.ts';
import { output } from './objects.ts';
import { outputVersion } from './version.ts';

/** The lines of NDJSON. */
export const notesContract: Contract = { name: 'notes', version: outputVersion, schema: note };

/** The objects. */
export const outputContract: Contract = { name: 'output', version: outputVersion, schema: output };

/** What each command writes with `--json`. */
import type { Note } from './lines.ts';
import type { Output } from './objects.ts';

/** What a command writes: lines of some types, of which the last is a `result`; or one object, or a `result` in its place. */
export type Written =
  | { readonly lines: readonly Exclude<Note['type'], 'result'>[] }
  | { readonly object: Output['type'] };

const onStack = ['changes', 'progress', 'warning', 'event', 'ended'] as const;

/** Every command that knows `--json`. */
export const commands = {
  deploy: { lines: ['plan', ...onStack] },
  diff: { lines: ['plan', 'changes', 'warning', 'progress'] },
  apply: {
    lines: ['plan', 'stackSet', 'lease', ...onStack, 'stacks', 'begin', 'finished', 'summary'],
  },
  delete: { lines: ['plan', 'progress', 'warning', 'event', 'ended'] },
  diagnose: { lines: ['progress', 'warning'] },
  hook: { lines: ['hook', 'progress', 'warning'] },
  replay: { lines: ['alert', 'suppressed', 'repeated', 'needs', 'error', 'summary'] },
  logs: { lines: ['log'] },
  plan: { object: 'fleetPlan' },
  info: { object: 'info' },
  doctor: { object: 'doctor' },
  list: { object: 'list' },
  describe: { object: 'describe' },
  try: { object: 'try' },
  invoke: { object: 'invoke' },
  mute: { object: 'mutes' },
  mutes: { object: 'mutes' },
  unmute: { object: 'mutes' },
  failures: { object: 'failures' },
  save: { object: 'save' },
  verify: { object: 'verify' },
} as const satisfies Readonly<Record<string, Written>>;
/** A command that knows `--json`. */
export type Command = keyof typeof commands;

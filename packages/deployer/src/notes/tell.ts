/** What is told while a command runs, and who takes it. */
import type { NoteOf } from './lines.ts';
import type { Where } from './parts.ts';

/** How far an operation is: for terminals alone, where it is drawn anew all the time. */
interface Status extends Where {
  readonly type: 'status';
  readonly stack: string;
  readonly done: number;
  readonly total?: number;
  readonly seconds: number;
  readonly waiting: readonly string[];
}

/** All of what will be done is told: for people alone, who are told the same of several stacks once. */
interface Shown {
  readonly type: 'shown';
}

/** Something worth telling. */
export type Note =
  | NoteOf<
      | 'plan'
      | 'stackSet'
      | 'changes'
      | 'hook'
      | 'progress'
      | 'warning'
      | 'lease'
      | 'event'
      | 'ended'
      | 'stacks'
      | 'begin'
      | 'finished'
    >
  | Extract<NoteOf<'summary'>, { readonly stacks: unknown }>
  | Status
  | Shown
  | Result;

/** Takes what is worth telling. */
export type Tell = (note: Note) => void;

/** Tells of one of several stacks: every note says which. */
export const tellOf =
  (tell: Tell, whose: { readonly stack: string } & Where): Tell =>
  (note) =>
    tell(
      note.type === 'stacks' ||
        note.type === 'shown' ||
        note.type === 'result' ||
        note.type === 'summary'
        ? note
        : { ...whose, ...note },
    );

/** The version of the output is written with it. */
export type Unversioned<T> = T extends unknown ? Omit<T, 'version'> : never;

/** How a command ended: the last thing it tells. */
export type Result = Unversioned<NoteOf<'result'>>;

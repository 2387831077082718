/** What a replay finds. */
import type { NoteOf } from '../notes/lines.ts';

export type AlertLine = Omit<NoteOf<'alert'>, 'type'>;
export type SuppressedLine = Omit<NoteOf<'suppressed'>, 'type'>;
export type NeedsLine = Omit<NoteOf<'needs'>, 'type'>;
type ErrorLine = Omit<NoteOf<'error'>, 'type'>;
/** The figures at the end. */
export type Summary = Omit<Extract<NoteOf<'summary'>, { readonly events: number }>, 'type'>;

/** Takes what a replay finds, in the order in which it is to be shown. */
export interface Report {
  alert(alert: AlertLine): void;
  suppressed(finding: SuppressedLine): void;
  needs(event: NeedsLine): void;
  error(error: ErrorLine): void;
  /** Shows what came since the last call, and how far it is: bytes read of all bytes on disk (0 where that is not known). */
  progress(read: number, total: number, events: number): Promise<void>;
  /** Takes what the rule's code prints. */
  print(text: string): void;
  finish(summary: Summary): Promise<void>;
}

/** Whether there is a verdict on every event. */
export const hasVerdicts = ({ errors, needs }: Pick<Summary, 'errors' | 'needs'>): boolean =>
  errors + needs === 0;

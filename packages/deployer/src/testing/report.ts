/** For tests of what is printed: what is told while a stack is being made. */
import type { Note } from '../notes/tell.ts';

/** How far it is. */
export const status: Extract<Note, { readonly type: 'status' }> = {
  type: 'status',
  stack: 's',
  done: 3,
  total: 12,
  seconds: 7,
  waiting: ['Function', 'Alarm'],
};

/** What has happened. */
export const event: Extract<Note, { readonly type: 'event' }> = {
  type: 'event',
  stack: 's',
  id: 'e',
  time: new Date(2026, 0, 1, 9, 8, 7).toISOString(),
  resource: 'Queue',
  resourceType: 'AWS::SQS::Queue',
  status: 'CREATE_COMPLETE',
};

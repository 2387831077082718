/** Events that no rule could handle, as people see them. Pure. */
import { isObject } from '@patrol/core';
import type { OutputOf } from '../notes/objects.ts';
import { counted } from '../text/words.ts';
import { paragraph, table } from './table.ts';

type Failures = Pick<OutputOf<'failures'>, 'queues' | 'events'>;
type Failure = Failures['events'][number];

/** What an event is, in a word or two. */
function eventWords(event: unknown): string {
  if (!isObject(event)) return 'no event';
  const { detail, 'detail-type': type, Records: records } = event;
  const called = isObject(detail) ? detail['eventName'] : undefined;
  const name = [called, type].find((each) => typeof each === 'string');
  return typeof name === 'string' ? name : Array.isArray(records) ? 'message of SNS' : 'event';
}

/** What became of it. */
const became: Readonly<Record<Failure['did'], string>> = {
  kept: '',
  retried: 'Run again. ',
  dropped: 'Dropped. ',
};

/**
 * What lies in the queues, and what was done with it.
 *
 * @param again the command that was run, where it did nothing but look.
 */
export function failuresText(
  { queues, events }: Failures,
  again: string | undefined,
  width?: number,
): string {
  const read = queues.reduce((sum, queue) => sum + queue.read, 0);
  const there = queues.reduce((sum, queue) => sum + queue.events, 0);
  const places = new Set(queues.map(({ region, account }) => `${account}/${region}`));
  const several = places.size > 1;
  const left = events.filter(({ did }) => did === 'kept').length;
  const done = (['retried', 'dropped'] as const).flatMap((did) => {
    const count = events.filter((each) => each.did === did).length;
    if (count === 0) return [];
    return did === 'retried'
      ? [`Lambda took ${counted(count, 'event')}. The logs of the rules say how they went.`]
      : [`Dropped ${counted(count, 'event')}.`];
  });
  const notes = [
    ...done,
    ...(there > read
      ? [
          `Only a part was read: ${read} of about ${there}. Run the command again in five minutes to see the others.`,
        ]
      : []),
    ...(left > 0 && again !== undefined
      ? [
          `Fix the cause first. Then \`${again} --retry\` runs again what is listed. \`${again} --drop\` deletes it.`,
        ]
      : []),
  ];
  const head = `${counted(events.length, 'event')} in ${counted(queues.length, 'queue')}`;
  if (events.length === 0)
    return [`No events in ${counted(queues.length, 'queue')}.`, ...notes].join('\n');
  return [
    `${head}:`,
    '',
    table(
      [...(several ? ['WHERE'] : []), 'RULE', 'SINCE', 'EVENT', 'REASON'],
      events.map((each) => [
        ...(several ? [`${each.account}/${each.region}`] : []),
        each.rule ?? 'unknown',
        each.since.replace(/:\d\d\.\d+Z$/, 'Z'),
        eventWords(each.event),
        `${became[each.did]}${each.error === undefined ? each.reason : `${each.error} (${each.reason})`}`,
      ]),
      width,
    ),
    ...(notes.length > 0 ? ['', ...notes.map((note) => paragraph(note, width))] : []),
  ].join('\n');
}

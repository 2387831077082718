/** Mutes as people see them. Pure. */
import type { OutputOf } from '../notes/objects.ts';
import { paragraph, table } from './table.ts';

type Mutes = Omit<OutputOf<'mutes'>, 'version'>;

type Mute = NonNullable<Mutes['mute']>;

/** What one mute is about. */
const aboutOf = ({ rule, actor, resource, account, region }: Mute): string =>
  [
    rule,
    ...Object.entries({ actor, resource, account, region }).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name} ${value}`],
    ),
  ].join(', ');

/** Whose notifier it is. */
const whose = ({ fleet, rule }: Mutes): string =>
  rule === undefined ? `the fleet ${fleet}` : `the rule ${rule}`;

/** The mutes that hold. */
export function mutesText(found: Mutes, width?: number): string {
  const { region, account, mutes } = found;
  const where = `of ${whose(found)} in ${region} (account ${account})`;
  return mutes.length === 0
    ? `Nothing ${where} is muted.`
    : [
        `Muted ${where}:`,
        '',
        table(
          ['ID', 'UNTIL', 'MUTED', 'WHAT', 'BY (UNVERIFIED)', 'REASON'],
          mutes.map((each) => [
            each.id,
            each.until,
            String(each.muted),
            aboutOf(each),
            each.by,
            each.reason,
          ]),
          width,
        ),
      ].join('\n');
}

/**
 * A mute that has begun.
 *
 * @param unmute the command that ends it.
 */
export const begunText = (found: Mutes, mute: Mute, unmute: string, width?: number): string =>
  [
    `Muted until ${mute.until}: ${aboutOf(mute)}.`,
    `The mute applies to what ${whose(found)} tells people in ${found.region}. The alerts still reach the machines' topic and the logs.`,
    'Within a minute people get a message about the mute and its reason. When it ends, a message says how many alerts it kept from them.',
    `To end it now, run \`${unmute}\`.`,
  ]
    .map((line) => paragraph(line, width))
    .join('\n');

/** A mute that has ended. */
export const endedText = (mute: Mute, width?: number): string =>
  paragraph(
    `Ended the mute ${mute.id}: ${aboutOf(mute)}. Within a minute people are told how many alerts it kept from them.`,
    width,
  );

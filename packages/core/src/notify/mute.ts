/** What somebody has asked not to be told for some hours. Pure. */
import type { Alert } from '../contracts/alert.ts';
import { muteRefused } from '../environment.ts';
import { ownName } from '../ignored.ts';
import { clean } from '../unseen.ts';
import { healthRule, notice, notifierRule } from './notice.ts';
import { hash } from './state.ts';

/** A mute: one rule, and at least one of actor, resource, account and region. Each is one name: none stands for several. */
export interface Mute {
  readonly id: string;
  readonly rule: string;
  /** The principal of the actor, or `role/NAME` or `user/NAME` in the account in which it acts. */
  readonly actor?: string | undefined;
  /** The id of the one target. */
  readonly resource?: string | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  readonly reason: string;
  /** Who asked for it, as whoever asked says: Lambda does not tell a function who invokes it. */
  readonly by: string;
}

/** Why nothing is muted or ended, for whoever asked for it. */
export class MuteRefused extends Error {
  override readonly name = muteRefused;
}

const hour = 3_600_000;
/** The longest mute, in milliseconds. */
const longestMute: number = 24 * hour;
/** As much of a text as a mute keeps: all mutes are read for each finding. */
const longestText = 500;

const scopes = ['actor', 'resource', 'account', 'region'] as const;

/**
 * Reads a mute.
 *
 * @returns the mute, or what is wrong with it, in sentences.
 */
export function readMute(value: Readonly<Record<string, unknown>>): Mute | readonly string[] {
  const text = (name: string): string => {
    const given = value[name];
    return typeof given === 'string' ? given.trim().slice(0, longestText) : '';
  };
  const [rule, reason, by] = [text('rule'), text('reason'), text('by')];
  const [from, until] = [Number(value['from']), Number(value['until'])];
  const scope = Object.fromEntries(
    scopes.flatMap((name) => (text(name) ? [[name, text(name)]] : [])),
  );
  const problems = [
    ...(rule ? [] : ['A mute names a rule.']),
    ...(rule === notifierRule ? ['What the notifier itself tells cannot be muted.'] : []),
    ...(Object.keys(scope).length > 0
      ? []
      : ['A mute names an actor, a resource, an account or a region besides the rule.']),
    ...(rule === healthRule && !scope['actor'] && !scope['resource']
      ? [
          'A mute of patrolHealth names an actor or a resource. Otherwise nobody would learn that Patrol is switched off.',
        ]
      : []),
    ...Object.entries({ rule, ...scope }).flatMap(([name, value]) =>
      value.includes('*')
        ? [`A mute names one ${name}, without *; found ${clean(value, 100)}.`]
        : [],
    ),
    ...(/:assumed-role\//.test(scope['actor'] ?? '')
      ? [
          'A mute names the role of a session, because whoever opens a session chooses its name. Use the ARN of the role, or role/NAME.',
        ]
      : []),
    ...(until > from && until - from <= longestMute
      ? []
      : [
          `A mute lasts 24 hours at most, and ends in the future; found ${Number.isFinite(until) ? `${Math.round(((until - from) / hour) * 10) / 10} hours` : 'no end'}.`,
        ]),
    ...(reason ? [] : ['A mute has a reason.']),
    ...(by ? [] : ['A mute says who asked for it.']),
  ];
  if (problems.length > 0) return problems;
  const id = text('id') || hash(JSON.stringify([rule, scope, from, until, by]));
  return { id, rule, ...scope, from, until, reason, by };
}

/** The mute that keeps an alert from people; `undefined` when none does. A test is never muted. */
export const mutedBy = (mutes: readonly Mute[], alert: Alert, now: number): Mute | undefined =>
  alert.test
    ? undefined
    : mutes.find(({ from, until, ...mute }) => from <= now && now < until && covers(mute, alert));

const covers = (mute: Omit<Mute, 'from' | 'until'>, alert: Alert): boolean =>
  mute.rule === alert.rule &&
  (!mute.actor ||
    mute.actor === alert.actor?.principal ||
    mute.actor === ownName(alert.actor, alert.account)) &&
  (!mute.resource ||
    (alert.targets.length > 0 && alert.targets.every(({ id }) => id === mute.resource))) &&
  (!mute.account || mute.account === alert.account) &&
  (!mute.region || mute.region === alert.region);

/** What a mute is about, for a sentence. */
export const scopeOf = (mute: Mute): string =>
  [
    mute.rule,
    ...scopes.flatMap((name) => (mute[name] ? [`${name} ${clean(mute[name], 200)}`] : [])),
  ].join(', ');

/** What people are told when a mute begins, and when it ends. */
export function noticeOf(mute: Mute, muted: number | undefined, now: number): Alert {
  const hasEnded = muted !== undefined;
  const until = new Date(mute.until).toISOString();
  const what = scopeOf(mute);
  return notice({
    key: `${mute.id}:${hasEnded ? 'ended' : 'began'}`,
    now,
    severity: 'low',
    title: hasEnded ? `The mute of ${what} has ended` : `Muted until ${until}: ${what}`,
    summary: hasEnded
      ? `It kept ${muted} ${muted === 1 ? 'alert' : 'alerts'} from people. The machines' topic and the logs have all of them.`
      : `Alerts of ${what} are kept from people until ${until}, because: ${clean(mute.reason, 500)}. They still reach the machines' topic and the logs.`,
    facts: {
      mute: mute.id,
      'said to be by': clean(mute.by, 200),
      reason: clean(mute.reason, 500),
      from: new Date(mute.from).toISOString(),
      until,
      ...(hasEnded ? { muted } : {}),
    },
    account: mute.account ?? null,
    region: mute.region ?? null,
    eventName: hasEnded ? 'MuteEnded' : 'MuteBegan',
    runbook: hasEnded
      ? 'Look at what was muted if there was more of it than you expected.'
      : `If nobody of you asked for it, end it: patrol-deploy unmute ${mute.id}. Then look at what was muted. AWS does not tell the notifier who invokes it. Only a trail with data events of Lambda records that.`,
  });
}

import { createHash } from 'node:crypto';
import { dispatchTypeVariable, dispatchUsersVariable } from '../environment.ts';
import type { Alert } from '../contracts/alert.ts';
import type { Severity } from '../rule.ts';
import { clean } from '../unseen.ts';
import {
  attributes,
  findingText,
  type PublishInput,
  subjectOf,
  testWords,
  textBody,
} from './message.ts';
import { deadLinks } from './links.ts';
import { cut, escaped, fenced } from './markdown.ts';

/** What Dispatch makes of a message: a question to one person, a message to several, a page, or an issue alone. */
export const dispatchTypes = [
  'self-service',
  'broadcast',
  'high-priority',
  'low-priority',
] as const;

/** One of the types of Dispatch's messages. */
type DispatchType = (typeof dispatchTypes)[number];

/** A message as mapbox's Dispatch reads it (its MESSAGE-SPEC.md and `incoming/function.js`). */
export interface DispatchMessage {
  readonly type: DispatchType;
  /** For its log. */
  readonly requestId: string;
  /** `false`: not a word more of what was ever reported. */
  readonly retrigger: boolean;
  /** Never empty: for what a user lacks Dispatch takes its default channel and its default GitHub user. */
  readonly users: readonly { readonly slackId?: string; readonly github?: string }[];
  readonly body: {
    readonly github: { readonly title: string; readonly body: string };
    readonly slack: {
      readonly message: string;
      readonly prompt?: string;
      readonly actions?: Readonly<Record<'yes' | 'yes_response' | 'no' | 'no_response', string>>;
    };
    readonly pagerduty: { readonly title: string; readonly body: string };
  };
}

/**
 * The type of an alert where the operator does not say: what is high or critical pages (PagerDuty), what is medium is told
 * in Slack and kept as an issue, what is low is an issue. `self-service` asks a person whether it was them, and so is
 * only used when the operator says so.
 */
const bySeverity: Readonly<Record<Severity, DispatchType>> = {
  critical: 'high-priority',
  high: 'high-priority',
  medium: 'broadcast',
  low: 'low-priority',
};

/**
 * Limits in characters. GitHub takes 256 for an issue's title and 65,536 for its body, to which Dispatch adds the users;
 * PagerDuty's key, which Dispatch makes of the title, 255; Slack cuts at 40,000 and advises 4,000. No character takes more
 * than three bytes of the message (two as half of a pair; quotes and line breaks two), so that all of it stays below SNS's
 * 262,144 bytes.
 */
const limits = { title: 220, github: 40_000, slack: 4000, pagerduty: 20_000 } as const;

/**
 * Renders an alert as one SNS message for Dispatch (https://github.com/mapbox/dispatch).
 *
 * Dispatch takes two messages with one title for one finding, for as long as the issue or incident is open, and says
 * nothing of the second. So the title ends with a digest of the finding's `dedupKey`: what is sent twice opens one issue,
 * and another event, however alike, opens its own. `retrigger` is true: what is found again after its issue was closed is
 * told again.
 *
 * @param topicArn Dispatch's topic.
 * @param environment says type and users, where the operator does.
 * @throws an Error for a type that Dispatch does not know.
 */
export function dispatchMessage(
  alert: Alert,
  topicArn: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): PublishInput {
  return {
    TopicArn: topicArn,
    Subject: subjectOf(alert),
    Message: JSON.stringify(forDispatch(alert, environment)),
    MessageAttributes: attributes(alert),
  };
}

function forDispatch(
  alert: Alert,
  environment: Readonly<Record<string, string | undefined>>,
): DispatchMessage {
  const type = typeOf(alert, environment[dispatchTypeVariable]);
  const title = titleOf(alert);
  const text = textBody(alert);
  return {
    type,
    requestId: clean(alert.eventId ?? '', 100) || digest(alert.dedupKey),
    retrigger: true,
    users: usersOf(environment[dispatchUsersVariable]),
    body: {
      github: { title, body: fenced(text, limits.github, 'text') },
      slack: {
        message: escaped(findingText(alert), limits.slack),
        ...(type === 'self-service' ? question : {}),
      },
      // Older versions of Dispatch know no `low-priority`, and page for what they do not know.
      pagerduty: { title, body: cut(text, limits.pagerduty) },
    },
  };
}

/** What Dispatch asks the first of the users; a no pages. */
const question: Pick<DispatchMessage['body']['slack'], 'prompt' | 'actions'> = {
  prompt: 'Was this you, and was it meant?',
  actions: {
    yes: 'Yes',
    yes_response: 'Thank you. The issue is closed.',
    no: 'No',
    no_response: 'Thank you. The people on call are told.',
  },
};

function typeOf({ severity }: Alert, given: string | undefined): DispatchType {
  if (!given || given === 'bySeverity') return bySeverity[severity];
  const known = dispatchTypes.find((type) => type === given);
  if (!known) {
    throw new TypeError(
      `${dispatchTypeVariable}: expected bySeverity or one of ${dispatchTypes.join(', ')}, found ${JSON.stringify(given)}.`,
    );
  }
  return known;
}

/** `U024BE7LH:alice, C061EG9SL`: Slack's id of a person or channel and, where there is one, the login at GitHub. */
function usersOf(given = ''): DispatchMessage['users'] {
  const users = given.split(',').flatMap((item) => {
    const [slackId = '', github = ''] = item.split(':').map((part) => part.trim());
    return slackId || github ? [{ ...(slackId && { slackId }), ...(github && { github }) }] : [];
  });
  return users.length > 0 ? users : [{}];
}

function titleOf({ title, rule, dedupKey, test, ...alert }: Alert): string {
  const where = [alert.accountName ?? alert.account, alert.region].filter(Boolean).join(', ');
  const rest = `${where ? ` (${clean(where, 60)})` : ''} [${digest(dedupKey)}]`;
  const label = test ? testWords : '';
  const what = deadLinks(clean(title, limits.title - label.length - rest.length));
  return `${label}${what || `Alert of ${clean(rule, 40)}`}${rest}`;
}

const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Whether every destination takes an alert: SNS, for people and machines, and Dispatch. */
import { expect } from 'vitest';
import type { Alert } from '../contracts/alert.ts';
import { dispatchTypeVariable } from '../environment.ts';
import { dispatchMessage, dispatchTypes } from '../lambda/dispatch.ts';
import { message, type PublishInput } from '../lambda/message.ts';
import { expectAlertText } from './rule.ts';

const topicArn = 'arn:aws:sns:us-east-1:111122223333:alerts';

/**
 * Expects of an alert that every destination takes it: it keeps to its contract, SNS takes the message for people and machines,
 * and Dispatch takes the longest message.
 */
export function expectDeliverable(alert: Alert): void {
  const { email, forMachines, problems } = delivery(alert);
  // Tests ask about a hundred thousand alerts, and one `expect` takes longer than all of this.
  if (problems.length > 0) expect(problems).toEqual([]);
  if (!email?.includes('What to do')) expect(email).toContain('What to do');
  expectAlertText(forMachines ?? '');
}

/** The texts that people and machines get of an alert, and what would prevent a destination from taking it. */
function delivery(alert: Alert): {
  readonly email: string | undefined;
  readonly forMachines: string | undefined;
  readonly problems: readonly string[];
} {
  // A question to one person: the messages of all other types have less.
  const forDispatch = dispatchMessage(alert, topicArn, { [dispatchTypeVariable]: 'self-service' });
  const forTopic = message(alert, topicArn);
  const { default: forMachines, email } = JSON.parse(forTopic.Message) as Record<string, string>;
  const problems = [
    ...dispatchProblems(forDispatch),
    ...[forTopic, forDispatch].flatMap(snsProblems),
  ];
  return { email, forMachines, problems };
}

/** What would prevent SNS from taking a message. */
function snsProblems({ Subject, Message, MessageAttributes }: PublishInput): readonly string[] {
  const bytes = Buffer.byteLength(Message) + Buffer.byteLength(JSON.stringify(MessageAttributes));
  return [
    ...(/^[!-~][ -~]{0,98}$/.test(Subject) ? [] : [`the subject is ${JSON.stringify(Subject)}`]),
    ...(bytes <= 262_144 ? [] : [`the message has ${bytes} bytes`]),
  ];
}

interface Loose {
  readonly [field: string]: Loose | undefined;
}

/**
 * What would prevent Dispatch from delivering a message: the checks of its `incoming/function.js`, `lib/slack.js` and
 * `lib/pagerduty.js`, the fields that they read, and the limits of the services behind it.
 */
export function dispatchProblems(input: PublishInput): readonly string[] {
  const found: string[] = [];
  const expectText = (value: unknown, name: string, limit: number): void => {
    if (typeof value !== 'string' || value.trim() === '') found.push(`${name} is no text`);
    else if (value.length > limit) found.push(`${name} has ${value.length} characters`);
  };
  // `checkEvent` parses the message itself: there may be no text for each protocol.
  if (input.MessageStructure !== undefined) found.push('the message has a structure');
  const message = JSON.parse(input.Message) as Loose;
  const { body, type } = message;
  if (!type) found.push('SNS message missing priority');
  if (!dispatchTypes.some((known) => known === (type as unknown)))
    found.push('the type is not known');
  if (typeof message['retrigger'] !== 'boolean') found.push('retrigger is no boolean');
  expectText(message['requestId'], 'requestId', 100);
  const users: unknown = message['users'];
  // `message.users[0]` and `message.users.forEach`; `checkUser` fills in what a user lacks.
  if (!Array.isArray(users) || users.length === 0 || !users.every((user) => user instanceof Object))
    found.push('there is no user');
  // Any type that its version does not know pages.
  expectText(body?.['pagerduty']?.['title'], 'pagerduty.title', 255);
  expectText(body?.['pagerduty']?.['body'], 'pagerduty.body', 100_000);
  expectText(body?.['github']?.['title'], 'github.title', 256);
  // Dispatch adds the users to it.
  expectText(body?.['github']?.['body'], 'github.body', 65_536 - 2000);
  const slack = body?.['slack'];
  expectText(slack?.['message'], 'slack.message', 4000);
  // `ingestSNS` reads the actions where there is a prompt, and makes buttons of them whatever the type.
  if (slack?.['prompt'] && (type as unknown) !== 'self-service')
    found.push('a question to more than one');
  if ((type as unknown) === 'self-service') {
    expectText(slack?.['prompt'], 'slack.prompt', 4000);
    for (const name of ['yes', 'no', 'yes_response', 'no_response'])
      expectText(slack?.['actions']?.[name], `slack.actions.${name}`, 300);
  }
  return found;
}

/** Dispatch's side of a message: what it would refuse. */
import { dispatchTypes } from './dispatch.ts';
import type { PublishInput } from './message.ts';

interface Loose {
  readonly [field: string]: Loose | undefined;
}

/**
 * What keeps Dispatch from delivering a message: the checks and the accesses of its `incoming/function.js`,
 * `lib/slack.js` and `lib/pagerduty.js`, and the limits of those behind it.
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

/** The webhook rules in their function: what GitHub sends over HTTP, and what somebody else does. */
import { createHmac } from 'node:crypto';
import {
  type PublishInput,
  start,
  topicVariable,
  webhookSecretVariable,
} from '@patrol/core/lambda';
import { receiver } from '@patrol/core/lambda/webhook';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import madePublic from './rules/madePublic/rule.ts';
import made from './rules/madePublic/sample.json' with { type: 'json' };
import privateRepoFork from './rules/privateRepoFork/rule.ts';
import forked from './rules/privateRepoFork/sample.json' with { type: 'json' };

// What the function logs is no business of these tests.
beforeEach(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true));
afterEach(() => void vi.restoreAllMocks());

/** A function in a world of its own: what it publishes is kept. */
function running(rule: typeof madePublic | typeof privateRepoFork): {
  readonly send: (name: string, payload: unknown, secret?: string) => Promise<number>;
  readonly published: PublishInput[];
} {
  const published: PublishInput[] = [];
  const { handler } = start(rule, {
    environment: {
      [topicVariable]: 'arn:aws:sns:us-east-1:111122223333:alerts',
      [webhookSecretVariable]:
        'arn:aws:secretsmanager:us-east-1:111122223333:secret:webhook-AbCdEf',
    },
    publish: async (input) => {
      published.push(input);
      return { messageId: '1' };
    },
    readSecret: async () => 'right',
    webhook: async () => ({ receiver }),
  });
  return {
    published,
    send: async (name, payload, secret = 'right') => {
      const body = JSON.stringify(payload);
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      const answer = await handler({
        version: '2.0',
        headers: {
          'content-type': 'application/json',
          'x-github-event': name,
          'x-github-delivery': `${name}-${published.length}`,
          'x-hub-signature-256': `sha256=${signature}`,
        },
        requestContext: { http: { method: 'POST', sourceIp: '192.0.2.10' } },
        body,
        isBase64Encoded: false,
      });
      return 'statusCode' in answer ? answer.statusCode : 0;
    },
  };
}

test.each([
  [
    madePublic,
    'repository',
    made.payload,
    '[high] Repository acme/website made public by GitHub user alice',
  ],
  [
    madePublic,
    'public',
    made.payload,
    '[high] Repository acme/website made public by GitHub user alice',
  ],
  [
    privateRepoFork,
    'fork',
    forked.payload,
    '[high] Private repository acme/website forked to mallory/website by GitHub user mallory',
  ],
] as const)(
  '$name tells of %s when GitHub signed it, and only then',
  async (rule, name, payload, subject) => {
    const { send, published } = running(rule);
    expect(await send(name, payload, 'wrong')).toBe(401);
    expect(published).toEqual([]);
    expect(await send(name, payload)).toBe(200);
    expect(published.map(({ Subject }) => Subject)).toEqual([subject]);
  },
);

test.each([madePublic, privateRepoFork])(
  '$name answers what is not its business, and stays quiet',
  async (rule) => {
    const { send, published } = running(rule);
    for (const name of ['ping', 'push', 'star', 'issue_comment']) {
      expect(await send(name, { ...made.payload, action: 'created' })).toBeLessThan(300);
    }
    expect(published).toEqual([]);
  },
);

test('one act that GitHub tells of twice, by either event first, is one alert', async () => {
  for (const [first, second] of [
    ['public', 'repository'],
    ['repository', 'public'],
  ] as const) {
    const { send, published } = running(madePublic);
    expect(await send(first, made.payload)).toBe(200);
    expect(await send(second, made.payload)).toBe(200);
    expect(published).toHaveLength(1);
    const later = { ...made.payload.repository, updated_at: '2026-11-21T00:00:00Z' };
    expect(await send(first, { ...made.payload, repository: later })).toBe(200);
    expect(published).toHaveLength(2);
  }
});

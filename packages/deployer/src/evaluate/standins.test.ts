import { describe, expect, test } from 'vitest';
import { standIns } from './standins.ts';

type Ports = Record<string, any>; // oxlint-disable-line no-explicit-any -- whatever a rule may have

/** What was asked, and whether the rule got as far as a verdict. */
async function ask(rule: (clients: Ports) => unknown): Promise<[string | undefined, boolean]> {
  const { clients, asked } = standIns();
  const decided = await Promise.resolve(clients as Ports)
    .then(rule)
    .then(
      () => true,
      () => false,
    );
  return [asked(), decided];
}

describe('what is asked of a stand-in', () => {
  test.each<[string, (clients: Ports) => unknown, string]>([
    ['a method', (c) => c['iam'].simulate('arn:x', ['a']), 'iam.simulate("arn:x", ["a"])'],
    ['a port that is a function', (c) => c['members']({ org: 'acme' }), 'members({"org":"acme"})'],
    ['clients that are one function', (c) => (c as unknown as () => void)(), 'clients()'],
    ['a port further in', (c) => c['a'].b.c.d(), 'a.b.c.d()'],
    [
      'an iteration',
      async (c) => {
        for await (const _ of c['pages']) break;
      },
      'pages',
    ],
    ['a text', (c) => `${c['account']}`, 'account'],
    ['a constructor', (c) => new c['Client'](1n), 'new Client(bigint)'],
    ['what has no JSON', (c) => c['x'](undefined, Symbol('s')), 'x(undefined, symbol)'],
    ['much', (c) => c['x']('y'.repeat(1000)), `x("${'y'.repeat(198)}…)`],
  ])('%s', async (_, rule, what) => {
    expect(await ask(rule)).toEqual([what, false]);
  });

  test('the first is told, also when the rule goes on without an answer', async () => {
    const rule = async (c: Ports): Promise<string> => {
      try {
        await c['first'].call();
      } catch {
        await Promise.allSettled([Promise.resolve().then(() => c['second']())]);
      }
      return 'nothing found';
    };
    expect(await ask(rule)).toEqual(['first.call()', true]);
  });

  test('ports that are awaited, handed on or looked at are not asked', async () => {
    const rule = async (c: Ports): Promise<unknown> => {
      const { iam } = c;
      const port = await iam;
      return [typeof port.simulate, port === undefined];
    };
    expect(await ask(rule)).toEqual([undefined, true]);
  });
});

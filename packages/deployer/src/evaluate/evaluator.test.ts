import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Evaluator, type EvaluatorOptions, startEvaluator } from './evaluator.ts';

const root = mkdtempSync(join(tmpdir(), 'patrol-evaluator-'));
let folders = 0;
afterAll(() => rmSync(root, { recursive: true }));

interface Started extends Evaluator {
  readonly printed: () => string;
}

type Limits = Partial<Pick<EvaluatorOptions, 'patience' | 'startPatience' | 'isOffline'>> & {
  readonly memorySize?: number;
};

async function start(
  index: string,
  { memorySize = 128, ...limits }: Limits = {},
): Promise<Started> {
  folders += 1;
  const folder = mkdtempSync(join(root, `${folders}-`));
  writeFileSync(join(folder, 'index.mjs'), index);
  let printed = '';
  const evaluator = await startEvaluator({
    rule: { name: 'rule', memorySize },
    folder,
    environment: { ONLY: 'this' },
    patience: 20_000,
    startPatience: 20_000,
    print: (text) => {
      printed += text;
    },
    ...limits,
  });
  return { ...evaluator, printed: () => printed };
}

/** A rule that does what the event says. */
const obedient = (what: string): string => `
  const alert = (event) => ({
    severity: 'low', title: 't' + event.n, summary: 's', eventId: null, eventTime: null, event,
  });
  export const evaluate = async (event) => {
    if (event.bad) { ${what} }
    return { alerts: event.n === 0 ? [] : [alert(event)] };
  };`;
const found = (n: number): unknown => ({
  alerts: [{ severity: 'low', title: `t${n}`, summary: 's', eventId: null, eventTime: null }],
  suppressed: [],
});
const nothing = { alerts: [], suppressed: [] };

describe.concurrent('evaluate', () => {
  test('gives the alerts of each event, in order', async () => {
    const rule = await start(obedient(''));
    expect(await rule.evaluate([{ n: 1 }, { n: 0 }, { n: 2 }])).toEqual([
      found(1),
      nothing,
      found(2),
    ]);
    expect(await rule.evaluate([{ n: 3 }])).toEqual([found(3)]);
    expect(await rule.evaluate([])).toEqual([]);
    await rule.close();
  });

  test.each<[string, string, RegExp, Limits?]>([
    ['throws', `throw new TypeError('no such field')`, /^no such field$/],
    ['throws nothing', `throw undefined`, /^undefined$/],
    ['gives no verdict', `return undefined`, /alerts/],
    ['gives alerts that are none', `return { alerts: [null] }`, /severity/],
    ['ends its process', `process.exit(7)`, /^rule ended its own process with exit code 7$/],
    [
      'throws elsewhere',
      `await new Promise(() => setTimeout(() => { throw new Error('late') }))`,
      /^rule crashed: late$/,
    ],
    [
      'throws a null elsewhere',
      `await new Promise(() => setTimeout(() => { throw null }))`,
      /^rule crashed: /,
    ],
    ['hangs', `for (;;);`, /^rule did not answer within 1 s$/, { patience: 1000 }],
    [
      'waits forever',
      `await new Promise(() => setInterval(() => {}, 1000))`,
      /^rule did not answer/,
      { patience: 1000 },
    ],
    [
      'takes all memory',
      `const hoard = []; for (;;) hoard.push(new Array(1e4).fill('x' + hoard.length));`,
      /^rule needs more than its 32 MB of memory$/,
      { memorySize: 32 },
    ],
  ])(
    'an event on which the rule %s is an error, and only that',
    async (_, what, error, options) => {
      const rule = await start(obedient(what), options);
      const events = [{ n: 1 }, { n: 2, bad: true }, { n: 3 }, { n: 4, bad: true }];
      expect(await rule.evaluate(events)).toEqual([
        found(1),
        { error: expect.stringMatching(error) },
        found(3),
        { error: expect.stringMatching(error) },
      ]);
      expect(await rule.evaluate([{ n: 5 }])).toEqual([found(5)]);
      await rule.close();
    },
  );

  test('gives what is muted, with the item that mutes it', async () => {
    const rule = await start(`export const evaluate = async () => ({
      alerts: [], suppressed: [{ title: 't', by: 'Admin:.*', more: 1 }], because: 'suppressed',
    });`);
    expect(await rule.evaluate([{}])).toEqual([
      { alerts: [], suppressed: [{ title: 't', by: 'Admin:.*' }] },
    ]);
    await rule.close();
  });

  test('offline, an event that needs an answer has no verdict, whatever the rule makes of it', async () => {
    const index = `
      const real = { iam: { simulate: async () => 'allowed' } };
      export const evaluate = async (event, clients = real) => {
        const alert = { severity: 'low', title: 't' + event.n, summary: 's', eventId: null, eventTime: null };
        if (event.plain) return { alerts: [alert] };
        if (event.fallen) throw new Error('no such field');
        if (event.catching) {
          const answer = await Promise.resolve().then(() => clients.iam.simulate(event.n)).catch(() => 'denied');
          return { alerts: answer === 'denied' ? [] : [alert] };
        }
        await clients.iam.simulate(event.n, { deep: true });
        return { alerts: [alert] };
      };`;
    const events = [
      { n: 1, plain: true },
      { n: 2 },
      { n: 3, catching: true },
      { n: 4, fallen: true },
      { n: 5, plain: true },
    ];
    const offline = await start(index, { isOffline: true });
    expect(await offline.evaluate(events)).toEqual([
      found(1),
      { needs: 'iam.simulate(2, {"deep":true})' },
      { needs: 'iam.simulate(3)' },
      { error: 'no such field' },
      found(5),
    ]);
    await offline.close();
    const online = await start(index);
    expect(await online.evaluate(events)).toEqual([
      found(1),
      found(2),
      found(3),
      { error: 'no such field' },
      found(5),
    ]);
    await online.close();
  });

  test('a rule that dies between batches is started again', async () => {
    const rule = await start(
      `export const evaluate = async () => { setTimeout(() => process.exit(1)); return { alerts: [] }; };`,
    );
    await rule.evaluate([{}]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await rule.evaluate([{}])).toEqual([nothing]);
    await rule.close();
  });

  test('the rule sees its own environment only, and what it prints does not reach ours', async () => {
    const rule = await start(`export const evaluate = async () => {
      console.log('out', Object.keys(process.env).join());
      process.stderr.write('err');
      return { alerts: [] };
    };`);
    await rule.evaluate([{}]);
    await rule.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(rule.printed()).toContain('out ONLY\n');
    expect(rule.printed()).toContain('err');
  });
});

describe.concurrent('a rule that does not start', () => {
  test.each<[string, string, RegExp, Limits?]>([
    [
      'throws',
      `throw new Error('bad parameter')`,
      /rule does not start: bad parameter\. In Lambda/,
    ],
    ['is no JavaScript', `this is not`, /does not start/],
    ['exports nothing', ``, /exports no function evaluate/],
    ['ends', `process.exit(2)`, /ended its own process with exit code 2/],
    ['hangs', `for (;;);`, /did not answer within 0.3 s/, { startPatience: 300 }],
  ])('%s: the operator is told', async (_, index, message, options) => {
    await expect(start(index, options)).rejects.toThrow(message);
  });
});

import { describe, expect, test } from 'vitest';
import { topicVariable } from '../environment.ts';
import { readExpressions } from '../expressions.ts';
import {
  type Muting,
  names,
  pairs,
  type Parameters,
  ParametersError,
  patterns,
  type Values,
} from '../parameter.ts';
import type { AnyRule } from '../rule.ts';
import { eventOf, stopped } from '../rule.fake.ts';
import { expressionReader, start } from './index.ts';
import { keptOutput } from './output.fake.ts';

keptOutput();

const parameters = {
  buckets: patterns('Buckets.', { default: '', suppresses: true }),
  grants: pairs('Grants.', ['role', 'policy'], { default: '', suppresses: true }),
  regions: names('Regions.', { default: '' }),
};

/** A started rule whose findings are about a bucket and a grant, and how often the reader was loaded. */
async function started(environment: Record<string, string>, declared: Parameters = parameters) {
  const times = { loaded: 0, asked: 0 };
  const load = async () => {
    times.loaded += 1;
    return { readExpressions };
  };
  const rule: AnyRule = {
    ...stopped,
    parameters: declared,
    evaluate: (event: unknown, context: { parameters: Values<typeof parameters> }) => {
      const { buckets, grants } = context.parameters;
      const found = (suppressedBy: string | undefined, suppression: Muting) => ({
        title: 'found',
        summary: 'It was found.',
        suppressedBy,
        suppression,
      });
      times.asked += 1;
      return (event as { detail: { quiet?: true } }).detail.quiet
        ? []
        : [
            found(buckets.find('www-1'), buckets.suppression('www-1')),
            found(grants.find(['Deploy'], ['P']), grants.suppression('Deploy', 'P')),
          ];
    },
  };
  const all = { [topicVariable]: 'arn:aws:sns:us-east-1:111122223333:alerts', ...environment };
  const { evaluate } = start(rule, {
    parameters: declared,
    environment: all,
    readExpressions: await expressionReader(load, declared, all),
  });
  return { evaluate, times };
}

describe('the reader of expressions', () => {
  test('is loaded for the first finding where no expression was given, and writes what mutes it', async () => {
    const { evaluate, times } = await started({ regions: 'eu-*', buckets: ' ' });
    await evaluate(eventOf({ quiet: true }));
    expect(times).toEqual({ loaded: 0, asked: 1 });
    const { alerts } = await evaluate(eventOf());
    expect(alerts.map(({ suppression }) => suppression)).toEqual([
      { parameter: 'buckets', item: 'www-1' },
      { parameter: 'grants', item: 'Deploy:P' },
    ]);
    expect(times.loaded).toBeGreaterThan(0);
  });

  test.each([
    ['an expression', { buckets: 'www-[0-9]' }, 'www-[0-9]'],
    ['a pair', { grants: 'Dep.*:P' }, 'Dep.*:P'],
  ])('is loaded at the start for %s, which mutes', async (_, environment, item) => {
    const { evaluate, times } = await started(environment);
    expect(times.loaded).toBe(1);
    const { alerts, suppressed } = await evaluate(eventOf());
    expect(suppressed.map(({ by }) => by)).toEqual([item]);
    expect(alerts).toHaveLength(1);
  });

  test('is loaded at the start for a default', async () => {
    const buckets = patterns('Buckets.', { default: 'www-.*', suppresses: true });
    const { evaluate, times } = await started({}, { ...parameters, buckets });
    expect(times.loaded).toBe(1);
    expect((await evaluate(eventOf())).suppressed).toEqual([
      { title: 'found', by: 'www-.*', alert: expect.objectContaining({ title: 'found' }) },
    ]);
  });

  test('refuses a wrong expression at the start', async () => {
    await expect(started({ buckets: 'www-(' })).rejects.toThrow(ParametersError);
    await expect(started({ grants: 'Deploy' })).rejects.toThrow('"Deploy" is not a pair');
  });
});

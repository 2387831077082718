import { describe, expect, test } from 'vitest';
import { actor } from '../cloudtrail.ts';
import { type Ask, groupProblems, suppressionProblems } from './guards.ts';
import { names } from '../parameter.ts';
import { type AnyRule, defineRule, type Finding } from '../rule.ts';
import { eventOf } from '../rule.fake.ts';
import { run } from './index.ts';
import { apiCall } from '../trigger.ts';

const parameters = {
  ignored: names('Trails.', { default: '', suppresses: true }),
  watched: names('Trails.', { default: 'main, mainframe' }),
};

/** A rule that finds something about each of the trails `main` and `mainframe`, with more in its findings. */
const ruleWith = (more: (trail: string, who: string | null) => Partial<Finding>): AnyRule =>
  defineRule({
    name: 'trails',
    title: 'Trails',
    description: 'Alerts.',
    severity: 'low',
    runbook: 'Look.',
    triggers: [apiCall<{ name: string }>('cloudtrail.amazonaws.com', ['StopLogging'])],
    parameters,
    evaluate: ({ detail }, { parameters: { ignored } }) =>
      [detail.requestParameters?.name ?? '', 'mainframe'].map((trail) => ({
        title: trail,
        summary: trail,
        suppressedBy: ignored.find(trail),
        ...more(trail, actor(detail.userIdentity).arn),
      })),
  });

const askOf =
  (rule: AnyRule): Ask =>
  (event, texts = {}) =>
    run(rule, event, { parameters: texts });

describe('an item that mutes', () => {
  const problems = (
    item: (trail: string) => string,
    parameter = 'ignored',
    texts: Readonly<Record<string, string>> = {},
  ): Promise<readonly string[]> => {
    const rule = ruleWith((trail) => ({ suppression: { parameter, item: item(trail) } }));
    const ask = askOf(rule);
    return suppressionProblems(
      parameters,
      (event, more) => ask(event, { ...texts, ...more }),
      eventOf(),
      texts,
    );
  };

  test('mutes its own alert and no other, behind the items that are there', async () => {
    expect(await problems((trail) => trail)).toEqual([]);
    expect(await problems((trail) => trail, 'ignored', { ignored: 'another' })).toEqual([]);
  });

  test('of a parameter that does not mute is told', async () => {
    expect(await problems((trail) => trail, 'watched')).toEqual([
      'main: watched is no parameter that mutes',
      'mainframe: watched is no parameter that mutes',
    ]);
    expect(await problems((trail) => trail, 'absent')).toHaveLength(2);
  });

  test('that mutes nothing is told', async () => {
    expect(await problems((trail) => `${trail}s`)).toEqual([
      'main: mains in ignored does not mute it',
      'mainframe: mainframes in ignored does not mute it',
    ]);
  });

  test('that mutes the other alert as well is told', async () => {
    expect(await problems((trail) => (trail === 'main' ? 'main*' : trail))).toEqual([
      'main: main* in ignored mutes something else',
    ]);
  });
});

describe('a group', () => {
  const problems = (more: Parameters<typeof ruleWith>[0]): Promise<readonly string[]> =>
    groupProblems(askOf(ruleWith(more)), eventOf());

  test('of constant words, or none, is one', async () => {
    expect(await problems(() => ({ group: 'StopLogging' }))).toEqual([]);
    expect(await problems(() => ({}))).toEqual([]);
  });

  test('of a name that the actor chose is told', async () => {
    expect(await problems((trail) => ({ group: `stopped ${trail}` }))).toEqual([
      'the group "stopped mainx" depends on detail.requestParameters.name of the event',
    ]);
  });

  test('of who acted is told', async () => {
    expect(await problems((_, who) => ({ group: who ?? '' }))).toContain(
      'the group "arn:aws:iam::111122223333:user/alicex" depends on detail.userIdentity of the event',
    );
  });
});

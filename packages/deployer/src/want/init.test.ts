import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { account, fleetOf, ground } from '../testing/fleet.ts';
import { initialText } from './init.ts';
import { wantedFleet } from './fleet.ts';

const answers = {
  fleet: 'security',
  regions: ['eu-west-1', 'us-east-1'],
  alerts: { email: 'security@example.com', shared: true },
  rules: {
    'demo/plain': {},
    'demo/calls': { actions: 'StopLogging,DeleteTrail', limit: '5' },
  },
};

describe('the first patrol.yaml', () => {
  const text = initialText(answers, ground.assemblies);

  test('is what was answered, with what each rule is about', () => {
    expect(text).toBe(`# yaml-language-server: $schema=./patrol.schema.json
# The rules that watch this organisation. \`patrol-deploy plan\` shows what
# would change in AWS, \`patrol-deploy apply\` does it.

version: 1

# The name of the fleet, and a tag of its stacks. Do not change it later.
fleet: security
environment: production

# The regions to watch. Rules that get events in certain regions only are
# deployed there.
regions: [eu-west-1, us-east-1]

# Where alerts go: \`email: ADDRESS\`, or \`topic: ARN\` of an SNS topic. With
# \`shared: true\`, all rules of an account and region share one topic.
alerts:
  email: security@example.com
  shared: true

# What a rule alerts on and its parameters: \`patrol-deploy describe <rule>\`.
rules:
  # calls happened (high). Alerts on calls.
  demo/calls:
    parameters:
      # Which calls.
      actions: [StopLogging, DeleteTrail]
      # How many.
      limit: 5

  # plain happened (high). Alerts on plain.
  demo/plain: true

# Installed, but not deployed. Remove \`# \` before a rule to add it:
#   demo/global: true   # global happened (high)
#   demo/hidden: true   # hidden happened (high)
#   demo/listening: true   # listening happened (high)
`);
  });

  test('keeps patterns and sets as they were answered, above the rules with values', () => {
    const [demo] = ground.assemblies;
    if (!demo) throw new Error('There is one.');
    const sets = { essential: { description: 'What matters.', rules: ['plain', 'listening'] } };
    const assemblies = [{ ...demo, manifest: { ...demo.manifest, sets } }];
    const lines = ['demo:essential', 'demo/c*'];
    const kept = initialText({ ...answers, lines }, assemblies);
    const below = text.slice(text.indexOf('  # calls happened'));
    expect(kept.slice(kept.indexOf('rules:'))).toBe(`rules:
  # What matters. 2 rules, and those that a later version adds.
  demo:essential: true

  # 1 rule, and those that a later version adds.
  demo/c*: true

${below.replace(/^#.*listening.*\n/m, '')}`);
    expect(wantedFleet(fleetOf(kept), { ...ground, assemblies }).problems).toEqual([]);
  });

  test('gives a rule on a webhook one region, also where a pattern brings it', () => {
    const [demo] = ground.assemblies;
    if (!demo) throw new Error('There is one.');
    const webhook = { kind: 'webhook', events: ['fork'], also: [] } as const;
    const ofRules = demo.manifest.rules.map((each) =>
      each.name === 'listening' ? { ...each, triggers: [webhook] } : each,
    );
    const assemblies = [{ ...demo, manifest: { ...demo.manifest, rules: ofRules } }];
    for (const lines of [['demo/l*'], []]) {
      const rules = lines.length > 0 ? {} : { 'demo/listening': {} };
      const written = fleetOf(initialText({ ...answers, lines, rules }, assemblies));
      expect(written.fleet.rules).toMatchObject({ 'demo/listening': { regions: ['eu-west-1'] } });
      expect(wantedFleet(written, { ...ground, assemblies }).problems).toEqual([]);
    }
  });

  test('can be planned, whatever is chosen', () => {
    const [demo] = ground.assemblies;
    if (!demo) throw new Error('There is one.');
    const webhook = { kind: 'webhook', events: ['fork'], also: [] } as const;
    const ofRules = demo.manifest.rules.map((each) =>
      each.name === 'listening' ? { ...each, triggers: [webhook] } : each,
    );
    const sets = { essential: { description: 'What matters.', rules: ['plain', 'listening'] } };
    const assemblies = [{ ...demo, manifest: { ...demo.manifest, rules: ofRules, sets } }];
    const texts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'demo/plain': {},
      'demo/calls': { actions: 'StopLogging,DeleteTrail' },
      'demo/global': { roles: 'admin' },
      'demo/listening': { note: '# x: *y' },
    };
    fc.assert(
      fc.property(
        fc.subarray(['eu-west-1', 'us-east-1', 'ap-south-1'], { minLength: 1 }),
        fc.subarray(Object.keys(texts)),
        fc.subarray(['demo:essential', 'demo/l*', 'demo/p*', 'demo/g*']),
        fc.boolean(),
        (regions, names, lines, shared) => {
          const alerts = { email: 'security@example.com', shared };
          // What a pattern brings is asked for its required parameters too.
          const chosen = lines.includes('demo/g*') ? [...names, 'demo/global'] : names;
          const rules = Object.fromEntries(chosen.map((name) => [name, texts[name] ?? {}]));
          const written = fleetOf(
            initialText({ fleet: 'security', regions, alerts, lines, rules }, assemblies),
          );
          expect(wantedFleet(written, { ...ground, assemblies }).problems).toEqual([]);
          expect(written.fleet.regions).toEqual(regions);
        },
      ),
    );
  });

  test('can be planned as it is', () => {
    const wanted = wantedFleet(fleetOf(text), ground);
    expect(wanted.problems).toEqual([]);
    expect(
      wanted.stacks.map(({ wanted: { content, place } }) => [content.holds, place]),
    ).toHaveLength(4);
    expect(wanted.stacks[0]?.wanted.values).toMatchObject({
      actions: { text: 'StopLogging,DeleteTrail' },
      limit: { text: '5' },
    });
  });

  test('the rules that were left out are switched on by taking away the comment', () => {
    const lines = text.split('\n');
    const on = lines
      .map((line) => line.replace(/^# {3}(demo\/listening: true)/, '  $1'))
      .join('\n');
    expect(Object.keys(fleetOf(on).fleet.rules)).toContain('demo/listening');
  });

  test('whatever is answered is written so that it is read again', () => {
    for (const note of [
      '# x',
      'a: b',
      '- x',
      '012',
      'true',
      'two\nlines',
      '"',
      "it's",
      '*x',
      '%',
      '@',
    ]) {
      const written = initialText(
        { ...answers, environment: 'staging', rules: { 'demo/listening': { note } } },
        ground.assemblies,
      );
      expect(fleetOf(written).fleet).toMatchObject({
        environment: 'staging',
        rules: { 'demo/listening': { parameters: { note } } },
      });
    }
    const topic = `arn:aws:sns:eu-west-1:${account}:alerts`;
    expect(
      fleetOf(initialText({ ...answers, alerts: { topic }, rules: {} }, [])).fleet,
    ).toMatchObject({
      alerts: { topic },
      rules: {},
    });
  });
});

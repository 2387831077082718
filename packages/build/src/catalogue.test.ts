import { describe, expect, test } from 'vitest';
import { cis, mitre } from '@patrol/core';
import { manifestVersion, type RuleManifest } from '@patrol/core/contracts';
import { catalogue, withCatalogue } from './catalogue.ts';

const rule: RuleManifest = {
  name: 'watchAll',
  title: 'Watch',
  description: 'Alerts on * | <b>.',
  severity: 'high',
  runbook: 'Ask *them*.',
  runbookUrl: null,
  references: [],
  asks: false,
  triggers: [
    {
      kind: 'event',
      pattern: { 'detail-type': ['AWS API Call via CloudTrail'] },
      state: 'ENABLED',
    },
  ],
  parameters: {},
  permissions: [],
  regions: null,
  memorySize: 256,
  timeout: 30,
  code: { path: 'code.zip', sha256: 'x', bytes: 1, handler: 'index.handler' },
  template: { path: 'template.json', sha256: 'x' },
  sample: { path: 'sample.json' },
};

const of = (change: Partial<RuleManifest> = {}): string =>
  catalogue({
    formatVersion: manifestVersion,
    core: { version: '1.0.0' },
    package: { name: '@patrol/rules-aws', version: '1.0.0' },
    rules: [{ ...rule, ...change }],
  });

/** The line that begins with a word. */
const line = (text: string, start: string): string | undefined =>
  text.split('\n').find((found) => found.startsWith(start));

describe('the catalogue', () => {
  test('has a table and a section with the rule’s name, in which Markdown finds only ours', () => {
    expect(of().split('\n')).toEqual([
      '| Rule | Severity | Alerts |',
      '| --- | --- | --- |',
      '| [`watchAll`](#watchall) | high | Alerts on \\* \\| \\<b>. |',
      '',
      '## watchAll',
      '',
      'Alerts on \\* | \\<b>.',
      '',
      '**Runs on** events of EventBridge (AWS API Call via CloudTrail). It sees the events of the region that it stands in: deploy it in every region that you use.',
      '',
      '**When it alerts.** Ask \\*them\\*.',
      '',
      '```sh',
      'pnpm patrol-deploy aws/watchAll --alert-email you@example.com',
      '```',
      '',
    ]);
  });

  test('has a table for each area, with one line for a rule, and the sets as they are typed', () => {
    const text = catalogue({
      formatVersion: manifestVersion,
      core: { version: '1.0.0' },
      package: { name: '@patrol/rules-aws', version: '1.0.0' },
      rules: [rule, { ...rule, name: 'other', title: 'Other | thing', severity: 'low' }],
      areas: [
        { title: 'First', rules: ['other'] },
        { title: 'Second', rules: ['watchAll'] },
      ],
      sets: { few: { description: 'A few.', rules: ['other', 'watchAll'] } },
    });
    expect(text.slice(0, text.indexOf('## watchAll')).split('\n')).toEqual([
      '| First | Severity | What happened |',
      '| --- | --- | --- |',
      '| [`other`](#other) | low | Other \\| thing |',
      '',
      '| Second | Severity | What happened |',
      '| --- | --- | --- |',
      '| [`watchAll`](#watchall) | high | Watch |',
      '',
      'Sets of rules, for `patrol.yaml`. A rule that needs a value, a secret or data events is in none.',
      '',
      '| Set | What it is for | Rules |',
      '| --- | --- | --- |',
      '| `aws:few` | A few. | [`other`](#other), [`watchAll`](#watchall) |',
      '',
      '',
    ]);
  });

  test('tells every kind of source', () => {
    const [first] = rule.triggers;
    const triggers = [
      ...(first ? [first, first] : []),
      { kind: 'schedule', expression: 'rate(1 hour)', everySeconds: 3600 },
      { kind: 'sns', services: ['backup.amazonaws.com'] },
      { kind: 'sns', services: [] },
      { kind: 'webhook', events: ['public', 'repository'] },
    ] as const;
    expect(line(of({ triggers, regions: ['us-east-1'] }), '**Runs on**')).toBe(
      '**Runs on** events of EventBridge (AWS API Call via CloudTrail); the schedule `rate(1 hour)`; ' +
        'messages of a topic of its stack, which backup.amazonaws.com may publish to; messages of a topic of its stack; ' +
        'deliveries of a GitHub webhook (public, repository). Deploy it in us-east-1: its events occur nowhere else.',
    );
  });

  test('says how a webhook is registered, and nothing of regions', () => {
    const text = of({ triggers: [{ kind: 'webhook', events: ['fork'] }] });
    expect(text).toContain('\npnpm patrol-deploy hook aws/watchAll --org your-organization\n```');
    expect(line(text, '**Runs on**')).toBe('**Runs on** deliveries of a GitHub webhook (fork).');
  });

  test.each([
    [86_400, 'a day'],
    [172_800, '2 days'],
    [3600, 'an hour'],
    [5400, '90 minutes'],
    [61, '61 seconds'],
  ])('says that it reminds after %i seconds: %s', (remindAfter, words) => {
    expect(of({ remindAfter })).toContain(` What it still finds is told again after ${words}.`);
  });

  test('says that it tells some things once', () => {
    expect(of({ onceWithin: 86_400 })).toContain(' Some findings are told once within a day,');
    expect(of({})).not.toContain('told once');
  });

  test('says where others speak of it, and that it asks', () => {
    const text = of({
      references: [cis(5), mitre('T1562.008', 'Disable or Modify Cloud Logs')],
      asks: true,
    });
    expect(line(text, '**See**')).toBe(
      '**See** CIS AWS Foundations Benchmark 4.5 (v1.4 to v5.0), 5.5 (v6.0, v7.0): fully; MITRE ATT&CK T1562.008 Disable or Modify Cloud Logs.',
    );
    expect(line(text, '**Runs on**')).toContain('do that with `--live` only.');
  });

  test('shows every kind of parameter, and what has to be given', () => {
    const text = of({
      parameters: {
        muted: {
          kind: 'pairs',
          description: 'Pairs to mute.',
          halves: ['role', 'policy'],
          default: '',
          suppresses: true,
        },
        found: { kind: 'patterns', description: 'Patterns.', default: 'a|b', anywhere: true },
        token: { kind: 'secret', description: 'A token.', example: 'arn:x' },
      },
    });
    expect(line(text, '| `muted`')).toBe(
      '| `muted` | Pairs to mute. Pairs role:policy, separated by commas; each half is a regular expression that matches the whole value. This parameter mutes alerts. | none |',
    );
    expect(line(text, '| `found`')).toMatch(/match any part of the value.* \| `a\\\|b` \|$/);
    expect(line(text, '| `token`')).toMatch(/\| required \|$/);
    expect(text).toContain(" --param 'token=arn:x'\n");
  });
});

test('stands between its two lines in the README, which must be there', () => {
  const manifest = {
    formatVersion: manifestVersion,
    core: { version: '1.0.0' },
    package: { name: '@patrol/rules-aws', version: '1.0.0' },
    rules: [rule],
  } as const;
  const [begin, end] = ['<!-- rules: written by `pnpm generate` -->', '<!-- /rules -->'];
  const once = withCatalogue(`Before\n${begin}\nold\n${end}\nAfter\n`, manifest);
  expect(once).toBe(`Before\n${begin}\n\n${catalogue(manifest)}\n${end}\nAfter\n`);
  expect(withCatalogue(once, manifest)).toBe(once);
  for (const readme of ['', begin, `${end}\n${begin}`]) {
    expect(() => withCatalogue(readme, manifest)).toThrow('Expected the lines');
  }
});

import { allowed, type ParameterSpec, senderOf } from '@patrol/core/evaluation';
import type { Manifest, RuleManifest, TriggerManifest } from '@patrol/core/contracts';

/** The lines between which {@link withCatalogue} writes. */
const begin = '<!-- rules: written by `pnpm generate` -->';
const end = '<!-- /rules -->';

/**
 * Puts the catalogue of a package's rules into its README, between the two marker lines.
 *
 * @throws an Error when the markers are not there.
 */
export function withCatalogue(readme: string, manifest: Manifest): string {
  const [before, , after] = split(readme);
  return `${before}${begin}\n\n${catalogue(manifest)}\n${end}${after}`;
}

function split(readme: string): [string, string, string] {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) {
    throw new Error(`Expected the lines ${begin} and ${end} in the README, in this order.`);
  }
  return [
    readme.slice(0, from),
    readme.slice(from + begin.length, to),
    readme.slice(to + end.length),
  ];
}

/**
 * The rules of a package as Markdown: a table of all, or one for each area, and the sets; then a section for each rule, whose
 * heading is its name.
 */
export const catalogue = (manifest: Manifest): string =>
  [
    ...tables(manifest),
    ...sets(manifest),
    ...manifest.rules.map((rule) => section(rule, manifest.package.name)),
  ].join('\n');

/** One line for each rule. Many rules are shown by what they watch, in words that leave each its one line. */
function tables({ rules, areas }: Manifest): readonly string[] {
  const row = ({ name, severity }: RuleManifest, text: string): string =>
    `| ${linked(name)} | ${severity} | ${plain(cell(text))} |`;
  if (!areas) {
    return [
      '| Rule | Severity | Alerts |',
      '| --- | --- | --- |',
      ...rules.map((rule) => row(rule, rule.description)),
      '',
    ];
  }
  return areas.flatMap(({ title, rules: names }) => [
    `| ${plain(cell(title))} | Severity | What happened |`,
    '| --- | --- | --- |',
    ...names
      .flatMap((each) => rules.find(({ name }) => name === each) ?? [])
      .map((rule) => row(rule, rule.title)),
    '',
  ]);
}

/** The sets, as they are typed. */
function sets({ package: { name }, sets: all = {} }: Manifest): readonly string[] {
  const rows = Object.entries(all).map(
    ([set, { description, rules }]) =>
      `| \`${shortOf(name)}:${set}\` | ${plain(cell(description))} | ${rules.map(linked).join(', ')} |`,
  );
  return rows.length === 0
    ? []
    : [
        'Sets of rules, for `patrol.yaml`. A rule that needs a value, a secret or data events is in none.',
        '',
        '| Set | What it is for | Rules |',
        '| --- | --- | --- |',
        ...rows,
        '',
      ];
}

/** The name of a rule, which leads to its section. */
const linked = (name: string): string => `[\`${name}\`](#${name.toLowerCase()})`;

/** What is typed for a package. */
const shortOf = (packageName: string): string => packageName.replace(/^@patrol\/rules-/, '');

function section(rule: RuleManifest, packageName: string): string {
  const short = shortOf(packageName);
  const parameters = Object.entries(rule.parameters);
  const required = parameters
    .filter(([, spec]) => spec.default === undefined)
    .map(([parameter, { example = '' }]) => ` --param '${parameter}=${example}'`)
    .join('');
  const region = rule.regions ? ` --region ${rule.regions[0]}` : '';
  return [
    `## ${rule.name}`,
    '',
    plain(rule.description),
    '',
    ...(parameters.length > 0
      ? [
          '| Parameter | What it says | Default |',
          '| --- | --- | --- |',
          ...parameters.map(
            ([name, spec]) =>
              `| \`${name}\` | ${plain(cell([spec.description, ...allowed(spec)].join(' ')))} | ${byDefault(spec)} |`,
          ),
          '',
        ]
      : []),
    [
      `**Runs on** ${[...new Set(rule.triggers.map(trigger))].join('; ')}.`,
      asks(rule),
      reminder(rule),
      sparing(rule),
      regions(rule),
    ]
      .filter(Boolean)
      .join(' '),
    '',
    `**When it alerts.** ${plain(rule.runbook)}`,
    '',
    ...(rule.references.length > 0 ? [`**See** ${rule.references.join('; ')}.`, ''] : []),
    '```sh',
    `pnpm patrol-deploy ${short}/${rule.name} --alert-email you@example.com${region}${required}`,
    ...(rule.triggers.some(({ kind }) => kind === 'webhook')
      ? [`pnpm patrol-deploy hook ${short}/${rule.name} --org your-organization`]
      : []),
    '```',
    '',
  ].join('\n');
}

const byDefault = (spec: ParameterSpec): string =>
  spec.default === undefined
    ? 'required'
    : spec.default === ''
      ? 'none'
      : `\`${cell(spec.default)}\``;

const regions = ({ regions: only, triggers }: RuleManifest): string =>
  only
    ? `Deploy it in ${only.join(', ')}: its events occur nowhere else.`
    : triggers.some(({ kind }) => kind === 'event')
      ? 'It sees the events of the region that it stands in: deploy it in every region that you use.'
      : '';

const asks = (rule: RuleManifest): string =>
  rule.asks
    ? 'It may have to ask AWS or GitHub before it decides: `try` and `replay` do that with `--live` only.'
    : '';

const reminder = ({ remindAfter }: RuleManifest): string =>
  remindAfter === undefined ? '' : `What it still finds is told again after ${time(remindAfter)}.`;

const sparing = ({ onceWithin }: RuleManifest): string =>
  onceWithin === undefined
    ? ''
    : `Some findings are told once within ${time(onceWithin)}, in each region: the log of the function has the others. A table in its stack remembers what was told.`;

/** A duration in the largest unit that gives a whole number. */
function time(seconds: number): string {
  const units = { day: 86_400, hour: 3600, minute: 60, second: 1 };
  const [unit, length] = Object.entries(units).find(([, size]) => seconds % size === 0) ?? [
    'second',
    1,
  ];
  const count = seconds / length;
  return `${count === 1 ? (unit === 'hour' ? 'an' : 'a') : count} ${unit}${count === 1 ? '' : 's'}`;
}

function trigger(given: TriggerManifest): string {
  switch (given.kind) {
    case 'schedule':
      return `the schedule \`${given.expression}\``;
    case 'sns':
      return `messages of a topic of its stack${given.services.length > 0 ? `, which ${given.services.join(', ')} may publish to` : ''}`;
    case 'webhook':
      return `deliveries of a ${senderOf([given]).name} webhook (${given.events.join(', ')})`;
    case 'event':
      return `events of EventBridge (${list(given.pattern['detail-type']) || 'any type'})`;
  }
}

const list = (value: unknown): string =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string').join(', ') : '';

/** Escapes a text, so that Markdown shows it as it is. */
const plain = (text: string): string => text.replace(/[*<]/g, '\\$&');

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

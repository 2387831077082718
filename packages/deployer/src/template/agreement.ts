/** Whether `rules.json` and the template of a rule agree. Patrol deploys the template. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { type AnyRule, isObject } from '@patrol/core';
import { type RuleManifest, stackNames, type TriggerManifest } from '@patrol/core/contracts';
import { ruleTemplate } from '@patrol/core/template';
import { messageOf } from '../text/errors.ts';
import type { Disagreement, Grant, ShownChanges } from '../notes/parts.ts';
import type { TemplateTrigger } from '../notes/objects.ts';
import type { Content, Template } from './template.ts';
import { bodyOf, templateAccess } from './access.ts';
import { readRule, type RuleReading } from './rule.ts';
import type { Known } from './scope.ts';
import { grantWords } from './words.ts';
import { hasSameCore } from '../packages/assembly.ts';
import { compact } from '../text/records.ts';

/** Nothing is known: the template may be deployed anywhere, with any values. */
export const anywhere: Known = { values: {}, defaults: false };

/**
 * Where `rules.json` and the template of a rule disagree.
 *
 * @param hasSameCore whether the package was built with the `@patrol/core` of this release. Then the whole template must be
 *   what this core makes of `rules.json`.
 */
export function disagreements(
  rule: RuleManifest,
  template: Template,
  hasSameCore: boolean,
): readonly Disagreement[] {
  const body = bodyOf(template, anywhere);
  const read = readRule(body);
  let expected: Template;
  try {
    expected = expectedOf(rule);
  } catch (error) {
    return [{ what: 'template', manifest: `what no template can have: ${messageOf(error)}` }];
  }
  return [
    ...functionDisagreements(read, readRule(bodyOf(expected, anywhere))),
    ...triggerDisagreements(rule, read.triggers),
    ...parameterDisagreements(rule, template, read, expected),
    ...grantDisagreements(rule, templateAccess(body).grants, expected),
    ...(hasSameCore ? otherDisagreements(template, expected) : []),
  ];
}

/** The template that the core of this release makes of `rules.json`. */
function expectedOf(rule: RuleManifest): Template {
  // A manifest has everything of a rule that its template depends on: `alertsOnDenied` as a default.
  const alertsOnDenied = rule.parameters['deniedAttempts']?.default === 'alert';
  const whole = ruleTemplate({ ...rule, alertsOnDenied } as unknown as AnyRule);
  const { Parameters = {}, Resources = {}, ...rest } = whole;
  return { text: JSON.stringify(rest), parameters: Parameters, resources: Resources };
}

const unlessSame = (what: string, manifest: string | undefined, template: string | undefined) =>
  manifest === template ? [] : [compact<Disagreement>({ what, manifest, template })];

function functionDisagreements(read: RuleReading, expected: RuleReading): readonly Disagreement[] {
  if (!read.hasFunction) return [{ what: 'function', manifest: expected.code }];
  // A package that was built with an older core has no layer with names.
  const { code } = expected;
  const isOlder = read.code === code.replace(`, layer \${${stackNames.resources.names}}`, '');
  return (['memorySize', 'timeout', 'handler', 'code'] as const).flatMap((name) =>
    name === 'code' && isOlder ? [] : unlessSame(name, String(expected[name]), String(read[name])),
  );
}

/** What identifies a trigger. A template does not say which events a webhook sends. */
const keyOf = (trigger: TriggerManifest | TemplateTrigger): unknown => {
  switch (trigger.kind) {
    case 'event':
      return [trigger.pattern, trigger.state, 'bus' in trigger ? trigger.bus : undefined];
    case 'schedule':
      return [trigger.expression, 'state' in trigger ? trigger.state : 'ENABLED'];
    case 'sns':
      return ['sns', trigger.services.toSorted()];
    case 'webhook':
      return ['webhook', 'route' in trigger ? trigger.route : 'POST /'];
    case 'other':
      return trigger;
  }
};

/** The triggers of `rules.json` that are the same as one of the template. */
export const sameTriggers = (
  { triggers }: Pick<RuleManifest, 'triggers'>,
  trigger: TemplateTrigger,
): readonly TriggerManifest[] =>
  triggers.filter((each) => isDeepStrictEqual(keyOf(each), keyOf(trigger)));

function triggerDisagreements(rule: RuleManifest, triggers: readonly TemplateTrigger[]) {
  const found = triggers.map((trigger) => sameTriggers(rule, trigger));
  const unknown = triggers.filter((_, index) => found[index]?.length === 0);
  const missing = rule.triggers.filter((trigger) => !found.flat().includes(trigger));
  return [
    ...unknown.map((trigger) => ({ what: 'trigger', template: JSON.stringify(trigger) })),
    ...missing.map((trigger) => ({ what: 'trigger', manifest: JSON.stringify(trigger) })),
  ];
}

/** Differences in parameters: operators read about them in `rules.json`, and the function gets what the template says. */
const parameterDisagreements = (
  rule: RuleManifest,
  { parameters }: Template,
  { environment, hasFunction }: RuleReading,
  expected: Template,
): readonly Disagreement[] =>
  Object.keys(rule.parameters).flatMap((name) => {
    const declared = parameters[name];
    if (!declared) return [{ what: `parameter ${name}`, manifest: 'declared' }];
    const standard = expected.parameters[name]?.Default?.toString();
    return [
      ...unlessSame(`default of ${name}`, standard, declared.Default?.toString()),
      ...(hasFunction
        ? unlessSame(`value of ${name} in the function`, `\${${name}}`, environment[name])
        : []),
    ];
  });

/** Permissions that the template grants without `rules.json`, and permissions of `rules.json` that it does not grant. */
function grantDisagreements(rule: RuleManifest, grants: readonly Grant[], expected: Template) {
  const grantsOf = (each: Template): readonly Grant[] =>
    templateAccess(bodyOf(each, anywhere)).grants;
  const wanted = grantsOf(expected);
  const own = grantsOf(expectedOf({ ...rule, permissions: [] }));
  const declared = without(wanted, own);
  return [
    ...without(grants, wanted).map((grant) => ({ what: 'permission', template: inWords(grant) })),
    ...without(declared, grants).map((grant) => ({ what: 'permission', manifest: inWords(grant) })),
  ];
}

/** Every other part in which two templates differ, by name. Of a resource that only one of them has, only the type is told. */
function otherDisagreements(template: Template, expected: Template): readonly Disagreement[] {
  const [found, wanted] = [partsOf(template), partsOf(expected)];
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
  const isInBoth = (name: string): boolean => {
    const [id = ''] = name.split('.');
    return name === id || (id in found && id in wanted) || !(id in found || id in wanted);
  };
  const text = (value: unknown): string | undefined =>
    value === undefined ? undefined : JSON.stringify(value);
  return names
    .filter(isInBoth)
    .filter((name) => !isDeepStrictEqual(found[name], wanted[name]))
    .flatMap((name) => unlessSame(name, text(wanted[name]), text(found[name])));
}

/** The parts of a template: the properties of its resources, and the entries of its other sections. */
function partsOf({ text, parameters, resources }: Template): Readonly<Record<string, unknown>> {
  const whole = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const { Resources: _, ...sections } = { Resources: {}, ...whole, Parameters: parameters };
  const made = Object.entries(resources).flatMap(([id, { Properties = {}, ...rest }]) => [
    [id, rest],
    ...Object.entries(Properties).map(([name, value]) => [`${id}.${name}`, value]),
  ]);
  const others = Object.entries(sections).flatMap(([section, entries]) =>
    isObject(entries)
      ? Object.entries(entries).map(([name, value]) => [`${section}.${name}`, value])
      : [[section, entries]],
  );
  return JSON.parse(JSON.stringify(Object.fromEntries([...made, ...others]))) as Readonly<
    Record<string, unknown>
  >;
}

const without = (some: readonly Grant[], others: readonly Grant[]): readonly Grant[] =>
  some.filter((grant) => !others.some((other) => isDeepStrictEqual(grant, other)));

const inWords = (grant: Grant): string => {
  const { where, effect, says } = grantWords(grant);
  return `${where}: ${effect} ${says}`;
};

/** Results by template, since many stacks share one template. */
const known = new WeakMap<Template, readonly Disagreement[]>();

/**
 * Where `rules.json` and the template of a rule disagree, for a plan.
 *
 * @param template as it is in the package. A base stack belongs to no package and has no disagreements.
 */
export function disagreementsOf({
  artifact,
  template,
}: Content): Pick<ShownChanges, 'disagreements'> {
  if (!artifact) return {};
  const found =
    known.get(template) ?? disagreements(artifact.rule, template, hasSameCore(artifact));
  known.set(template, found);
  return found.length > 0 ? { disagreements: found } : {};
}

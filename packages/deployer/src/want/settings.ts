/** From what the operator gave, what the stack has and what the rule asks for, to the values of a stack. Pure. */
import {
  allowed,
  commonParameters,
  type ParameterSpec,
  parseParameter,
} from '@patrol/core/evaluation';
import { emailParameters, stackNames } from '@patrol/core/contracts';
import type { Stack } from '../cloud/cloud.ts';
import { destination } from '../destinations/destinations.ts';
import { listed, messageOf, UsageError } from '../text/errors.ts';
import { near } from '../file/problem.ts';
import { resolveEnvironment } from '../evaluate/environment.ts';
import { secretArnToCome, secretName, tagName, tagValue } from '../identity/naming.ts';
import { conditionOf } from '../cloud/states.ts';
import { largestEnvironment, refuseValue, stackParameters } from '../template/template.ts';
import {
  type Given,
  type Ground,
  type Question,
  type SettingProblem,
  settingProblemText,
  type Settings,
  type Value,
} from '../destinations/values.ts';
import { formerNames, nameIn, renamedIn } from '../template/renames.ts';
import { hidden } from '../template/scope.ts';
import { refuseTopic } from '../cloud/addresses.ts';
import { keptValue } from './kept.ts';
import { compact, mapValues, own } from '../text/records.ts';
import { separated } from '../text/words.ts';

const { parameters: common } = stackNames;

/**
 * Reads `--param name=value` options. A value may hold further `=`.
 *
 * @throws UsageError with every one that is not of that form or names a parameter twice.
 */
export const parseParams = (options: readonly string[]): Readonly<Record<string, string>> =>
  parsePairs('--param', options);

function parsePairs(option: string, options: readonly string[]): Readonly<Record<string, string>> {
  const problems: string[] = [];
  const values = new Map<string, string>();
  for (const pair of options) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at < 1 || name === '') problems.push(`${JSON.stringify(pair)} is not of that form.`);
    else if (values.has(name)) problems.push(`${name} is given twice.`);
    else values.set(name, pair.slice(at + 1));
  }
  if (problems.length > 0) {
    throw new UsageError(listed(`Expected ${option} name=value, each name once.`, problems));
  }
  return Object.fromEntries(values);
}

/**
 * Reads `--tag name=value` options.
 *
 * @throws UsageError with every one that is not of that form, or no tag that CloudFormation takes from others.
 */
export function parseTags(options: readonly string[]): Readonly<Record<string, string>> {
  const tags = parsePairs('--tag', options);
  const wrong = Object.entries(tags).filter(
    ([name, value]) =>
      !tagName.test(name) || name.length > 128 || !tagValue.test(value) || value.length > 256,
  );
  if (wrong.length === 0) return tags;
  const found = wrong.map(([name, value]) => `${name}=${value}`);
  throw new UsageError(
    listed(
      'Expected tags of letters, digits, spaces and _.:/=+-@, whose names begin neither with aws: nor with patrol:.',
      found,
    ),
  );
}

/** A parameter whose value is given past the command line: asked for, or from standard input. */
export interface SecretOption {
  readonly name: string;
  readonly from: 'terminal' | 'stdin';
}

/**
 * Reads `--secret name` and `--secret name=-` options.
 *
 * @throws UsageError for a value on the command line, where other processes see it, and for what is named twice.
 */
export function parseSecrets(options: readonly string[]): readonly SecretOption[] {
  const parsed = options.map((option): SecretOption => {
    const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(option) ?? [];
    if (name !== '' && (value === undefined || value === '-')) {
      return { name, from: value === undefined ? 'terminal' : 'stdin' };
    }
    const use = `--secret ${name || 'name'}`;
    throw new UsageError(
      `Use ${use} to be asked for the value, or ${use}=- to pass it on standard input. Every process of the machine can read a value on the command line.`,
    );
  });
  if (new Set(parsed.map(({ name }) => name)).size < parsed.length) {
    throw new UsageError('Expected --secret with each name once.');
  }
  if (parsed.filter(({ from }) => from === 'stdin').length > 1) {
    throw new UsageError('Standard input has only one value: expected only one --secret name=-.');
  }
  return parsed;
}

const bytes = (text: string): number => Buffer.byteLength(text);

/** What is wrong with the text of a rule's parameter. */
export function refusal(spec: ParameterSpec, text: string): string | undefined {
  // CloudFormation takes no longer values.
  if (bytes(text) > 4096) return `has ${bytes(text)} bytes; CloudFormation allows 4096.`;
  try {
    parseParameter(spec, text);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** What is wrong with the text of one of the stack's own parameters. */
function stackRefusal({ template, place }: Ground, name: string, text: string): string | undefined {
  const isDispatch = name === common.dispatchTopic && text !== '';
  return (
    (isDispatch ? refuseTopic(text, place.partition) : undefined) ??
    refuseValue(template.parameters[name] ?? {}, text)
  );
}

/** Options by the parameters that they stand for, where a template has them or not. */
const options: Readonly<Record<string, string>> = {
  ...Object.fromEntries(emailParameters(common.alertEmail).map((name) => [name, '--alert-email'])),
  [common.alertTopic]: '--alert-topic-arn',
};

/**
 * Settles the values of a stack: what is given goes before what the stack has, that before the default. What is neither
 * becomes a question; so does, for a new stack, what has a default and is the rule's own.
 */
export function settle(ground: Ground, given: Given): Settings {
  const { rule, template, current } = ground;
  const values: Record<string, Value> = {};
  const questions: Question[] = [];
  const problems: SettingProblem[] = [...nameProblems(ground, given)];
  const take = (name: string, text: string, wrong: string | undefined): void => {
    if (wrong) problems.push({ about: name, fault: { code: 'value', why: wrong } });
    else values[name] = { text, from: 'given' };
  };
  for (const [name, spec] of Object.entries(rule.parameters)) {
    const refuse = (text: string): string | undefined => refusal(spec, text);
    const ask = {
      name,
      description: [spec.description, ...allowed(spec)].join(' '),
      refuse,
      ...(spec.kind === 'secret' ? { secret: true as const } : {}),
    };
    const typed = nameIn(given.parameters, name, spec);
    const text = typed === undefined ? undefined : own(given.parameters, typed)?.trim();
    const kept = keptValue(ground, name, spec);
    if (given.secrets?.includes(name)) {
      values[name] = { text: '', from: 'given', inSecret: true };
    } else if (text !== undefined) {
      take(name, text, refuse(text));
    } else if (kept !== undefined) {
      const { name: found, ...value } = kept;
      const isMoved = found !== name;
      const isHidden =
        template.parameters[name]?.NoEcho === true || (isMoved && value.text === hidden);
      const wrong = isHidden ? refuseHidden(current, isMoved) : refuse(value.text);
      if (wrong) questions.push({ ...ask, required: true, initial: value.text, reason: wrong });
      else values[name] = value;
    } else if (spec.default === undefined) {
      questions.push({ ...ask, required: true });
    } else {
      values[name] = { text: spec.default, from: 'default' };
      // What all rules have is told by `describe`, and not asked about for each of them.
      if (!current && !commonParameters.includes(name)) {
        questions.push({ ...ask, required: false, initial: spec.default });
      }
    }
  }

  for (const name of stackParameters(rule, template)) {
    const [typed, kept] = [own(given.parameters, name), keptValue(ground, name)];
    const text = typed === undefined ? undefined : tidy(name, typed);
    if (text !== undefined) {
      take(name, text, stackRefusal(ground, name, text));
    } else if (kept !== undefined) {
      const { name: _, ...value } = kept;
      const wrong = template.parameters[name]?.NoEcho ? refuseHidden(current) : undefined;
      if (wrong) take(name, '', `${wrong} Give it again with --param ${name}=….`);
      else values[name] = value;
    }
  }

  const alerts = destination(ground, given);
  Object.assign(values, alerts.values);
  questions.push(...alerts.questions);
  problems.push(...alerts.problems, ...unheardAlarms(ground, values));
  if (problems.length === 0) problems.push(...tooLarge(ground, values));
  return { values, questions, problems };
}

/** CloudFormation shows `****` for a hidden value: it can be kept where it stands, but neither be checked nor sent again. */
const refuseHidden = (current: Stack | undefined, isRenamed = false): string | undefined =>
  conditionOf(current) === 'ready' && !isRenamed
    ? undefined
    : 'CloudFormation does not return hidden values.';

/** What is wrong with the names of what is given. */
function* nameProblems(
  { rule, template }: Ground,
  { secrets = [], parameters: given }: Given,
): Generator<SettingProblem> {
  const { parameters } = rule;
  const known = [...Object.keys(parameters), ...stackParameters(rule, template)];
  const former = formerNames(parameters);
  for (const about of Object.keys(given)) {
    if (known.includes(about) || former.includes(about)) continue;
    const facts = { has: known, elsewhere: own(options, about), ...near(about, known) };
    const code = about === common.publishers ? 'noTrigger' : 'unknownParameter';
    yield { about, fault: { code, rule: rule.name, ...facts } };
  }
  for (const { former: about, name } of renamedIn(given, parameters)) {
    // One of the values would go unheeded.
    if (nameIn(given, name, parameters[name]) === about) continue;
    yield { about, fault: { code: 'bothNames', name } };
  }
  const has = Object.keys(parameters).filter((name) => parameters[name]?.kind === 'secret');
  for (const about of secrets) {
    if (!has.includes(about)) {
      yield { about: `--secret ${about}`, fault: { code: 'noSecret', rule: rule.name, has } };
    } else if (Object.hasOwn(given, about)) {
      yield { about, fault: { code: 'bothOptions' } };
    }
  }
}

/** Accounts are a list without spaces; everything else is taken as it is, but for spaces around it. */
const tidy = (name: string, text: string): string =>
  name === common.publishers ? text.replaceAll(/\s/g, '') : text.trim();

/** Refuses alarms that nobody would hear: CloudWatch reaches no topic of another region. */
function unheardAlarms(
  { template, place }: Ground,
  values: Settings['values'],
): readonly SettingProblem[] {
  if (!template.parameters[common.alarmTopic]) return [];
  const regionOf = (name: string): string => values[name]?.text.split(':')[3] ?? '';
  const about = values[common.alarmTopic]?.text ? common.alarmTopic : common.alertTopic;
  const region = regionOf(about);
  if (region === '' || region === place.region) return [];
  const alarms = about === common.alarmTopic ? undefined : common.alarmTopic;
  return [{ about, fault: { code: 'farTopic', region, stack: place.region, alarms } }];
}

/**
 * Stands for the name of a stack within those of its resources: the names that AWS makes end with a dash and twelve
 * characters, and partitions and regions have longer names than the sandbox's.
 */
const longest = (stack: string): string => `${stack}${'x'.repeat(30)}`;

/** Refuses an environment that Lambda would not take, before anything is touched. */
function tooLarge(
  { rule, template, stack, place }: Ground,
  values: Settings['values'],
): readonly SettingProblem[] {
  const textOf = (name: string): string => {
    const value = own(values, name);
    // What is still to be asked for counts as empty.
    return value?.inSecret ? secretArnToCome(place, secretName(stack, name)) : (value?.text ?? '');
  };
  const texts = mapValues(rule.parameters, (_spec, name) => textOf(name));
  const ofStack = [...stackParameters(rule, template), common.alertTopic].map(
    (name) => [name, own(values, name)?.text] as const,
  );
  const all = compact<Record<string, string>>({ ...texts, ...Object.fromEntries(ofStack) });
  const environment = resolveEnvironment(template, all, longest(stack));
  // Lambda's own message ("String measured: {…}") shows that it measures the JSON text, escapes included.
  const size = bytes(JSON.stringify(environment));
  if (size <= largestEnvironment) return [];
  const largest = Object.entries(texts)
    .filter(([name]) => Object.hasOwn(environment, name))
    .toSorted(([, a], [, b]) => bytes(b) - bytes(a))
    .slice(0, 3)
    .map(([name, text]) => `${name} (${bytes(text)} bytes)`);
  return [{ fault: { code: 'largeEnvironment', size, most: largestEnvironment, largest } }];
}

/** The answers to questions, added to what was given. */
export function answered(given: Given, answers: Readonly<Record<string, string>>): Given {
  const { alerts, ...parameters } = answers;
  const to =
    alerts === undefined || alerts.startsWith('arn:')
      ? { alertTopicArn: alerts }
      : { alertEmails: separated(alerts) };
  return {
    ...given,
    ...compact<Pick<Given, 'alertEmails' | 'alertTopicArn'>>(to),
    parameters: { ...given.parameters, ...parameters },
  };
}

/**
 * The problems of settings that nobody can be asked about: with them what had to be asked.
 *
 * @throws UsageError that lists them all, when there are any.
 */
export function requireSettled({ problems, questions }: Settings, hint: string): void {
  const missing = questions
    .filter(({ required }) => required)
    .map(({ name, description, reason, initial }) =>
      name === 'alerts'
        ? 'No destination for alerts is given; expected --alert-email or --alert-topic-arn.'
        : reason
          ? `${name}: the current value ${JSON.stringify(initial)} is no longer allowed: ${reason}`
          : `${name}: is required and was not given (--param ${name}=…). ${description}`,
    );
  const all = [...problems.map(settingProblemText), ...missing];
  if (all.length === 0) return;
  const note = missing.length > 0 ? hint : '';
  throw new UsageError(`${listed('These settings cannot be used:', all)}${note && `\n${note}`}`);
}

/** The rules of a fleet among those that are installed, and the values of their parameters. Pure. */
import type { ParameterSpec } from '@patrol/core/evaluation';
import { emailParameters, stackNames } from '@patrol/core/contracts';
import { type Artifact, type Assembly, candidatesFor, typedName } from '../packages/assembly.ts';
import { OperatorError } from '../text/errors.ts';
import { stackParameters, type Template } from '../template/template.ts';
import type { Fleet, ParameterValue, ParameterValues, Suppression } from '../file/file.ts';
import { near, type Path } from '../file/problem.ts';
import type { Fault } from '../view/sentences/faults.ts';
import { formerNames, nameIn, presentName, type Renamed } from '../template/renames.ts';
import {
  isAbout,
  isShared,
  matchesNothing,
  noSet,
  partOf,
  type Said,
  saidOf,
  setsOf,
} from './lines.ts';
import type { Remark } from '../view/sentences/remarks.ts';
import { holds, isList, refusal, type Text, textOf, wrongItem } from './values.ts';
import { order } from '../text/words.ts';
import { own } from '../text/records.ts';

const { parameters: common } = stackNames;

/** The keys of the file that give parameters of all stacks. */
const ofFleet: Readonly<Record<string, 'logRetention' | 'permissionsBoundary' | 'webhookSecret'>> =
  {
    [common.logRetention]: 'logRetention',
    [common.boundary]: 'permissionsBoundary',
    [common.webhookSecret]: 'webhookSecret',
  };

/** Takes a problem with the value at a path. */
export type Refuse = (path: Path, fault: Fault) => void;

/** The installed rules. */
export interface Installed {
  /** The rule packages. */
  readonly assemblies: readonly Assembly[];
  /** Reads the template of a rule: once, since it is asked for often. */
  readonly templateOf: (artifact: Artifact) => Template;
}

/** A rule of the fleet and what is decided about it. */
export interface Chosen extends Omit<Said, 'isOn'> {
  /** What the operator types. */
  readonly name: string;
  readonly artifact: Artifact;
  readonly template: Template;
}

/** A suppression and its rule. */
export interface RuleSuppression extends Suppression {
  readonly rule: string;
}

/** Refuses a rule of the fleet as a whole. Where a pattern brings it, the line does not name it. */
export function refuseRule(
  { name, at }: Pick<Chosen, 'name' | 'at'>,
  refuse: Refuse,
  fault: Fault,
): void {
  refuse(at, at[1] === name ? fault : { ...fault, brought: name });
}

/** What several rules are refused for at one place: said once, with their names. */
export class SharedRefusals {
  readonly #found = new Map<string, { path: Path; fault: Fault; names: string[] }>();
  readonly #refuse: Refuse;

  constructor(refuse: Refuse) {
    this.#refuse = refuse;
  }

  /** Refuses what a rule is given. What stands below a line with its name needs no name. */
  of({ name }: Pick<Chosen, 'name'>): Refuse {
    return (path, fault) => {
      if (path[0] !== 'rules' || path[1] === name || path.length < 3) {
        this.#refuse(path, fault);
        return;
      }
      const key = JSON.stringify([path, fault]);
      const found = this.#found.get(key) ?? { path, fault, names: [] };
      found.names.push(name);
      this.#found.set(key, found);
    };
  }

  tell(): void {
    for (const { path, fault, names } of this.#found.values()) {
      this.#refuse(path, { ...fault, ofRules: names });
    }
  }
}

/** Every installed rule by what is typed for it. Of two packages of a short name the first counts, as on the command line. */
export function installedRules(assemblies: readonly Assembly[]): ReadonlyMap<string, Artifact> {
  const installed = new Map<string, Artifact>();
  for (const assembly of assemblies) {
    for (const rule of assembly.manifest.rules) {
      const name = typedName({ assembly, rule });
      if (!installed.has(name)) installed.set(name, { assembly, rule });
    }
  }
  return installed;
}

/** The rules that are on, in the order of their names. */
export function chosenRules(
  fleet: Fleet,
  { assemblies, templateOf }: Installed,
  refuse: Refuse,
): readonly Chosen[] {
  const installed = installedRules(assemblies);
  const names = [...installed.keys()];
  for (const key of Object.keys(fleet.rules)) {
    if ([...installed].some(([name, artifact]) => isAbout(key, name, artifact))) continue;
    refuse(['rules', key], notInstalled(key, assemblies, names));
  }
  return [...installed]
    .toSorted(([a], [b]) => order(a, b))
    .flatMap(([name, artifact]) => {
      const { isOn, ...said } = saidOf(fleet, name, artifact);
      if (!isOn) return [];
      try {
        return [{ name, artifact, template: templateOf(artifact), ...said }];
      } catch (error) {
        if (!(error instanceof OperatorError)) throw error;
        refuseRule({ name, ...said }, refuse, { code: 'value', why: error.message });
        return [];
      }
    });
}

/** Why there is no rule of a name, and what to do about it. */
function notInstalled(
  name: string,
  assemblies: readonly Assembly[],
  names: readonly string[],
): Fault {
  const sets = assemblies.flatMap(setsOf);
  const isSet = name.includes(':');
  const part = isSet ? name.slice(0, name.lastIndexOf(':')) : partOf(name);
  const rule = name.slice(part.length + 1);
  const here = names.filter((each) => partOf(each) === part);
  if (part.includes('*') || (name.includes('*') && here.length > 0)) {
    return matchesNothing(name, names);
  }
  if (here.length > 0 && isSet) return noSet(name, names, sets);
  if (here.length > 0) {
    const known = [...here, ...sets.map((set) => set.name)];
    const rules = here.map((each) => each.slice(part.length + 1));
    return { code: 'noRule', name: part, rules, ...near(name, known) };
  }
  const full = assemblies.find(({ manifest }) => manifest.package.name === part);
  if (full) return { code: 'longName', name: `${full.shortName}${isSet ? ':' : '/'}${rule}` };
  const candidates = candidatesFor(part);
  return { code: 'noPackage', names: candidates, ...near(part, names.map(partOf)) };
}

/** Parameters of every template that a fleet gives elsewhere. */
const elsewhere: Readonly<Record<string, string>> = {
  ...Object.fromEntries(emailParameters(common.alertEmail).map((name) => [name, 'alerts.email'])),
  [common.alertTopic]: 'alerts.topic',
  [common.alarmTopic]: 'alarms',
  [common.alertForm]: 'alerts.form',
  [common.dispatchTopic]: 'alerts.dispatch',
  [common.failureQueue]: 'aws/patrolHealth, beside which rules share their queues',
  [common.deadLetterQueue]: 'aws/patrolHealth, beside which rules share their queues',
};

/** The parameters of a rule's stack that a fleet gives under `parameters`. */
export const parameterNames = ({
  artifact: { rule },
  template,
}: Pick<Chosen, 'artifact' | 'template'>): readonly string[] => [
  ...Object.keys(rule.parameters),
  ...stackParameters(rule, template).filter((name) => !Object.hasOwn(elsewhere, name)),
];

const unknownName = (name: string, known: readonly string[]) =>
  Object.hasOwn(elsewhere, name) ? { elsewhere: elsewhere[name] } : near(name, known);

/** Names among the defaults, and below patterns, that no rule knows which they are for. */
export function checkShared(fleet: Fleet, chosen: readonly Chosen[], refuse: Refuse): void {
  const check = (
    among: readonly Chosen[],
    parameters: ParameterValues | undefined,
    path: Path,
    whose: 'fleet' | 'line',
  ): void => {
    const known = [...new Set(among.flatMap(parameterNames))];
    const former = among.flatMap(({ artifact }) => formerNames(artifact.rule.parameters));
    for (const name of Object.keys(parameters ?? {})) {
      if (known.includes(name) || former.includes(name)) continue;
      const fault = { code: 'nobodysParameter', among: whose } as const;
      refuse([...path, name], { ...fault, ...unknownName(name, known) });
    }
  };
  check(chosen, fleet.defaults?.parameters, ['defaults', 'parameters'], 'fleet');
  for (const [key, settings] of Object.entries(fleet.rules)) {
    const among = chosen.filter(({ lines }) => lines.some((line) => line.key === key));
    if (!isShared(key) || typeof settings !== 'object' || among.length === 0) continue;
    const path = ['rules', key];
    check(among, settings.parameters, [...path, 'parameters'], 'line');
    const muting = [...new Set(among.flatMap(mutingNames))];
    const former = among.flatMap(({ artifact }) => formerNames(artifact.rule.parameters));
    for (const [index, { parameter }] of (settings.suppressions ?? []).entries()) {
      if (muting.includes(parameter) || former.includes(parameter)) continue;
      const fault = {
        code: 'noneMutes',
        parameter,
        has: muting,
        ...near(parameter, muting),
      } as const;
      refuse([...path, 'suppressions', index, 'parameter'], fault);
    }
  }
}

/** The parameters of a rule that mute alerts. */
const mutingNames = ({ artifact: { rule } }: Pick<Chosen, 'artifact'>): readonly string[] =>
  Object.keys(rule.parameters).filter((name) => rule.parameters[name]?.suppresses);

/** What a rule's parameters are to be. */
export interface RuleValues {
  /** The texts of those that the file says something about. */
  readonly texts: Readonly<Record<string, string>>;
  /** Those whose values cannot be used. */
  readonly refused: readonly string[];
  /** Where the value of a parameter stands. */
  readonly pathOf: (name: string) => Path;
  /** The suppressions that apply. */
  readonly active: readonly Suppression[];
  readonly expired: readonly RuleSuppression[];
  /** What there is to say of suppressions that are over, or will be soon. */
  readonly notes: readonly Remark[];
  /** Where the file uses former names of parameters. */
  readonly renamed: readonly Placed<Renamed>[];
}

/** Something at a place in the file. */
type Placed<T> = T & { readonly path: Path };

/** A value in the file, and the name that it has there. */
type Written = Placed<{ readonly name: string; readonly value: ParameterValue }>;

/**
 * The values of a rule's parameters: those of later lines go before those of earlier ones, and these before the defaults of
 * the fleet. A pattern gives its values to the rules that have the parameter.
 *
 * @param today as in 2027-03-31, in UTC.
 */
export function ruleValues(
  chosen: Chosen,
  fleet: Fleet,
  today: string,
  refuse: Refuse,
): RuleValues {
  const { artifact } = chosen;
  const specs = artifact.rule.parameters;
  const known = parameterNames(chosen);
  const lines = chosen.lines.toReversed().map(({ key, settings }) => ({
    isShared: isShared(key),
    values: settings.parameters ?? {},
    within: ['rules', key, 'parameters'],
  }));
  const places = [
    ...lines,
    { values: fleet.defaults?.parameters ?? {}, within: ['defaults', 'parameters'] },
  ];
  for (const { isShared: isForSeveral, values, within } of lines) {
    for (const name of Object.keys(values).filter((each) => !known.includes(each))) {
      const present = presentName(specs, name);
      if (present !== undefined && nameIn(values, present, specs[present]) !== name) {
        refuse([...within, name], { code: 'givenTwice', name: present });
      } else if (present === undefined && !isForSeveral) {
        const fault = { code: 'noSuchParameter', has: known } as const;
        refuse([...within, name], { ...fault, ...unknownName(name, known) });
      }
    }
  }
  /** What the file has of a parameter, under today's name or a former one. */
  const find = (name: string): Written | undefined => {
    for (const { values, within } of places) {
      const written = nameIn(values, name, own(specs, name));
      const value = written === undefined ? undefined : values[written];
      if (written !== undefined && value !== undefined) {
        return { name: written, value, path: [...within, written] };
      }
    }
    const key = ofFleet[name];
    const value = key === undefined ? undefined : fleet[key]?.toString();
    return key === undefined || value === undefined ? undefined : { name, value, path: [key] };
  };
  const pathOf = (name: string): Path => find(name)?.path ?? [...chosen.at, 'parameters', name];
  const given = (name: string): ParameterValue | undefined => find(name)?.value;
  const { active, expired, renamed } = suppressionsOf(chosen, given, today, refuse);
  const texts: Record<string, string> = {};
  /** The same without suppressions. */
  const bare: Record<string, Text> = {};
  const refused: string[] = [];
  for (const name of known) {
    const spec = own(specs, name);
    const written = find(name);
    if (written && written.name !== name) {
      renamed.push({ path: written.path, former: written.name, name });
    }
    // The function ends it on its day, whenever the next deployment is.
    const added = active
      .filter(({ parameter }) => parameter === name)
      .map(({ item, expires }) => `${item.trim()} until ${expires}`);
    const value = written?.value;
    if (value === undefined && added.length === 0) continue;
    // Of the template's own parameters some are lists: none of those that are to be one of several words.
    const isWord = !spec && chosen.template.parameters[name]?.AllowedValues !== undefined;
    const text =
      isWord && typeof value === 'object'
        ? { wrong: { code: 'oneValue' } as const }
        : textOf(spec, value ?? spec?.default ?? [], added);
    const wrong = wrongItems(spec, value);
    for (const [index, message] of wrong) refuse([...pathOf(name), index], message);
    if ('text' in text && wrong.length === 0) texts[name] = text.text;
    else refused.push(name);
    if ('wrong' in text && wrong.length === 0) refuse(pathOf(name), text.wrong);
    if (added.length > 0) bare[name] = textOf(spec, value ?? spec?.default ?? []);
  }
  const size = Object.values(texts).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const isLong = active.length > 0 && size > mostTexts;
  for (const [name, text] of isLong ? Object.entries(bare) : []) {
    // Nothing else reads the whole of it before the function does.
    const wrong = refusal(specs[name], texts[name]);
    if (wrong !== undefined) refuse(pathOf(name), wrong);
    if ('text' in text) texts[name] = text.text;
  }
  const until = daysAfter(today, soon);
  const ending = active.filter(({ expires }) => expires <= until);
  const notes = [
    ...(isLong
      ? [{ code: 'inFile', rule: chosen.name, suppressions: active.length } as const]
      : []),
    ...expired.map((each) => ({ code: 'expired', ...each }) as const),
    ...ending.map((each) => ({ code: 'ending', rule: chosen.name, ...each }) as const),
  ];
  return { texts, refused, pathOf, active, expired, notes, renamed };
}

/**
 * So many bytes the texts of a rule's parameters may have with its suppressions. The 4,096 bytes of an environment hold ARNs as well.
 * Where they are more, all suppressions of the rule are in its file alone: one more or less moves no others.
 */
const mostTexts = 2048;

/** So many days before its end a plan says that a suppression ends. */
const soon = 14;
/** So many days a suppression may last at most. */
const longest = 366;

/** The day that is some days after another. */
const daysAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** What is wrong with the items of a list, each by itself. */
const wrongItems = (spec: ParameterSpec | undefined, value: ParameterValue | undefined) =>
  spec && isList(spec) && typeof value === 'object'
    ? value.flatMap((item, index) => {
        const wrong = wrongItem(spec, item);
        return wrong === undefined ? [] : [[index, wrong] as const];
      })
    : [];

/**
 * A rule's suppressions, of all lines: those that apply, and those that no longer do. A pattern gives them to the rules that
 * take them.
 */
function suppressionsOf(
  { name: rule, artifact, lines }: Chosen,
  given: (name: string) => ParameterValue | undefined,
  today: string,
  refuse: Refuse,
): { active: Suppression[]; expired: RuleSuppression[]; renamed: Placed<Renamed>[] } {
  const specs = artifact.rule.parameters;
  const muting = mutingNames({ artifact });
  const active: Suppression[] = [];
  const expired: RuleSuppression[] = [];
  const renamed: Placed<Renamed>[] = [];
  const all = lines.flatMap(({ key, settings }) =>
    (settings.suppressions ?? []).map(
      (written, index) => [key, ['rules', key, 'suppressions', index], written] as const,
    ),
  );
  for (const [key, path, written] of all) {
    const present = presentName(specs, written.parameter);
    const suppression = { ...written, parameter: present ?? written.parameter };
    const { parameter, item, expires } = suppression;
    if (present !== undefined) {
      renamed.push({ path: [...path, 'parameter'], former: written.parameter, name: present });
    }
    const spec = muting.includes(parameter) ? specs[parameter] : undefined;
    const wrong = spec && wrongItem(spec, item);
    const isMuted = (): boolean =>
      spec !== undefined &&
      (holds(spec, given(parameter) ?? spec.default ?? [], item) ||
        active.some((each) => each.parameter === parameter && each.item === item));
    // What a pattern says in vain of one rule, it may say to others.
    if (isShared(key) && (!spec || isMuted())) continue;
    if (!spec) {
      const fault = { code: 'mutesNothing', parameter, rule, has: muting } as const;
      refuse([...path, 'parameter'], { ...fault, ...near(parameter, muting) });
    } else if (wrong !== undefined) {
      refuse([...path, 'item'], wrong);
    } else if (holds(spec, given(parameter) ?? spec.default ?? [], item)) {
      refuse([...path, 'item'], { code: 'mutedForEver', item, parameter });
    } else if (active.some((each) => each.parameter === parameter && each.item === item)) {
      refuse([...path, 'item'], { code: 'mutedTwice', item });
    } else if (expires > daysAfter(today, longest)) {
      const last = daysAfter(today, longest);
      refuse([...path, 'expires'], { code: 'tooLate', expires, last, parameter });
    } else if (expires < today) {
      expired.push({ rule, ...suppression });
    } else {
      active.push(suppression);
    }
  }
  return { active, expired, renamed };
}

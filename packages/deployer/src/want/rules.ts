/** The rules of a fleet among those that are installed, and the values of their parameters. Pure. */
import { patrolCommand } from '../text/command.ts';
import type { ParameterSpec } from '@patrol/core/evaluation';
import { stackNames } from '@patrol/core/contracts';
import { type Artifact, type Assembly, candidatesFor, typedName } from '../packages/assembly.ts';
import { OperatorError } from '../text/errors.ts';
import { stackParameters, type Template } from '../template/template.ts';
import type {
  Fleet,
  ParameterValue,
  ParameterValues,
  RuleSettings,
  Suppression,
} from '../file/file.ts';
import { meant, type Path } from '../file/problem.ts';
import { formerNames, nameIn, presentName, type Renamed } from '../template/renames.ts';
import { holds, isList, oneValue, textOf, wrongItem } from './values.ts';
import { enumerated, order, quoted } from '../text/words.ts';
import { own } from '../text/records.ts';

const { parameters: common } = stackNames;

/** Takes a problem with the value at a path. */
export type Refuse = (path: Path, message: string) => void;

/** The installed rules. */
export interface Installed {
  /** The rule packages. */
  readonly assemblies: readonly Assembly[];
  /** Reads the template of a rule: once, since it is asked for often. */
  readonly templateOf: (artifact: Artifact) => Template;
}

/** A rule of the fleet and what is decided about it. */
export interface Chosen {
  /** What the operator types. */
  readonly name: string;
  readonly artifact: Artifact;
  readonly template: Template;
  readonly settings: RuleSettings;
}

/** A suppression that no longer applies. */
export interface ExpiredSuppression extends Suppression {
  readonly rule: string;
}

/** A suppression that no longer applies, in words. */
export const expiredWords = (suppression: ExpiredSuppression): string => {
  const { rule, parameter, item, owner, reason, expires } = suppression;
  return `${rule} alerts on ${quoted(item)} again. Its suppression in ${parameter} expired on ${expires} (${owner}: ${reason.trim().replace(/\.$/, '')}).`;
};

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
  for (const name of Object.keys(fleet.rules)) {
    if (!installed.has(name)) refuse(['rules', name], notInstalled(name, assemblies, names));
  }
  const others = fleet.defaults?.enabled === true ? names : [];
  return [...new Set([...Object.keys(fleet.rules), ...others])].toSorted(order).flatMap((name) => {
    const artifact = installed.get(name);
    const entry = own(fleet.rules, name);
    const settings = typeof entry === 'object' ? entry : { enabled: entry ?? true };
    if (!artifact || settings.enabled === false) return [];
    try {
      return [{ name, artifact, template: templateOf(artifact), settings }];
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      refuse(['rules', name], error.message);
      return [];
    }
  });
}

/** Why there is no rule of a name, and what to do about it. */
function notInstalled(
  name: string,
  assemblies: readonly Assembly[],
  names: readonly string[],
): string {
  const slash = name.lastIndexOf('/');
  const [part, rule] = [name.slice(0, slash), name.slice(slash + 1)];
  const partOf = (each: string): string => each.slice(0, each.lastIndexOf('/'));
  const near = names.filter((each) => partOf(each) === part);
  if (near.length > 0) {
    const has = enumerated(near.map((each) => each.slice(slash + 1)));
    return `there is no such rule; ${meant(name, near, `${part} has ${has}`)}`;
  }
  const full = assemblies.find(({ manifest }) => manifest.package.name === part);
  if (full) return `write ${full.shortName}/${rule}, as \`${patrolCommand(['list'])}\` does`;
  const candidates = candidatesFor(part);
  const add = `install it, for example with \`pnpm add ${candidates[0]}\``;
  return `no rule package ${candidates.join(' or ')} is installed; ${meant(part, [...new Set(names.map(partOf))], add)}`;
}

/** Parameters of every template that a fleet gives elsewhere. */
const elsewhere: Readonly<Record<string, string>> = {
  [common.alertEmail]: 'alerts.email',
  [common.alertTopic]: 'alerts.topic',
  [common.alarmTopic]: 'alarms',
  [common.dispatchTopic]: 'alerts.dispatch',
};

/** The parameters of a rule's stack that a fleet gives under `parameters`. */
export const parameterNames = ({
  artifact: { rule },
  template,
}: Pick<Chosen, 'artifact' | 'template'>): readonly string[] => [
  ...Object.keys(rule.parameters),
  ...stackParameters(rule, template).filter((name) => !Object.hasOwn(elsewhere, name)),
];

const unknownName = (name: string, known: readonly string[], otherwise: string): string =>
  Object.hasOwn(elsewhere, name)
    ? `it is given with ${elsewhere[name]}`
    : meant(name, known, otherwise);

/** Names among the defaults that no rule of the fleet knows. */
export function checkDefaults(fleet: Fleet, chosen: readonly Chosen[], refuse: Refuse): void {
  const known = [...new Set(chosen.flatMap(parameterNames))];
  const former = chosen.flatMap(({ artifact }) => formerNames(artifact.rule.parameters));
  for (const name of Object.keys(fleet.defaults?.parameters ?? {})) {
    if (known.includes(name) || former.includes(name)) continue;
    const hint = unknownName(name, known, 'remove it');
    refuse(['defaults', 'parameters', name], `no rule of the fleet has this parameter; ${hint}`);
  }
}

/** What a rule's parameters are to be. */
export interface RuleValues {
  /** The texts of those that the file says something about. */
  readonly texts: Readonly<Record<string, string>>;
  /** Those whose values cannot be used. */
  readonly refused: readonly string[];
  /** Where the value of a parameter stands. */
  readonly pathOf: (name: string) => Path;
  readonly expired: readonly ExpiredSuppression[];
  /** Where the file uses former names of parameters. */
  readonly renamed: readonly Placed<Renamed>[];
}

/** Something at a place in the file. */
type Placed<T> = T & { readonly path: Path };

/** A value in the file, and the name that it has there. */
type Written = Placed<{ readonly name: string; readonly value: ParameterValue }>;

/**
 * The values of a rule's parameters: its own go before the defaults of the fleet.
 *
 * @param today as in 2027-03-31, in UTC.
 */
export function ruleValues(
  chosen: Chosen,
  fleet: Fleet,
  today: string,
  refuse: Refuse,
): RuleValues {
  const { name: rule, artifact, settings } = chosen;
  const specs = artifact.rule.parameters;
  const known = parameterNames(chosen);
  const path = ['rules', rule, 'parameters'];
  const ours: ParameterValues = settings.parameters ?? {};
  const places = [
    { values: ours, within: path },
    { values: fleet.defaults?.parameters ?? {}, within: ['defaults', 'parameters'] },
  ];
  const has = known.length > 0 ? `it has ${enumerated(known)}` : 'it has none';
  for (const name of Object.keys(ours).filter((each) => !known.includes(each))) {
    const present = presentName(specs, name);
    if (present === undefined) {
      refuse([...path, name], `there is no such parameter; ${unknownName(name, known, has)}`);
    } else if (nameIn(ours, present, specs[present]) !== name) {
      const why = `is now called ${present}, which is given as well; remove one of them`;
      refuse([...path, name], why);
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
    const value = name === common.logRetention ? fleet.logRetention?.toString() : undefined;
    return value === undefined ? undefined : { name, value, path: ['logRetention'] };
  };
  const pathOf = (name: string): Path => find(name)?.path ?? [...path, name];
  const given = (name: string): ParameterValue | undefined => find(name)?.value;
  const { active, expired, renamed } = suppressionsOf(chosen, given, today, refuse);
  const texts: Record<string, string> = {};
  const refused: string[] = [];
  for (const name of known) {
    const spec = own(specs, name);
    const written = find(name);
    if (written && written.name !== name) {
      renamed.push({ path: written.path, former: written.name, name });
    }
    const added = active.filter(({ parameter }) => parameter === name).map(({ item }) => item);
    const value = written?.value;
    if (value === undefined && added.length === 0) continue;
    // Of the template's own parameters some are lists: none of those that are to be one of several words.
    const isWord = !spec && chosen.template.parameters[name]?.AllowedValues !== undefined;
    const text =
      isWord && typeof value === 'object'
        ? { wrong: oneValue }
        : textOf(spec, value ?? spec?.default ?? [], added);
    const wrong = wrongItems(spec, value);
    for (const [index, message] of wrong) refuse([...pathOf(name), index], message);
    if ('text' in text && wrong.length === 0) texts[name] = text.text;
    else refused.push(name);
    if ('wrong' in text && wrong.length === 0) refuse(pathOf(name), text.wrong);
  }
  return { texts, refused, pathOf, expired, renamed };
}

/** What is wrong with the items of a list, each by itself. */
const wrongItems = (
  spec: ParameterSpec | undefined,
  value: ParameterValue | undefined,
): readonly (readonly [number, string])[] =>
  spec && isList(spec) && typeof value === 'object'
    ? value.flatMap((item, index) => {
        const wrong = wrongItem(spec, item);
        return wrong === undefined ? [] : [[index, wrong] as const];
      })
    : [];

/** A rule's suppressions: those that apply, and those that no longer do. */
function suppressionsOf(
  { name: rule, artifact, settings }: Chosen,
  given: (name: string) => ParameterValue | undefined,
  today: string,
  refuse: Refuse,
): { active: Suppression[]; expired: ExpiredSuppression[]; renamed: Placed<Renamed>[] } {
  const specs = artifact.rule.parameters;
  const muting = Object.keys(specs).filter((name) => specs[name]?.suppresses);
  const active: Suppression[] = [];
  const expired: ExpiredSuppression[] = [];
  const renamed: Placed<Renamed>[] = [];
  for (const [index, written] of (settings.suppressions ?? []).entries()) {
    const path = ['rules', rule, 'suppressions', index];
    const present = presentName(specs, written.parameter);
    const suppression = { ...written, parameter: present ?? written.parameter };
    const { parameter, item, expires } = suppression;
    if (present !== undefined) {
      renamed.push({ path: [...path, 'parameter'], former: written.parameter, name: present });
    }
    const spec = muting.includes(parameter) ? specs[parameter] : undefined;
    const wrong = spec && wrongItem(spec, item);
    if (!spec) {
      const others = muting.length === 0 ? `${rule} has none` : `${rule} has ${enumerated(muting)}`;
      const why = `${quoted(parameter)} is not a parameter that mutes alerts`;
      refuse([...path, 'parameter'], `${why}; ${meant(parameter, muting, others)}`);
    } else if (wrong !== undefined) {
      refuse([...path, 'item'], wrong);
    } else if (holds(spec, given(parameter) ?? spec.default ?? [], item)) {
      const ever = `${quoted(item)} is also in ${parameter} itself, where it never expires`;
      refuse([...path, 'item'], `${ever}; remove one of them`);
    } else if (active.some((each) => each.parameter === parameter && each.item === item)) {
      refuse([...path, 'item'], `${quoted(item)} is suppressed twice; remove one of them`);
    } else if (expires < today) {
      expired.push({ rule, ...suppression });
    } else {
      active.push(suppression);
    }
  }
  return { active, expired, renamed };
}

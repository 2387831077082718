/**
 * The lines of `rules`: each is about a rule, about all rules whose names match a pattern, or about a set that a package
 * defines. Later lines override earlier ones. Pure.
 */
import { matchesName } from '@patrol/core';
import type { Fleet, RuleSettings } from '../file/file.ts';
import type { Artifact, Assembly } from '../packages/assembly.ts';
import { typedNameFor } from '../packages/assembly.ts';
import { near, type Path } from '../file/problem.ts';
import type { Fault } from '../view/sentences/faults.ts';

/** A line of `rules` and what it says. */
interface Line {
  /** As it is written: `aws/cloudTrail`, a pattern such as `aws/*`, or a set such as `aws:essential`. */
  readonly key: string;
  readonly settings: RuleSettings;
}

/** What a file says of a rule. */
export interface Said {
  /** In the order of the file. */
  readonly lines: readonly Line[];
  /** Whether it is deployed. */
  readonly isOn: boolean;
  /** What brings it, where no line has its name: the pattern or set, as it is written, or `defaults.enabled`. */
  readonly by?: string;
  /** The line that decides whether it is deployed. */
  readonly at: Path;
}

/** Whether a line is about a set. No name of a rule or of its package has a colon. */
const isSet = (key: string): boolean => key.includes(':');

/** Whether a line is about all rules of a pattern or a set, and not about the one that it names. */
export const isShared = (key: string): boolean => key.includes('*') || isSet(key);

/** A set of an installed package. */
export interface InstalledSet {
  /** As it is typed: `aws:essential`. */
  readonly name: string;
  readonly description: string;
  /** The names of its rules, as they are typed. */
  readonly rules: readonly string[];
}

/** The sets of a package. */
export function setsOf({ manifest, shortName }: Assembly): readonly InstalledSet[] {
  const typed = (rule: string): string => typedNameFor(manifest.package.name, rule, shortName);
  return Object.entries(manifest.sets ?? {}).map(([set, { description, rules }]) => ({
    name: `${partOf(typed(set))}:${set}`,
    description,
    rules: rules.map(typed),
  }));
}

/** Whether a line is about a rule. */
export const isAbout = (
  key: string,
  name: string,
  { assembly }: Pick<Artifact, 'assembly'>,
): boolean =>
  isSet(key)
    ? setsOf(assembly).some((set) => set.name === key && set.rules.includes(name))
    : matchesName(key, name);

/** The part of a rule's name before its last slash: what is typed for its package. */
export const partOf = (name: string): string => name.slice(0, name.lastIndexOf('/'));

/** What a file says of a rule. A line with settings deploys it as `true` does, unless it says `enabled: false`. */
export function saidOf({ rules, defaults }: Fleet, name: string, artifact: Artifact): Said {
  const lines = Object.entries(rules)
    .filter(([key]) => isAbout(key, name, artifact))
    .map(([key, entry]): Line => ({
      key,
      settings: typeof entry === 'object' ? entry : { enabled: entry },
    }));
  const last = lines.at(-1);
  const isOn = last ? last.settings.enabled !== false : defaults?.enabled === true;
  const isNamed = lines.some(({ key }) => key === name);
  const by = last?.key ?? 'defaults.enabled';
  return { lines, isOn, ...(isNamed ? {} : { by }), at: ['rules', last?.key ?? name] };
}

/** Why there is no such set, and what may have been meant. */
export function noSet(key: string, names: readonly string[], sets: readonly InstalledSet[]): Fault {
  const part = key.slice(0, key.lastIndexOf(':'));
  const here = sets.filter(({ name }) => name.startsWith(`${part}:`)).map(({ name }) => name);
  const known = sets.map(({ name }) => name);
  return { code: 'noSet', name: part, sets: here, ...near(key, [...known, ...names]) };
}

/** Why a pattern names nothing, and what may have been meant. */
export function matchesNothing(pattern: string, names: readonly string[]): Fault {
  const packages = [...new Set(names.map(partOf))];
  return { code: 'noMatch', packages, ...near(pattern, names.flatMap(patternsFor)) };
}

/** The patterns by which somebody may name a rule with others: cut off where a word of its name ends, on either side. */
function patternsFor(name: string): readonly string[] {
  const part = partOf(name);
  const rule = name.slice(part.length + 1);
  const cuts = [...rule.matchAll(/(?<=[a-z0-9])(?=[A-Z])/g)].map(({ index }) => index);
  return [
    `${part}/*`,
    ...cuts.flatMap((at) => [`${part}/${rule.slice(0, at)}*`, `${part}/*${rule.slice(at)}`]),
  ];
}

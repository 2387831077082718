/** The lines of `rules`: each is about a rule, or about all rules whose names match a pattern. Later lines override earlier ones. Pure. */
import { matchesName } from '@patrol/core';
import type { Fleet, RuleSettings } from '../file/file.ts';
import { meant, type Path } from '../file/problem.ts';
import { patrolCommand } from '../text/command.ts';
import { enumerated } from '../text/words.ts';

/** A line of `rules` and what it says. */
interface Line {
  /** As it is written: `aws/cloudTrail`, or a pattern such as `aws/*`. */
  readonly key: string;
  readonly settings: RuleSettings;
}

/** What a file says of a rule. */
export interface Said {
  /** In the order of the file. */
  readonly lines: readonly Line[];
  /** Whether it is deployed. */
  readonly isOn: boolean;
  /** What brings it, where no line has its name: the pattern, as it is written, or `defaults.enabled`. */
  readonly by?: string;
  /** The line that decides whether it is deployed. */
  readonly at: Path;
}

/** Whether a line is about all rules that match it, and not about the one that it names. */
export const isPattern = (key: string): boolean => key.includes('*');

/** The part of a rule's name before its last slash: what is typed for its package. */
export const partOf = (name: string): string => name.slice(0, name.lastIndexOf('/'));

/** What a file says of a rule. A line with settings deploys it as `true` does, unless it says `enabled: false`. */
export function saidOf({ rules, defaults }: Fleet, name: string): Said {
  const lines = Object.entries(rules)
    .filter(([key]) => matchesName(key, name))
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

/** Why a pattern names nothing, and what may have been meant. */
export function matchesNothing(pattern: string, names: readonly string[]): string {
  const parts = [...new Set(names.map(partOf))];
  const installed = `\`${patrolCommand(['list'])}\` shows the installed rules of ${enumerated(parts)}`;
  return `no installed rule matches; ${meant(pattern, names.flatMap(patternsFor), installed)}`;
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

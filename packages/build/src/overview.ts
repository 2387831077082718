/** What a package says of its rules together: what they watch, and the sets that operators can name. Pure. */
import type { Manifest, RuleManifest } from '@patrol/core/contracts';
import { isObject } from '@patrol/core';
import { nearest } from './names/names.ts';

/** A set of rules that a `patrol.yaml` can name. */
export interface RuleSet {
  /** What the set is for, in a sentence. */
  readonly description: string;
  /** The names of its rules; or which rules belong to it, of those that can be in a set at all. */
  readonly rules: readonly string[] | ((rule: RuleManifest) => boolean);
}

/** What the file `overview.ts` of a rule package exports as its default, if there is one. */
export interface Overview {
  /** The names of the rules by what they watch, in the order in which they are shown. Each rule is in one area. */
  readonly areas?: Readonly<Record<string, readonly string[]>>;
  /** By name, as in `essential`, which is typed as `aws:essential`. */
  readonly sets?: Readonly<Record<string, RuleSet>>;
}

/** A built rule and the event on which it alerts. */
interface Sampled {
  readonly rule: RuleManifest;
  readonly sample: unknown;
}

/**
 * Why a rule can be in no set: a set has to work for everybody as it is.
 *
 * @returns `undefined` when it can.
 */
function unfit({ rule, sample }: Sampled): string | undefined {
  const required = Object.entries(rule.parameters).find(([, spec]) => spec.default === undefined);
  if (required) return `its parameter ${required[0]} is required`;
  if (rule.triggers.some(({ kind }) => kind === 'webhook')) {
    return 'its webhook needs a secret at GitHub';
  }
  const detail = isObject(sample) ? sample['detail'] : undefined;
  const isData = isObject(detail) && detail['eventCategory'] === 'Data';
  return isData ? 'its sample is a data event, for which CloudTrail charges' : undefined;
}

/**
 * The parts of a manifest that an overview says.
 *
 * @returns them, or everything that is wrong with it.
 */
export function overviewOf(
  { areas, sets }: Overview,
  built: readonly Sampled[],
): { readonly parts: Pick<Manifest, 'areas' | 'sets'> } | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const byName = new Map(built.map((each) => [each.rule.name, each]));
  const known = (names: readonly string[], of: string): void => {
    for (const name of names) {
      if (byName.has(name)) continue;
      const near = nearest(name, [...byName.keys()]);
      const hint = near === undefined ? '' : `. Did you mean ${near}?`;
      problems.push(`${of} names ${name}, and there is no such rule${hint}`);
    }
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    for (const name of twice) problems.push(`${of} names ${name} twice`);
  };
  if (areas) {
    const all = Object.values(areas).flat();
    known(all, 'areas');
    for (const name of byName.keys()) {
      if (!all.includes(name))
        problems.push(`areas has no place for ${name}: add it to one of them`);
    }
  }
  const written = Object.entries(sets ?? {}).map(([set, { description, rules }]) => {
    if (typeof rules === 'function') {
      const fitting = built.filter((each) => rules(each.rule) && unfit(each) === undefined);
      return [set, { description, rules: fitting.map(({ rule }) => rule.name) }] as const;
    }
    known(rules, `the set ${set}`);
    for (const name of rules) {
      const found = byName.get(name);
      const why = found && unfit(found);
      if (why !== undefined) problems.push(`the set ${set} cannot have ${name}: ${why}`);
    }
    return [set, { description, rules: rules.toSorted() }] as const;
  });
  if (problems.length > 0) return { problems };
  return {
    parts: {
      ...(areas && { areas: Object.entries(areas).map(([title, rules]) => ({ title, rules })) }),
      ...(sets && { sets: Object.fromEntries(written) }),
    },
  };
}

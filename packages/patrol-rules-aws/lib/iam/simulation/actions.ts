/** The known actions of AWS, and which of them the actions of a policy match. */
import { actionNames } from '../actions.ts';
import { covers, type Glob, globText, parseGlob } from '../glob.ts';
import type { Pattern, Selection } from '../policy.ts';
import { listed } from '../../words.ts';

/** A known action. */
interface Action {
  readonly service: string;
  readonly name: string;
  readonly glob: Glob;
}

const known: readonly Action[] = actionNames
  .trim()
  .split('\n')
  .flatMap((line) => {
    const [service = '', ...names] = line.split(' ');
    return names.map((action) => {
      const name = `${service}:${action}`;
      return { service, name, glob: parseGlob(name, { fold: true }).glob };
    });
  });

/** An action that is asked about. */
export interface Asked extends Action {
  /** The action in the policy that gives it, as the policy has it. */
  readonly from: string;
  /** Whether it is a wildcard that matches no known action. */
  readonly isWild: boolean;
  /** Whether the policy names its service. */
  readonly isNamed: boolean;
}

const isWildcard = ({ glob }: Pattern): boolean => globText(glob).search(/[*?]/) >= 0;

/** The service that an action or a wildcard names; empty where it names none. */
const serviceOf = (action: string): string => /^([\w-]+):/.exec(action)?.[1]?.toLowerCase() ?? '';

/** The actions of a selection that are whole names. */
export const exactActions = ({ except, patterns }: Selection): readonly Asked[] =>
  except
    ? []
    : patterns
        .filter((pattern) => !isWildcard(pattern))
        .map(({ text: name, glob }) => ({
          service: serviceOf(name),
          name,
          glob,
          from: name,
          isWild: false,
          isNamed: true,
        }));

/** Known actions for the wildcards of a selection, each once; the wildcard itself where none is known. */
export function wildActions({ except, patterns }: Selection): readonly Asked[] {
  if (except) {
    const from = `everything but ${listed(patterns.map((not) => not.text))}`;
    return known
      .filter(({ glob }) => !patterns.some((not) => covers(not.glob, glob)))
      .map((action) => ({ ...action, from, isWild: false, isNamed: false }));
  }
  const asked = new Map<string, Asked>();
  for (const { text: from, glob } of patterns.filter(isWildcard)) {
    const service = serviceOf(from);
    const matching = known.filter((action) => covers(glob, action.glob));
    const isNamed = service !== '';
    for (const action of matching) {
      if (isNamed || !asked.has(action.name)) {
        asked.set(action.name, { ...action, from, isWild: false, isNamed });
      }
    }
    if (matching.length === 0) {
      asked.set(from, { service, name: from, glob, from, isWild: true, isNamed: true });
    }
  }
  return [...asked.values()];
}

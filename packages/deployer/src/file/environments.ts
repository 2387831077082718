/** One environment of a `patrol.yaml` that has several. Pure. */
import { defaultEnvironment } from '../text/command.ts';
import { UsageError } from '../text/errors.ts';
import { nearest } from '../text/nearest.ts';
import { own } from '../text/records.ts';
import { enumerated } from '../text/words.ts';
import type { Fleet, FleetFile, RuleSettings } from './file.ts';

type Line = boolean | RuleSettings;

/** A line of an environment, which goes before the same line of the file, field by field. */
function lineOf(line: Line | undefined, over: Line): Line {
  if (typeof over === 'boolean') {
    return over && typeof line === 'object' ? { ...line, enabled: true } : over;
  }
  if (typeof line !== 'object') return over;
  return { ...line, ...over, parameters: { ...line.parameters, ...over.parameters } };
}

/** The lines of a file, and after them those of an environment. */
function linesOf(rules: Fleet['rules'], over: Fleet['rules']): Fleet['rules'] {
  const first = Object.entries(rules).filter(([name]) => !Object.hasOwn(over, name));
  const last = Object.entries(over).map(
    ([name, line]) => [name, lineOf(own(rules, name), line)] as const,
  );
  return Object.fromEntries([...first, ...last]);
}

/**
 * The fleet of one environment.
 *
 * @param chosen the environment that was typed; when left out, that of the file, or else `production`.
 * @param typed what was typed for the file, for messages.
 * @throws UsageError when the file does not have that environment.
 */
export function inEnvironment(
  file: FleetFile,
  chosen: string | undefined,
  typed: string,
): FleetFile {
  const { environments, ...fleet } = file.fleet;
  const environment = chosen ?? fleet.environment ?? defaultEnvironment;
  if (environments === undefined) return file;
  const over = own(environments, environment);
  const names = Object.keys(environments);
  if (over === undefined) {
    const meant = nearest(environment, names);
    const hint = meant === undefined ? '' : ` Did you mean --env ${meant}?`;
    throw new UsageError(
      `${typed} has no environment ${environment}; it has ${enumerated(names)}.${hint || ' Choose one with --env.'}`,
    );
  }
  const { rules, tags, ...replacing } = over;
  const { accounts, organization, ...others } = fleet;
  const goesElsewhere = Boolean(over.accounts ?? over.organization);
  return {
    fleet: {
      ...others,
      ...(accounts && !goesElsewhere && { accounts }),
      ...(organization && !goesElsewhere && { organization }),
      ...replacing,
      environment,
      rules: linesOf(fleet.rules, rules ?? {}),
      ...((fleet.tags ?? tags) && { tags: { ...fleet.tags, ...tags } }),
    },
    where: (path) => {
      // The deepest part of a path that the environment has says where it is.
      const inside = ['environments', environment];
      const isOver = (parts: typeof path): boolean =>
        parts.reduce<unknown>((value, part) => Reflect.get(Object(value), part), over) !==
        undefined;
      const isMerged = path[0] === 'rules' || path[0] === 'tags';
      const decides = isMerged ? path.slice(0, path[2] === 'parameters' ? 4 : 3) : path.slice(0, 1);
      return file.where(isOver(decides) ? [...inside, ...path] : path);
    },
  };
}

/** The part of a fleet that `--only` names. Pure. */
import { matchesName } from '@patrol/core';
import { listed, UsageError } from '../text/errors.ts';
import { meant } from '../file/problem.ts';
import { enumerated } from '../text/words.ts';

/**
 * Whether a rule is chosen.
 *
 * @param only names of rules, with `*` for any characters; without it all are chosen.
 * @param names those that there are.
 * @throws UsageError when one of them names nothing.
 */
export function chosenBy(
  only: readonly string[] | undefined,
  names: readonly string[],
): (name: string) => boolean {
  if (only === undefined) return () => true;
  if (only.length === 0) {
    throw new UsageError('Expected names of rules, such as aws/cloudTrail or aws/*; found none.');
  }
  const unknown = only.filter((pattern) => !names.some((name) => matchesName(pattern, name)));
  if (unknown.length > 0) {
    const problems = unknown.map((name) => {
      const hint = meant(name, names, `the rules are ${enumerated(names) || 'none'}.`);
      return `${JSON.stringify(name)} matches no rule; ${hint}`;
    });
    throw new UsageError(
      listed('Expected names of rules, such as aws/cloudTrail or aws/*.', problems),
    );
  }
  return (name) => only.some((pattern) => matchesName(pattern, name));
}

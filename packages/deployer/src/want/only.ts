/** What of a fleet `--only` names. Pure. */
import { matchesName } from '@patrol/core';
import { listed, UsageError } from '../text/errors.ts';
import { meant } from '../file/problem.ts';
import { enumerated } from '../text/words.ts';

/**
 * Whether a name is among those that are meant.
 *
 * @param only names of rules, with `*` for any run of characters; all are meant when it is left out.
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
      const hint = meant(name, names, `there are ${enumerated(names) || 'none'}.`);
      return `${JSON.stringify(name)} names none; ${hint}`;
    });
    throw new UsageError(
      listed('Expected names of rules, such as aws/cloudTrail or aws/*.', problems),
    );
  }
  return (name) => only.some((pattern) => matchesName(pattern, name));
}

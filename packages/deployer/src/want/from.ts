/** What the file of a fleet gives a rule that is deployed by itself, with `--from`. Pure. */
import type { Place } from '../cloud/cloud.ts';
import { UsageError } from '../text/errors.ts';
import { defaultEnvironment } from '../identity/naming.ts';
import { destinationIn } from '../destinations/destinations.ts';
import type { FleetFile } from '../file/file.ts';
import { meant, type Problem, problem, requireNone } from '../file/problem.ts';
import { checkPin } from './pins.ts';
import { saidOf } from './lines.ts';
import { namesOf } from './names.ts';
import type { Remark } from '../view/sentences/remarks.ts';
import { type Chosen, type Refuse, ruleValues } from './rules.ts';
import { enumerated } from '../text/words.ts';
import type { NamesFile } from '../template/template.ts';
import type { Given } from '../destinations/values.ts';
import { compact } from '../text/records.ts';

/** The rule that is deployed, and where. */
export interface About extends Pick<Chosen, 'name' | 'artifact' | 'template'> {
  readonly place: Place;
  readonly environment: string;
  /** As in 2027-03-31, in UTC. */
  readonly today: string;
}

/**
 * The parameters of a rule and where its alerts go, as a file says. The command line overrides the file.
 *
 * @param typed what was typed for the file, for messages.
 * @returns them, the file of the rule, and what there is to say: of suppressions that no longer apply, and of an environment that
 *   is not the file's.
 * @throws UsageError when the file says nothing of the rule, or something that cannot be used.
 */
export function givenBy(
  { fleet, where }: FleetFile,
  typed: string,
  { place, environment, today, ...rule }: About,
  given: Given,
): { readonly given: Given; readonly names: NamesFile; readonly notes: readonly Remark[] } {
  const { name } = rule;
  const { isOn, ...said } = saidOf(fleet, name, rule.artifact);
  if (said.lines.length === 0 && !isOn) {
    const names = Object.keys(fleet.rules);
    const hint = meant(name, names, `it has ${enumerated(names) || 'none'}.`);
    throw new UsageError(`${typed} says nothing of ${name}; ${hint}`);
  }
  const problems: Problem[] = [];
  const refuse: Refuse = (path, fault) => void problems.push(problem(where(path), path, fault));
  checkPin(fleet, rule.artifact.assembly, refuse);
  const values = ruleValues({ ...rule, ...said }, fleet, today, refuse);
  const { texts, active, notes, renamed } = values;
  requireNone(typed, problems);
  const to = destinationIn(fleet, fleet.environment ?? defaultEnvironment, place);
  const isElsewhere = given.alertEmails !== undefined || given.alertTopicArn !== undefined;
  const { alertEmails, alertTopicArn } = isElsewhere ? given : to;
  const usual = fleet.environment ?? environment;
  return {
    names: namesOf(fleet, {}, active),
    given: compact<Given>({
      ...given,
      alertEmails,
      alertTopicArn,
      parameters: { ...to.parameters, ...texts, ...given.parameters },
    }),
    notes: [
      ...(usual === environment
        ? []
        : [{ code: 'overridden', environment, usual, file: typed } as const]),
      ...notes,
      ...renamed.map(
        (each) => ({ code: 'renamed', file: typed, ...where(each.path), ...each }) as const,
      ),
    ],
  };
}

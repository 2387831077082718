/** Whether the rules of a plan fit on the default event buses. CloudFormation would find out one stack after the other. */
import type { Account } from '../cloud/account.ts';
import { standardQuota } from '../cloud/bus.ts';
import { explain, orRefusal, type Place } from '../cloud/cloud.ts';
import { patiently, type Waiting } from '../cloud/effects.ts';
import { inParallel } from '../cloud/parallel.ts';
import { additionsIn, type Bus, withoutOverflow } from '../plan/bus.ts';
import type { Plan } from '../plan/step.ts';
import { patrolCommand, type RunScope } from '../text/command.ts';
import { counted } from '../text/words.ts';

/** The buses that are counted at once. */
const atOnce = 16;

/**
 * Counts the rules on each bus to which a plan adds some, with those of others, and refuses what does not fit. A plan that adds
 * none asks nothing. Where AWS does not tell the number or the quota, nothing is refused and a note says so.
 */
export async function withinBuses<P extends Plan>(
  plan: P,
  accountAt: (place: Place) => Promise<Account>,
  waiting: Waiting,
  run: RunScope = {},
): Promise<P> {
  const notes: string[] = [];
  const look = async ({
    place,
    coming,
  }: ReturnType<typeof additionsIn>[number]): Promise<readonly Bus[]> => {
    const account = await accountAt(place);
    const where = `the default event bus in ${place.region} (account ${place.account})`;
    const policy = `\`${patrolCommand(['doctor'], run, ['--policy', 'deploy'])}\` prints the permissions needed.`;
    const used = await orRefusal(
      patiently(waiting, async () => (await account.eventRules()).length, ['throttled']),
      (error) => {
        notes.push(`The rules on ${where} were not counted. ${explain(error)} ${policy}`);
        return undefined;
      },
    );
    const standard = standardQuota(place.region);
    // Nobody has less than the standard.
    if (used === undefined || used + coming <= standard) return [];
    return orRefusal(
      account.eventRuleQuota().then((quota) => [{ place, used, quota: quota ?? standard }]),
      (error) => {
        notes.push(
          `There are ${counted(used, 'rule')} on ${where}, and this plan adds ${coming}. AWS allows ${standard}, unless it raised the quota. The quota is not known. ${explain(error)} ${policy}`,
        );
        return [];
      },
    );
  };
  const buses = await inParallel(additionsIn(plan), atOnce, look);
  const fitting = withoutOverflow(plan, buses.flat(), run);
  return notes.length === 0 ? fitting : { ...fitting, notes: [...fitting.notes, ...notes] };
}

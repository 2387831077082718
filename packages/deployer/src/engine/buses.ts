/** Whether the rules of a plan fit on the default event buses. CloudFormation would find out one stack after the other. */
import type { Account } from '../cloud/account.ts';
import { standardQuota } from '../cloud/bus.ts';
import { explain, orRefusal, type Place } from '../cloud/cloud.ts';
import { patiently, type Waiting } from '../cloud/effects.ts';
import { inParallel } from '../cloud/parallel.ts';
import { additionsIn, type Bus, withoutOverflow } from '../plan/bus.ts';
import type { Plan } from '../plan/step.ts';
import { patrolCommand, type RunScope } from '../text/command.ts';
import type { Remark } from '../view/sentences/remarks.ts';

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
  const notes: Remark[] = [];
  const command = patrolCommand(['doctor'], run, ['--policy', 'deploy']);
  const look = async ({
    place,
    coming,
  }: ReturnType<typeof additionsIn>[number]): Promise<readonly Bus[]> => {
    const account = await accountAt(place);
    const about = { region: place.region, account: place.account, command };
    const used = await orRefusal(
      patiently(waiting, async () => (await account.eventRules()).length, ['throttled']),
      (error) => {
        notes.push({ code: 'uncounted', ...about, why: explain(error) });
        return undefined;
      },
    );
    const standard = standardQuota(place.region);
    // Nobody has less than the standard.
    if (used === undefined || used + coming <= standard) return [];
    return orRefusal(
      account.eventRuleQuota().then((quota) => [{ place, used, quota: quota ?? standard }]),
      (error) => {
        const found = { used, coming, standard, why: explain(error) };
        notes.push({ code: 'unknownQuota', ...about, ...found });
        return [];
      },
    );
  };
  const buses = await inParallel(additionsIn(plan), atOnce, look);
  const fitting = withoutOverflow(plan, buses.flat(), run);
  return notes.length === 0 ? fitting : { ...fitting, notes: [...fitting.notes, ...notes] };
}

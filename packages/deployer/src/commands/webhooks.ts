/** Says which webhooks nobody sends to yet. */
import { stackNames } from '@patrol/core/contracts';
import { explain, orRefusal, type Place } from '../cloud/cloud.ts';
import type { Logs } from '../cloud/logs.ts';
import type { CloudOptions } from '../cloud/options.ts';
import type { Tell } from '../notes/tell.ts';
import { typedName } from '../packages/assembly.ts';
import { doingOf, isStack } from '../plan/step.ts';
import type { Outcome } from '../run/outcome.ts';
import type { RunScope } from '../text/command.ts';
import { unregistered } from '../view/trigger.ts';
import type { World } from './world.ts';

const { outputs } = stackNames;

/** Of the log of a function so many pages are read. One with more has had runs. */
const mostPages = 5;

/**
 * Says it after every run, as long as a webhook has received nothing.
 *
 * @param optionsAt whose credentials are used in an account and region.
 */
export async function tellUnregistered(
  outcomes: readonly Outcome[],
  { environment, run }: { readonly environment: string; readonly run: RunScope },
  optionsAt: (place: Place) => CloudOptions,
  world: World,
  tell: Tell,
): Promise<void> {
  for (const { step, ended, end } of outcomes) {
    if (!isStack(step) || !['done', 'kept'].includes(ended)) continue;
    const stack = end?.stack ?? step.current;
    const artifact = step.wanted?.content.artifact;
    if (!artifact || !stack?.outputs[outputs.webhookUrl]) continue;
    const { place, name } = step.target;
    const { region, account } = place;
    const isNew = ended === 'done' && doingOf(step) !== 'update';
    const reading = async () => isUnused(await world.logs(optionsAt(place)), stack.outputs);
    const found = isNew || (await orRefusal(reading(), explain));
    if (found === false) continue;
    const why = isNew ? 'new' : found === true ? 'unused' : { unseen: found };
    const scope = { ...run, environment, region };
    const { message, command } = unregistered(artifact.rule, typedName(artifact), scope, why);
    const where = outcomes.length > 1 ? { stack: name, region, account } : {};
    tell({ type: 'warning', message, ...where, hook: { command } });
  }
}

/** Whether a function has not run yet: Lambda writes a line for each run. */
async function isUnused(
  logs: Logs,
  { [outputs.log]: group = '' }: Readonly<Record<string, string>>,
): Promise<boolean> {
  let page: string | undefined;
  for (let count = 0; count < mostPages; count += 1) {
    const found = await logs.lines({ group, from: 0, ...(page !== undefined && { page }) });
    if (found.lines.length > 0) return false;
    page = found.next;
    if (page === undefined) return true;
  }
  return false;
}

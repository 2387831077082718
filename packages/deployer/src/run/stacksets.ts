/** Carries an organisation's plan out: operations on stack sets, followed to their end. */
import PQueue from 'p-queue';
import { type CloudError, explain } from '../cloud/cloud.ts';
import { unitsListed } from '../cloud/organizations.ts';
import type { OperationResult } from '../cloud/stacksets.ts';
import type { TroubledInstance } from '../notes/parts.ts';
import type { Tell } from '../notes/tell.ts';
import { countInstances, none, troubledInstances } from '../plan/instances.ts';
import type { StackSetStep } from '../plan/step.ts';
import { bareAccounts } from '../plan/units.ts';
import { type Artifacts, artifactsOf } from '../stage/organization.ts';
import { awsCommand } from '../text/command.ts';
import { enumerated } from '../text/words.ts';
import type { OrganizationWanted } from '../want/organization.ts';
import { scopeOf, type StackSetEffects, workOn } from './operations.ts';
import { meaningOf } from './cause.ts';
import { readStackSet } from './organization.ts';
import { notBegun, oneOfSeveral, type Outcome } from './outcome.ts';

/** How many stack sets are worked on at once: StackSets itself limits how many instances it deals with at a time. */
const atOnce = 4;

/** Carries out steps for stack sets: each by itself, some at once, going on where one fails. */
export function stackSetRunner(effects: StackSetEffects): (step: StackSetStep) => Promise<Outcome> {
  const { tell, wanted } = effects;
  const artifacts = artifactsOf(effects, wanted);
  const queue = new PQueue({ concurrency: atOnce });
  const said = (error: CloudError): string => explained(error, wanted);
  return (step: StackSetStep): Promise<Outcome> => {
    const { counts, troubled } = step;
    const run = (told: Tell): Promise<Outcome> =>
      carryOut({ ...effects, tell: told }, artifacts, step);
    return queue.add(async () => {
      const outcome = (await notBegun(effects, step)) ?? oneOfSeveral(tell, step, run, said);
      return { counts, troubled, ...(await outcome) };
    });
  };
}

async function carryOut(
  effects: StackSetEffects,
  artifacts: Artifacts,
  step: StackSetStep,
): Promise<Outcome> {
  const { key } = step;
  const { failures, said } = await workOn(effects, artifacts, step);
  const found = await readStackSet(effects, key);
  if (!found) return { step, ended: 'done', message: 'Deleted.', counts: none, troubled: [] };
  if ('failure' in found) return { step, ended: 'failed', message: found.failure };
  const counts = countInstances(found.instances);
  const troubled = withReasons(troubledInstances(found.instances), failures);
  const bare = step.wanted ? bareAccounts(step.wanted, found.instances, effects.units) : [];
  const list = ['cloudformation', 'list-stack-set-operations', '--stack-set-name', key];
  const without =
    bare.length === 0
      ? ''
      : `; there is no instance in ${shortened(bare)}, which the file lists. To see why: \`${awsCommand(list, scopeOf(effects.wanted))}\``;
  const ok = troubled.length === 0 && failures.length === 0 && bare.length === 0;
  const message = `${counts.current} of ${counts.total} instances are up to date${said}${without}.`;
  return { step, ended: ok ? 'done' : 'failed', message, counts, troubled };
}

/** So many accounts are named; of more it is said how many. */
const mostNamed = 5;

const shortened = (names: readonly string[]): string =>
  names.length > mostNamed
    ? `${enumerated(names.slice(0, mostNamed - 1))} and ${names.length - mostNamed + 1} more`
    : enumerated(names);

/** What the operation said of an instance is nearer to the cause than what the instance says of itself. */
const withReasons = (
  troubled: readonly TroubledInstance[],
  failures: readonly OperationResult[],
): readonly TroubledInstance[] =>
  troubled.map((each) => {
    const result = failures.find(
      ({ account, region, status, reason }) =>
        account === each.account && region === each.region && status === 'FAILED' && reason,
    );
    return result?.reason === undefined ? each : { ...each, reason: result.reason };
  });

/** What StackSets says when an organisation is not ready for it, and what to do. */
const advice: Readonly<Record<string, string>> = {
  'enable organizations access':
    'StackSets has no trusted access to the organisation yet. Run `aws cloudformation activate-organizations-access` once, in the management account.',
  'not a delegated administrator':
    'In the management account, register this account: `aws organizations register-delegated-administrator --service-principal member.org.stacksets.cloudformation.amazonaws.com --account-id <account>`. Also allow organizations:ListDelegatedAdministrators. Or remove delegatedAdministrator from the file.',
  '(management|master) (account )?or delegated admin':
    'Use credentials of the management account. In a delegated administrator account, set `delegatedAdministrator: true` under organization.',
  'organizational ?unit|\\bou-|target.*not (found|exist)': `Check organizationalUnits in the file. ${unitsListed}`,
};

/** A refused call in words for the operator of an organisation. */
export function explained(error: CloudError, { home }: Pick<OrganizationWanted, 'home'>): string {
  const said = explain(error);
  const what = meaningOf(advice, error.message);
  return what === undefined ? said : `${said} ${what} (account ${home.account}, ${home.region})`;
}

/** Carries an organisation's plan out: operations on stack sets, followed to their end. */
import PQueue from 'p-queue';
import type { CloudError } from '../cloud/cloud.ts';
import { explain } from '../cloud/cloud.ts';
import { unitsListed } from '../cloud/organizations.ts';
import type { OperationResult } from '../cloud/stacksets.ts';
import type { Ending } from '../notes/lines.ts';
import type { TroubledInstance } from '../notes/parts.ts';
import { countInstances, none, troubledInstances } from '../plan/instances.ts';
import type { UnitsState } from '../plan/state.ts';
import type { StackSetStep } from '../plan/step.ts';
import { bareAccounts } from '../plan/units.ts';
import { Artifacts } from '../stage/organization.ts';
import { awsCommand } from '../text/command.ts';
import { enumerated } from '../text/words.ts';
import type { OrganizationWanted } from '../want/organization.ts';
import { scopeOf, StackSetWork } from './operations.ts';
import { readStackSet } from './organization.ts';
import { oneOfSeveral, type Outcome } from './outcome.ts';
import type { Runner, StackSetEffects } from './runner.ts';

/** How many stack sets are worked on at once: StackSets itself limits how many instances it deals with at a time. */
const atOnce = 4;

/** Carries out steps for stack sets: each by itself, some at once, going on where one fails. */
export class StackSetRunner implements Runner<StackSetStep, never> {
  readonly #effects: StackSetEffects;
  readonly #wanted: OrganizationWanted;
  readonly #units: UnitsState;
  readonly #artifacts: Artifacts;
  readonly #queue = new PQueue({ concurrency: atOnce });

  /**
   * @param wanted what the steps were made of.
   * @param units the accounts that the steps were made of.
   */
  constructor(effects: StackSetEffects, wanted: OrganizationWanted, units: UnitsState) {
    this.#effects = effects;
    this.#wanted = wanted;
    this.#units = units;
    this.#artifacts = new Artifacts(effects, wanted);
  }

  /** What a step does to resources is part of the plan: nothing is made to be shown. */
  stage(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  takeBack(): Promise<void> {
    return Promise.resolve();
  }

  carryOut(step: StackSetStep): Promise<Outcome> {
    const { counts, troubled } = step;
    const unchanged = { step, counts, troubled };
    return this.#queue.add(async (): Promise<Outcome> => {
      if (this.#effects.signal.aborted) {
        return { ...unchanged, ended: 'skipped', message: 'Not started.' };
      }
      const why = await this.#effects.hold?.();
      if (why !== undefined) {
        return { ...unchanged, ended: 'skipped', message: `Not started. ${why}` };
      }
      const outcome = await oneOfSeveral(
        this.#effects.tell,
        step,
        (tell) =>
          carryOut({ ...this.#effects, tell }, this.#wanted, this.#artifacts, step, this.#units),
        (error) => explained(error, this.#wanted),
      );
      return { ...unchanged, ...outcome };
    });
  }
}

async function carryOut(
  effects: StackSetEffects,
  wanted: OrganizationWanted,
  artifacts: Artifacts,
  step: StackSetStep,
  units: UnitsState,
): Promise<Outcome> {
  const { key } = step;
  const outcome = (
    ended: Ending,
    message: string,
    { counts, troubled }: Pick<StackSetStep, 'counts' | 'troubled'> = step,
  ): Outcome => ({ step, ended, message, counts, troubled });
  const work = new StackSetWork(effects, wanted, artifacts, step, units);
  if (step.waits) await work.waitForOthers();
  const failures = await work.all();
  const found = await readStackSet(effects, key);
  if (!found) return outcome('done', 'Deleted.', { counts: none, troubled: [] });
  if ('failure' in found) return outcome('failed', found.failure);
  const counts = countInstances(found.instances);
  const troubled = withReasons(troubledInstances(found.instances), failures);
  const counted = `${counts.current} of ${counts.total} instances are up to date`;
  const bare = step.wanted ? bareAccounts(step.wanted, found.instances, units) : [];
  const without =
    bare.length === 0
      ? ''
      : `; there is no instance in ${shortened(bare)}, which the file lists. To see why: \`${awsCommand(['cloudformation', 'list-stack-set-operations', '--stack-set-name', key], scopeOf(wanted))}\``;
  const ok = troubled.length === 0 && failures.length === 0 && bare.length === 0;
  const message = `${counted}${work.said()}${without}.`;
  return outcome(ok ? 'done' : 'failed', message, { counts, troubled });
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
const advice: readonly (readonly [RegExp, string])[] = [
  [
    /enable organizations access/i,
    'StackSets has no trusted access to the organisation yet. Run `aws cloudformation activate-organizations-access` once, in the management account.',
  ],
  [
    /not a delegated administrator/i,
    'In the management account, register this account: `aws organizations register-delegated-administrator --service-principal member.org.stacksets.cloudformation.amazonaws.com --account-id <account>`. Also allow organizations:ListDelegatedAdministrators. Or remove delegatedAdministrator from the file.',
  ],
  [
    /(management|master) (account )?or delegated admin/i,
    'Use credentials of the management account. In a delegated administrator account, set `delegatedAdministrator: true` under organization.',
  ],
  [
    /organizational ?unit|\bou-|target.*not (found|exist)/i,
    `Check organizationalUnits in the file. ${unitsListed}`,
  ],
];

/** A refused call in words for the operator of an organisation. */
export function explained(error: CloudError, { home }: Pick<OrganizationWanted, 'home'>): string {
  const said = explain(error);
  const what = advice.find(([pattern]) => pattern.test(error.message))?.[1];
  return what === undefined ? said : `${said} ${what} (account ${home.account}, ${home.region})`;
}

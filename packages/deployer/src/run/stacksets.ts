/** Carries an organisation's plan out: operations on stack sets, followed to their end. */
import PQueue from 'p-queue';
import { CloudError, explain } from '../cloud/cloud.ts';
import { type Effects, patiently } from '../cloud/effects.ts';
import type {
  Definition,
  OperationResult,
  StackSetOperation,
  StackSets,
} from '../cloud/stacksets.ts';
import type { Ending } from '../notes/lines.ts';
import type { TroubledInstance } from '../notes/parts.ts';
import type { Words } from '../plan/reasons.ts';
import {
  bareAccounts,
  countInstances,
  none,
  planStackSet,
  removesStacks,
  troubledInstances,
  type UnitsStanding,
} from '../plan/stacksets.ts';
import {
  doingOf,
  type StackSetOperation as PlannedOperation,
  type StackSetStep,
} from '../plan/step.ts';
import { Artifacts, type CloudIn } from '../stage/organization.ts';
import { isInline } from '../template/template.ts';
import { InterruptedError, OperatorError } from '../text/errors.ts';
import { enumerated } from '../text/words.ts';
import type { OrganizationWanted, WantedStackSet } from '../want/organization.ts';
import { readStackSet } from './organization.ts';
import { oneOfSeveral, type Outcome } from './outcome.ts';
import type { Runner } from './runner.ts';

/** What carrying out steps for stack sets needs. */
export interface StackSetEffects extends Omit<Effects, 'cloud'> {
  readonly stackSets: StackSets;
  /** The managing account's cloud in a region: for the buckets. */
  readonly cloudIn: CloudIn;
  readonly words: Words;
  /** Says why nothing more may be begun; asked before each stack set. */
  readonly hold?: () => Promise<string | undefined>;
}

/** How many stack sets are worked on at once: StackSets itself limits how many instances it deals with at a time. */
const atOnce = 4;

/** Carries out steps for stack sets: each by itself, some at once, going on where one fails. */
export class StackSetRunner implements Runner<StackSetStep, never> {
  readonly #effects: StackSetEffects;
  readonly #wanted: OrganizationWanted;
  readonly #units: UnitsStanding;
  readonly #artifacts: Artifacts;
  readonly #queue = new PQueue({ concurrency: atOnce });

  /**
   * @param wanted what the steps were made of.
   * @param units the accounts that the steps were made of.
   */
  constructor(effects: StackSetEffects, wanted: OrganizationWanted, units: UnitsStanding) {
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
        return { ...unchanged, ended: 'skipped', message: 'Not begun.' };
      }
      const why = await this.#effects.hold?.();
      if (why !== undefined) {
        return { ...unchanged, ended: 'skipped', message: `Not begun. ${why}` };
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
  units: UnitsStanding,
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
  const counted = `${counts.current} of ${counts.total} instances are current`;
  const bare = step.wanted ? bareAccounts(step.wanted, found.instances, units) : [];
  const without =
    bare.length === 0
      ? ''
      : `; there is none in ${shortened(bare)}, although the file has it there: look at its operations, \`aws cloudformation list-stack-set-operations --stack-set-name ${key} --region ${wanted.home.region}\``;
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

/** Between two looks at an operation: four to six seconds, so that stack sets do not ask in step. */
const pause = (): number => 4000 + Math.random() * 2000;

/** How many looks at an operation there are between two lists of its results, which can be many pages long. */
const resultsEvery = 4;
const resultsPage = 100;

const isOver = ({ status }: StackSetOperation): boolean =>
  ['SUCCEEDED', 'FAILED', 'STOPPED'].includes(status);

/** Whether work is what was planned, or a part of it. */
function covers(planned: PlannedOperation, work: PlannedOperation): boolean {
  if (planned.do !== work.do) return false;
  if (!('units' in planned) || !('units' in work)) return true;
  const has = (all: readonly string[] | undefined, some: readonly string[] | undefined): boolean =>
    all === undefined || (some?.every((each) => all.includes(each)) ?? false);
  return (['units', 'regions', 'accounts'] as const).every((part) =>
    has(planned[part], work[part]),
  );
}

/** The work on one stack set. */
class StackSetWork {
  readonly #effects: StackSetEffects;
  readonly #wanted: OrganizationWanted;
  readonly #step: StackSetStep;
  readonly #artifacts: Artifacts;
  readonly #units: UnitsStanding;
  #work: readonly PlannedOperation[];
  #said: string[] = [];

  constructor(
    effects: StackSetEffects,
    wanted: OrganizationWanted,
    artifacts: Artifacts,
    step: StackSetStep,
    units: UnitsStanding,
  ) {
    this.#units = units;
    this.#artifacts = artifacts;
    this.#effects = effects;
    this.#wanted = wanted;
    this.#step = step;
    this.#work = step.operations;
  }

  /** What else there is to say in the end. */
  said(): string {
    return this.#said.map((text) => `; ${text}`).join('');
  }

  /** Does all there is to do. Gives what operations failed at. */
  async all(): Promise<readonly OperationResult[]> {
    while (this.#work.length > 0) {
      const [work, ...rest] = this.#work;
      this.#stopIfAsked();
      if (!work) break;
      this.#work = rest;
      const failed = await this.#one(work);
      if (failed === 'busy') {
        this.#work = [work, ...rest];
        await this.waitForOthers();
      } else if (failed.length > 0) {
        if (this.#work.length > 0) this.#said.push('what was still to be done was left out');
        return failed;
      }
    }
    return [];
  }

  /**
   * Waits for an operation that an earlier run, a new account or somebody else set going, and looks again at what is left
   * of the work: nothing is done that was not planned.
   */
  async waitForOthers(): Promise<void> {
    const { stackSets, tell } = this.#effects;
    const { key, wanted } = this.#step;
    for (;;) {
      const other = await patiently(this.#effects, () => stackSets.underWay(key));
      if (!other) break;
      const message = `An operation (${other.action}) is under way already; waiting for it.`;
      tell({ type: 'progress', message });
      await this.#follow(other.id);
    }
    if (!wanted) return;
    const found = await readStackSet(this.#effects, key);
    const again = planStackSet(wanted, this.#wanted, found, {
      prune: removesStacks(this.#step),
      units: this.#units,
    });
    if (again.verdict === 'refused') throw new OperatorError(this.#effects.words(again.reasons));
    const left = again.operations.filter((work) => this.#work.some((each) => covers(each, work)));
    if (left.length < again.operations.length) {
      this.#said.push('there is more to be done now than was planned: run the same command again');
    }
    this.#work = left;
  }

  /** Does one thing; `busy` when another operation is under way. */
  async #one(work: PlannedOperation): Promise<readonly OperationResult[] | 'busy'> {
    const { key } = this.#step;
    const { stackSets } = this.#effects;
    const { preferences } = this.#wanted;
    switch (work.do) {
      case 'create': {
        const definition = await this.#definition();
        const token = this.#effects.unique();
        await patiently(this.#effects, () => stackSets.create(definition, token));
        this.#tell('Created the stack set.');
        return [];
      }
      case 'update': {
        const definition = await this.#definition();
        return this.#operate((id) => stackSets.update(definition, preferences, id));
      }
      case 'retry': {
        // Without its code, or the leave to read it, an instance fails every time.
        const { parameters } = await this.#store();
        return this.#operate((id) =>
          stackSets.retry({ name: key, parameters }, work, preferences, id),
        );
      }
      case 'add': {
        // What is missing in the bucket would fail in every account.
        if (doingOf(this.#step) !== 'create') await this.#store();
        return this.#operate((id) => stackSets.addInstances(key, work, preferences, id));
      }
      case 'remove':
        return this.#operate((id) => stackSets.removeInstances(key, work, preferences, id));
      case 'delete':
        await patiently(this.#effects, () => stackSets.delete(key));
        this.#tell('Deleted the stack set.');
        return [];
    }
  }

  async #store(): Promise<WantedStackSet> {
    const { wanted } = this.#step;
    if (!wanted) throw new Error(`${this.#step.key} is not wanted, and so has no code.`);
    await this.#artifacts.storeCode(wanted);
    return wanted;
  }

  /** What the stack set is to be, once the code lies where its instances look for it. */
  async #definition(): Promise<Definition> {
    const { artifact, template, parameters, tags, autoDeployment, stackSet } = await this.#store();
    return {
      name: stackSet,
      parameters,
      tags,
      autoDeployment,
      template: isInline(template)
        ? { body: template.text }
        : { url: await this.#artifacts.storeTemplate(artifact, template) },
    };
  }

  /** Starts an operation and follows it. An answer that was lost is asked for again under the same id. */
  async #operate(
    start: (id: string) => Promise<string>,
  ): Promise<readonly OperationResult[] | 'busy'> {
    this.#stopIfAsked();
    const why = await this.#effects.hold?.();
    if (why !== undefined)
      throw new OperatorError(`Nothing more is done with ${this.#step.key}. ${why}`);
    const own = this.#effects.unique();
    let id: string;
    try {
      id = await patiently(this.#effects, () => start(own));
    } catch (error) {
      if (error instanceof CloudError && error.failure === 'conflict') return 'busy';
      throw error;
    }
    return this.#follow(id);
  }

  /** Waits until an operation is over. Gives what it failed at. */
  async #follow(id: string): Promise<readonly OperationResult[]> {
    const { stackSets, sleep, signal, now } = this.#effects;
    const { key } = this.#step;
    const started = now();
    let results: readonly OperationResult[] = [];
    for (let round = 0; ; round += 1) {
      const operation = await this.#patiently(id, () => stackSets.operation(key, id));
      const over = isOver(operation);
      const rounds = Math.max(resultsEvery, Math.ceil(results.length / resultsPage));
      if (over || round % rounds === 0) {
        results = await this.#patiently(id, () => stackSets.results(key, id));
      }
      const seconds = Math.round((now() - started) / 1000);
      this.#progress(results, seconds);
      if (over) {
        const { status } = operation;
        this.#effects.tell({
          type: 'ended',
          stack: key,
          ok: status === 'SUCCEEDED',
          status,
          seconds,
        });
        return this.#failures(operation, results);
      }
      await sleep(pause(), signal);
      if (signal.aborted) throw new InterruptedError(`Interrupted. ${this.#goesOn(id)}`);
    }
  }

  async #patiently<T>(id: string, call: () => Promise<T>): Promise<T> {
    try {
      return await patiently(this.#effects, call);
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      const { signal } = this.#effects;
      if (signal.aborted) throw new InterruptedError(`Interrupted. ${this.#goesOn(id)}`);
      throw new OperatorError(`${explain(error)} ${this.#goesOn(id)}`, { cause: error });
    }
  }

  #failures(
    { id, status, reason }: StackSetOperation,
    results: readonly OperationResult[],
  ): readonly OperationResult[] {
    const failed = results.filter((each) => each.status === 'FAILED');
    if (status === 'SUCCEEDED') {
      if (failed.length > 0) this.#said.push(`${failed.length} failed, within the tolerance`);
      return [];
    }
    const why = reason === undefined ? '' : ` (${reason.replace(/\.$/, '')})`;
    this.#said.push(`the operation ${id} ended as ${status}${why}`);
    const rest = results.filter((each) => each.status === 'CANCELLED');
    // An operation can fail before it comes to any account.
    if (failed.length + rest.length > 0) return [...failed, ...rest];
    return [{ account: '', region: '', status, ...(reason === undefined ? {} : { reason }) }];
  }

  #progress(results: readonly OperationResult[], seconds: number): void {
    const waiting = results.filter(({ status }) => ['PENDING', 'RUNNING'].includes(status));
    this.#effects.tell({
      type: 'status',
      stack: this.#step.key,
      done: results.length - waiting.length,
      ...(results.length === 0 ? {} : { total: results.length }),
      seconds,
      waiting: waiting
        .filter(({ status }) => status === 'RUNNING')
        .slice(0, 5)
        .map(({ account, region }) => `${account}/${region}`),
    });
  }

  #tell(message: string): void {
    this.#effects.tell({ type: 'progress', message });
  }

  #stopIfAsked(): void {
    if (this.#effects.signal.aborted) {
      throw new InterruptedError(
        `Interrupted. Nothing more is done with ${this.#step.key}; run the same command again to go on.`,
      );
    }
  }

  #goesOn(id: string): string {
    const { home, delegatedAdministrator } = this.#wanted;
    const as = delegatedAdministrator ? ' --call-as DELEGATED_ADMIN' : '';
    return `The operation ${id} on the stack set ${this.#step.key} goes on in AWS by itself; the same command, run again, waits for it. \`aws cloudformation stop-stack-set-operation --stack-set-name ${this.#step.key} --operation-id ${id} --region ${home.region}${as}\` stops it.`;
  }
}

/** What StackSets says when an organisation is not ready for it, and what to do. */
const advice: readonly (readonly [RegExp, string])[] = [
  [
    /enable organizations access/i,
    'StackSets may not see the organisation yet (trusted access): run `aws cloudformation activate-organizations-access` in the management account, once.',
  ],
  [
    /not a delegated administrator/i,
    'Register this account in the management account with `aws organizations register-delegated-administrator --service-principal member.org.stacksets.cloudformation.amazonaws.com --account-id <account>`, allow organizations:ListDelegatedAdministrators, or take delegatedAdministrator out of the file.',
  ],
  [
    /(management|master) (account )?or delegated admin/i,
    'Use credentials of the management account; in a delegated administrator account say so: `delegatedAdministrator: true` under organization.',
  ],
  [
    /organizational ?unit|\bou-|target.*not (found|exist)/i,
    'Look at organizationalUnits in the file: `aws organizations list-organizational-units-for-parent` tells their ids, `aws organizations list-roots` that of the root.',
  ],
];

/** A refused call in words for whoever manages an organisation. */
export function explained(error: CloudError, { home }: Pick<OrganizationWanted, 'home'>): string {
  const said = explain(error);
  const what = advice.find(([pattern]) => pattern.test(error.message))?.[1];
  return what === undefined ? said : `${said} ${what} (account ${home.account}, ${home.region})`;
}

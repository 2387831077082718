/** The work on one stack set: its operations one after another, each followed to its end. */
import { explain, orRefusal } from '../cloud/cloud.ts';
import { type Effects, patiently } from '../cloud/effects.ts';
import type {
  Definition,
  OperationResult,
  StackSetOperation,
  StackSets,
} from '../cloud/stacksets.ts';
import type { Words } from '../plan/reasons.ts';
import { planStackSet, removesStacks } from '../plan/stacksets.ts';
import type { UnitsState } from '../plan/state.ts';
import {
  doingOf,
  type StackSetOperation as PlannedOperation,
  type StackSetStep,
} from '../plan/step.ts';
import type { Artifacts, CloudIn } from '../stage/organization.ts';
import { isInline } from '../template/template.ts';
import { awsCommand, type RunScope } from '../text/command.ts';
import { InterruptedError, OperatorError } from '../text/errors.ts';
import { compact } from '../text/records.ts';
import type { OrganizationWanted, WantedStackSet } from '../want/organization.ts';
import { readStackSet } from './organization.ts';

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

/** What the work on stack sets needs. */
export interface StackSetEffects extends Omit<Effects, 'cloud'> {
  readonly stackSets: StackSets;
  /** The managing account's cloud in a region: for the buckets. */
  readonly cloudIn: CloudIn;
  readonly words: Words;
  /** Says why nothing more may be begun; asked before each stack set. */
  readonly hold?: () => Promise<string | undefined>;
  /** What the steps were made of. */
  readonly wanted: OrganizationWanted;
  readonly units: UnitsState;
}

/** What commands about stack sets have to say. */
export const scopeOf = ({ home, run }: OrganizationWanted): RunScope => ({
  ...run,
  region: home.region,
});

/** The work on one stack set. */
export class StackSetWork {
  readonly #effects: StackSetEffects;
  readonly #artifacts: Artifacts;
  readonly #step: StackSetStep;
  #work: readonly PlannedOperation[];
  #said: string[] = [];

  constructor(effects: StackSetEffects, artifacts: Artifacts, step: StackSetStep) {
    this.#effects = effects;
    this.#artifacts = artifacts;
    this.#step = step;
    this.#work = step.operations;
  }

  /** What else there is to say in the end. */
  said(): string {
    return this.#said.map((text) => `; ${text}`).join('');
  }

  /** Does all there is to do. Gives what operations failed at. */
  async all(): Promise<readonly OperationResult[]> {
    for (;;) {
      const [work, ...rest] = this.#work;
      if (!work) return [];
      this.#stopIfAsked();
      this.#work = rest;
      const failed = await this.#one(work);
      if (failed === 'busy') {
        this.#work = [work, ...rest];
        await this.waitForOthers();
      } else if (failed.length > 0) {
        if (this.#work.length > 0) this.#said.push('the rest of the work was skipped');
        return failed;
      }
    }
  }

  /**
   * Waits for an operation that an earlier run, a new account or somebody else started. Then it plans the rest of the work
   * again: nothing is done that was not planned before.
   */
  async waitForOthers(): Promise<void> {
    const { stackSets, units, words } = this.#effects;
    const { key, wanted } = this.#step;
    for (;;) {
      const other = await patiently(this.#effects, () => stackSets.underWay(key));
      if (!other) break;
      this.#tell(`Another operation is in progress (${other.action}). Waiting for it to end.`);
      await this.#follow(other.id);
    }
    if (!wanted) return;
    const found = await readStackSet(this.#effects, key);
    const prune = removesStacks(this.#step);
    const again = planStackSet(wanted, this.#effects.wanted, found, { prune, units });
    if (again.verdict === 'refused') throw new OperatorError(words(again.reasons));
    const left = again.operations.filter((work) => this.#work.some((each) => covers(each, work)));
    if (left.length < again.operations.length) {
      this.#said.push('there is more to do now than was planned: run the same command again');
    }
    this.#work = left;
  }

  /** Does one thing; `busy` when another operation is in progress. */
  async #one(work: PlannedOperation): Promise<readonly OperationResult[] | 'busy'> {
    const { key } = this.#step;
    const { stackSets, unique } = this.#effects;
    const { preferences } = this.#effects.wanted;
    switch (work.do) {
      case 'create': {
        const definition = await this.#definition();
        const token = unique();
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
        const about = { name: key, parameters };
        return this.#operate((id) => stackSets.retry(about, work, preferences, id));
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
    const started = patiently(this.#effects, () => start(own));
    const id = await orRefusal(started, (error) => {
      if (error.failure !== 'conflict') throw error;
    });
    return id === undefined ? 'busy' : this.#follow(id);
  }

  /** Waits until an operation is over. Gives what it failed at. */
  async #follow(id: string): Promise<readonly OperationResult[]> {
    const { stackSets, sleep, signal, now, tell } = this.#effects;
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
        tell({ type: 'ended', stack: key, ok: status === 'SUCCEEDED', status, seconds });
        return this.#failures(operation, results);
      }
      await sleep(pause(), signal);
      if (signal.aborted) throw new InterruptedError(`Interrupted. ${this.#goesOn(id)}`);
    }
  }

  #patiently<T>(id: string, call: () => Promise<T>): Promise<T> {
    return orRefusal(patiently(this.#effects, call), (error) => {
      const { signal } = this.#effects;
      if (signal.aborted) throw new InterruptedError(`Interrupted. ${this.#goesOn(id)}`);
      throw new OperatorError(`${explain(error)} ${this.#goesOn(id)}`, { cause: error });
    });
  }

  #failures(
    { id, status, reason }: StackSetOperation,
    results: readonly OperationResult[],
  ): readonly OperationResult[] {
    const failed = results.filter((each) => each.status === 'FAILED');
    if (status === 'SUCCEEDED') {
      if (failed.length > 0)
        this.#said.push(`${failed.length} failed, which the failure tolerance allows`);
      return [];
    }
    const why = reason === undefined ? '' : ` (${reason.replace(/\.$/, '')})`;
    this.#said.push(`the operation ${id} ended as ${status}${why}`);
    const rest = results.filter((each) => each.status === 'CANCELLED');
    // An operation can fail before it comes to any account.
    if (failed.length + rest.length > 0) return [...failed, ...rest];
    return [compact({ account: '', region: '', status, reason })];
  }

  #progress(results: readonly OperationResult[], seconds: number): void {
    const waiting = results.filter(({ status }) => ['PENDING', 'RUNNING'].includes(status));
    const running = waiting.filter(({ status }) => status === 'RUNNING').slice(0, 5);
    this.#effects.tell(
      compact({
        type: 'status',
        stack: this.#step.key,
        done: results.length - waiting.length,
        total: results.length || undefined,
        seconds,
        waiting: running.map(({ account, region }) => `${account}/${region}`),
      }),
    );
  }

  #tell(message: string): void {
    this.#effects.tell({ type: 'progress', message });
  }

  #stopIfAsked(): void {
    if (this.#effects.signal.aborted) {
      throw new InterruptedError(
        `Interrupted. Nothing more is done with ${this.#step.key}. Run the same command again to continue.`,
      );
    }
  }

  #goesOn(id: string): string {
    const { key } = this.#step;
    const { wanted } = this.#effects;
    const as = wanted.delegatedAdministrator ? ['--call-as', 'DELEGATED_ADMIN'] : [];
    const of = ['--stack-set-name', key, '--operation-id', id, ...as];
    const stop = awsCommand(['cloudformation', 'stop-stack-set-operation', ...of], scopeOf(wanted));
    return `AWS continues the operation ${id} on the stack set ${key} by itself. Run the same command again to wait for it. \`${stop}\` stops it.`;
  }
}

/** The work on one stack set: its operations one after another, each followed to its end. */
import { explain, orRefusal } from '../cloud/cloud.ts';
import { type Effects, patiently } from '../cloud/effects.ts';
import type * as sets from '../cloud/stacksets.ts';
import { because } from '../view/sentences/reasons.ts';
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

const isOver = ({ status }: sets.StackSetOperation): boolean =>
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
  readonly stackSets: sets.StackSets;
  /** The managing account's cloud in a region: for the buckets. */
  readonly cloudIn: CloudIn;
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

/** What the work on a stack set came to. */
interface Worked {
  /** What operations failed at. */
  readonly failures: readonly sets.OperationResult[];
  /** What else there is to say. */
  readonly said: string;
}

/** Does all there is to do with one stack set. */
export async function workOn(
  effects: StackSetEffects,
  artifacts: Artifacts,
  step: StackSetStep,
): Promise<Worked> {
  const { stackSets, sleep, signal, now, tell, unique, hold, units } = effects;
  const { preferences, delegatedAdministrator } = effects.wanted;
  const { key, wanted } = step;
  const said: string[] = [];
  let left = step.operations;

  const progress = (message: string): void => tell({ type: 'progress', message });

  function stopIfAsked(): void {
    if (!signal.aborted) return;
    throw new InterruptedError(
      `Interrupted. Nothing more is done with ${key}. Run the same command again to continue.`,
    );
  }

  /**
   * Waits for an operation that an earlier run, a new account or somebody else started. Then it plans the rest of the work
   * again: nothing is done that was not planned before.
   */
  async function waitForOthers(): Promise<void> {
    for (;;) {
      const other = await patiently(effects, () => stackSets.underWay(key));
      if (!other) break;
      progress(`Another operation is in progress (${other.action}). Waiting for it to end.`);
      await follow(other.id);
    }
    if (!wanted) return;
    const found = await readStackSet(effects, key);
    const prune = removesStacks(step);
    const again = planStackSet(wanted, effects.wanted, found, { prune, units });
    if (again.verdict === 'refused') throw new OperatorError(because(again.reasons));
    const covered = again.operations.filter((work) => left.some((each) => covers(each, work)));
    if (covered.length < again.operations.length) {
      said.push('there is more to do now than was planned: run the same command again');
    }
    left = covered;
  }

  /** Does one thing; `busy` when another operation is in progress. */
  async function one(work: PlannedOperation): Promise<readonly sets.OperationResult[] | 'busy'> {
    switch (work.do) {
      case 'create': {
        const definition = await define();
        const token = unique();
        await patiently(effects, () => stackSets.create(definition, token));
        progress('Created the stack set.');
        return [];
      }
      case 'update': {
        const definition = await define();
        return operate((id) => stackSets.update(definition, preferences, id));
      }
      case 'retry': {
        // Without its code, or the leave to read it, an instance fails every time.
        const { parameters } = await store();
        return operate((id) => stackSets.retry({ name: key, parameters }, work, preferences, id));
      }
      case 'add': {
        // What is missing in the bucket would fail in every account.
        if (doingOf(step) !== 'create') await store();
        return operate((id) => stackSets.addInstances(key, work, preferences, id));
      }
      case 'remove':
        return operate((id) => stackSets.removeInstances(key, work, preferences, id));
      case 'delete':
        await patiently(effects, () => stackSets.delete(key));
        progress('Deleted the stack set.');
        return [];
    }
  }

  async function store(): Promise<WantedStackSet> {
    if (!wanted) throw new Error(`${key} is not wanted, and so has no code.`);
    const { artifact } = wanted;
    if (artifact) await artifacts.storeCode({ ...wanted, artifact });
    return wanted;
  }

  /** What the stack set is to be, once the code lies where its instances look for it. */
  async function define(): Promise<sets.Definition> {
    const { single, template, parameters, tags, autoDeployment, stackSet } = await store();
    const source = isInline(template)
      ? { body: template.text }
      : { url: await artifacts.storeTemplate(single.content.identity, template) };
    return { name: stackSet, parameters, tags, autoDeployment, template: source };
  }

  /** Starts an operation and follows it. An answer that was lost is asked for again under the same id. */
  async function operate(start: (id: string) => Promise<string>) {
    stopIfAsked();
    const why = await hold?.();
    if (why !== undefined) throw new OperatorError(`Nothing more is done with ${key}. ${why}`);
    const own = unique();
    const started = patiently(effects, () => start(own));
    const id = await orRefusal(started, (error) => {
      if (error.failure !== 'conflict') throw error;
    });
    return id === undefined ? 'busy' : follow(id);
  }

  /** Waits until an operation is over. Gives what it failed at. */
  async function follow(id: string): Promise<readonly sets.OperationResult[]> {
    const as = delegatedAdministrator ? ['--call-as', 'DELEGATED_ADMIN'] : [];
    const of = ['--stack-set-name', key, '--operation-id', id, ...as];
    const scope = scopeOf(effects.wanted);
    const stop = awsCommand(['cloudformation', 'stop-stack-set-operation', ...of], scope);
    const goesOn = `AWS continues the operation ${id} on the stack set ${key} by itself. Run the same command again to wait for it. \`${stop}\` stops it.`;
    const stopIfAborted = (): void => {
      if (signal.aborted) throw new InterruptedError(`Interrupted. ${goesOn}`);
    };
    const asked = <T>(call: () => Promise<T>): Promise<T> =>
      orRefusal(patiently(effects, call), (error) => {
        stopIfAborted();
        throw new OperatorError(`${explain(error)} ${goesOn}`, { cause: error });
      });
    const started = now();
    let results: readonly sets.OperationResult[] = [];
    for (let round = 0; ; round += 1) {
      const operation = await asked(() => stackSets.operation(key, id));
      const over = isOver(operation);
      const rounds = Math.max(resultsEvery, Math.ceil(results.length / resultsPage));
      if (over || round % rounds === 0) results = await asked(() => stackSets.results(key, id));
      const seconds = Math.round((now() - started) / 1000);
      tellStatus(results, seconds);
      if (over) {
        const { status } = operation;
        tell({ type: 'ended', stack: key, ok: status === 'SUCCEEDED', status, seconds });
        return failuresOf(operation, results);
      }
      await sleep(pause(), signal);
      stopIfAborted();
    }
  }

  function failuresOf(
    { id, status, reason }: sets.StackSetOperation,
    results: readonly sets.OperationResult[],
  ): readonly sets.OperationResult[] {
    const failed = results.filter((each) => each.status === 'FAILED');
    if (status === 'SUCCEEDED') {
      if (failed.length > 0)
        said.push(`${failed.length} failed, which the failure tolerance allows`);
      return [];
    }
    const why = reason === undefined ? '' : ` (${reason.replace(/\.$/, '')})`;
    said.push(`the operation ${id} ended as ${status}${why}`);
    const rest = results.filter((each) => each.status === 'CANCELLED');
    // An operation can fail before it comes to any account.
    if (failed.length + rest.length > 0) return [...failed, ...rest];
    return [compact({ account: '', region: '', status, reason })];
  }

  function tellStatus(results: readonly sets.OperationResult[], seconds: number): void {
    const waiting = results.filter(({ status }) => ['PENDING', 'RUNNING'].includes(status));
    const running = waiting.filter(({ status }) => status === 'RUNNING').slice(0, 5);
    tell(
      compact({
        type: 'status',
        stack: key,
        done: results.length - waiting.length,
        total: results.length || undefined,
        seconds,
        waiting: running.map(({ account, region }) => `${account}/${region}`),
      }),
    );
  }

  if (step.waits) await waitForOthers();
  let failures: readonly sets.OperationResult[] = [];
  while (failures.length === 0) {
    const [work, ...rest] = left;
    if (!work) break;
    stopIfAsked();
    const failed = await one(work);
    if (failed === 'busy') {
      await waitForOthers();
      continue;
    }
    left = rest;
    failures = failed;
  }
  if (left.length > 0) said.push('the rest of the work was skipped');
  return { failures, said: said.map((text) => `; ${text}`).join('') };
}

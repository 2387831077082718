/** {@link Logs}, {@link Functions} and {@link Account} in memory, for tests. */
import { defaultSelectors } from '@patrol/core/trail';
import type { Account, Decision, Simulation, Trail } from '../cloud/account.ts';
import type { FakeCloud } from './cloud.ts';
import { CloudError, type Stack } from '../cloud/cloud.ts';
import type { Functions, Invocation } from '../cloud/functions.ts';
import type { LogLine, LogQuery, Logs } from '../cloud/logs.ts';
import { isPatrols } from '../identity/ownership.ts';

/** Logs with scripted lines and faults. */
export class FakeLogs implements Logs {
  /** The lines of each log group, in the order of their arrival. */
  readonly groups: Map<string, LogLine[]> = new Map();
  /** What was asked. */
  readonly asked: LogQuery[] = [];
  /** What the next calls fail with. */
  faults: CloudError[] = [];
  /** How many lines stand on a page. */
  pageSize = 3;
  #serial = 0;

  /** Adds a line to a log. */
  add(group: string, time: number, line: unknown): void {
    const text = typeof line === 'string' ? line : JSON.stringify(line);
    const id = String((this.#serial += 1)).padStart(8, '0');
    const lines = this.groups.get(group) ?? [];
    lines.push({ id, time: new Date(time), stream: '2026/01/01/[$LATEST]0', text });
    this.groups.set(group, lines);
  }

  async lines(query: LogQuery): ReturnType<Logs['lines']> {
    await Promise.resolve();
    this.asked.push(query);
    const fault = this.faults.shift();
    if (fault) throw fault;
    const all = this.groups.get(query.group);
    if (!all) {
      const message = 'The specified log group does not exist.';
      throw new CloudError('missing', 'logs:FilterLogEvents', message);
    }
    const found = all
      .filter(({ time }) => time.getTime() >= query.from)
      .toSorted((a, b) => a.time.getTime() - b.time.getTime());
    const start = Number(query.page ?? 0);
    // As CloudWatch does: what was searched last may hold nothing, and there is a page all the same.
    const lines = found.slice(start, start + this.pageSize);
    return start <= found.length && found.length > 0
      ? { lines, next: String(start + this.pageSize) }
      : { lines };
  }
}

/** Functions that answer as a test says. */
export class FakeFunctions implements Functions {
  /** What was run, with what. */
  readonly invoked: { readonly name: string; readonly event: unknown }[] = [];
  answer: (event: unknown) => Invocation = () => ({ payload: '{"alerts":0}', log: '' });

  /** What was taken to be run later. */
  readonly enqueued: { readonly name: string; readonly event: unknown }[] = [];
  /** What the next event that is to be taken later is refused with. */
  refusals: Error[] = [];

  async enqueue(name: string, event: unknown): Promise<void> {
    await Promise.resolve();
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
    this.enqueued.push({ name, event });
  }

  async invoke(name: string, event: unknown): Promise<Invocation> {
    await Promise.resolve();
    this.invoked.push({ name, event });
    return this.answer(event);
  }
}

/** A trail as it should be. */
export const wholeTrail: Trail = {
  arn: 'arn:aws:cloudtrail:us-east-1:111122223333:trail/main',
  status: { isLogging: true, deliveryError: '' },
  selectors: defaultSelectors,
};

/** An account in which everything is in order until a test says otherwise. */
export class FakeAccount implements Account {
  arn = 'arn:aws:sts::111122223333:assumed-role/Deployer/alice';
  /** What IAM does not allow. */
  readonly refused: Set<string> = new Set();
  /** What is asked of the simulator. */
  readonly simulated: { readonly principal: string; readonly simulation: Simulation }[] = [];
  trailList: readonly Trail[] = [wholeTrail];
  rules: readonly { readonly pattern?: string }[] = [];
  quota: number | undefined = 300;
  /** What a call fails with. */
  readonly faults: Map<keyof Account, CloudError> = new Map();
  readonly #cloud: () => FakeCloud;

  constructor(cloud: () => FakeCloud) {
    this.#cloud = cloud;
  }

  caller(): Promise<string> {
    return this.#answer('caller', this.arn);
  }

  role(name: string): Promise<string> {
    return this.#answer('role', `arn:aws:iam::111122223333:role/teams/${name}`);
  }

  simulate(principal: string, simulation: Simulation): Promise<readonly Decision[]> {
    this.simulated.push({ principal, simulation });
    const decisions = simulation.actions.flatMap((action) =>
      simulation.resources.map(() => ({
        action,
        allowed: !this.refused.has(action),
        byOrganization: false,
        depends: [],
      })),
    );
    return this.#answer('simulate', decisions);
  }

  trails(): Promise<readonly Trail[]> {
    return this.#answer('trails', this.trailList);
  }

  eventRules(): ReturnType<Account['eventRules']> {
    return this.#answer('eventRules', this.rules);
  }

  eventRuleQuota(): Promise<number | undefined> {
    return this.#answer('eventRuleQuota', this.quota);
  }

  stacks(): Promise<readonly Stack[]> {
    const { stacks } = this.#cloud();
    const current = stacks.all.filter(({ status }) => status !== 'DELETE_COMPLETE');
    return this.#answer('stacks', current.map((each) => stacks.describe(each)).filter(isPatrols));
  }

  async #answer<T>(call: keyof Account, value: T): Promise<T> {
    await Promise.resolve();
    const fault = this.faults.get(call);
    if (fault) throw fault;
    return value;
  }
}

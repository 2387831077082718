/** CloudFormation in memory, for tests: stacks that move from state to state as a clock of their own goes on. */
import { emailParameters } from '@patrol/core/contracts';
import {
  type ChangeSet,
  type ChangeSetRequest,
  CloudError,
  type LeaveBehind,
  type Place,
  type ResourceChange,
  type Stack,
  type StackEvent,
  type StackResource,
} from '../cloud/cloud.ts';
import { changesOf, type FakeTemplate, fill, invalid } from './changes.ts';

/** A stack and everything that the fake knows of it. */
export interface FakeStack {
  readonly id: string;
  readonly name: string;
  readonly created: Date;
  status: string;
  reason?: string | undefined;
  updated?: Date;
  terminationProtected: boolean;
  role?: string;
  parameters: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  template: FakeTemplate;
  readonly events: StackEvent[];
  readonly resources: Map<string, StackResource>;
  /** When drift was found. */
  drifted?: Date;
}

/** A request with the text of its template. */
type SentRequest = ChangeSetRequest & { readonly template: { readonly body: string } };

interface FakeChangeSet {
  readonly id: string;
  readonly request: SentRequest;
  readonly stack: FakeStack;
  readonly template: FakeTemplate;
  readonly parameters: Readonly<Record<string, string>>;
  readonly changes: readonly ResourceChange[];
  readonly readyAt: number;
  execution: string;
}

const empty: FakeTemplate = { Resources: {} };
const arnOf = (kind: string, { partition, region, account }: Place, name: string): string =>
  `arn:${partition}:${kind}:${region}:${account}:${name}`;

/** The stacks of one account and region. */
export class FakeStacks {
  readonly all: FakeStack[] = [];
  /** Resources, by logical id, that cannot be created or updated, and AWS's reason. */
  failing: Readonly<Record<string, string>> = {};
  /** Whether rolling back an update fails as well. */
  rollbackFails = false;
  /** A resource that cannot be deleted. */
  undeletable: string | undefined;
  /** What was changed outside CloudFormation, by physical ids; `undefined`: somebody removed it. */
  readonly outside: Map<string, Readonly<Record<string, unknown>> | undefined> = new Map();
  /** The time in milliseconds. */
  time: number = Date.UTC(2026, 0, 1);
  /** How long every step of an operation takes. */
  pace = 400;
  readonly #place: Place;
  readonly #changeSets: FakeChangeSet[] = [];
  #queue: { at: number; run: () => void }[] = [];
  #serial = 0;

  constructor(place: Place) {
    this.#place = place;
  }

  /** Lets time pass, and everything happen that is due by then. */
  advance(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (let [next] = this.#queue; next && next.at <= end; [next] = this.#queue) {
      this.#queue.shift();
      this.time = next.at;
      next.run();
    }
    this.time = end;
  }

  /** A stack by name, or by id even when it is deleted. */
  find(nameOrId: string): FakeStack | undefined {
    return this.all.find(
      ({ id, name, status }) =>
        id === nameOrId || (name === nameOrId && status !== 'DELETE_COMPLETE'),
    );
  }

  /** A stack as `DescribeStacks` tells of it. */
  describe(stack: FakeStack): Stack {
    const { id, name, status, reason, created, updated, tags, terminationProtected } = stack;
    const outputs = Object.fromEntries(
      Object.entries(stack.template.Outputs ?? {})
        // Of a base stack's topics, those of which an address is given.
        .filter(([key, { Condition }]) => {
          const texts = emailParameters(key.replace('TopicArn', 'Email'))
            .map((name) => stack.parameters[name])
            .filter((text) => text !== undefined);
          return Condition === undefined || texts.length === 0 || texts.some(Boolean);
        })
        .map(([key, { Value }]) => [key, this.#value(stack, key, Value)]),
    );
    const parameters = Object.fromEntries(
      Object.entries(stack.parameters).map(([key, value]) => [
        key,
        stack.template.Parameters?.[key]?.NoEcho ? '****' : value,
      ]),
    );
    const optional = {
      ...(reason ? { reason } : {}),
      ...(updated ? { updated } : {}),
      ...(stack.role ? { role: stack.role } : {}),
      ...(stack.drifted ? { drifted: stack.drifted } : {}),
      ...(stack.template.Description ? { description: stack.template.Description } : {}),
    };
    return {
      id,
      name,
      status,
      created,
      parameters,
      outputs,
      tags,
      terminationProtected,
      ...optional,
    };
  }

  #value(
    { name, template, parameters, resources }: FakeStack,
    key: string,
    value: unknown,
  ): string {
    const [, topic] = /^(Al.+Topic)Arn$/.exec(key) ?? [];
    if (topic) {
      const { TopicName: given } = Object(template.Resources[topic]?.Properties);
      const named = given?.['Fn::Sub']?.replace('${AWS::StackName}', name);
      return parameters[key] || arnOf('sns', this.#place, named ?? `${name}-${topic}`);
    }
    const reference: unknown = typeof value === 'object' && value && Reflect.get(value, 'Ref');
    if (typeof reference !== 'string') return String(value);
    return parameters[reference] ?? resources.get(reference)?.physicalId ?? '';
  }

  /** Places a stack that was made before the test. */
  add(stack: Partial<FakeStack> & { readonly name: string }): FakeStack {
    const added: FakeStack = {
      id: arnOf('cloudformation', this.#place, `stack/${stack.name}/${(this.#serial += 1)}`),
      created: new Date(this.time),
      status: 'CREATE_COMPLETE',
      terminationProtected: false,
      parameters: {},
      tags: {},
      template: empty,
      events: [],
      resources: new Map(),
      ...stack,
    };
    this.all.push(added);
    return added;
  }

  createChangeSet(request: SentRequest): FakeChangeSet {
    const again = this.#changeSets.find((made) => made.request.name === request.name);
    if (again) return again;
    const current = this.find(request.stack);
    const shell = current?.status === 'REVIEW_IN_PROGRESS';
    if (request.kind === 'CREATE' && current && !shell) {
      throw invalid(
        'CreateChangeSet',
        `Stack [${request.stack}] already exists and cannot be created again.`,
      );
    }
    if (request.kind === 'UPDATE' && (!current || shell)) {
      throw invalid('CreateChangeSet', `Stack [${request.stack}] does not exist`);
    }
    if (current?.status.endsWith('_IN_PROGRESS') && !shell) {
      throw invalid(
        'CreateChangeSet',
        `Stack:${current.id} is in ${current.status} state and can not be updated.`,
      );
    }
    const template: FakeTemplate = JSON.parse(request.template.body);
    const parameters = fill(template, request, current);
    const stack = current ?? this.add({ name: request.stack, status: 'REVIEW_IN_PROGRESS' });
    if (!current) this.#event(stack, 'REVIEW_IN_PROGRESS', 'User Initiated');
    const made: FakeChangeSet = {
      id: arnOf('cloudformation', this.#place, `changeSet/${request.name}/${(this.#serial += 1)}`),
      request,
      stack,
      template,
      parameters,
      changes: [
        ...changesOf(stack, template, parameters, request.tags),
        ...this.#drifted(stack, request),
      ],
      readyAt: this.time + 300,
      execution: 'AVAILABLE',
    };
    this.#changeSets.push(made);
    return made;
  }

  /** What a change set undoes of what was changed outside CloudFormation. */
  #drifted(stack: FakeStack, { reverts }: SentRequest) {
    return [...stack.resources.values()].flatMap(({ resource, type, physicalId = '' }) =>
      reverts && this.outside.has(physicalId)
        ? [
            {
              action: 'Modify',
              resource,
              type,
              replacement: 'False',
              properties: [],
              physicalId,
            } as const,
          ]
        : [],
    );
  }

  /** The change sets that stand around, by name. */
  get changeSets(): readonly string[] {
    return this.#changeSets
      .filter(({ execution }) => execution === 'AVAILABLE')
      .map(({ request }) => request.name);
  }

  /** The change sets of a stack that were not begun. */
  pendingChangeSets(name: string): readonly { readonly id: string; readonly name: string }[] {
    return this.#changeSets
      .filter(({ stack, execution }) => stack === this.find(name) && execution === 'AVAILABLE')
      .map(({ id, request }) => ({ id, name: request.name }));
  }

  #changeSet(call: string, id: string): FakeChangeSet {
    const found = this.#changeSets.find((made) => made.id === id);
    if (found) return found;
    throw new CloudError('conflict', `cloudformation:${call}`, `ChangeSet [${id}] does not exist`);
  }

  describeChangeSet(id: string): ChangeSet {
    const { stack, changes, readyAt, execution } = this.#changeSet('DescribeChangeSet', id);
    const base = { id, stackId: stack.id };
    if (this.time < readyAt) {
      return { ...base, status: 'CREATE_IN_PROGRESS', execution: 'UNAVAILABLE', changes: [] };
    }
    if (changes.length > 0) return { ...base, status: 'CREATE_COMPLETE', execution, changes };
    const reason =
      "The submitted information didn't contain changes. Submit different information to create a change set.";
    return { ...base, status: 'FAILED', execution: 'UNAVAILABLE', reason, changes };
  }

  deleteChangeSet(id: string): void {
    const index = this.#changeSets.findIndex((made) => made.id === id);
    if (index >= 0) this.#changeSets.splice(index, 1);
  }

  executeChangeSet(id: string): void {
    const made = this.#changeSet('ExecuteChangeSet', id);
    if (made.execution !== 'AVAILABLE') {
      const message = `ChangeSet [${id}] cannot be executed in its current status of [${made.execution}]`;
      throw new CloudError('conflict', 'cloudformation:ExecuteChangeSet', message);
    }
    const { stack, template, parameters, request } = made;
    // Executing one change set deletes the stack's others.
    for (const other of this.#changeSets.filter((each) => each !== made && each.stack === stack)) {
      this.deleteChangeSet(other.id);
    }
    made.execution = 'EXECUTE_COMPLETE';
    const before = { template: stack.template, parameters: stack.parameters, tags: stack.tags };
    Object.assign(stack, {
      template,
      parameters,
      tags: request.tags,
      ...(request.role === undefined ? {} : { role: request.role }),
      updated: new Date(this.time),
    });
    const touched = made.changes
      .map(({ resource }) => resource)
      .filter((id) => template.Resources[id]);
    for (const { physicalId = '' } of this.#drifted(stack, request))
      this.outside.delete(physicalId);
    if (request.kind === 'CREATE') this.#create(stack, touched);
    else this.#update(stack, touched, () => Object.assign(stack, before));
  }

  #create(stack: FakeStack, touched: readonly string[]): void {
    this.#event(stack, 'CREATE_IN_PROGRESS', 'User Initiated');
    this.#script(this.#resources(stack, 'CREATE', touched), () => {
      const failed = touched.filter((id) => Object.hasOwn(this.failing, id));
      if (failed.length === 0) {
        this.#event(stack, 'CREATE_COMPLETE');
        return;
      }
      const reason = `The following resource(s) failed to create: [${failed.join(', ')}]. Delete requested by user.`;
      this.#event(stack, 'CREATE_FAILED', reason);
      this.#script([], () => this.deleteStack(stack.id));
    });
  }

  #update(stack: FakeStack, touched: readonly string[], revert: () => void): void {
    this.#event(stack, 'UPDATE_IN_PROGRESS', 'User Initiated');
    this.#script(this.#resources(stack, 'UPDATE', touched), () => {
      const failed = touched.filter((id) => Object.hasOwn(this.failing, id));
      const end = failed.length === 0 ? 'UPDATE_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE';
      if (failed.length > 0) {
        this.#event(
          stack,
          'UPDATE_ROLLBACK_IN_PROGRESS',
          `The following resource(s) failed to update: [${failed.join(', ')}].`,
        );
        revert();
      }
      this.#script([], () => {
        if (failed.length > 0 && this.rollbackFails) {
          this.#rollbackFailed(stack, failed);
          return;
        }
        this.#cleanUp(stack, end);
      });
    });
  }

  #cleanUp(stack: FakeStack, end: string): void {
    this.#event(stack, `${end}_CLEANUP_IN_PROGRESS`);
    this.#script([], () => this.#event(stack, end));
  }

  #rollbackFailed(stack: FakeStack, failed: readonly string[]): void {
    for (const id of failed) this.#resource(stack, id, 'UPDATE_FAILED', 'It cannot be put back.');
    this.#event(
      stack,
      'UPDATE_ROLLBACK_FAILED',
      `The following resource(s) failed to update: [${failed.join(', ')}].`,
    );
  }

  continueRollback(id: string, skip: readonly string[]): void {
    const stack = this.find(id);
    if (stack?.status !== 'UPDATE_ROLLBACK_FAILED') {
      const message = `Stack:${id} is in ${stack?.status} state and can not continue rolling back.`;
      throw invalid('ContinueUpdateRollback', message);
    }
    const failed = [...stack.resources.values()]
      .filter(({ status }) => status === 'UPDATE_FAILED')
      .map(({ resource }) => resource);
    const strange = skip.filter((each) => !failed.includes(each));
    if (strange.length > 0) {
      const message = `The following resource(s) [${strange.join(', ')}] are not in UPDATE_FAILED state.`;
      throw invalid('ContinueUpdateRollback', message);
    }
    this.#event(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated');
    this.#script([], () => {
      const left = failed.filter((each) => !skip.includes(each));
      if (this.rollbackFails && left.length > 0) {
        this.#rollbackFailed(stack, left);
        return;
      }
      for (const each of failed) this.#resource(stack, each, 'UPDATE_COMPLETE');
      this.#cleanUp(stack, 'UPDATE_ROLLBACK_COMPLETE');
    });
  }

  rollBack(id: string): void {
    const stack = this.find(id);
    if (stack?.status !== 'UPDATE_FAILED' && stack?.status !== 'CREATE_FAILED') {
      const message = `Stack:${id} is in ${stack?.status} state and can not be rolled back.`;
      throw invalid('RollbackStack', message);
    }
    this.#event(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated');
    this.#script([], () => {
      const failed = [...stack.resources.values()]
        .filter(({ status }) => status === 'UPDATE_FAILED')
        .map(({ resource }) => resource);
      if (this.rollbackFails) this.#rollbackFailed(stack, failed);
      else this.#cleanUp(stack, 'UPDATE_ROLLBACK_COMPLETE');
    });
  }

  /** All at once, as CloudFormation does; when one fails, those that are not done are cancelled. */
  #resources(
    stack: FakeStack,
    verb: 'CREATE' | 'UPDATE',
    touched: readonly string[],
  ): (() => void)[] {
    const failed = touched.find((id) => Object.hasOwn(this.failing, id));
    const before = failed === undefined ? touched : touched.slice(0, touched.indexOf(failed));
    const cancelled = touched.filter((id) => id !== failed && !before.includes(id));
    const noun = verb === 'CREATE' ? 'creation' : 'update';
    return [
      () => touched.forEach((id) => this.#resource(stack, id, `${verb}_IN_PROGRESS`)),
      ...before.map((id) => () => this.#resource(stack, id, `${verb}_COMPLETE`)),
      () => {
        if (failed === undefined) return;
        this.#resource(stack, failed, `${verb}_FAILED`, this.failing[failed]);
        for (const id of cancelled) {
          this.#resource(stack, id, `${verb}_FAILED`, `Resource ${noun} cancelled`);
        }
      },
    ];
  }

  deleteStack(nameOrId: string, leave?: LeaveBehind): void {
    const stack = this.find(nameOrId);
    if (!stack || stack.status === 'DELETE_COMPLETE') return;
    const kept = leave !== undefined && 'resources' in leave ? leave.resources : [];
    if (leave !== undefined && stack.status !== 'DELETE_FAILED') {
      const message = `Stack [${stack.name}] is in ${stack.status}: resources are retained in DELETE_FAILED only`;
      throw invalid('DeleteStack', message);
    }
    if (stack.terminationProtected) {
      throw invalid(
        'DeleteStack',
        `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`,
      );
    }
    this.#event(stack, 'DELETE_IN_PROGRESS', 'User Initiated');
    for (const { id } of this.#changeSets.filter((made) => made.stack === stack)) {
      this.deleteChangeSet(id);
    }
    const ids = [...stack.resources.keys()];
    const clings = ids.find((id) => id === this.undeletable && !kept.includes(id));
    const forced = leave !== undefined && 'force' in leave;
    const fails = forced ? undefined : clings;
    this.#script(
      ids.map(
        (id) => () =>
          id === clings
            ? this.#resource(stack, id, 'DELETE_FAILED', 'The resource is in use.')
            : this.#resource(stack, id, kept.includes(id) ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE'),
      ),
      () =>
        this.#event(
          stack,
          fails ? 'DELETE_FAILED' : 'DELETE_COMPLETE',
          fails && `The following resource(s) failed to delete: [${fails}].`,
        ),
    );
  }

  #script(steps: readonly (() => void)[], end: () => void): void {
    const all = [...steps, end];
    this.#queue.push(
      ...all.map((run, index) => ({ at: this.time + this.pace * (index + 1), run })),
    );
    this.#queue = this.#queue.toSorted((a, b) => a.at - b.at);
  }

  #event(stack: FakeStack, status: string, reason?: string): void {
    stack.status = status;
    stack.reason = reason;
    this.#push(stack, stack.name, 'AWS::CloudFormation::Stack', stack.id, status, reason);
  }

  #resource(stack: FakeStack, resource: string, status: string, reason?: string): void {
    const type = stack.template.Resources[resource]?.Type ?? 'AWS::Unknown';
    const physicalId = `${stack.name}-${resource}`;
    if (/^DELETE_(COMPLETE|SKIPPED)$/.test(status)) stack.resources.delete(resource);
    else stack.resources.set(resource, { resource, type, physicalId, status });
    this.#push(stack, resource, type, physicalId, status, reason);
  }

  #push(
    stack: FakeStack,
    resource: string,
    resourceType: string,
    physicalId: string,
    status: string,
    reason?: string,
  ): void {
    const id = `event-${(this.#serial += 1)}`;
    const time = new Date(this.time);
    const why = reason ? { reason } : {};
    stack.events.push({ id, time, resource, resourceType, physicalId, status, ...why });
  }
}

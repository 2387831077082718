/** {@link StackSets} in memory, for tests: an organisation whose operations go on while a clock does, with scripted faults. */
import { isObject } from '@patrol/core';
import { CloudError } from '../cloud/cloud.ts';
import { Scripted } from './faults.ts';
import type {
  AutoDeployment,
  Definition,
  OperationResult,
  Preferences,
  Scope,
  StackInstance,
  StackSet,
  StackSetOperation,
  StackSets,
  Target,
} from '../cloud/stacksets.ts';

/** An instance, with what its stack was made of. */
export interface FakeInstance {
  readonly account: string;
  readonly region: string;
  readonly unit: string;
  status: string;
  detail: string;
  reason?: string | undefined;
  /** The template and parameters that the stack has; absent as long as there is none. */
  made?: string;
}

/** A stack set and everything that the fake knows of it. */
export interface FakeStackSet {
  readonly id: string;
  readonly name: string;
  template: string;
  parameters: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  autoDeployment: AutoDeployment;
  serviceManaged: boolean;
  readonly targets: Map<string, Set<string>>;
  instances: FakeInstance[];
  readonly operations: FakeOperation[];
}

interface FakeOperation {
  readonly id: string;
  readonly action: string;
  readonly results: { account: string; region: string; status: string; reason?: string }[];
  readonly ends: number;
  readonly run: () => void;
  status: string;
  reason?: string;
}

/** An organisation, and the account that manages its stack sets. */
export class FakeStackSets extends Scripted<keyof StackSets> implements StackSets {
  /** The accounts of each unit. */
  readonly units: Map<string, readonly string[]> = new Map();
  readonly all: FakeStackSet[] = [];
  /** Why stacks cannot be made or changed, by `<account>` or `<account>/<region>`. */
  readonly failing: Map<string, string> = new Map();
  /** What operations were asked for, with how they were to be carried out. */
  readonly asked: { action: string; name: string; scope?: Scope; preferences: Preferences }[] = [];
  time: number = Date.UTC(2026, 0, 1);
  /** How long an operation takes. */
  pace = 20_000;
  #serial = 0;

  /** Sleeping lets the fake's time pass. */
  sleep = async (milliseconds: number): Promise<void> => {
    this.time += milliseconds;
    for (const { operations } of this.all) {
      for (const operation of operations) {
        if (operation.status === 'RUNNING' && operation.ends <= this.time) operation.run();
      }
    }
  };
  now = (): number => this.time;

  /** A stack set by name. */
  find(name: string): FakeStackSet | undefined {
    return this.all.find((each) => each.name === name);
  }

  list(): Promise<readonly string[]> {
    return this.call('list', () => this.all.map(({ name }) => name));
  }

  stackSet(name: string): Promise<StackSet | undefined> {
    return this.call('stackSet', () => {
      const found = this.find(name);
      if (!found) return undefined;
      const { id, template, parameters, tags, autoDeployment } = found;
      const { serviceManaged, instances, targets } = found;
      const regions = [...new Set(instances.map(({ region }) => region))];
      const units = [...targets.keys()];
      const described = { id, name, template, parameters, tags, autoDeployment };
      return { ...described, serviceManaged, units, regions };
    });
  }

  instances(name: string): Promise<readonly StackInstance[]> {
    return this.call('instances', () =>
      this.#known(name).instances.map(({ account, region, unit, status, detail, reason }) => ({
        account,
        region,
        unit,
        status,
        detail,
        ...(reason === undefined ? {} : { reason }),
      })),
    );
  }

  targets(name: string): Promise<readonly Target[]> {
    return this.call('targets', () =>
      [...this.#known(name).targets].map(([unit, regions]) => ({ unit, regions: [...regions] })),
    );
  }

  create(definition: Definition): Promise<void> {
    return this.call('create', () => {
      const { name, template, parameters, tags, autoDeployment } = definition;
      const found = this.find(name);
      const text = 'body' in template ? template.body : template.url;
      // The edge recognises what an earlier attempt has made.
      if (found && found.template === text) return;
      if (found) throw new CloudError('other', 'cloudformation:CreateStackSet', 'It exists.');
      this.all.push({
        id: `${name}:${(this.#serial += 1)}`,
        name,
        template: text,
        parameters,
        tags,
        autoDeployment,
        serviceManaged: true,
        targets: new Map(),
        instances: [],
        operations: [],
      });
    });
  }

  update(definition: Definition, preferences: Preferences, id: string): Promise<string> {
    return this.call('update', () => {
      const { name, template, parameters, tags, autoDeployment } = definition;
      const found = this.#known(name);
      return this.#operate(found, 'UPDATE', id, { preferences }, () => {
        const text = 'body' in template ? template.body : template.url;
        Object.assign(found, { template: text, parameters, tags, autoDeployment });
        for (const each of found.instances) each.status = 'OUTDATED';
        return found.instances;
      });
    });
  }

  retry(
    { name }: Pick<Definition, 'name'>,
    scope: Scope,
    preferences: Preferences,
    id: string,
  ): Promise<string> {
    return this.call('retry', () => {
      const found = this.#known(name);
      return this.#operate(found, 'UPDATE', id, { preferences, scope }, () =>
        found.instances.filter(
          ({ unit, region, account }) =>
            scope.units.includes(unit) &&
            scope.regions.includes(region) &&
            (scope.accounts?.includes(account) ?? true),
        ),
      );
    });
  }

  addInstances(name: string, scope: Scope, preferences: Preferences, id: string): Promise<string> {
    return this.call('addInstances', () => {
      const found = this.#known(name);
      return this.#operate(found, 'CREATE', id, { preferences, scope }, () =>
        scope.units.flatMap((unit) => {
          const regions = found.targets.get(unit) ?? new Set();
          found.targets.set(unit, new Set([...regions, ...scope.regions]));
          return (this.units.get(unit) ?? [])
            .filter((account) => scope.accounts?.includes(account) ?? true)
            .flatMap((account) =>
              scope.regions.map((region) => this.#instance(found, unit, account, region)),
            );
        }),
      );
    });
  }

  removeInstances(
    name: string,
    scope: Scope,
    preferences: Preferences,
    id: string,
  ): Promise<string> {
    return this.call('removeInstances', () => {
      const found = this.#known(name);
      const isIn = ({ unit, region }: FakeInstance): boolean =>
        scope.units.includes(unit) && scope.regions.includes(region);
      return this.#operate(
        found,
        'DELETE',
        id,
        { preferences, scope },
        () => found.instances.filter(isIn),
        () => {
          found.instances = found.instances.filter(
            (each) => !isIn(each) || each.status === 'INOPERABLE',
          );
          for (const unit of scope.units) {
            const left = [...(found.targets.get(unit) ?? [])].filter(
              (region) => !scope.regions.includes(region),
            );
            if (left.length === 0) found.targets.delete(unit);
            else found.targets.set(unit, new Set(left));
          }
        },
      );
    });
  }

  delete(name: string): Promise<void> {
    return this.call('delete', () => {
      const index = this.all.findIndex((each) => each.name === name);
      const found = this.all[index];
      if (!found) return;
      if (found.instances.length > 0) {
        throw new CloudError('other', 'cloudformation:DeleteStackSet', 'StackSet is not empty');
      }
      this.all.splice(index, 1);
    });
  }

  underWay(name: string): Promise<StackSetOperation | undefined> {
    return this.call('underWay', () => {
      const found = this.find(name)?.operations.find(({ status }) => status === 'RUNNING');
      return found && describe(found);
    });
  }

  operation(name: string, id: string): Promise<StackSetOperation> {
    return this.call('operation', () => describe(this.#operation(name, id)));
  }

  results(name: string, id: string): Promise<readonly OperationResult[]> {
    return this.call('results', () => [...this.#operation(name, id).results]);
  }

  #known(name: string): FakeStackSet {
    const found = this.find(name);
    if (found) return found;
    throw new CloudError('missing', 'cloudformation:*', `StackSet ${name} not found`);
  }

  #operation(name: string, id: string): FakeOperation {
    const found = this.#known(name).operations.find((each) => each.id === id);
    if (found) return found;
    throw new CloudError('missing', 'cloudformation:*', `Operation ${id} not found`);
  }

  #instance(found: FakeStackSet, unit: string, account: string, region: string): FakeInstance {
    const current = found.instances.find(
      (each) => each.account === account && each.region === region,
    );
    if (current) return current;
    const made = { unit, account, region, status: 'OUTDATED', detail: 'PENDING' };
    found.instances.push(made);
    return made;
  }

  #operate(
    found: FakeStackSet,
    action: string,
    id: string,
    asked: { scope?: Scope; preferences: Preferences },
    begin: () => readonly FakeInstance[],
    end: () => void = () => undefined,
  ): string {
    const again = found.operations.find((each) => each.id === id);
    if (again) return id;
    if (found.operations.some(({ status }) => status === 'RUNNING')) {
      const message = 'Another Operation on StackSet is in progress';
      throw new CloudError('conflict', 'cloudformation:StackSet', message);
    }
    this.asked.push({ action, name: found.name, ...asked });
    const instances = begin();
    for (const each of instances) each.detail = 'RUNNING';
    const results = instances.map(({ account, region }) => ({
      account,
      region,
      status: 'RUNNING',
    }));
    const operation: FakeOperation = {
      id,
      action,
      results,
      status: 'RUNNING',
      ends: this.time + this.pace,
      run: () => {
        const failed = new Map<string, number>();
        for (const [index, each] of instances.entries()) {
          const { account, region } = each;
          const reason =
            this.failing.get(account) ??
            this.failing.get(`${account}/${region}`) ??
            (action === 'DELETE' ? undefined : unmapped(found.template, region));
          const ok = reason === undefined;
          if (!ok) failed.set(region, (failed.get(region) ?? 0) + 1);
          const bad = action === 'DELETE' ? 'INOPERABLE' : 'OUTDATED';
          each.status = ok ? 'CURRENT' : bad;
          each.detail = ok ? 'SUCCEEDED' : action === 'DELETE' ? 'INOPERABLE' : 'FAILED';
          each.reason = reason;
          if (ok) each.made = madeOf(found);
          const status = ok ? 'SUCCEEDED' : 'FAILED';
          results[index] = { account, region, status, ...(ok ? {} : { reason }) };
        }
        end();
        const most = toleranceOf(asked.preferences, instances);
        operation.status = [...failed.values()].some((count) => count > most)
          ? 'FAILED'
          : 'SUCCEEDED';
      },
    };
    found.operations.push(operation);
    return id;
  }
}

/** Why a template does not hold in a region: `Fn::FindInMap` finds no row for it. */
function unmapped(template: string, region: string): string | undefined {
  // One that is too large to be sent along is known by its URL only.
  const { Mappings } = template.startsWith('{') ? JSON.parse(template) : {};
  const rows: unknown = Mappings?.Regional;
  return isObject(rows) && !Object.hasOwn(rows, region)
    ? `Template error: Unable to get mapping for Regional::${region}::CodeS3Bucket`
    : undefined;
}

/** What a stack of a stack set is made of. */
export const madeOf = ({ template, parameters }: FakeStackSet): string =>
  JSON.stringify([template, parameters]);

const describe = ({ id, action, status, reason }: FakeOperation): StackSetOperation => ({
  id,
  action,
  status,
  ...(reason === undefined ? {} : { reason }),
});

/** How many accounts of a region may fail; shares are rounded down. */
function toleranceOf(
  { failureTolerance }: Preferences,
  instances: readonly FakeInstance[],
): number {
  if (typeof failureTolerance === 'number') return failureTolerance;
  const accounts = new Set(instances.map(({ account }) => account)).size;
  return Math.floor((accounts * Number.parseInt(failureTolerance)) / 100);
}

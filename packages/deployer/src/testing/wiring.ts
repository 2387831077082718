/** {@link Wiring} in memory, for tests: what the templates of the stacks say, until a test changes it. */
import { compilePattern } from '@patrol/core/evaluation';
import type { CloudError } from '../cloud/cloud.ts';
import type { EventRule, FunctionState, Listed, ListedAlarm, Wiring } from '../cloud/wiring.ts';
import { evaluate, fields, textOf } from '../template/functions.ts';
import { exactScope } from '../template/scope.ts';
import { jsonIn, mapValues, type Texts } from '../text/records.ts';
import type { FakeCloud } from './cloud.ts';

/** The services that invoke functions, and how their ARNs go on after the account. */
const sources = {
  'events.amazonaws.com': ['events', 'rule/'],
  'sns.amazonaws.com': ['sns', ''],
  'apigateway.amazonaws.com': ['execute-api', ''],
} as const;

/** The ways to functions, as the stacks of a cloud have them. */
export class FakeWiring implements Wiring {
  /** The pages that were read, by what they list. */
  pages: string[] = [];
  /** What the next calls fail with. */
  faults: CloudError[] = [];
  /** Statements of policies that are otherwise, by the names of the functions. */
  readonly policies: Map<string, readonly unknown[] | undefined> = new Map();
  readonly #cloud: () => FakeCloud;

  constructor(cloud: () => FakeCloud) {
    this.#cloud = cloud;
  }

  /** Rules and functions that are otherwise than their templates say, by their names; `undefined`: somebody removed one. */
  get changed(): Map<string, Readonly<Record<string, unknown>> | undefined> {
    return this.#cloud().stacks.outside;
  }

  async functionState(name: string): Promise<FunctionState | undefined> {
    const { stack, id } = this.#find(name);
    if (!stack || !id || (this.changed.has(name) && !this.changed.get(name))) return undefined;
    const { name: stackName, template, parameters, resources } = stack;
    const scope = exactScope(Object(template), {
      values: parameters,
      defaults: true,
      other: (each) => resources.get(each)?.physicalId ?? this.#pseudo(each, stackName),
    });
    const { Environment } = Object(template.Resources[id]?.Properties);
    const variables = fields(evaluate(fields(Environment)['Variables'], scope));
    return {
      environment: mapValues(variables, (value) => textOf(value)),
      layers: [],
      state: 'Active',
      ...this.changed.get(name),
    };
  }

  async listed(): Promise<Listed> {
    const fault = this.faults.shift();
    if (fault) throw fault;
    const names = (type: string): readonly string[] =>
      this.#cloud().stacks.all.flatMap(({ resources }) =>
        [...resources.values()].flatMap((each) =>
          each.type === type && each.physicalId ? [each.physicalId] : [],
        ),
      );
    const listing = async <T>(
      what: string,
      size: number,
      all: readonly string[],
      read: (name: string) => Promise<T | undefined>,
    ) => {
      const found = new Map<string, T>();
      this.pages.push(
        ...Array.from({ length: Math.max(1, Math.ceil(all.length / size)) }, () => what),
      );
      for (const name of all) {
        const value = await read(name);
        if (value !== undefined) found.set(name, value);
      }
      return found;
    };
    return {
      rules: await listing(
        'ListRules',
        100,
        names('AWS::Events::Rule'),
        async (name) => (await this.eventRule(name))?.state,
      ),
      functions: await listing('ListFunctions', 50, names('AWS::Lambda::Function'), (name) =>
        this.functionState(name),
      ),
      alarms: await listing(
        'DescribeAlarms',
        100,
        names('AWS::CloudWatch::Alarm'),
        async (name): Promise<ListedAlarm | undefined> => {
          if (this.changed.has(name) && !this.changed.get(name)) return undefined;
          const { alarmStates } = this.#cloud();
          const state = alarmStates.get(name) ?? 'OK';
          return { name, state, acts: true, ...this.changed.get(name) };
        },
      ),
    };
  }

  async eventRule(name: string): Promise<EventRule | undefined> {
    const { stack, id } = this.#find(name);
    if (!stack || !id || (this.changed.has(name) && !this.changed.get(name))) return undefined;
    const { EventPattern, ScheduleExpression, State } = Object(
      stack.template.Resources[id]?.Properties,
    );
    const functions = [...stack.resources.values()].flatMap(({ type, physicalId = '' }) =>
      type === 'AWS::Lambda::Function' ? [physicalId] : [],
    );
    return {
      arn: this.#arn('events', `rule/${name}`),
      state: State ?? 'ENABLED',
      ...(EventPattern && { pattern: JSON.stringify(EventPattern) }),
      ...(ScheduleExpression && { schedule: ScheduleExpression }),
      targets: functions.map((each) => this.#arn('lambda', `function:${each}`)),
      ...this.changed.get(name),
    };
  }

  async matches(pattern: string, event: unknown): Promise<boolean> {
    return compilePattern(jsonIn(pattern))(event);
  }

  async functionPolicy(name: string): Promise<string | undefined> {
    const { stack } = this.#find(name);
    if (!stack) return undefined;
    const usual = Object.entries(sources).map(([Service, [service, path]]) => ({
      Effect: 'Allow',
      Principal: { Service },
      Action: 'lambda:InvokeFunction',
      Resource: this.#arn('lambda', `function:${name}`),
      Condition: { ArnLike: { 'AWS:SourceArn': this.#arn(service, `${path}${stack.name}-*`) } },
    }));
    const Statement = this.policies.has(name) ? this.policies.get(name) : usual;
    return Statement && JSON.stringify({ Version: '2012-10-17', Statement });
  }

  #pseudo(name: string, stack: string): string | undefined {
    const { partition, region, account } = this.#cloud().home;
    const known: Texts = {
      'AWS::Partition': partition,
      'AWS::Region': region,
      'AWS::AccountId': account,
      'AWS::StackName': stack,
    };
    return known[name];
  }

  #arn(service: string, what: string): string {
    const { partition, region, account } = this.#cloud().home;
    return `arn:${partition}:${service}:${region}:${account}:${what}`;
  }

  #find(name: string) {
    for (const stack of this.#cloud().stacks.all) {
      const found = [...stack.resources.values()].find(({ physicalId }) => physicalId === name);
      if (found) return { stack, id: found.resource };
    }
    return {};
  }
}

/** {@link Wiring} in memory, for tests: what the templates of the stacks say, until a test changes it. */
import { compilePattern } from '@patrol/core/evaluation';
import type { EventRule, Wiring } from '../cloud/wiring.ts';
import { jsonIn } from '../text/records.ts';
import type { FakeCloud } from './cloud.ts';

/** The services that invoke functions, and how their ARNs go on after the account. */
const sources = {
  'events.amazonaws.com': ['events', 'rule/'],
  'sns.amazonaws.com': ['sns', ''],
  'apigateway.amazonaws.com': ['execute-api', ''],
} as const;

/** The ways to functions, as the stacks of a cloud have them. */
export class FakeWiring implements Wiring {
  /** Rules that are otherwise than their templates say, by their names; `undefined`: somebody removed one. */
  readonly changed: Map<string, Partial<EventRule> | undefined> = new Map();
  /** Statements of policies that are otherwise, by the names of the functions. */
  readonly policies: Map<string, readonly unknown[] | undefined> = new Map();
  readonly #cloud: () => FakeCloud;

  constructor(cloud: () => FakeCloud) {
    this.#cloud = cloud;
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

/** Reads from a rule's template what runs its function, and how it runs. Pure. */
import { isObject } from '@patrol/core';
import { stackNames } from '@patrol/core/contracts';
import type { DeclaredAlarm, DescribedRule, Retention, TemplateTrigger } from '../notes/objects.ts';
import { type Body, madeOf, ownRole } from './access.ts';
import { type Fields, fields, Options, textOf, Unknown } from './functions.ts';
import { attachmentsOf, type Made } from './grants.ts';
import { jsonIn, mapValues, type Texts } from '../text/records.ts';

const list = (value: unknown): readonly unknown[] => (value === undefined ? [] : [value].flat());

/** What the template says of its rule. */
export interface RuleReading extends Pick<
  DescribedRule,
  'memorySize' | 'timeout' | 'log' | 'alarms'
> {
  readonly handler: string;
  /** Where the code comes from, layers included. */
  readonly code: string;
  /** The variables of the function. */
  readonly environment: Texts;
  readonly triggers: readonly TemplateTrigger[];
  /** The role of the function, when the template creates it. */
  readonly role?: string;
  /** Whether the template has a function at all. */
  readonly hasFunction: boolean;
}

/** A number that is written as a text as a number: templates have both. */
const numberOf = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

const { function: functionId } = stackNames.resources;

/** What CloudFormation uses when a function does not say. */
const defaults = { memorySize: 128, timeout: 3 } as const;

/** Reads the template of a rule. */
export function readRule(body: Body): RuleReading {
  const made = madeOf(body);
  const lambda = made.find(
    ({ resource, type }) => resource === functionId && type === 'AWS::Lambda::Function',
  );
  const said = fields(lambda?.properties);
  const { MemorySize, Timeout, Handler, Code, Layers, Environment, Role, LoggingConfig } = said;
  const variables = fields(fields(Environment)['Variables']);
  const role = ownRole(textOf(Role), body);
  return {
    hasFunction: lambda !== undefined,
    memorySize: numberOf(textOf(MemorySize ?? defaults.memorySize)),
    timeout: numberOf(textOf(Timeout ?? defaults.timeout)),
    handler: textOf(Handler ?? ''),
    code: [textOf(Code), ...list(Layers).map((layer) => `layer ${textOf(layer)}`)].join(', '),
    environment: mapValues(variables, textOf),
    triggers: made.flatMap((each) => triggersOf(each, made)),
    log: retentionOf(fields(LoggingConfig)['LogGroup'], made, body),
    alarms: made.flatMap((each) => alarmsOf(each)),
    ...(role !== undefined && { role }),
  };
}

/** Whether a value is the function's name or ARN. */
const isFunction = (value: unknown): boolean =>
  new RegExp(`\\$\\{${functionId}(?:\\.Arn)?\\}`).test(textOf(value));

/** Types that run a function and that Patrol's own templates do not use, with the property that names the function. */
const others: Texts = {
  'AWS::Lambda::EventSourceMapping': 'FunctionName',
  'AWS::Lambda::Url': 'TargetFunctionArn',
  'AWS::Scheduler::Schedule': 'Target',
};

function triggersOf(
  { resource, type, properties }: Made,
  made: readonly Made[],
): readonly TemplateTrigger[] {
  const given = fields(properties);
  const own = others[type];
  if (own !== undefined) return isFunction(given[own]) ? [{ kind: 'other', type, resource }] : [];
  if (type === 'AWS::Events::Rule') {
    const targets = list(given['Targets']);
    return targets.some((target) => isFunction(fields(target)['Arn'])) ? ruleTriggers(given) : [];
  }
  if (type === 'AWS::SNS::Subscription' && isFunction(given['Endpoint'])) {
    return [{ kind: 'sns', services: publishersTo(textOf(given['TopicArn']), made) }];
  }
  if (type === 'AWS::ApiGatewayV2::Route' && leadsToFunction(textOf(given['Target']), made)) {
    return [{ kind: 'webhook', route: textOf(given['RouteKey']) }];
  }
  return [];
}

function ruleTriggers(given: Fields): readonly TemplateTrigger[] {
  const { EventPattern, ScheduleExpression, State, EventBusName } = given;
  const state = textOf(State ?? 'ENABLED');
  const bus = EventBusName === undefined ? {} : { bus: textOf(EventBusName) };
  const triggers: TemplateTrigger[] = [];
  if (EventPattern !== undefined) {
    triggers.push({ kind: 'event', pattern: fields(jsonOf(EventPattern)), state, ...bus });
  }
  if (ScheduleExpression !== undefined) {
    triggers.push({ kind: 'schedule', expression: textOf(ScheduleExpression), state });
  }
  return triggers;
}

/** A value as JSON, with texts for what is not known. A pattern may also be written as a JSON text. */
function jsonOf(value: unknown): unknown {
  if (value instanceof Unknown || value instanceof Options) return textOf(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'string' && value.trimStart().startsWith('{')) return jsonIn(value, value);
  return isObject(value) ? mapValues(value, jsonOf) : value;
}

/** The services that may publish to a topic, by its policies. */
const publishersTo = (topic: string, made: readonly Made[]): readonly string[] =>
  made.flatMap(({ type, properties }) => {
    const policy = fields(properties);
    const isOfTopic = attachmentsOf(type, policy).some(({ name }) => name === topic);
    if (type !== 'AWS::SNS::TopicPolicy' || !isOfTopic) return [];
    return list(fields(policy['PolicyDocument'])['Statement']).flatMap((statement) =>
      list(fields(fields(statement)['Principal'])['Service']).map(textOf),
    );
  });

const leadsToFunction = (target: string, made: readonly Made[]): boolean =>
  made.some(
    ({ resource, type, properties }) =>
      type === 'AWS::ApiGatewayV2::Integration' &&
      target.includes(`\${${resource}}`) &&
      isFunction(fields(properties)['IntegrationUri']),
  );

function retentionOf(group: unknown, made: readonly Made[], { parameters }: Body): Retention {
  const found = made.find(
    ({ resource, type }) => type === 'AWS::Logs::LogGroup' && textOf(group) === `\${${resource}}`,
  );
  const { RetentionInDays: days } = fields(found?.properties);
  if (days === undefined) return {};
  const parameter = /^\$\{([^}]+)\}$/.exec(textOf(days))?.[1];
  if (parameter === undefined) return { days: numberOf(textOf(days)) };
  const { Default } = fields(parameters[parameter]);
  return { ...(Default === undefined ? {} : { days: numberOf(textOf(Default)) }), parameter };
}

const comparisons: Texts = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '>=',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
};

function alarmsOf({ resource, type, properties }: Made): readonly DeclaredAlarm[] {
  if (type !== 'AWS::CloudWatch::Alarm') return [];
  const said = fields(properties);
  const { Namespace, MetricName, Statistic, ExtendedStatistic, Threshold } = said;
  const { ComparisonOperator, Period, EvaluationPeriods, AlarmActions, ActionsEnabled } = said;
  const comparison = textOf(ComparisonOperator ?? '');
  const seconds = Number(textOf(Period)) * Number(textOf(EvaluationPeriods));
  const own = [Namespace, MetricName].map(textOf).join(' ');
  const rings = [
    textOf(Statistic ?? ExtendedStatistic ?? ''),
    comparisons[comparison] ?? comparison,
    textOf(Threshold ?? ''),
    Number.isNaN(seconds) ? '' : `within ${seconds} s`,
  ];
  return [
    {
      resource,
      metric: MetricName === undefined ? 'a metric that it computes' : own,
      rings: rings.filter(Boolean).join(' '),
      actions: textOf(ActionsEnabled) === 'false' ? '' : textOf(AlarmActions ?? ''),
    },
  ];
}

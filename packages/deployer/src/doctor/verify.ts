/** Follows the way of an alert through what is deployed, and asks AWS at each hop. */
import { splitArn } from '@patrol/core';
import { stackNames } from '@patrol/core/contracts';
import * as aws from '../cloud/cloud.ts';
import { conditionOf } from '../cloud/states.ts';
import type { Wiring } from '../cloud/wiring.ts';
import { heardThrough } from '../destinations/base.ts';
import { topicsOf } from '../destinations/confirmed.ts';
import { isBase } from '../identity/naming.ts';
import type { Hop, Subscription } from '../notes/objects.ts';
import { declaredScope, functionDifferences } from '../template/drift.ts';
import { fields } from '../template/functions.ts';
import { templateIn } from '../template/template.ts';
import { patrolCommand, type RunScope } from '../text/command.ts';
import * as hops from './hops.ts';

/** The ways to AWS in a region. */
export interface Ways {
  readonly cloud: aws.Cloud;
  readonly wiring: Wiring;
}

/** A stack whose function is to be run. */
export interface Subject {
  /** What is typed for it. */
  readonly name: string;
  readonly stack: aws.Stack;
  readonly place: aws.Place;
  readonly functionName: string;
  readonly scope: RunScope;
}

const goalOf = ({ name, stack, place, functionName, scope }: Subject): hops.Goal => {
  const { partition, region, account } = place;
  const arn = `arn:${partition}:lambda:${region}:${account}:function:${functionName}`;
  const whenRemoved = isBase(name) ? hops.restore(stack.name) : hops.redeploy(name, stack, scope);
  return { arn, functionName, scope, whenRemoved };
};

/** The hops that are asked about, or that nobody knows because AWS refused. */
const looking = (
  check: Hop['check'],
  resource: string,
  asked: Promise<readonly Hop[]>,
): Promise<readonly Hop[]> =>
  aws.orRefusal(asked, (error) => [
    hops.hopAt(check, resource).unknown(`${resource} could not be read`, aws.explain(error)),
  ]);

/** The hops up to the function: what runs it, and whether that may. `sample` is the rule's sample, where that is an event. */
export async function hopsToFunction(
  subject: Subject,
  { cloud, wiring }: Ways,
  sample?: unknown,
): Promise<readonly Hop[]> {
  const { name, stack, place, functionName, scope } = subject;
  const goal = goalOf(subject);
  const isWhole = ['ready', 'busy'].includes(conditionOf(stack));
  const { ok, silent } = hops.hopAt('stack', stack.name);
  const is = `${stack.name} is in state ${stack.status}`;
  const why = `\`${patrolCommand(['diagnose', name], scope)}\` shows why.`;
  const state = isWhole ? ok(is) : silent(is, why);
  // A rule with an own topic has its notifier in the same stack.
  const isNotifier = functionName === stack.outputs[stackNames.baseOutputs.notifier];
  const ways = async (): Promise<readonly Hop[]> => {
    const [resources, text, policy, current] = await Promise.all([
      cloud.resources(stack.id),
      cloud.template(stack.id),
      wiring.functionPolicy(functionName),
      wiring.functionState(functionName),
    ]);
    const template = templateIn(text);
    const declared = template?.resources ?? {};
    const id = resources.find(({ physicalId }) => physicalId === functionName)?.resource ?? '';
    const changed =
      current && template
        ? functionDifferences(
            fields(declared[id]?.Properties),
            current,
            declaredScope({ stack, place, template, values: stack.parameters }),
          )
        : [];
    const deploy = hops.deployCommand(name, stack, scope);
    const patterns: string[] = [];
    const found = await Promise.all(
      resources.map(async ({ resource, type, physicalId = '' }): Promise<readonly Hop[]> => {
        if (resource.startsWith('Notifier') !== isNotifier) return [];
        if (type === 'AWS::Events::Rule') {
          const rule = await wiring.eventRule(physicalId);
          if (rule?.pattern !== undefined) patterns.push(rule.pattern);
          return [
            ...hops.ofEventRule(physicalId, fields(declared[resource]?.Properties), rule, goal),
            ...(rule ? [hops.ofPermission(policy, 'events.amazonaws.com', rule.arn, goal)] : []),
          ];
        }
        if (type === 'AWS::SNS::Topic' && resource.startsWith('SourceTopic')) {
          return hopsFromTopic(physicalId, goal, policy, cloud);
        }
        if (type === 'AWS::ApiGatewayV2::Api') {
          const { partition, region, account } = place;
          const api = `arn:${partition}:execute-api:${region}:${account}:${physicalId}/$default/POST/`;
          return [hops.ofPermission(policy, 'apigateway.amazonaws.com', api, goal)];
        }
        return [];
      }),
    );
    const matches =
      sample === undefined
        ? []
        : await Promise.all(patterns.map((pattern) => wiring.matches(pattern, sample)));
    return [
      ...found.flat(),
      ...hops.ofFunction(current, changed, deploy, goal),
      ...(matches.length > 0 ? [hops.ofSample(matches, stack.name, deploy)] : []),
    ];
  };
  return [state, ...(await looking('trigger', stack.name, ways()))];
}

/** The hops from a topic to a function. */
async function hopsFromTopic(
  topic: string,
  goal: hops.Goal,
  policy: string | undefined,
  cloud: aws.Cloud,
): Promise<readonly Hop[]> {
  return [
    hops.ofDelivery(topic, await subscriptionsTo(topic, cloud), goal),
    hops.ofPermission(policy, 'sns.amazonaws.com', topic, goal),
  ];
}

/** The subscriptions to a topic; `undefined` when there is no such topic. */
const subscriptionsTo = (
  topic: string,
  cloud: aws.Cloud,
): Promise<readonly Subscription[] | undefined> =>
  aws.orRefusal(cloud.subscriptions(topic), unlessMissing);

function unlessMissing(error: aws.CloudError): undefined {
  if (error.failure !== 'missing') throw error;
}

/**
 * The hops from a topic of alerts to people, also through the notifier behind it.
 *
 * @param topic the topic to which the rule sends.
 * @param at the ways to AWS in a region, in the account of the subject.
 */
export async function hopsFromFunction(
  { name, stack, place, scope }: Subject,
  at: (region: string) => Promise<Ways>,
): Promise<readonly Hop[]> {
  const { alerts } = topicsOf(stack);
  const machines = stack.outputs[stackNames.outputs.machinesTopic];
  const topic = machines ?? alerts;
  if (topic === undefined) {
    const todo = `Deploy the rule again: \`${hops.deployCommand(name, stack, scope)}\`.`;
    const { silent } = hops.hopAt('topic', stack.name);
    return [silent(`${stack.name} names no topic for its alerts`, todo)];
  }
  const { region, account } = splitArn(topic);
  const { cloud, wiring } = await at(region);
  const people = machines === undefined ? heardThrough(topic)[1] : alerts;
  const baseStack = topic.replace(/^.*:|-machines$/g, '');
  const whenRemoved =
    people !== undefined && machines === undefined
      ? hops.restore(baseStack)
      : stack.parameters[stackNames.parameters.alertTopic]
        ? 'No stack of Patrol has this topic. Create it again, or deploy the rule with another topic.'
        : hops.redeploy(name, stack, scope);
  const hear = (each: string): Promise<readonly Hop[]> =>
    looking(
      'topic',
      each,
      subscriptionsTo(each, cloud).then((found) =>
        hops.ofTopic(each, found, { whenRemoved, scope }),
      ),
    );
  const heard = await hear(topic);
  if (people === undefined || heard.some(({ status }) => status !== 'ok')) return heard;
  if (account !== place.account) {
    const says = `the notifier is in the account ${account}, which this run does not look at`;
    const todo = `Run \`${patrolCommand(['verify'], { ...scope, region }, ['--all'])}\` with credentials of that account.`;
    return [...heard, hops.hopAt('subscription', people).unknown(says, todo)];
  }
  const notifier = async (): Promise<readonly Hop[]> => {
    const base = machines === undefined ? await cloud.stack(baseStack) : stack;
    const functionName = base?.outputs[stackNames.baseOutputs.notifier];
    if (!base || !functionName) {
      const says = `there is no notifier behind ${topic}, so people are told nothing`;
      const apply = patrolCommand(['apply'], scope);
      const todo = `\`${apply}\` makes it, with the file of the fleet.`;
      return [hops.hopAt('stack', topic).silent(says, todo)];
    }
    const behind = {
      name: machines === undefined ? `base/${base.tags['patrol:rule'] ?? ''}` : name,
      stack: base,
      place: { ...place, region },
      functionName,
      scope,
    };
    const policy = await wiring.functionPolicy(functionName);
    return [
      ...(await hopsFromTopic(topic, goalOf(behind), policy, cloud)),
      ...(await hopsToFunction(behind, { cloud, wiring })),
    ];
  };
  return [...heard, ...(await looking('subscription', topic, notifier())), ...(await hear(people))];
}

/**
 * Asks AWS about Patrol, for the schedule of patrolHealth. This module is a chunk of its own; its clients of the AWS SDK
 * share most of their code.
 */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { stackNames } from '@patrol/core/contracts';
import { announcedStackSets } from './announced.ts';
import {
  type Answer,
  type Deployed,
  isBusy,
  type Seen,
  type SeenStack,
  type SeenTopic,
  valueOf,
} from './seen.ts';
import { announcements } from './aws/announcements.ts';
import { ask, connection } from './aws/ask.ts';
import { partsReader } from './aws/parts.ts';
import { reads } from './aws/reads.ts';
import { resourcesReader } from './aws/resources.ts';
import {
  describeStack,
  listResources,
  listStacks,
  stackSet,
  type Resource,
  deployedOf,
  templateOf,
} from './aws/stacks.ts';
import { canaries, type RuleFunction } from './aws/canaries.ts';
import {
  lookAtMetrics,
  type NotifyingStack,
  type SharingStack,
  unaccountedIn,
} from './aws/metrics.ts';
import { lookAtTopics } from './aws/topics.ts';
import { lookAtTrails } from './aws/trails.ts';

export { announcements } from './aws/announcements.ts';
export { beat } from './aws/beat.ts';
export { stackWith } from './aws/owner.ts';

/** Stand-ins for these ports, in a replay, have something else here. */
export const isAnswering = true;

/** Looks at everything. It asks about one stack after the other, to use little of what AWS allows in a second. */
export async function look(): Promise<Seen> {
  const trails = await ask('cloudtrail:DescribeTrails', 'the trails of the region', lookAtTrails);
  const client = new CloudFormationClient(connection);
  const listed = await ask('cloudformation:ListStacks', 'the stacks of the region', () =>
    listStacks(client),
  );
  const known = await announcements();
  const at = Date.now();
  const stackSets: Answer<Deployed>[] = [];
  for (const name of announcedStackSets(valueOf(known) ?? [], at)) {
    stackSets.push(
      await ask('cloudformation:DescribeStackSet', name, () => stackSet(client, name)),
    );
  }
  const rest = { trails, stackSets, announcements: known, at };
  if (!('value' in listed)) {
    return { stacks: listed, topics: [], metrics: { value: [] }, canaries: [], ...rest };
  }
  const read = reads();
  const parts = partsReader(read);
  const compared = resourcesReader(read);
  const stacks: Answer<SeenStack>[] = [];
  const sharing: SharingStack[] = [];
  const functions: RuleFunction[] = [];
  const notifying: NotifyingStack[] = [];
  const uses = new Map<string, SeenTopic['uses'][number][]>();
  for (const { id, name } of listed.value) {
    const described = await ask('cloudformation:DescribeStacks', name, () =>
      describeStack(client, id),
    );
    if (!('value' in described)) {
      stacks.push(described);
      continue;
    }
    const { status, rule, topics, parameters, updated } = described.value;
    // Other stacks may have names that begin with patrol-, too.
    if (rule === undefined || status === 'DELETE_COMPLETE') continue;
    const resources: Answer<readonly Resource[]> = isBusy(status)
      ? { value: [] }
      : await ask('cloudformation:ListStackResources', name, () => listResources(client, id));
    if (!('value' in resources) || isBusy(status)) {
      const none = 'value' in resources ? { value: [] } : resources;
      stacks.push({ value: { name, status, rule, updated, parts: none } });
      if (isBusy(status)) continue;
    } else {
      const template = await ask('cloudformation:GetTemplate', name, () => templateOf(client, id));
      const inAws = Object.fromEntries(
        resources.value.map(({ logicalId, type, physicalId }) => [
          logicalId,
          { type, id: physicalId },
        ]),
      );
      const deployed = { id, name, parameters, resources: inAws };
      stacks.push({
        value: {
          name,
          status,
          rule,
          updated,
          parts: { value: await parts(resources.value, { ...described.value, id }) },
          ...('value' in template
            ? {
                deployed: deployedOf(template.value, parameters),
                resources: { value: await compared(JSON.parse(template.value), deployed) },
              }
            : { resources: template }),
        },
      });
    }
    const own = 'value' in resources ? resources.value : [];
    functions.push(
      ...own
        .filter(({ logicalId }) => logicalId === stackNames.resources.function)
        .map((part) => ({ stackId: id, stack: name, rule, name: part.physicalId })),
    );
    if (parameters[stackNames.parameters.failureQueue]) {
      sharing.push({ name, rule, resources: own, updated });
    }
    // Base stacks name the topic of their machines, and CloudFormation names that of a rule.
    const machines = own
      .map(({ physicalId }) => physicalId.split(':').at(-1) ?? '')
      .find((each) => /^-(machines|MachinesTopic-\w+)$/.test(each.replace(name, '')));
    if (machines !== undefined) notifying.push({ name, rule, updated, topic: machines });
    const named = new Map([
      ...own
        .filter(({ type }) => type === 'AWS::SNS::Topic')
        .map(({ physicalId }) => [physicalId, 'runs the rule'] as const),
      ...topics,
    ]);
    for (const [arn, what] of named) {
      uses.set(arn, [...(uses.get(arn) ?? []), { stack: name, what }]);
    }
  }
  const metrics = await ask('cloudwatch:GetMetricData', 'rules and notifiers', async () => [
    ...(await lookAtMetrics(sharing, read, rest.at)),
    ...(await unaccountedIn(notifying, read, rest.at)),
  ]);
  return {
    stacks: { value: stacks },
    topics: await lookAtTopics(uses),
    metrics,
    canaries: await canaries(functions, at),
    ...rest,
  };
}

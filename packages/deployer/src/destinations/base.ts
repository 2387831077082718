/** The base stack of an account and region: what the rules of a fleet share. Pure. */
import { patrolCommand, type RunScope } from '../text/command.ts';
import { notifierCode } from '@patrol/core/notifier';
import { stackNames } from '@patrol/core/contracts';
import {
  anyEmail,
  emailSubscriptions,
  boundary,
  merge,
  notifier,
  type Part,
  sharedQueueNames,
  sharedWatch,
} from '@patrol/core/template';
import { publicAccessBlock, tlsOnly } from '../cloud/bucket.ts';
import { type Content, sha256, type Template } from '../template/template.ts';
import type { Place, Stack } from '../cloud/cloud.ts';
import { basePackage, stackName } from '../identity/naming.ts';
import { alarmsMayPublish, onlyPatrolPublishes, organizationMayPublish } from './organization.ts';
import { firstEmails } from './emails.ts';
import { mapValues, type Texts } from '../text/records.ts';
import { enumerated } from '../text/words.ts';

/** What the operator types for the base stack of a fleet: `patrol-deploy info base/security`. */
export const baseName = (fleet: string): string => `${basePackage}/${fleet}`;

/** The name of a fleet's base stack. */
export const baseStack = (fleet: string, environment: string): string =>
  stackName(basePackage, fleet, environment);

/** The parameters of a base stack. What is empty is not made. */
export const baseParameters = {
  alertEmail: firstEmails.alerts,
  alarmEmail: firstEmails.alarms,
  alarmTopic: 'AlarmTopicArn',
  dispatchTopic: 'DispatchSnsArn',
  routes: 'FurtherTopics',
  routeTopics: 'FurtherTopicArns',
  bucket: 'ArtifactBucket',
  organization: 'OrganizationId',
  queueAlarms: 'QueueAlarmTopicArn',
  boundary: stackNames.parameters.boundary,
} as const;

/** What a topic of a base stack is for: every alert, what people are told, and alarms. */
export type TopicKind = 'machines' | 'alerts' | 'alarms';

/**
 * The ARN of a topic of a base stack. The template names its topics, so that the stacks that use them can be planned, and
 * their values checked, before there is a base stack.
 */
export const baseTopic = (
  { partition, region, account }: Place,
  stack: string,
  kind: TopicKind,
): string => `arn:${partition}:sns:${region}:${account}:${stack}-${kind}`;

/** Whether a topic belongs to a base stack. */
export const isBaseTopic = (topic: string): boolean =>
  /:patrol-base-[^:]*-(machines|alerts|alarms)$/.test(topic);

/** The topics on which somebody must listen so that people hear what is sent to one: of a notifier those on both of its sides. */
export function heardThrough(topic: string): readonly string[] {
  const [, people] = /^(.*:patrol-base-[^:]*)-machines$/.exec(topic) ?? [];
  return people === undefined ? [topic] : [topic, `${people}-alerts`];
}

/** The ARNs of the queues of a base stack, by the parameters of the stacks that use them. */
export const baseQueues = ({ partition, region, account }: Place, stack: string): Texts =>
  mapValues(
    {
      [stackNames.parameters.failureQueue]: sharedQueueNames.failures,
      [stackNames.parameters.deadLetterQueue]: sharedQueueNames.undelivered,
    },
    (name) => `arn:${partition}:sqs:${region}:${account}:${stack}-${name}`,
  );

/** All topics and queues that a base stack may have. */
export const baseTopics = (place: Place, stack: string): readonly string[] => [
  ...(['machines', 'alerts', 'alarms'] as const).map((kind) => baseTopic(place, stack, kind)),
  ...Object.values(baseQueues(place, stack)),
];

/** The stacks that send something to a topic or queue, as far as their parameters tell. */
export const sendersTo = (stacks: readonly Stack[], topic: string): readonly Stack[] =>
  stacks.filter(({ parameters }) => Object.values(parameters).includes(topic));

/**
 * Why a base stack is not deleted by itself; `undefined` when nothing can lose its alerts or alarms by that.
 *
 * @param stacks all stacks of the account and region.
 */
export function baseInUse(
  base: Stack,
  place: Place,
  stacks: readonly Stack[],
  run: RunScope,
): string | undefined {
  const prune = patrolCommand(['apply'], run, ['--prune']);
  const instead = `Then run \`${prune}\`: it deletes the base stack once nothing needs it`;
  const organization = base.parameters[baseParameters.organization];
  if (organization) {
    return `${base.name} was not deleted. Accounts of the organisation ${organization} may still send alerts and alarms to its topics. Patrol cannot see that from this account. Remove their rules from the file of the fleet. ${instead}.`;
  }
  const topics = baseTopics(place, base.name);
  const others = stacks.filter(({ name }) => name !== base.name);
  const senders = new Set(topics.flatMap((topic) => sendersTo(others, topic)));
  if (senders.size === 0) return undefined;
  const names = enumerated([...senders].map(({ name }) => name).toSorted());
  return `${base.name} was not deleted. Its topics receive alerts or alarms of ${names}, which would be lost. Remove these rules from the file of the fleet, or give them other topics. ${instead}.`;
}

const ref = (name: string): unknown => ({ Ref: name });
const sub = (text: string): unknown => ({ 'Fn::Sub': text });
const when = (condition: string, yes: unknown, no: unknown): unknown => ({
  'Fn::If': [condition, yes, no],
});
const given = (parameter: string): unknown => ({
  'Fn::Not': [{ 'Fn::Equals': [ref(parameter), ''] }],
});
/** Parameters that are texts and may be empty, by their names, with what they are. */
const texts = (parameters: Texts): NonNullable<Part['Parameters']> =>
  mapValues(parameters, (Description) => ({ Type: 'String', Default: '', Description }));
const nothing = ref('AWS::NoValue');
const organization = ref(baseParameters.organization);

/** A topic to which Patrol alone publishes, in the account or in its organisation. */
function topic(
  id: string,
  kind: TopicKind,
  condition: string,
  ofOrganization: (topic: unknown) => readonly unknown[],
): Part {
  const arn = ref(id);
  const Statement = [
    ...onlyPatrolPublishes(arn),
    ...ofOrganization(arn).map((statement) => when('HasOrganization', statement, nothing)),
  ];
  return {
    Resources: {
      [id]: {
        Type: 'AWS::SNS::Topic',
        Condition: condition,
        Properties: { TopicName: sub(`\${AWS::StackName}-${kind}`), DisplayName: 'Patrol' },
      },
      [`${id}Policy`]: {
        Type: 'AWS::SNS::TopicPolicy',
        Condition: condition,
        Properties: { Topics: [arn], PolicyDocument: { Version: '2012-10-17', Statement } },
      },
    },
    Outputs: {
      [`${id}Arn`]: {
        Condition: condition,
        Description: `The topic for ${kind}.`,
        Value: arn,
      },
    },
  };
}

/** The addresses behind a topic, which is there when one of them is given. */
const subscriptions = (kind: 'Alert' | 'Alarm', description: string): Part =>
  merge(
    { Conditions: { [`Has${kind}Topic`]: anyEmail(kind) } },
    emailSubscriptions(kind, `Has${kind}Topic`, description),
  );

/** Every alert goes to the topic of the machines, and the notifier tells people of it. */
const alerts = (): Part =>
  merge(
    subscriptions(
      'Alert',
      'The e-mail address that gets the alerts of all rules of the fleet. It has to confirm once.',
    ),
    topic('AlertTopic', 'alerts', 'HasAlertTopic', () => []),
    topic('MachinesTopic', 'machines', 'HasAlertTopic', (arn) =>
      organizationMayPublish(arn, organization, false),
    ),
    notifier({
      code: { ZipFile: notifierCode },
      condition: 'HasAlertTopic',
      machines: ref('MachinesTopic'),
      people: ref('AlertTopic'),
      alarms: when(
        'HasAlarmTopic',
        ref('AlarmTopic'),
        when('IsGivenAlarmTopic', ref(baseParameters.alarmTopic), ref('AlertTopic')),
      ),
      dispatch: { parameter: baseParameters.dispatchTopic, condition: 'IsGivenDispatchTopic' },
      routes: {
        parameter: baseParameters.routes,
        topics: baseParameters.routeTopics,
        condition: 'HasFurtherTopics',
      },
    }),
    {
      Parameters: texts({
        [baseParameters.alarmTopic]:
          'The topic that receives the alarms about the notifier, if it is not one of this stack.',
        [baseParameters.dispatchTopic]:
          'The SNS topic of Dispatch. It receives the same alerts as people.',
        [baseParameters.routes]:
          'Further topics, with their forms and which alerts they get, as JSON.',
        [baseParameters.routeTopics]:
          'The ARNs of these topics, separated by commas: the notifier may publish to them.',
      }),
      Conditions: {
        IsGivenAlarmTopic: given(baseParameters.alarmTopic),
        IsGivenDispatchTopic: {
          'Fn::And': [given(baseParameters.dispatchTopic), { Condition: 'HasAlertTopic' }],
        },
        HasFurtherTopics: {
          'Fn::And': [given(baseParameters.routeTopics), { Condition: 'HasAlertTopic' }],
        },
      },
    },
  );

const alarms = (): Part =>
  merge(
    subscriptions(
      'Alarm',
      'The e-mail address that gets the alarms about the rules themselves. It has to confirm once.',
    ),
    topic('AlarmTopic', 'alarms', 'HasAlarmTopic', (arn) => [alarmsMayPublish(arn, organization)]),
  );

/**
 * The artifact bucket, as `bucket.ts` wants it. It outlives the stack: a rollback of a rule's stack needs the code that
 * was there before.
 */
const bucket = (): Part => ({
  Parameters: texts({
    [baseParameters.bucket]:
      'The name of the bucket for the code of the rules. It stays when the stack goes.',
  }),
  Conditions: { HasBucket: given(baseParameters.bucket) },
  Resources: {
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Condition: 'HasBucket',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketName: ref(baseParameters.bucket),
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
          ],
        },
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: publicAccessBlock,
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      },
    },
    BucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Condition: 'HasBucket',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        Bucket: ref('Bucket'),
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            tlsOnly([
              sub('arn:${AWS::Partition}:s3:::${Bucket}'),
              sub('arn:${AWS::Partition}:s3:::${Bucket}/*'),
            ]),
          ],
        },
      },
    },
  },
  Outputs: {
    ArtifactBucket: {
      Condition: 'HasBucket',
      Description: 'The bucket for the code of the rules.',
      Value: ref('Bucket'),
    },
  },
});

/** The queues that the rules share, where there is a topic for their alarms. */
const queues = (name?: string): Part =>
  merge(
    {
      Parameters: texts({
        [baseParameters.queueAlarms]:
          'The topic that gets the alarms about the queues that the rules share.',
      }),
      Conditions: { HasQueues: given(baseParameters.queueAlarms) },
    },
    sharedWatch({
      alarms: ref(baseParameters.queueAlarms),
      condition: 'HasQueues',
      ...(name === undefined ? {} : { name }),
    }),
  );

const body: Part = merge(alerts(), alarms(), bucket(), queues(), boundary, {
  Parameters: {
    [baseParameters.organization]: {
      Type: 'String',
      Default: '',
      AllowedPattern: '(o-[a-z0-9]{10,32})?',
      ConstraintDescription: 'must be empty or the id of an organisation',
      Description: 'The organisation whose accounts may publish to the topics.',
    },
  },
  Conditions: { HasOrganization: given(baseParameters.organization) },
});
const templateOf = (Description: string, part: Part): Template => ({
  text: JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Description, ...part }),
  parameters: part.Parameters ?? {},
  resources: part.Resources ?? {},
});

/** The template of base stacks. */
export const baseTemplate: Template = templateOf(
  'Patrol: what the rules of a fleet share in an account and region.',
  body,
);

const contentOf = (fleet: string, template: Template): Content => ({
  holds: { base: fleet },
  identity: {
    packageName: basePackage,
    shortName: basePackage,
    version: '1',
    rule: fleet,
    template: sha256(template.text),
  },
  template,
  regions: null,
});

/** What the base stack of a fleet is made of. */
export const baseContent = (fleet: string): Content => contentOf(fleet, baseTemplate);

/**
 * What the base stacks of an organisation's member accounts are made of: the queues that their rules share. A stack set
 * chooses the names of its stacks. So the queues have the name that base stacks have elsewhere.
 */
export const memberContent = (fleet: string, environment: string): Content =>
  contentOf(
    fleet,
    templateOf(
      'Patrol: what the rules of a fleet share in an account of an organisation and a region.',
      queues(baseStack(fleet, environment)),
    ),
  );

/** The ARNs of the queues of a member account's base stack, in the templates of the stacks that use them. */
export const memberQueues = (stack: string): Readonly<Record<string, unknown>> =>
  mapValues(baseQueues({ partition: '', region: '', account: '' }, stack), (arn): unknown => ({
    'Fn::Join': [
      ':',
      [
        'arn',
        ref('AWS::Partition'),
        'sqs',
        ref('AWS::Region'),
        ref('AWS::AccountId'),
        arn.split(':').at(-1),
      ],
    ],
  }));

import { expect, test } from 'vitest';
import { account } from '../../testing/fleet.ts';
import { type Remark, remarkWords } from './remarks.ts';

const region = 'eu-west-1';
const why = 'sts:AssumeRole failed: no.';
const command = 'patrol-deploy doctor --policy deploy';
const permissions = `\`${command}\` prints the permissions needed.`;
const suppression = {
  rule: 'demo/calls',
  parameter: 'ignored',
  item: 'Deploy:B',
  owner: 'alice',
  reason: 'Moving house. ',
  expires: '2026-12-07',
};
const topic = 'arn:aws:sns:eu-west-1:111122223333:x';
const sent = {
  region,
  account,
  what: 'alerts',
  topics: [topic],
  stacks: ['a'],
  endpoints: ['x@y.zz'],
};
const four = ['a', 'b', 'c', 'd'];

const told: readonly (readonly [Remark, string])[] = [
  [
    { code: 'confined', name: 'demo/global', regions: ['us-east-1'], wanted: [region] },
    'demo/global is deployed in us-east-1 instead of eu-west-1: AWS delivers its events only there.',
  ],
  [
    { code: 'confined', name: 'demo/global', regions: ['us-east-1'], wanted: [] },
    'demo/global is deployed in us-east-1 instead of nowhere: AWS delivers its events only there.',
  ],
  [
    { code: 'unknownPartition', name: 'demo/global', partition: 'aws-cn' },
    'demo/global is deployed in all regions of the fleet. Patrol does not know where AWS delivers its events in the partition aws-cn.',
  ],
  [
    { code: 'nowhere', name: 'demo/plain', regions: ['eu-north-1'], own: ['us-east-1'] },
    'demo/plain is not deployed in an account with the regions eu-north-1: its own regions are us-east-1.',
  ],
  [
    { code: 'inFile', rule: 'demo/calls', suppressions: 200 },
    'The 200 suppressions of demo/calls have no room in the environment of its function. They are in its file of names and suppressions.',
  ],
  [
    { code: 'items', rule: 'demo/calls', added: ['a', 'b'], removed: ['c'] },
    'Suppressions in the file of demo/calls: added a and b; removed c.',
  ],
  [
    { code: 'items', rule: 'demo/calls', added: [], removed: ['c'] },
    'Suppressions in the file of demo/calls: removed c.',
  ],
  [
    { code: 'unknownItems', rule: 'demo/calls' },
    'It is not known which suppressions in the file of demo/calls are new. The deployed file cannot be read.',
  ],
  [
    { code: 'ending', ...suppression },
    'demo/calls alerts on "Deploy:B" again after 2026-12-07. Its suppression in ignored ends then (alice: Moving house).',
  ],
  [
    { code: 'expired', ...suppression },
    'demo/calls alerts on "Deploy:B" again. Its suppression in ignored expired on 2026-12-07 (alice: Moving house).',
  ],
  [
    {
      code: 'renamed',
      file: 'patrol.yaml',
      line: 3,
      column: 5,
      path: ['rules', 'demo/calls', 'parameters', 'old'],
      former: 'old',
      name: 'new',
    },
    'patrol.yaml:3:5: rules.demo/calls.parameters.old: The parameter old is now called new. Write new instead.',
  ],
  [
    { code: 'idleSharing' },
    'alerts.shared has no effect for an organisation: all its alerts go to one topic anyway.',
  ],
  [
    { code: 'idleBucket' },
    'artifacts.shared has no effect: the bucket for the code belongs to no base stack. Remove it from the file.',
  ],
  [
    { code: 'openTopic', topic, policy: [{ Sid: 'A' }] },
    `The policy of ${topic} must allow the organisation to publish: [{"Sid":"A"}]`,
  ],
  [
    { code: 'topicStays', kind: 'alerts' },
    'Its topic for alerts stays until no stack sends to it any more.',
  ],
  [
    { code: 'queuesStay' },
    'Its queues stay until they are empty and no stack writes to them any more.',
  ],
  [
    {
      code: 'elsewhere',
      fleet: 'security',
      environment: 'production',
      other: 'staging',
      stacks: 4,
    },
    'This file is for the environment production. The fleet security also has 4 stacks in the environment staging, which this command does not touch.',
  ],
  [{ code: 'unread', region, account, why }, why],
  [
    {
      code: 'unsearched',
      places: [
        { region, account },
        { region: 'us-east-1', account },
      ],
      why,
    },
    `eu-west-1 (account ${account}) and us-east-1 (account ${account}) may still have orphaned stacks of the fleet. ${why}`,
  ],
  [
    { code: 'newSubscription', address: 'x@y.zz', stacks: four },
    'Until x@y.zz confirms the new subscription, nobody receives the alerts of 4 stacks. Confirm it as soon as SNS has sent its message.',
  ],
  ...[0, 1, 2].map((events): [Remark, string] => [
    { code: 'heldQueues', events, command: 'patrol-deploy apply --file security.yaml' },
    `Its own queues hold about ${events} event${events === 1 ? '' : 's'}. They stay, with their alarms, until they are empty. Then run \`patrol-deploy apply --file security.yaml\` again: the rule will share the queues of the base stack.`,
  ]),
  [
    { code: 'heldQueues', command: 'patrol-deploy apply' },
    'Patrol cannot see whether its own queues hold events. They stay, with their alarms, until they are empty. Then run `patrol-deploy apply` again: the rule will share the queues of the base stack.',
  ],
  [
    { code: 'inoperable', stackSet: 's', accounts: ['1', '2'] },
    'Instances of s in 1 and 2 are INOPERABLE, because their deletion failed: StackSets skips them. Remove them from the stack set with `aws cloudformation delete-stack-instances --retain-stacks`. Then delete their stacks in those accounts.',
  ],
  [
    { code: 'suspended', stackSet: 's', accounts: ['1'] },
    's skips 1: suspended by AWS Organizations.',
  ],
  [{ code: 'emptyUnit', unit: 'ou-x' }, 'ou-x has no accounts that a stack set can deploy to.'],
  [
    { code: 'unknownAccounts', units: ['ou-x'], why, command },
    `The accounts of ou-x are not known, so accounts without stacks may be missed. ${why} ${permissions}`,
  ],
  [
    { code: 'driftUnread', region, account, why },
    `Changes made outside CloudFormation in eu-west-1 (account ${account}) are not shown. ${why}`,
  ],
  [
    { code: 'uncounted', region, account, why, command },
    `The rules on the default event bus in eu-west-1 (account ${account}) were not counted. ${why} ${permissions}`,
  ],
  [
    { code: 'unknownQuota', region, account, why, command, used: 290, coming: 20, standard: 300 },
    `There are 290 rules on the default event bus in eu-west-1 (account ${account}), and this plan adds 20. AWS allows 300, unless it raised the quota. The quota is not known. ${why} ${permissions}`,
  ],
  [
    { code: 'unconfirmed', ...sent },
    `Until x@y.zz confirms the subscription to ${topic}, nobody receives the alerts of a in eu-west-1. To confirm, open the link in the message "AWS Notification - Subscription Confirmation" from SNS.`,
  ],
  [
    {
      code: 'unconfirmed',
      ...sent,
      topics: four,
      stacks: four,
      endpoints: ['x@y.zz', 'https://z'],
    },
    'Until x@y.zz and https://z confirm 4 subscriptions, one for each stack, nobody receives the alerts of 4 stacks in eu-west-1. To confirm, open the link in the message "AWS Notification - Subscription Confirmation" from SNS. With `alerts: { shared: true }` there is only one to confirm.',
  ],
  [
    { code: 'unconfirmed', ...sent, endpoints: [] },
    `Nobody is subscribed to ${topic}, so nobody receives the alerts of a in eu-west-1.`,
  ],
  [
    { code: 'unconfirmed', ...sent, topics: ['t', 'u'], stacks: ['a', 'b'], endpoints: [] },
    'Nobody is subscribed to the topics of a and b, so nobody receives the alerts of a and b in eu-west-1.',
  ],
  [
    { code: 'unconfirmed', ...sent, again: 'aws sns subscribe' },
    `Until x@y.zz confirms the subscription to ${topic}, nobody receives the alerts of a in eu-west-1. To confirm, open the link in the message "AWS Notification - Subscription Confirmation" from SNS. SNS deletes what nobody confirms within two days. \`aws sns subscribe\` sends another message.`,
  ],
  [
    { code: 'pending', ...sent },
    `Until x@y.zz confirms the subscription to ${topic}, this address does not receive the alerts of a in eu-west-1. Others do. To confirm, open the link in the message "AWS Notification - Subscription Confirmation" from SNS.`,
  ],
  [
    { code: 'pending', ...sent, topics: four, stacks: four, endpoints: ['x@y.zz', 'a@y.zz'] },
    'Until x@y.zz and a@y.zz confirm 4 subscriptions, one for each stack, they do not receive the alerts of 4 stacks in eu-west-1. Others do. To confirm, open the link in the message "AWS Notification - Subscription Confirmation" from SNS. With `alerts: { shared: true }` there is only one to confirm.',
  ],
  [
    { code: 'unheardTopic', topic },
    `Nobody is subscribed to ${topic}, which alerts.topics names. What the notifier sends there reaches nobody. Subscribe its chat or pager, or remove it from the file.`,
  ],
  [
    { code: 'unseenTopic', topic, why },
    `Patrol cannot see who is subscribed to ${topic}, which alerts.topics names. ${why}`,
  ],
  [
    { code: 'alarmsToPeople' },
    'The file has no `alarms`, so alarms about the rules go to the addresses that get the alerts. With `alarms: { email: … }` they go elsewhere.',
  ],
  [
    { code: 'topicsLeft' },
    'Some topics that nothing sends to any more still exist. The next run deletes them.',
  ],
  [
    { code: 'topicsLeft', why },
    `Some topics that nothing sends to any more still exist. The next run deletes them. ${why}`,
  ],
];

test.each(told.map(([remark, words]) => [remark.code, remark, words] as const))(
  '%s',
  (_, remark, words) => {
    expect(remarkWords(remark)).toBe(words);
  },
);

/** Rules whose templates have everything that a template can have. */
import type { WebhookDelivery } from '../arrival.ts';
import { choice, names, number, pairs, patterns, secret, text } from '../parameter.ts';
import { cis, mitre } from '../references.ts';
import { type AnyRule, defineRule } from '../rule.ts';
import { apiCall, event, schedule, signIn, sns, webhook } from '../trigger.ts';

const common = {
  title: 'Fake',
  description: 'Alerts in tests.',
  severity: 'high',
  runbook: 'Do nothing.',
} as const;

/** A rule with a schedule of the given expression. */
export const scheduled = (expression: string, everySeconds?: number): AnyRule =>
  defineRule({
    ...common,
    name: 'scheduled',
    triggers: [schedule(expression, everySeconds)],
    parameters: {},
    evaluate: () => undefined,
  });

/** The smallest rule on calls. */
export const small: AnyRule = defineRule({
  ...common,
  name: 'small',
  triggers: [apiCall('iam.amazonaws.com', ['CreateUser'])],
  parameters: {},
  evaluate: () => undefined,
});

type Fork = WebhookDelivery<'fork'>;
type Public = WebhookDelivery<'public' | 'repository'>;

/** A rule on nothing but the deliveries of a webhook, which two triggers ask for. */
export const hooked: AnyRule = defineRule({
  ...common,
  name: 'hooked',
  triggers: [webhook<Fork>(['fork']), webhook<Public>(['public', 'repository'])],
  parameters: {},
  evaluate: () => undefined,
});

/** A rule on nothing but the messages of topics: one for services, one for accounts only. */
export const listening: AnyRule = defineRule({
  ...common,
  name: 'listening',
  triggers: [sns(['backup.amazonaws.com', 'ses.amazonaws.com']), sns()],
  parameters: {},
  evaluate: () => undefined,
});

/** A rule that looks each hour and tells what it finds once a day. */
export const reminding: AnyRule = defineRule({
  ...common,
  name: 'reminding',
  triggers: [schedule('rate(1 hour)')],
  parameters: {
    token: secret('A token.', { example: 'arn:aws:ssm:eu-west-1:111122223333:parameter/token' }),
  },
  remindAfter: 86_400,
  evaluate: () => undefined,
});

/** A rule that tells some things once. */
export const sparing: AnyRule = defineRule({
  ...common,
  name: 'sparing',
  triggers: [apiCall('s3.amazonaws.com', ['ListBuckets'])],
  parameters: {},
  onceWithin: 3600,
  evaluate: () => undefined,
});

/** Several triggers of each kind, every kind of parameter, own permissions, own limits, and long texts. */
export const large: AnyRule = defineRule({
  ...common,
  name: 'large',
  description: `Alerts on ${'everything, '.repeat(200)}and more.`,
  triggers: [
    apiCall('s3.amazonaws.com', ['PutBucketPolicy']),
    apiCall('s3.amazonaws.com', ['GetBucketPolicy']),
    signIn(['Root']),
    event({ source: ['my.app'] }),
    schedule('rate(5 minutes)'),
    schedule('cron(0 8 * * ? *)', 86_400),
    sns(['backup.amazonaws.com']),
    sns(),
    webhook<Fork>(['fork']),
  ],
  parameters: {
    note: text('A note.', { default: 'none' }),
    topicName: text('A name.', { example: 'x' }),
    watched: names('Names to watch.', { example: 'a' }),
    muted: patterns('Names to mute.', { default: '', suppresses: true }),
    mutedPairs: pairs('Pairs to mute.', ['role', 'policy'], { default: '', suppresses: true }),
    limit: number('A limit.', { default: '3', minimum: 1, maximum: 5 }),
    mode: choice('A mode.', ['one', 'two'], { default: 'one' }),
    token: secret('A token.', { example: 'arn:aws:ssm:eu-west-1:111122223333:parameter/token' }),
    otherToken: secret('Another token.', {
      example: 'arn:aws:ssm:eu-west-1:111122223333:parameter/other',
    }),
  },
  permissions: [
    {
      Action: ['iam:GetPolicyVersion'],
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/*' },
    },
    {
      Action: ['s3:GetBucketAcl'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } } },
    },
  ],
  references: [cis(5), mitre('T1562.008', 'Disable or Modify Cloud Logs')],
  memorySize: 512,
  timeout: 60,
  remindAfter: 86_400,
  onceWithin: 3600,
  evaluate: () => undefined,
});

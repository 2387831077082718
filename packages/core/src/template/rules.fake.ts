/** Rules whose templates have everything that a template can have. */
import { choice, names, number, patterns, secret, text } from '../parameter.ts';
import { type AnyRule, defineRule } from '../rule.ts';
import { apiCall, event, schedule, signIn } from '../trigger.ts';

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
  ],
  parameters: {
    note: text('A note.', { default: 'none' }),
    topicName: text('A name.', { example: 'x' }),
    watched: names('Names to watch.', { example: 'a' }),
    muted: patterns('Names to mute.', { default: '', suppresses: true }),
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
  memorySize: 512,
  timeout: 60,
  evaluate: () => undefined,
});

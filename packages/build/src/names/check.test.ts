import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type AnyRule,
  apiCall,
  defineCallRule,
  defineRule,
  event,
  type EventPattern,
  signIn,
  slack,
  type Trigger,
  unlisted,
  webhook,
} from '@patrol/core';
import { nameProblems } from './check.ts';
import { organizationEvents, otherEvents } from './github.ts';
import { nameList } from './list.ts';

const rule = (triggers: readonly Trigger[], more: Partial<AnyRule> = {}): AnyRule => ({
  ...defineRule({
    name: 'watch',
    title: 'Watch',
    description: 'Alerts.',
    severity: 'high',
    runbook: 'Look.',
    triggers,
    parameters: {},
    evaluate: () => undefined,
  }),
  ...more,
});

const onEvents = (...patterns: readonly EventPattern[]): AnyRule =>
  rule(patterns.map((pattern) => event(pattern)));

/** A pattern on calls of CloudTrail's records. */
const calls = (
  eventSource: EventPattern[string],
  eventName: EventPattern[string],
): EventPattern => ({
  source: [{ prefix: 'aws.' }],
  'detail-type': ['AWS API Call via CloudTrail'],
  detail: { eventSource, eventName },
});

const allow = (key: string): string =>
  `The list is of ${nameList().made}. If the name is right, give its source: unlisted: { '${key}': 'https://…' }`;

describe('names that AWS has', () => {
  test.each<[string, AnyRule]>([
    ['calls', rule([apiCall('cloudtrail.amazonaws.com', ['StopLogging', 'Delete*'])])],
    [
      'calls of several services',
      onEvents(calls(['iam.amazonaws.com', 's3.amazonaws.com'], ['CreateUser', 'PutBucketPolicy'])),
    ],
    ['the names of records of S3', rule([apiCall('s3.amazonaws.com', ['PutBucketLifecycle'])])],
    [
      'services whose name is not that of their endpoint',
      onEvents(
        calls(['ses.amazonaws.com'], ['DeleteIdentity']),
        calls(['ecr.amazonaws.com'], ['PutImage']),
        calls(['monitoring.amazonaws.com'], ['DeleteAlarms']),
      ),
    ],
    ['sign-ins', rule([signIn(['Root'], ['ConsoleLogin', 'PasswordUpdated'])])],
    [
      'prefixes, suffixes and other operators that match a name',
      onEvents(
        calls(
          [{ prefix: 'cloudtr' }],
          [
            { prefix: 'Stop' },
            { suffix: 'Trail' },
            { wildcard: 'Put*Selectors' },
            { exactly: 'AddTags' },
          ],
        ),
        calls(['iam.amazonaws.com'], [{ 'anything-but': ['CreateUser'] }]),
        calls(['iam.amazonaws.com'], [{ 'anything-but': { prefix: 'Get' } }]),
        calls(['iam.amazonaws.com'], [{ 'equals-ignore-case': 'createuser' }]),
      ),
    ],
    [
      'calls whose records have a version behind their name',
      rule([
        apiCall('lambda.amazonaws.com', ['UpdateFunctionCode*']),
        apiCall('cloudfront.amazonaws.com', ['UpdateDistribution*']),
      ]),
    ],
    [
      'such a call by all of its names',
      onEvents(
        calls(['lambda.amazonaws.com'], ['PublishVersion', { prefix: 'PublishVersion2015' }]),
        calls(['lambda.amazonaws.com'], ['PublishVersion20150331']),
        calls(['lambda.amazonaws.com'], ['UpdateFunctionCode20150331v2']),
        calls(['cloudfront.amazonaws.com'], ['CreateKeyGroup', 'CreateKeyGroup2020_05_31']),
      ),
    ],
    [
      'a call that records have without a version only',
      onEvents(calls(['lambda.amazonaws.com'], ['CreateFunctionUrlConfig'])),
    ],
    [
      'a table of calls',
      defineCallRule({
        name: 'watch',
        title: 'Watch',
        description: 'Alerts.',
        severity: 'high',
        runbook: 'Look.',
        parameters: {},
        calls: {
          'guardduty.amazonaws.com': { DeleteDetector: () => undefined },
          'lambda.amazonaws.com': { 'AddPermission*': () => undefined },
        },
      }),
    ],
    [
      'events of services',
      onEvents(
        { source: ['aws.health'], 'detail-type': ['AWS Health Event'] },
        { source: ['aws.cloudwatch'], 'detail-type': ['CloudWatch Alarm State Change'] },
        { source: [{ prefix: 'aws.' }], 'detail-type': ['GuardDuty Finding'] },
        { 'detail-type': ['AWS Service Event via CloudTrail'] },
      ),
    ],
    [
      'events of other programs, whatever they are called',
      onEvents(
        { source: ['my.app'], 'detail-type': ['Anything'] },
        { source: ['aws.partner/example.com/x'], detail: { eventName: ['Anything'] } },
      ),
    ],
    [
      'fields of events that are not of CloudTrail',
      onEvents({
        source: ['aws.glue'],
        'detail-type': ['Glue Job State Change'],
        detail: { eventName: ['Anything'] },
      }),
    ],
    [
      'actions of IAM',
      rule([], { permissions: [{ Action: ['s3:GetObject', 'apigateway:GET'], Resource: '*' }] }),
    ],
  ])('%s', (_, given) => {
    expect(nameProblems(given)).toEqual([]);
  });
});

describe('names that AWS does not have', () => {
  test.each<[string, AnyRule, string]>([
    [
      'a typo in a call',
      onEvents(calls(['cloudtrail.amazonaws.com'], ['StopLoging'])),
      `triggers: cloudtrail.amazonaws.com has no call StopLoging. Did you mean StopLogging? ${allow('cloudtrail.amazonaws.com:StopLoging')}`,
    ],
    [
      'a call of another service',
      onEvents(calls(['cloudtrail.amazonaws.com'], ['DeleteTrail', 'ScheduleKeyDeletion'])),
      `triggers: cloudtrail.amazonaws.com has no call ScheduleKeyDeletion. kms.amazonaws.com has one. ${allow('cloudtrail.amazonaws.com:ScheduleKeyDeletion')}`,
    ],
    [
      'a permission that is no call',
      onEvents(calls(['iam.amazonaws.com'], ['PassRole'])),
      `triggers: iam.amazonaws.com has no call PassRole. ${allow('iam.amazonaws.com:PassRole')}`,
    ],
    [
      'a prefix that no call has',
      onEvents(calls(['cloudtrail.amazonaws.com'], [{ prefix: 'Destroy' }])),
      `triggers: cloudtrail.amazonaws.com has no call {"prefix":"Destroy"}. ${allow('cloudtrail.amazonaws.com:NewCall')}`,
    ],
    [
      'a wildcard that matches no call',
      onEvents(calls(['cloudtrail.amazonaws.com'], [{ wildcard: '*Trial' }])),
      `triggers: cloudtrail.amazonaws.com has no call {"wildcard":"*Trial"}. ${allow('cloudtrail.amazonaws.com:NewCall')}`,
    ],
    [
      'a typo in what is excluded',
      onEvents(calls(['cloudtrail.amazonaws.com'], [{ 'anything-but': ['StopLoging'] }])),
      `triggers: cloudtrail.amazonaws.com has no call StopLoging. Did you mean StopLogging? ${allow('cloudtrail.amazonaws.com:StopLoging')}`,
    ],
    [
      'a typo in a prefix that is excluded',
      onEvents(calls(['cloudtrail.amazonaws.com'], [{ 'anything-but': { prefix: 'Descibe' } }])),
      `triggers: cloudtrail.amazonaws.com has no call {"prefix":"Descibe"}. ${allow('cloudtrail.amazonaws.com:NewCall')}`,
    ],
    [
      'a call that none of two services has',
      onEvents(
        calls(
          ['iam.amazonaws.com', 'sts.amazonaws.com'],
          ['AssumeRole', 'CreateUser', 'AsumeRole'],
        ),
      ),
      `triggers: none of the pattern's services has a call AsumeRole. Did you mean AssumeRole? ${allow('iam.amazonaws.com:AsumeRole')}`,
    ],
    [
      'a service none of whose calls is named',
      onEvents(calls(['iam.amazonaws.com', 'kms.amazonaws.com'], ['CreateUser'])),
      'triggers: kms.amazonaws.com has none of the calls that the pattern names with it',
    ],
    [
      'the API’s name of a call that records have under another',
      onEvents(calls(['s3.amazonaws.com'], ['PutBucketLifecycleConfiguration'])),
      'triggers: CloudTrail records PutBucketLifecycleConfiguration of s3.amazonaws.com as PutBucketLifecycle. Name that',
    ],
    [
      'a call that records have with a version',
      onEvents(calls(['lambda.amazonaws.com'], ['UpdateFunctionCode'])),
      'triggers: records of lambda.amazonaws.com have the version of the API behind UpdateFunctionCode, as in UpdateFunctionCode20150331. Name UpdateFunctionCode*',
    ],
    [
      'such a call by the end of its name',
      onEvents(calls(['lambda.amazonaws.com'], [{ suffix: 'FunctionCode' }])),
      'triggers: records of lambda.amazonaws.com have the version of the API behind UpdateFunctionCode, as in UpdateFunctionCode20150331. Name UpdateFunctionCode*',
    ],
    [
      'such a call, though some records have it without',
      onEvents(calls(['cloudfront.amazonaws.com'], ['UpdateDistribution'])),
      'triggers: records of cloudfront.amazonaws.com have the version of the API behind UpdateDistribution, as in UpdateDistribution2020_05_31. Name UpdateDistribution*',
    ],
    [
      'such a call of one of two services',
      onEvents(
        calls(['lambda.amazonaws.com', 'ssm.amazonaws.com'], ['GetFunction', 'PutParameter']),
      ),
      'triggers: records of lambda.amazonaws.com have the version of the API behind GetFunction, as in GetFunction20150331. Name GetFunction*',
    ],
    [
      'a typo in a service',
      onEvents(calls(['cloudtrial.amazonaws.com'], ['StopLogging'])),
      `triggers: no service has the eventSource cloudtrial.amazonaws.com. Did you mean cloudtrail.amazonaws.com? ${allow('cloudtrial.amazonaws.com:NewCall')}`,
    ],
    [
      'a typo in one way through $or',
      onEvents({
        source: [{ prefix: 'aws.' }],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: {
          $or: [
            { eventSource: ['iam.amazonaws.com'], eventName: ['CreateUser'] },
            { eventSource: ['kms.amazonaws.com'], eventName: ['DisableKy'] },
          ],
        },
      }),
      `triggers: kms.amazonaws.com has no call DisableKy. Did you mean DisableKey? ${allow('kms.amazonaws.com:DisableKy')}`,
    ],
    [
      'a source of another service',
      onEvents({ ...calls(['iam.amazonaws.com'], ['CreateUser']), source: ['aws.kms'] }),
      'triggers: events of iam.amazonaws.com have the source aws.iam, and the pattern asks for aws.kms',
    ],
    [
      'a call that the service of the source does not have',
      onEvents({
        source: ['aws.iam'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: { eventName: ['CreateUsr'] },
      }),
      `triggers: iam.amazonaws.com has no call CreateUsr. Did you mean CreateUser? ${allow('iam.amazonaws.com:CreateUsr')}`,
    ],
    [
      'a typo in a detail-type of CloudTrail',
      onEvents({
        ...calls(['iam.amazonaws.com'], ['CreateUser']),
        'detail-type': ['AWS API Call via Cloudtrail'],
      }),
      `triggers: no event of the source {"prefix":"aws."} has the detail-type AWS API Call via Cloudtrail. Did you mean AWS API Call via CloudTrail? ${allow('aws.service:AWS API Call via Cloudtrail')}`,
    ],
    [
      'a detail-type of another service',
      onEvents({ source: ['aws.health'], 'detail-type': ['GuardDuty Finding'] }),
      `triggers: no event of the source aws.health has the detail-type GuardDuty Finding. ${allow('aws.health:GuardDuty Finding')}`,
    ],
    [
      'a typo in a source',
      onEvents({ source: ['aws.helth'], 'detail-type': ['AWS Health Event'] }),
      `triggers: no service has the source aws.helth. Did you mean aws.health? ${allow('aws.helth:New Event')}`,
    ],
    [
      'a typo in a source of calls',
      onEvents({ source: ['aws.iaam'], detail: { eventName: ['CreateUser'] } }),
      `triggers: no service has the source aws.iaam. Did you mean aws.iam? ${allow('aws.iaam:New Event')}`,
    ],
    [
      'a source without calls',
      onEvents({
        source: ['aws.tag'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: { eventName: ['TagResources'] },
      }),
      'triggers: CloudTrail records no calls of aws.tag. Name the eventSource',
    ],
    [
      'a typo in an action of IAM',
      rule([], { permissions: [{ Action: ['s3:GetObjekt'], Resource: '*' }] }),
      `permissions: IAM has no action s3:GetObjekt. Did you mean s3:GetObject? ${allow('s3:GetObjekt')}`,
    ],
    [
      'an action by the name of the endpoint',
      rule([], { permissions: [{ Action: ['monitoring:DeleteAlarms'], Resource: '*' }] }),
      `permissions: IAM has no action monitoring:DeleteAlarms. ${allow('monitoring:DeleteAlarms')}`,
    ],
  ])('%s', (_, given, problem) => {
    expect(nameProblems(given)).toEqual([problem]);
  });
});

describe('names with a source', () => {
  const source = 'https://docs.aws.amazon.com/new';
  test.each<[string, AnyRule]>([
    [
      'a call of a known service',
      rule([apiCall('cloudtrail.amazonaws.com', ['StopLogging', unlisted('StopTime')])], {
        unlisted: { 'cloudtrail.amazonaws.com:StopTime': source },
      }),
    ],
    [
      'a new service',
      rule([apiCall(unlisted('timemachine.amazonaws.com'), [unlisted('StopTime'), 'Turn*'])], {
        unlisted: {
          'timemachine.amazonaws.com:StopTime': source,
          'timemachine.amazonaws.com:TurnBack': source,
        },
      }),
    ],
    [
      'a new detail-type',
      {
        ...onEvents({ source: ['aws.timemachine'], 'detail-type': ['Time Stopped: Now'] }),
        unlisted: { 'aws.timemachine:Time Stopped: Now': source },
      },
    ],
    [
      'a new action',
      rule([], {
        permissions: [{ Action: ['timemachine:GetTime'], Resource: '*' }],
        unlisted: { 'timemachine:GetTime': source },
      }),
    ],
    [
      'a name that a later list has',
      rule([apiCall('cloudtrail.amazonaws.com', ['StopLogging'])], {
        unlisted: { 'cloudtrail.amazonaws.com:StopLogging': source, 's3:GetObject': source },
      }),
    ],
  ])('%s', (_, given) => {
    expect(nameProblems(given)).toEqual([]);
  });

  test.each<[string, Record<string, string>, string]>([
    [
      'a name without a source',
      { 'cloudtrail.amazonaws.com:StopTime': ' ' },
      'unlisted: say where cloudtrail.amazonaws.com:StopTime is documented or recorded',
    ],
    [
      'a name that the rule does not have',
      {
        'cloudtrail.amazonaws.com:StopTime': source,
        'cloudtrail.amazonaws.com:TurnBack': source,
      },
      'unlisted: cloudtrail.amazonaws.com:TurnBack is not needed: the rule does not name it',
    ],
    [
      'a name without a service',
      { 'cloudtrail.amazonaws.com:StopTime': source, TurnBack: source },
      `unlisted: "TurnBack" has none of the forms 'cloudtrail.amazonaws.com:NewCall', 'cloudtrail:NewAction', 'aws.health:New Event' and 'github:new_event'`,
    ],
  ])('%s is refused', (_, names, problem) => {
    const given = rule([apiCall('cloudtrail.amazonaws.com', [unlisted('StopTime')])], {
      unlisted: names,
    });
    expect(nameProblems(given)).toEqual([problem]);
  });
});

/** What is read of GitHub's OpenAPI description. */
interface Description {
  readonly webhooks: Readonly<
    Record<
      string,
      {
        readonly post: {
          readonly 'x-github': { readonly 'supported-webhook-types': readonly string[] };
        };
      }
    >
  >;
}

describe('events of GitHub', () => {
  const source = 'https://docs.github.com/new';
  test.each([
    ['those that it sends', webhook(['repository', 'repository_ruleset', 'meta']), {}, []],
    [
      'one with a typo',
      webhook(['repositry_ruleset']),
      {},
      [
        `triggers: GitHub has no event repositry_ruleset. Did you mean repository_ruleset? ${allow('github:repositry_ruleset')}`,
      ],
    ],
    [
      'one for apps only, whatever the rule allows itself',
      webhook(['installation']),
      {},
      ['triggers: GitHub sends installation to no webhook of an organisation'],
    ],
    [
      'a new one with its source',
      webhook(['quantum_alert']),
      { unlisted: { 'github:quantum_alert': source } },
      [],
    ],
    [
      'a new one that nobody needs',
      webhook(['meta']),
      { unlisted: { 'github:quantum_alert': source } },
      ['unlisted: github:quantum_alert is not needed: the rule does not name it'],
    ],
    ['those of others', webhook(['installation'], { from: slack }), {}, []],
  ])('%s', (_what, trigger, more, expected) => {
    expect(nameProblems(rule([trigger], more))).toEqual(expected);
  });

  test('are those of GitHub’s own description', () => {
    const described = new Map<string, boolean>();
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve('@octokit/openapi-webhooks/package.json'));
    const openapi = JSON.parse(
      readFileSync(join(folder, 'generated/api.github.com.json'), 'utf8'),
    ) as Description;
    for (const [id, { post }] of Object.entries(openapi.webhooks)) {
      const isForOrganizations =
        post['x-github']['supported-webhook-types'].includes('organization');
      described.set(id.replaceAll('-', '_'), isForOrganizations);
    }
    const has = (event: string, isFor: boolean): boolean =>
      [...described].some(
        ([id, is]) => is === isFor && (id === event || id.startsWith(`${event}_`)),
      );
    expect(organizationEvents.filter((event) => !has(event, true))).toEqual([]);
    expect(otherEvents.filter((event) => !has(event, false) || has(event, true))).toEqual([]);
    const known = ['ping', ...organizationEvents, ...otherEvents];
    const isKnown = (id: string): boolean =>
      known.some((event) => id === event || id.startsWith(`${event}_`));
    expect([...described.keys()].filter((id) => !isKnown(id))).toEqual([]);
  });
});

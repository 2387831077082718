import { describe, expect, test } from 'vitest';
import { unlisted } from './callNames.ts';
import { names } from './parameter.ts';
import { defineCallRule } from './calls.ts';
import { eventRegions, ruleState } from './trigger.ts';
import { apiCallRecord, describeRule, identities } from './testing/index.ts';

const rule = defineCallRule({
  name: 'detectorWatch',
  title: 'GuardDuty changed',
  description: 'Alerts when somebody deletes or switches off a detector of GuardDuty.',
  severity: 'high',
  runbook: 'Switch it on again.',
  parameters: { ignoredDetectors: names('Detectors that may change.', { default: '' }) },
  calls: {
    'guardduty.amazonaws.com': {
      DeleteDetector: ({ request }) => ({
        deed: `GuardDuty detector ${request.text('detectorId')} deleted`,
        meaning: 'GuardDuty no longer looks at this region.',
        target: ['AWS::GuardDuty::Detector', request.text('detectorId')],
        severity: 'critical',
      }),
      UpdateDetector: ({ request, parameters }) =>
        request.flag('enable') === false &&
        !parameters.ignoredDetectors.find(request.text('detectorId'))
          ? { deed: 'GuardDuty detector switched off' }
          : undefined,
    },
    'lambda.amazonaws.com': {
      'AddPermission*': ({ request }) =>
        ['*', '444455556666'].flatMap((principal) =>
          request.text('principal')?.includes(principal)
            ? { deed: `Lambda function opened to ${principal}` }
            : [],
        ),
    },
    'ec2.amazonaws.com': {
      ModifyImageAttribute: {
        where: {
          requestParameters: {
            launchPermission: { add: { items: { userId: [{ exists: true }] } } },
          },
        },
        read: () => ({ deed: 'AMI shared' }),
      },
    },
  },
});

const detector = (eventName: string, requestParameters: unknown, fields = {}): unknown =>
  apiCallRecord('guardduty.amazonaws.com', eventName, { requestParameters, ...fields });

describeRule(rule, {
  alerts: {
    'a call that is always a finding': [
      detector('DeleteDetector', { detectorId: '12abc0' }),
      {
        title: 'GuardDuty detector 12abc0 deleted by IAM user alice',
        summary:
          'IAM user alice called guardduty:DeleteDetector. GuardDuty no longer looks at this region.',
        severity: 'critical',
        targets: [{ type: 'AWS::GuardDuty::Detector', id: '12abc0' }],
        groupKey: 'detectorWatch:111122223333:arn:aws:iam::111122223333:user/alice:DeleteDetector',
        suppression: {
          parameter: 'ignoredActors',
          item: 'arn:aws:iam::111122223333:user/alice',
        },
      },
    ],
    'a call on a condition': [
      detector('UpdateDetector', { detectorId: '12abc0', enable: 'false' }),
      {
        title: 'GuardDuty detector switched off by IAM user alice',
        summary: 'IAM user alice called guardduty:UpdateDetector.',
        severity: 'high',
      },
    ],
    'a name with the version of the API behind it, and two findings': [
      apiCallRecord('lambda.amazonaws.com', 'AddPermission20150331v2', {
        requestParameters: { principal: '*, 444455556666' },
      }),
      [
        { title: 'Lambda function opened to * by IAM user alice' },
        { title: 'Lambda function opened to 444455556666 by IAM user alice' },
      ],
    ],
    'a request that CloudTrail left out': [
      detector('UpdateDetector', {
        omitted: true,
        originalSize: 102_401,
        reason: 'requestParameters too large',
      }),
      {
        title: 'Unreadable call UpdateDetector by IAM user alice',
        summary: expect.stringContaining('102401 bytes'),
      },
    ],
    'a call of which only some are delivered': [
      apiCallRecord('ec2.amazonaws.com', 'ModifyImageAttribute', {
        requestParameters: { launchPermission: { add: { items: [{ userId: '444455556666' }] } } },
      }),
      { title: 'AMI shared by IAM user alice' },
    ],
  },
  quiet: {
    'a call on another condition': [detector('UpdateDetector', { enable: true })],
    'what a parameter lets pass': [
      detector('UpdateDetector', { detectorId: '12abc0', enable: false }),
      { parameters: { ignoredDetectors: '12abc0' } },
    ],
    'a denied attempt': [detector('DeleteDetector', null, { errorCode: 'AccessDenied' })],
  },
  suppressed: {
    'a user that the operator ignores': [
      detector('DeleteDetector', {}),
      'user/alice',
      { parameters: { ignoredActors: 'role/Deploy, user/alice' } },
    ],
  },
});

describe('the pattern of a table of calls', () => {
  test('asks for each name of its own source only', () => {
    const [{ pattern }] = rule.triggers as unknown as [{ pattern: unknown }];
    expect(pattern).toEqual({
      source: [{ prefix: 'aws.' }],
      'detail-type': ['AWS API Call via CloudTrail', 'AWS Service Event via CloudTrail'],
      detail: {
        $or: [
          {
            eventSource: ['guardduty.amazonaws.com'],
            eventName: ['DeleteDetector', 'UpdateDetector'],
          },
          { eventSource: ['lambda.amazonaws.com'], eventName: [{ prefix: 'AddPermission' }] },
          {
            eventSource: ['ec2.amazonaws.com'],
            eventName: ['ModifyImageAttribute'],
            requestParameters: {
              launchPermission: { add: { items: { userId: [{ exists: true }] } } },
            },
          },
        ],
      },
    });
  });

  const of = (source: string, name: string) =>
    defineCallRule({ ...rule, parameters: {}, calls: { [source]: { [name]: () => undefined } } })
      .triggers[0]?.pattern ?? {};

  test('tells sign-ins, read-only calls and regions apart as any pattern does', () => {
    expect(of('signin.amazonaws.com', 'ConsoleLogin')['detail-type']).toContain(
      'AWS Console Sign In via CloudTrail',
    );
    expect(ruleState(of('ec2.amazonaws.com', 'GetPasswordData'))).toBe(
      'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    );
    expect(ruleState(of('ec2.amazonaws.com', 'DeleteFlowLogs'))).toBe('ENABLED');
    expect(eventRegions(of('iam.amazonaws.com', 'CreateUser'))).toEqual(['us-east-1']);
    expect(eventRegions(of('kms.amazonaws.com', 'DisableKey'))).toBeUndefined();
  });
});

describe('a call that the table does not have', () => {
  test.each(['constructor', '__proto__', 'ListDetectors'])('%s is no finding', async (name) => {
    const { evaluator } = await import('./evaluate.ts');
    const event = apiCallRecord('guardduty.amazonaws.com', name, { userIdentity: identities.root });
    const { wrapRecord } = await import('./cloudtrail.ts');
    const ask = evaluator(rule, { parameters: {}, clients: undefined });
    expect((await ask(wrapRecord(event as never))).alerts).toEqual([]);
  });
});

test('the compiler knows the calls of each service', () => {
  const given = {
    name: 'watch',
    title: 'Watch',
    description: 'Alerts.',
    severity: 'high',
    runbook: 'Look.',
    parameters: {},
  } as const;
  const read = () => undefined;
  // @ts-expect-error -- a typo
  defineCallRule({ ...given, calls: { 'guardduty.amazonaws.com': { DeleteDetectr: read } } });
  // @ts-expect-error -- a service that there is not
  defineCallRule({ ...given, calls: { 'guarduty.amazonaws.com': { DeleteDetector: read } } });
  const { triggers } = defineCallRule({
    ...given,
    calls: {
      'guardduty.amazonaws.com': { [unlisted('NewCall')]: read },
      [unlisted('new.amazonaws.com')]: { AnyCall: read },
    },
  });
  expect(triggers[0]?.pattern['detail']).toEqual({
    $or: [
      { eventSource: ['guardduty.amazonaws.com'], eventName: ['NewCall'] },
      { eventSource: ['new.amazonaws.com'], eventName: ['AnyCall'] },
    ],
  });
});

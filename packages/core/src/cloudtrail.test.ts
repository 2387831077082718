import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Actor,
  actor,
  type CloudTrailRecord,
  consoleUrl,
  isCloudTrailRecord,
  isObject,
  type Outcome,
  outcome,
  wrapRecord,
} from './cloudtrail.ts';
import { apiCall, signIn } from './trigger.ts';
import { matches } from './pattern.ts';

const account = '111122223333';

/** JSON as an attacker may write it: the names that CloudTrail uses with values of any sort. */
const hostileJson = (names: readonly string[]): fc.Arbitrary<unknown> =>
  fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom(
        null,
        true,
        0,
        '',
        ' ',
        ':',
        '/',
        'Root',
        'AssumedRole',
        'constructor',
        '__proto__',
        '\ud800',
        'a'.repeat(300),
      ),
      fc.string(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.oneof(
          fc.constantFrom('userName', ...names),
          fc.constantFrom('toString', 'valueOf', 'length', 'type'),
          fc.string(),
        ),
        tie('value'),
        {
          maxKeys: 6,
        },
      ),
    ),
  })).value;

describe('actor reads every shape of userIdentity', () => {
  const shapes: readonly (readonly [
    string,
    unknown,
    Pick<Actor, 'description' | 'name' | 'principal'> & Partial<Actor>,
  ])[] = [
    [
      'IAM user with long-term keys: no sessionContext',
      {
        type: 'IAMUser',
        principalId: 'AIDAEXAMPLE',
        arn: `arn:aws:iam::${account}:user/team/alice`,
        accountId: account,
        accessKeyId: 'AKIAEXAMPLE',
        userName: 'alice',
      },
      {
        principal: `arn:aws:iam::${account}:user/team/alice`,
        description: 'IAM user alice',
        name: 'alice',
        arn: `arn:aws:iam::${account}:user/team/alice`,
        accountId: account,
      },
    ],
    [
      'IAM user in the console: sessionContext without sessionIssuer',
      {
        type: 'IAMUser',
        arn: `arn:aws:iam::${account}:user/alice`,
        accountId: account,
        userName: 'alice',
        sessionContext: {
          attributes: { mfaAuthenticated: 'true', creationDate: '2026-01-02T03:04:05Z' },
        },
        invokedBy: 'signin.amazonaws.com',
      },
      {
        principal: `arn:aws:iam::${account}:user/alice`,
        description: 'IAM user alice, through signin.amazonaws.com',
        name: 'alice',
      },
    ],
    [
      'IAM user of whom only the key is known',
      { type: 'IAMUser', accountId: account, accessKeyId: 'AKIAEXAMPLE', userName: '' },
      { principal: account, description: 'IAM user without a name', name: null },
    ],
    [
      'IAM user without userName',
      { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/alice` },
      {
        principal: `arn:aws:iam::${account}:user/alice`,
        description: 'IAM user alice',
        name: 'alice',
        accountId: null,
      },
    ],
    [
      'session of a role',
      {
        type: 'AssumedRole',
        principalId: 'AROAEXAMPLE:bob',
        arn: `arn:aws:sts::${account}:assumed-role/Deploy/bob`,
        accountId: account,
        accessKeyId: 'ASIAEXAMPLE',
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: 'AROAEXAMPLE',
            arn: `arn:aws:iam::${account}:role/ci/Deploy`,
            accountId: account,
            userName: 'Deploy',
          },
          webIdFederationData: {},
          attributes: { mfaAuthenticated: 'false', creationDate: '2026-01-02T03:04:05Z' },
        },
      },
      {
        principal: `arn:aws:iam::${account}:role/ci/Deploy`,
        description: 'role Deploy (session bob)',
        name: 'Deploy',
        arn: `arn:aws:sts::${account}:assumed-role/Deploy/bob`,
      },
    ],
    [
      'session of a role that a service uses',
      {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${account}:assumed-role/Stack/AWSCloudFormation`,
        invokedBy: 'cloudformation.amazonaws.com',
      },
      {
        principal: `arn:aws:sts::${account}:assumed-role/Stack`,
        description: 'role Stack (session AWSCloudFormation), through cloudformation.amazonaws.com',
        name: 'Stack',
      },
    ],
    [
      'session of a role of which only the principal is known',
      { type: 'AssumedRole', principalId: 'AROAEXAMPLE:bob' },
      {
        principal: 'AROAEXAMPLE',
        description: 'role AROAEXAMPLE:bob (session bob)',
        name: 'AROAEXAMPLE:bob',
      },
    ],
    [
      'session of nothing',
      { type: 'AssumedRole' },
      { principal: null, description: 'role without a name', name: null },
    ],
    [
      'role (for one in another account)',
      { type: 'Role', arn: `arn:aws:iam::${account}:role/Deploy`, accountId: account },
      {
        principal: `arn:aws:iam::${account}:role/Deploy`,
        description: 'role Deploy',
        name: 'Deploy',
      },
    ],
    [
      'root, without userName and sessionIssuer',
      {
        type: 'Root',
        principalId: account,
        arn: `arn:aws:iam::${account}:root`,
        accountId: account,
        accessKeyId: '',
      },
      {
        principal: `arn:aws:iam::${account}:root`,
        description: `the root user of ${account}`,
        name: 'root',
        accountId: account,
      },
    ],
    [
      'root of an unknown account',
      { type: 'Root' },
      { principal: null, description: 'the root user', name: 'root', accountId: null },
    ],
    [
      'federated user',
      {
        type: 'FederatedUser',
        principalId: `${account}:bob`,
        arn: `arn:aws:sts::${account}:federated-user/bob`,
        accountId: account,
        sessionContext: {
          sessionIssuer: { type: 'IAMUser', userName: 'alice', accountId: account },
          attributes: {},
        },
      },
      {
        principal: `arn:aws:sts::${account}:federated-user`,
        description: 'federated user bob (token issued by alice)',
        name: 'bob',
      },
    ],
    [
      'SAML user',
      {
        type: 'SAMLUser',
        principalId: 'SampleUkh1i4=:alice@example.com',
        userName: 'alice@example.com',
        identityProvider: 'SampleUkh1i4=',
      },
      {
        principal: 'SampleUkh1i4=',
        description: 'SAML user alice@example.com of SampleUkh1i4=',
        name: 'alice@example.com',
        arn: null,
      },
    ],
    [
      'web identity',
      {
        type: 'WebIdentityUser',
        principalId: 'token.actions.githubusercontent.com:aud:repo',
        userName: 'repo:example/app',
        identityProvider: 'token.actions.githubusercontent.com',
      },
      {
        principal: 'token.actions.githubusercontent.com',
        description: 'web identity repo:example/app of token.actions.githubusercontent.com',
        name: 'repo:example/app',
      },
    ],
    [
      'Identity Center user',
      {
        type: 'IdentityCenterUser',
        accountId: account,
        onBehalfOf: {
          userId: '544894e8-80c1-707f-60e3-3ba6510dfac1',
          identityStoreArn: `arn:aws:identitystore::${account}:identitystore/d-9067642ac7`,
        },
        credentialId: 'EXAMPLE',
      },
      {
        principal: '544894e8-80c1-707f-60e3-3ba6510dfac1',
        description: 'Identity Center user 544894e8-80c1-707f-60e3-3ba6510dfac1',
        name: '544894e8-80c1-707f-60e3-3ba6510dfac1',
      },
    ],
    [
      'principal of another account',
      { type: 'AWSAccount', principalId: 'AROAEXAMPLE:mallory', accountId: '444455556666' },
      {
        principal: '444455556666',
        description: 'principal mallory of account 444455556666',
        name: 'mallory',
        accountId: '444455556666',
      },
    ],
    [
      'principal of another account by its id',
      { type: 'AWSAccount', principalId: 'AIDAEXAMPLE', accountId: '444455556666' },
      {
        principal: '444455556666',
        description: 'principal AIDAEXAMPLE of account 444455556666',
        name: 'AIDAEXAMPLE',
      },
    ],
    [
      'another account',
      { type: 'AWSAccount', accountId: '444455556666' },
      {
        principal: '444455556666',
        description: 'principal without a name of account 444455556666',
        name: '444455556666',
      },
    ],
    [
      'service',
      { type: 'AWSService', invokedBy: 'config.amazonaws.com' },
      {
        principal: 'config.amazonaws.com',
        description: 'AWS service config.amazonaws.com',
        name: 'config.amazonaws.com',
      },
    ],
    [
      'directory',
      { type: 'Directory', userName: 'mallory' },
      { principal: null, description: 'Directory mallory', name: 'mallory' },
    ],
    [
      'unknown',
      { type: 'Unknown', userName: 'mallory' },
      { principal: null, description: 'Unknown mallory', name: 'mallory' },
    ],
    [
      'service event: no type',
      { accountId: account, invokedBy: 'delivery.logs.amazonaws.com' },
      {
        principal: 'delivery.logs.amazonaws.com',
        description: 'AWS service delivery.logs.amazonaws.com',
        name: 'delivery.logs.amazonaws.com',
        accountId: account,
      },
    ],
    [
      'nothing known',
      {},
      {
        principal: null,
        description: 'an unknown principal',
        name: null,
        arn: null,
        accountId: null,
      },
    ],
    [
      'null',
      null,
      {
        principal: null,
        description: 'an unknown principal',
        name: null,
        arn: null,
        accountId: null,
      },
    ],
    [
      'missing',
      undefined,
      {
        principal: null,
        description: 'an unknown principal',
        name: null,
        arn: null,
        accountId: null,
      },
    ],
    [
      'a text',
      'root',
      {
        principal: null,
        description: 'an unknown principal',
        name: null,
        arn: null,
        accountId: null,
      },
    ],
  ];

  test.each(shapes)('%s', (_, identity, expected) => {
    expect(actor(identity)).toMatchObject(expected);
  });

  test.each(shapes)(
    'is the same principal under another name of its session: %s',
    (_, identity) => {
      const renamed = JSON.parse(
        JSON.stringify(identity ?? null).replace(
          /(AROAEXAMPLE:|assumed-role\/\w+\/|federated-user\/|repo:example\/|SampleUkh1i4=:)[\w@.]+/g,
          '$1another',
        ),
      );
      expect(actor(renamed).principal).toBe(actor(identity).principal);
    },
  );

  test('never throws, never says undefined, is never empty', () => {
    const fields = [
      'type',
      'principalId',
      'arn',
      'accountId',
      'userName',
      'invokedBy',
      'identityProvider',
      'sessionContext',
      'sessionIssuer',
      'onBehalfOf',
      'userId',
    ];
    const types = shapes.map(([, identity]) => (isObject(identity) ? identity['type'] : identity));
    fc.assert(
      fc.property(hostileJson(fields), fc.constantFrom(...types), (identity, type) => {
        for (const given of [
          identity,
          isObject(identity) ? { ...identity, type } : { type, userName: identity },
        ]) {
          const { description, ...rest } = actor(given);
          expect(description.trim()).not.toBe('');
          expect(description).not.toMatch(/undefined|null|\[object/);
          for (const value of Object.values(rest))
            expect(value === null || (typeof value === 'string' && value !== '')).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('outcome', () => {
  const record = (fields: Partial<CloudTrailRecord>): CloudTrailRecord => ({
    eventSource: 's3.amazonaws.com',
    eventName: 'PutBucketPolicy',
    ...fields,
  });

  test.each<[string, Partial<CloudTrailRecord>, Outcome]>([
    ['no error', {}, 'succeeded'],
    ['null', { errorCode: null, errorMessage: null, responseElements: null }, 'succeeded'],
    ['empty', { errorCode: '', errorMessage: '' }, 'succeeded'],
    ['S3', { errorCode: 'AccessDenied', errorMessage: 'Access Denied' }, 'denied'],
    [
      'IAM and STS',
      {
        errorCode: 'AccessDenied',
        errorMessage: `User: arn:aws:iam::${account}:user/mallory is not authorized to perform: sts:AssumeRole`,
      },
      'denied',
    ],
    ['DynamoDB, Secrets Manager, …', { errorCode: 'AccessDeniedException' }, 'denied'],
    ['Organizations', { errorCode: 'AccessDeniedForDependencyException' }, 'denied'],
    ['EC2', { errorCode: 'Client.UnauthorizedOperation' }, 'denied'],
    ['EC2, images of others', { errorCode: 'Client.AuthFailure' }, 'denied'],
    ['Redshift', { errorCode: 'UnauthorizedOperation' }, 'denied'],
    ['Resource Explorer', { errorCode: 'UnauthorizedException' }, 'denied'],
    ['Cognito', { errorCode: 'NotAuthorizedException' }, 'denied'],
    ['SNS', { errorCode: 'AuthorizationError' }, 'denied'],
    ['IoT, QuickSight', { errorCode: 'ForbiddenException' }, 'denied'],
    ['message only', { errorMessage: 'Failed authentication' }, 'denied'],
    ['other messages only', { errorMessage: 'The bucket does not exist' }, 'failed'],
    ['a bucket that is not there', { errorCode: 'NoSuchBucket' }, 'failed'],
    ['throttled', { errorCode: 'ThrottlingException' }, 'failed'],
    [
      'a trail whose role is wrong',
      {
        errorCode: 'InvalidCloudWatchLogsRoleArnException',
        errorMessage: 'Access denied. Check the trust relationships for your role.',
      },
      'failed',
    ],
    ['Security Hub is not on', { errorCode: 'InvalidAccessException' }, 'failed'],
    ['RDS: a rule that is not there', { errorCode: 'AuthorizationNotFound' }, 'failed'],
    ['RDS: a rule that is there already', { errorCode: 'AuthorizationAlreadyExists' }, 'failed'],
    ['EC2: a rule that is not there', { errorCode: 'Client.InvalidPermission.NotFound' }, 'failed'],
    ['a device that waits for its user', { errorCode: 'AuthorizationPendingException' }, 'failed'],
    [
      'sign-in',
      { eventName: 'ConsoleLogin', responseElements: { ConsoleLogin: 'Success' } },
      'succeeded',
    ],
    [
      'failed sign-in',
      {
        eventName: 'ConsoleLogin',
        errorMessage: 'Failed authentication',
        responseElements: { ConsoleLogin: 'Failure' },
      },
      'denied',
    ],
    [
      'failed sign-in of an unknown user',
      {
        eventName: 'ConsoleLogin',
        errorMessage: 'No username found in supplied account',
        responseElements: { ConsoleLogin: 'Failure' },
      },
      'denied',
    ],
    [
      'failed sign-in without a reason',
      { eventName: 'ConsoleLogin', responseElements: { ConsoleLogin: 'Failure' } },
      'denied',
    ],
    [
      'failed switch of the role',
      { eventName: 'SwitchRole', responseElements: { SwitchRole: 'Failure' } },
      'denied',
    ],
  ])('%s', (_, fields, expected) => {
    expect(outcome(record(fields))).toBe(expected);
  });

  test('is one of three for any record', () => {
    fc.assert(
      fc.property(
        hostileJson(['errorCode', 'errorMessage', 'responseElements', 'ConsoleLogin']),
        (value) => {
          expect(['succeeded', 'denied', 'failed']).toContain(
            outcome((isObject(value) ? value : {}) as unknown as CloudTrailRecord),
          );
        },
      ),
    );
  });
});

describe('wrapRecord', () => {
  const stopLogging = {
    eventVersion: '1.08',
    userIdentity: { type: 'IAMUser', accountId: account, userName: 'alice' },
    eventTime: '2026-03-04T05:06:07Z',
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '192.0.2.17',
    eventID: '6f1b6b1e-0000-4000-8000-000000000001',
    eventType: 'AwsApiCall',
    recipientAccountId: account,
  };

  test('wraps a call as EventBridge does, so that its pattern matches', () => {
    const wrapped = wrapRecord(stopLogging);
    expect(wrapped).toEqual({
      version: '0',
      id: stopLogging.eventID,
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.cloudtrail',
      account,
      time: '2026-03-04T05:06:07Z',
      region: 'eu-west-1',
      resources: [],
      detail: stopLogging,
    });
    expect(matches(apiCall('cloudtrail.amazonaws.com', ['StopLogging']).pattern, wrapped)).toBe(
      true,
    );
  });

  test('wraps a sign-in', () => {
    for (const eventType of ['AwsConsoleSignIn', 'AwsConsoleSignin', undefined]) {
      const wrapped = wrapRecord({
        ...stopLogging,
        eventType,
        eventSource: 'signin.amazonaws.com',
        eventName: 'ConsoleLogin',
      });
      expect(wrapped['detail-type']).toBe('AWS Console Sign In via CloudTrail');
      expect(wrapped.source).toBe('aws.signin');
      expect(matches(signIn().pattern, wrapped)).toBe(true);
    }
  });

  test.each([
    ['AwsServiceEvent', 'AWS Service Event via CloudTrail'],
    ['AwsConsoleAction', 'AWS Console Action via CloudTrail'],
    ['AwsCloudTrailInsight', 'AWS Insight via CloudTrail'],
    ['AwsVpceEvent', 'AWS Network Activity Event via CloudTrail'],
    ['AwsSomethingNew', 'AwsSomethingNew via CloudTrail'],
    ['constructor', 'constructor via CloudTrail'],
    ['__proto__', '__proto__ via CloudTrail'],
  ])('%s is %s', (eventType, expected) => {
    expect(wrapRecord({ ...stopLogging, eventType })['detail-type']).toBe(expected);
  });

  test('takes the account of the actor when there is no recipient, and services of China', () => {
    const { recipientAccountId: _, ...rest } = stopLogging;
    expect(wrapRecord({ ...rest, eventSource: 's3.amazonaws.com.cn' })).toMatchObject({
      account,
      source: 'aws.s3',
    });
  });

  test('gives an event of the right form for any record', () => {
    fc.assert(
      fc.property(hostileJson(Object.keys(stopLogging)), (value) => {
        const wrapped = wrapRecord(isObject(value) ? value : {});
        for (const field of ['id', 'detail-type', 'source', 'account', 'time', 'region'] as const)
          expect(typeof wrapped[field]).toBe('string');
      }),
    );
  });

  test('records are told from events', () => {
    expect(isCloudTrailRecord(stopLogging)).toBe(true);
    expect(isCloudTrailRecord(wrapRecord(stopLogging))).toBe(false);
    for (const other of [
      null,
      undefined,
      'x',
      1,
      [],
      [stopLogging],
      {},
      { Records: [stopLogging] },
      { eventName: 'x' },
    ]) {
      expect(isCloudTrailRecord(other)).toBe(false);
    }
  });
});

describe('consoleUrl', () => {
  test.each([
    [
      'eu-west-1',
      'https://eu-west-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-west-1#/events/6f1b-01',
    ],
    [
      'us-gov-west-1',
      'https://us-gov-west-1.console.amazonaws-us-gov.com/cloudtrailv2/home?region=us-gov-west-1#/events/6f1b-01',
    ],
    [
      'cn-north-1',
      'https://cn-north-1.console.amazonaws.cn/cloudtrailv2/home?region=cn-north-1#/events/6f1b-01',
    ],
  ])('of %s', (region, expected) => {
    expect(consoleUrl('6f1b-01', region)).toBe(expected);
  });

  test('is only made of an id and a region that are ones', () => {
    for (const [id, region] of [
      [undefined, 'eu-west-1'],
      ['6f1b-01', undefined],
      ['', 'eu-west-1'],
      ['6f1b-01', ''],
      ['6f1b-01', 'evil.example.com/'],
      ['6f1b-01', 'eu-west-1\n'],
      [{}, 'eu-west-1'],
      ['6f1b-01', ['eu-west-1']],
      ['\ud800', 'eu-west-1'],
    ]) {
      expect(consoleUrl(id, region)).toBeUndefined();
    }
  });

  test('never throws and only ever leads to AWS', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          hostileJson([]),
          fc.string({ unit: fc.constantFrom('a', '1', '-', '.', '/', '#', '@', '\n', '\ud800') }),
        ),
        fc.oneof(
          hostileJson([]),
          fc.string({ unit: fc.constantFrom('a', '1', '-', '.', '/', '#', '@', '\n', '\ud800') }),
        ),
        (id, region) => {
          const url = consoleUrl(id, region);
          const { hostname } = new URL(url ?? 'https://eu-west-1.console.aws.amazon.com/');
          expect(hostname).toMatch(
            /\.console\.(aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)$/,
          );
        },
      ),
    );
  });
});

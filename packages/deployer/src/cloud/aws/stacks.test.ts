import { beforeEach, describe, expect, test } from 'vitest';
import { type Answer, type Asked, xml } from '../../../../core/src/lambda/server.fake.ts';
import { awsCloud } from './index.ts';
import type { Cloud } from '../cloud.ts';
import { fakeOperator, identity } from '../../testing/operator.ts';

/** What AWS answers, in turn. */
let answers: Answer[] = [];
const { asked } = fakeOperator(() => answers.shift());

let cloud: Cloud;
beforeEach(async () => {
  answers = [];
  cloud = await awsCloud({ region: 'eu-west-1' }, process.env);
});

const forms = (): readonly Asked['form'][] => asked.map(({ form }) => form);
const id = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/s/1';

describe('stacks', () => {
  test('all stacks of a region, page by page', async () => {
    const page = (name: string, more = ''): Answer =>
      xml(
        'DescribeStacks',
        `<Stacks><member><StackName>${name}</StackName><StackStatus>CREATE_COMPLETE</StackStatus><Tags><member><Key>patrol:fleet</Key><Value>security</Value></member></Tags></member></Stacks>${more}`,
      );
    answers = [page('one', '<NextToken>2</NextToken>'), page('two')];
    expect(await cloud.allStacks()).toMatchObject([
      { name: 'one', status: 'CREATE_COMPLETE', tags: { 'patrol:fleet': 'security' } },
      { name: 'two' },
    ]);
    expect(forms()).toMatchObject([
      { Action: 'DescribeStacks' },
      { Action: 'DescribeStacks', NextToken: '2' },
    ]);
    expect(forms()[0]).not.toHaveProperty('StackName');
  });

  test('the template of a stack, as it was given', async () => {
    answers = [
      xml('GetTemplate', '<TemplateBody>{&quot;Parameters&quot;:{&quot;a&quot;:1}}</TemplateBody>'),
      xml('GetTemplate'),
    ];
    expect(await cloud.template(id)).toBe('{"Parameters":{"a":1}}');
    expect(await cloud.template(id)).toBe('');
    expect(forms()).toMatchObject([
      { Action: 'GetTemplate', StackName: id, TemplateStage: 'Original' },
      {},
    ]);
  });

  test('a rollback is taken up again, with and without resources to skip', async () => {
    answers = [xml('ContinueUpdateRollback'), xml('ContinueUpdateRollback'), xml('RollbackStack')];
    await cloud.continueRollback(id, [], 'patrol-1');
    await cloud.continueRollback(id, ['A', 'B'], 'patrol-2');
    await cloud.rollBack(id, 'patrol-3');
    expect(forms()).toMatchObject([
      { Action: 'ContinueUpdateRollback', StackName: id, ClientRequestToken: 'patrol-1' },
      { 'ResourcesToSkip.member.1': 'A', 'ResourcesToSkip.member.2': 'B' },
      { Action: 'RollbackStack', StackName: id, ClientRequestToken: 'patrol-3' },
    ]);
    expect(forms()[0]).not.toHaveProperty(['ResourcesToSkip.member.1']);
  });

  test('a deletion leaves behind what is named, or what cannot be deleted', async () => {
    answers = [xml('DeleteStack'), xml('DeleteStack'), xml('DeleteStack')];
    await cloud.deleteStack(id, 'patrol-1');
    await cloud.deleteStack(id, 'patrol-2', { resources: ['A'] });
    await cloud.deleteStack(id, 'patrol-3', { force: true });
    const [plain, named, forced] = forms();
    expect(Object.keys(plain ?? {}).filter((key) => /Retain|Mode/.test(key))).toEqual([]);
    expect(named).toMatchObject({ 'RetainResources.member.1': 'A' });
    expect(forced).toMatchObject({ DeletionMode: 'FORCE_DELETE_STACK' });
  });

  test('termination protection is taken off', async () => {
    answers = [xml('UpdateTerminationProtection')];
    await cloud.unprotect(id);
    expect(forms()).toMatchObject([
      {
        Action: 'UpdateTerminationProtection',
        StackName: id,
        EnableTerminationProtection: 'false',
      },
    ]);
  });

  test('termination protection is turned on', async () => {
    answers = [xml('UpdateTerminationProtection', `<StackId>${id}</StackId>`)];
    await cloud.protect(id);
    expect(forms()).toMatchObject([
      { Action: 'UpdateTerminationProtection', EnableTerminationProtection: 'true', StackName: id },
    ]);
  });

  test.each([
    ['by default', {}, {}, [undefined, undefined, undefined]],
    ['in express mode', { express: true }, {}, ['EXPRESS', 'false', undefined]],
    ['with a role', {}, { role: 'arn:r' }, [undefined, undefined, 'arn:r']],
  ])('what fails is rolled back, %s', async (_, options, more, expected) => {
    answers = [xml('CreateChangeSet', '<Id>arn:c</Id><StackId>arn:s</StackId>')];
    const request = { stack: 's', name: 'n', kind: 'UPDATE', template: 'previous' } as const;
    const express = await awsCloud({ region: 'eu-west-1', ...options }, process.env);
    await express.createChangeSet({ ...request, parameters: {}, tags: {}, ...more });
    const [form = {}] = forms();
    const { RoleARN, OnStackFailure } = form;
    expect([
      form['DeploymentConfig.Mode'],
      form['DeploymentConfig.DisableRollback'],
      RoleARN,
    ]).toEqual(expected);
    expect(OnStackFailure).toBeUndefined();
  });

  test('of several deleted stacks of a name, on several pages, the last is found', async () => {
    const member = (name: string, serial: string, deleted: string): string =>
      `<member><StackId>${serial}</StackId><StackName>${name}</StackName><DeletionTime>${deleted}</DeletionTime><StackStatus>DELETE_COMPLETE</StackStatus></member>`;
    answers = [
      xml(
        'ListStacks',
        `<StackSummaries>${member('s', 'old', '2026-01-01T00:00:00Z')}${member('t', 'other', '2026-03-01T00:00:00Z')}</StackSummaries><NextToken>2</NextToken>`,
      ),
      xml(
        'ListStacks',
        `<StackSummaries>${member('s', 'new', '2026-02-01T00:00:00Z')}</StackSummaries>`,
      ),
    ];
    expect(await cloud.deletedStack('s')).toBe('new');
    expect(forms()).toMatchObject([
      { 'StackStatusFilter.member.1': 'DELETE_COMPLETE' },
      { NextToken: '2' },
    ]);
    answers = [xml('ListStacks')];
    expect(await cloud.deletedStack('s')).toBeUndefined();
  });

  test('drift and protection are told; a stack that was never checked has not drifted', async () => {
    const stack = (drift: string): Answer =>
      xml(
        'DescribeStacks',
        `<Stacks><member><StackId>${id}</StackId><StackName>s</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime>${drift}</member></Stacks>`,
      );
    answers = [
      stack(
        '<DriftInformation><StackDriftStatus>DRIFTED</StackDriftStatus><LastCheckTimestamp>2026-01-31T09:00:00Z</LastCheckTimestamp></DriftInformation>',
      ),
      stack(
        '<DriftInformation><StackDriftStatus>NOT_CHECKED</StackDriftStatus></DriftInformation><EnableTerminationProtection>true</EnableTerminationProtection>',
      ),
    ];
    expect(await cloud.stack('s')).toMatchObject({ drifted: new Date('2026-01-31T09:00:00Z') });
    const other = await cloud.stack('s');
    expect(other).not.toHaveProperty('drifted');
    expect(other).toMatchObject({ terminationProtected: true });
  });

  test('of the change sets of a stack, page by page, those that were not begun', async () => {
    const page = (more: string, ...all: readonly (readonly [string, string])[]): Answer =>
      xml(
        'ListChangeSets',
        `<Summaries>${all.map(([name, execution]) => `<member><ChangeSetId>arn:${name}</ChangeSetId><ChangeSetName>${name}</ChangeSetName><ExecutionStatus>${execution}</ExecutionStatus></member>`).join('')}</Summaries>${more}`,
      );
    answers = [
      page('<NextToken>2</NextToken>', ['one', 'AVAILABLE'], ['two', 'EXECUTE_IN_PROGRESS']),
      page('', ['three', 'UNAVAILABLE'], ['four', 'EXECUTE_COMPLETE']),
    ];
    expect(await cloud.pendingChangeSets('s')).toEqual([
      { id: 'arn:one', name: 'one' },
      { id: 'arn:three', name: 'three' },
    ]);
    expect(forms()).toMatchObject([
      { Action: 'ListChangeSets', StackName: 's' },
      { NextToken: '2' },
    ]);
  });

  test('a change set tells properties before and after, and what a hook said stands in its event', async () => {
    answers = [
      xml(
        'DescribeChangeSet',
        `<ChangeSetId>c</ChangeSetId><StackId>${id}</StackId><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus><Changes><member><Type>Resource</Type><ResourceChange><Action>Modify</Action><LogicalResourceId>Role</LogicalResourceId><ResourceType>AWS::IAM::Role</ResourceType><Replacement>True</Replacement><BeforeContext>{"Properties":{"A":1}}</BeforeContext><AfterContext>{"Properties":{"A":2}}</AfterContext><Details><member><Target><Attribute>Properties</Attribute><Name>A</Name><BeforeValue>1</BeforeValue><AfterValue>2</AfterValue></Target></member><member><Target><Attribute>Properties</Attribute><Name>B</Name><Path>/Properties/B/C/D</Path><AfterValue>3</AfterValue></Target></member><member><Target><Attribute>Properties</Attribute><Name>B</Name><Path>/Properties/B/C/E</Path><BeforeValue>4</BeforeValue></Target></member></Details></ResourceChange></member></Changes>`,
      ),
      xml(
        'DescribeStackEvents',
        `<StackEvents><member><EventId>e</EventId><StackId>${id}</StackId><StackName>s</StackName><LogicalResourceId>Role</LogicalResourceId><ResourceType>AWS::IAM::Role</ResourceType><Timestamp>2026-01-01T00:00:00Z</Timestamp><ResourceStatus>CREATE_IN_PROGRESS</ResourceStatus><HookType>A::B::Hook</HookType><HookStatus>HOOK_COMPLETE_FAILED</HookStatus><HookStatusReason>No.</HookStatusReason></member></StackEvents>`,
      ),
    ];
    expect((await cloud.changeSet('c')).changes).toEqual([
      {
        action: 'Modify',
        resource: 'Role',
        type: 'AWS::IAM::Role',
        replacement: 'True',
        properties: [
          { name: 'A', before: '1', after: '2' },
          { name: 'B.C.D', after: '3' },
          { name: 'B.C.E', before: '4' },
        ],
        before: '{"Properties":{"A":1}}',
        after: '{"Properties":{"A":2}}',
      },
    ]);
    expect(forms()[0]).toMatchObject({ IncludePropertyValues: 'true' });
    expect(await cloud.events(id)).toMatchObject([{ hook: 'A::B::Hook: No.' }]);
  });
});

describe('secrets', () => {
  test('are looked for in the region of their ARN, as they are read', async () => {
    answers = [[200, { ARN: 'arn:s' }]];
    await cloud.secret('arn:aws:secretsmanager:ap-south-1:111122223333:secret:shared-AbCdEf');
    expect(asked[0]?.headers.authorization).toContain('/ap-south-1/secretsmanager/');
  });

  test('are looked at, stored and given another text; what they hold is in the request alone', async () => {
    answers = [
      [200, { ARN: 'arn:s', Tags: [{ Key: 'patrol:stack', Value: 's' }], DeletedDate: 1 }],
      [400, { __type: 'ResourceNotFoundException', message: 'No.' }],
      [200, { ARN: 'arn:new' }],
      [200, { ARN: 'arn:new' }],
    ];
    expect(await cloud.secret('n')).toEqual({
      arn: 'arn:s',
      tags: { 'patrol:stack': 's' },
      deleted: true,
    });
    expect(await cloud.secret('n')).toBeUndefined();
    const token = 'patrol-00000000-0000-4000-8000-000000000000';
    const secret = { name: 'n', text: 'hunter2', description: 'd', tags: { a: 'b' } };
    expect(await cloud.createSecret(secret, token)).toBe('arn:new');
    await cloud.updateSecret('arn:new', 'hunter3', token);
    expect(asked.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'secretsmanager.DescribeSecret',
      'secretsmanager.DescribeSecret',
      'secretsmanager.CreateSecret',
      'secretsmanager.PutSecretValue',
    ]);
    expect(asked.slice(2).map(({ body }) => JSON.parse(body))).toEqual([
      {
        Name: 'n',
        SecretString: 'hunter2',
        Description: 'd',
        ClientRequestToken: token,
        Tags: [{ Key: 'a', Value: 'b' }],
      },
      { SecretId: 'arn:new', SecretString: 'hunter3', ClientRequestToken: token },
    ]);
    // Secrets Manager takes tokens of 32 to 64 characters.
    expect(token.length).toBeGreaterThanOrEqual(32);
    expect(token.length).toBeLessThanOrEqual(64);
  });

  test('a refusal tells nothing of what was to be stored', async () => {
    answers = [[400, { __type: 'AccessDeniedException', message: 'You may not.' }]];
    const secret = { name: 'n', text: 'hunter2', description: 'd', tags: {} };
    const refused = cloud.createSecret(secret, 'patrol-1');
    await expect(refused).rejects.toMatchObject({
      failure: 'denied',
      call: 'secretsmanager:CreateSecret',
      message: 'You may not.',
    });
  });
});

describe('objects', () => {
  const at = { bucket: 'b', key: 'k' };
  const sum = 'ab'.repeat(32);
  const headers = { 'x-amz-checksum-sha256': Buffer.from(sum, 'hex').toString('base64') };

  test('have a version; the one called null is none, since anything can take its place', async () => {
    answers = [
      identity(),
      [200, '', { ...headers, 'x-amz-version-id': 'v1' }],
      [200, '', { ...headers, 'x-amz-version-id': 'null' }],
      [200, '', { ...headers, 'x-amz-version-id': 'v1' }],
      [200, '', { 'x-amz-version-id': 'v2' }],
      [200],
    ];
    expect(await cloud.object(at)).toEqual({ sha256: sum, version: 'v1' });
    expect(await cloud.object(at)).toEqual({ sha256: sum });
    expect(await cloud.object(at, 'v1')).toEqual({ sha256: sum, version: 'v1' });
    expect(asked.at(-1)?.path).toMatch(/[?&]versionId=v1(&|$)/);
    expect(await cloud.put(at, Buffer.from('x'), sum)).toBe('v2');
    expect(await cloud.put(at, Buffer.from('x'), sum)).toBeUndefined();
  });

  test.each([400, 403, 404, 405])(
    'an answer of %i to a version means that it is not there',
    async (status) => {
      answers = [identity(), [status]];
      expect(await cloud.object(at, 'v1')).toBeUndefined();
    },
  );
});

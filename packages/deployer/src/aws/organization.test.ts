/** StackSets and roles on the AWS SDK, against a local server that answers as the API model says. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { awsCloud } from '../aws.ts';
import type { Definition, Preferences, StackSets } from '../organization/stacksets.ts';
import { Roles } from './assume.ts';
import { connect } from './connection.ts';
import { awsStackSets } from './stacksets.ts';

type Form = Readonly<Record<string, string>>;

let asked: { readonly form: Form; readonly authorization: string; readonly token: string }[] = [];
let answer: (form: Form) => [status: number, body: string] = () => [500, ''];
let server: Server;

beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      const { authorization = '', 'x-amz-security-token': token = '' } = incoming.headers;
      asked.push({ form, authorization, token: String(token) });
      const [status, body] = answer(form);
      outgoing.writeHead(status, { 'content-type': 'text/xml' }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

beforeEach(() => {
  asked = [];
  for (const name of ['AWS_REGION', 'AWS_PROFILE', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toLowerCase(), undefined);
  }
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'OPERATOR');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(() => vi.unstubAllEnvs());

const ok = (action: string, result = ''): [number, string] => [
  200,
  `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
];
const refused = (code: string, message: string): [number, string] => [
  400,
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
];

const stackSets = (delegatedAdministrator = false): Promise<StackSets> =>
  awsStackSets({ region: 'us-east-1', delegatedAdministrator }, process.env);

const preferences: Preferences = {
  failureTolerance: '10%',
  maxConcurrency: 5,
  parallelRegions: true,
};
const definition: Definition = {
  name: 'patrol-aws-x-production',
  template: { body: '{}' },
  parameters: { mode: 'loud' },
  tags: { 'patrol:rule': 'x' },
  autoDeployment: { enabled: true, retainStacks: false },
};
const scope = { units: ['ou-ab12-11111111'], regions: ['eu-west-1', 'us-east-1'] };

describe('stack sets', () => {
  test('are created for the organisation, with automatic deployment', async () => {
    answer = () => ok('CreateStackSet', '<StackSetId>x:1</StackSetId>');
    await (await stackSets()).create(definition, 'token-1');
    expect(asked[0]?.form).toMatchObject({
      Action: 'CreateStackSet',
      StackSetName: definition.name,
      TemplateBody: '{}',
      PermissionModel: 'SERVICE_MANAGED',
      'AutoDeployment.Enabled': 'true',
      'AutoDeployment.RetainStacksOnAccountRemoval': 'false',
      'Capabilities.member.1': 'CAPABILITY_IAM',
      'Parameters.member.1.ParameterKey': 'mode',
      'Parameters.member.1.ParameterValue': 'loud',
      'Tags.member.1.Key': 'patrol:rule',
      ClientRequestToken: 'token-1',
      CallAs: 'SELF',
    });
  });

  test('without automatic deployment say nothing of accounts that leave: AWS refuses that', async () => {
    answer = () => ok('CreateStackSet');
    const autoDeployment = { enabled: false, retainStacks: true };
    await (await stackSets()).create({ ...definition, autoDeployment }, 'token-1');
    expect(asked[0]?.form).toMatchObject({ 'AutoDeployment.Enabled': 'false' });
    expect(asked[0]?.form).not.toHaveProperty('AutoDeployment.RetainStacksOnAccountRemoval');
  });

  test('that an earlier attempt created are as good; those of others are not', async () => {
    const described = (rule: string): string =>
      `<StackSet><StackSetName>${definition.name}</StackSetName><Status>ACTIVE</Status><Tags><member><Key>patrol:rule</Key><Value>${rule}</Value></member></Tags></StackSet>`;
    const having = (rule: string) => (form: Form) =>
      form['Action'] === 'CreateStackSet'
        ? refused('NameAlreadyExistsException', 'It exists.')
        : ok('DescribeStackSet', described(rule));
    answer = having('x');
    await (await stackSets()).create(definition, 'token-1');
    answer = having('y');
    await expect((await stackSets()).create(definition, 'token-1')).rejects.toThrow('It exists.');
  });

  test('are described with what decides about them', async () => {
    answer = () =>
      ok(
        'DescribeStackSet',
        `<StackSet><StackSetName>a</StackSetName><StackSetId>a:1</StackSetId><Status>ACTIVE</Status>
         <PermissionModel>SERVICE_MANAGED</PermissionModel>
         <AutoDeployment><Enabled>true</Enabled><RetainStacksOnAccountRemoval>true</RetainStacksOnAccountRemoval></AutoDeployment>
         <Parameters><member><ParameterKey>mode</ParameterKey><ParameterValue>loud</ParameterValue></member></Parameters>
         <OrganizationalUnitIds><member>ou-ab12-11111111</member></OrganizationalUnitIds>
         <Regions><member>eu-west-1</member></Regions></StackSet>`,
      );
    expect(await (await stackSets(true)).stackSet('a')).toEqual({
      id: 'a:1',
      name: 'a',
      parameters: { mode: 'loud' },
      tags: {},
      serviceManaged: true,
      autoDeployment: { enabled: true, retainStacks: true },
      units: ['ou-ab12-11111111'],
      regions: ['eu-west-1'],
    });
    expect(asked[0]?.form).toMatchObject({ CallAs: 'DELEGATED_ADMIN' });
    answer = () => refused('StackSetNotFoundException', 'StackSet a not found');
    expect(await (await stackSets()).stackSet('a')).toBeUndefined();
  });

  test('are listed over all pages, without deleted ones', async () => {
    answer = ({ NextToken }) =>
      NextToken
        ? ok(
            'ListStackSets',
            '<Summaries><member><StackSetName>b</StackSetName><Status>ACTIVE</Status></member></Summaries>',
          )
        : ok(
            'ListStackSets',
            '<Summaries><member><StackSetName>a</StackSetName><Status>ACTIVE</Status></member><member><StackSetName>c</StackSetName><Status>DELETED</Status></member></Summaries><NextToken>2</NextToken>',
          );
    expect(await (await stackSets()).list()).toEqual(['a', 'b']);
  });

  test('have instances, with what AWS says of them', async () => {
    answer = () =>
      ok(
        'ListStackInstances',
        `<Summaries><member><Account>444455556666</Account><Region>eu-west-1</Region><OrganizationalUnitId>ou-ab12-11111111</OrganizationalUnitId>
         <Status>OUTDATED</Status><StackInstanceStatus><DetailedStatus>FAILED</DetailedStatus></StackInstanceStatus><StatusReason>Denied.</StatusReason></member></Summaries>`,
      );
    expect(await (await stackSets()).instances('a')).toEqual([
      {
        account: '444455556666',
        region: 'eu-west-1',
        unit: 'ou-ab12-11111111',
        status: 'OUTDATED',
        detail: 'FAILED',
        reason: 'Denied.',
      },
    ]);
  });

  test('have targets, over all pages', async () => {
    const target = (unit: string): string =>
      `<Summaries><member><OrganizationalUnitId>${unit}</OrganizationalUnitId><Regions><member>eu-west-1</member></Regions></member></Summaries>`;
    answer = ({ NextToken }) =>
      ok(
        'ListStackSetAutoDeploymentTargets',
        NextToken ? target('ou-2') : `${target('ou-1')}<NextToken>2</NextToken>`,
      );
    expect(await (await stackSets()).targets('a')).toEqual([
      { unit: 'ou-1', regions: ['eu-west-1'] },
      { unit: 'ou-2', regions: ['eu-west-1'] },
    ]);
  });
});

describe('operations', () => {
  const started = (action: string): [number, string] =>
    ok(action, '<OperationId>op-1</OperationId>');

  test('on new instances name units, regions and how to go about it', async () => {
    answer = () => started('CreateStackInstances');
    const id = await (await stackSets()).addInstances('a', scope, preferences, 'op-1');
    expect(id).toBe('op-1');
    expect(asked[0]?.form).toMatchObject({
      Action: 'CreateStackInstances',
      'DeploymentTargets.OrganizationalUnitIds.member.1': 'ou-ab12-11111111',
      'Regions.member.2': 'us-east-1',
      'OperationPreferences.RegionConcurrencyType': 'PARALLEL',
      'OperationPreferences.ConcurrencyMode': 'SOFT_FAILURE_TOLERANCE',
      'OperationPreferences.FailureTolerancePercentage': '10',
      'OperationPreferences.MaxConcurrentCount': '5',
      OperationId: 'op-1',
    });
    expect(asked[0]?.form).not.toHaveProperty('DeploymentTargets.AccountFilterType');
  });

  test('that update name no targets: AWS takes none together with automatic deployment', async () => {
    answer = () => started('UpdateStackSet');
    await (await stackSets()).update(definition, preferences, 'op-1');
    const { form } = asked[0] ?? { form: {} };
    expect(form).toMatchObject({ TemplateBody: '{}', 'AutoDeployment.Enabled': 'true' });
    expect(Object.keys(form).filter((name) => /^(DeploymentTargets|Regions)/.test(name))).toEqual(
      [],
    );
  });

  test('that try again change nothing, and keep to the accounts', async () => {
    answer = () => started('UpdateStackSet');
    const some = { ...scope, accounts: ['444455556666'] };
    await (await stackSets()).retry(definition, some, preferences, 'op-1');
    const { form } = asked[0] ?? { form: {} };
    expect(form).toMatchObject({
      UsePreviousTemplate: 'true',
      'Parameters.member.1.ParameterKey': 'mode',
      'Parameters.member.1.UsePreviousValue': 'true',
      'DeploymentTargets.Accounts.member.1': '444455556666',
      'DeploymentTargets.AccountFilterType': 'INTERSECTION',
    });
    expect(form).not.toHaveProperty('AutoDeployment.Enabled');
    expect(form).not.toHaveProperty('Tags.member.1.Key');
  });

  test('that remove instances delete their stacks', async () => {
    answer = () => started('DeleteStackInstances');
    await (await stackSets()).removeInstances('a', scope, preferences, 'op-1');
    expect(asked[0]?.form).toMatchObject({ RetainStacks: 'false' });
  });

  test('whose id is known have been started by an earlier attempt; another one is a conflict', async () => {
    answer = () => refused('OperationIdAlreadyExistsException', 'It exists.');
    const sets = await stackSets();
    expect(await sets.update(definition, preferences, 'op-1')).toBe('op-1');
    answer = () => refused('OperationInProgressException', 'Another Operation is in progress');
    await expect(sets.update(definition, preferences, 'op-2')).rejects.toMatchObject({
      failure: 'conflict',
      call: 'cloudformation:UpdateStackSet',
    });
  });

  test('under way are found among those that are over', async () => {
    const summary = (id: string, status: string): string =>
      `<member><OperationId>${id}</OperationId><Action>UPDATE</Action><Status>${status}</Status></member>`;
    answer = ({ NextToken }) =>
      NextToken
        ? ok('ListStackSetOperations', `<Summaries>${summary('op-2', 'QUEUED')}</Summaries>`)
        : ok(
            'ListStackSetOperations',
            `<Summaries>${summary('op-1', 'SUCCEEDED')}</Summaries><NextToken>2</NextToken>`,
          );
    expect(await (await stackSets()).underWay('a')).toEqual({
      id: 'op-2',
      action: 'UPDATE',
      status: 'QUEUED',
    });
    answer = () =>
      ok('ListStackSetOperations', `<Summaries>${summary('op-1', 'STOPPED')}</Summaries>`);
    expect(await (await stackSets()).underWay('a')).toBeUndefined();
  });

  test('tell how they are, and what they came to', async () => {
    answer = ({ Action }) =>
      Action === 'DescribeStackSetOperation'
        ? ok(
            'DescribeStackSetOperation',
            '<StackSetOperation><OperationId>op-1</OperationId><Action>CREATE</Action><Status>FAILED</Status><StatusReason>Too many.</StatusReason></StackSetOperation>',
          )
        : ok(
            'ListStackSetOperationResults',
            '<Summaries><member><Account>444455556666</Account><Region>eu-west-1</Region><Status>FAILED</Status><StatusReason>Denied.</StatusReason></member></Summaries>',
          );
    const sets = await stackSets();
    expect(await sets.operation('a', 'op-1')).toEqual({
      id: 'op-1',
      action: 'CREATE',
      status: 'FAILED',
      reason: 'Too many.',
    });
    expect(await sets.results('a', 'op-1')).toEqual([
      { account: '444455556666', region: 'eu-west-1', status: 'FAILED', reason: 'Denied.' },
    ]);
  });

  test('a stack set that is gone already is deleted', async () => {
    answer = () => refused('StackSetNotFoundException', 'not found');
    await (await stackSets()).delete('a');
    answer = () => refused('StackSetNotEmptyException', 'StackSet is not empty');
    await expect((await stackSets()).delete('a')).rejects.toThrow('StackSet is not empty');
  });
});

describe('the role of another account', () => {
  const session = (token: string, minutes: number): [number, string] =>
    ok(
      'AssumeRole',
      `<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>${token}</SessionToken><Expiration>${new Date(Date.now() + minutes * 60_000).toISOString()}</Expiration></Credentials>`,
    );
  const identity = ok(
    'GetCallerIdentity',
    '<Arn>arn:aws:sts::444455556666:assumed-role/deployer/patrol-deploy</Arn><Account>444455556666</Account>',
  );
  const role = { account: '444455556666', name: 'security/deployer', externalId: 'patrol' };
  const assumptions = (): readonly Form[] =>
    asked.map(({ form }) => form).filter(({ Action }) => Action === 'AssumeRole');

  test('is assumed once for all regions and clients, with the credentials of the operator', async () => {
    answer = ({ Action }) => (Action === 'AssumeRole' ? session('session-1', 60) : identity);
    const clouds = await Promise.all(
      ['eu-west-1', 'us-east-1'].map((region) => awsCloud({ region, role }, process.env)),
    );
    expect(await Promise.all(clouds.map((cloud) => cloud.place()))).toEqual([
      { account: '444455556666', region: 'eu-west-1', partition: 'aws' },
      { account: '444455556666', region: 'us-east-1', partition: 'aws' },
    ]);
    expect(assumptions()).toEqual([
      expect.objectContaining({
        RoleArn: 'arn:aws:iam::444455556666:role/security/deployer',
        RoleSessionName: 'patrol-deploy',
        ExternalId: 'patrol',
      }),
    ]);
    expect(asked[0]?.authorization).toContain('OPERATOR');
    for (const { authorization, token } of asked.slice(1)) {
      expect(authorization).toContain('ASIAROLE');
      expect(token).toBe('session-1');
    }
  });

  test('is assumed again before its credentials expire', async () => {
    let sessions = 0;
    answer = () => session(`session-${(sessions += 1)}`, sessions === 1 ? 5 : 60);
    const connection = await connect({ region: 'eu-west-1', role }, process.env, new Roles());
    const take = async (): Promise<string | undefined> =>
      (await connection.credentials?.())?.sessionToken;
    expect(await take()).toBe('session-1');
    expect(await take()).toBe('session-2');
    expect(await take()).toBe('session-2');
  });

  test('lies in the partition of the region', async () => {
    answer = () => session('session-1', 60);
    const connection = await connect({ region: 'us-gov-west-1', role }, process.env, new Roles());
    await connection.credentials?.();
    expect(assumptions()[0]).toMatchObject({
      RoleArn: 'arn:aws-us-gov:iam::444455556666:role/security/deployer',
    });
  });

  test('that may not be assumed says so, whatever was asked for; a refusal is not kept', async () => {
    answer = () => refused('AccessDenied', 'User is not authorized to perform: sts:AssumeRole.');
    const closed = { ...role, account: '777788889999' };
    const cloud = await awsCloud({ region: 'eu-west-1', role: closed }, process.env);
    await expect(cloud.stack('x')).rejects.toMatchObject({
      failure: 'denied',
      call: 'sts:AssumeRole',
      message: expect.stringContaining(
        'The trust policy of arn:aws:iam::777788889999:role/security/deployer has to name',
      ),
    });
    answer = ({ Action }) => (Action === 'AssumeRole' ? session('session-1', 60) : identity);
    expect((await cloud.place()).account).toBe('444455556666');
  });
});

/** StackSets and roles on the AWS SDK, against a local server that answers as the API model says. */
import { describe, expect, test } from 'vitest';
import { type Answer, type Asked, refused, xml } from '../../../../core/src/lambda/server.fake.ts';
import { awsCloud } from './index.ts';
import type { Definition, Preferences, StackSets } from '../stacksets.ts';
import { Roles } from './assume.ts';
import { connect } from './connection.ts';
import { fakeOperator, identity } from '../../testing/operator.ts';
import { awsOrganizations } from './organization.ts';
import { awsStackSets } from './stacksets.ts';

type Form = Asked['form'];

let answer: (form: Form) => Answer | undefined = () => undefined;
/** Of services that take no forms. */
let whole: (request: Asked) => Answer | undefined = () => undefined;
const { asked } = fakeOperator((request) =>
  request.service === 'organizations' ? whole(request) : answer(request.form),
);

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
    answer = () => xml('CreateStackSet', '<StackSetId>x:1</StackSetId>');
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
    answer = () => xml('CreateStackSet');
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
        : xml('DescribeStackSet', described(rule));
    answer = having('x');
    await (await stackSets()).create(definition, 'token-1');
    answer = having('y');
    await expect((await stackSets()).create(definition, 'token-1')).rejects.toThrow('It exists.');
  });

  test('are described with what decides about them', async () => {
    answer = () =>
      xml(
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
        ? xml(
            'ListStackSets',
            '<Summaries><member><StackSetName>b</StackSetName><Status>ACTIVE</Status></member></Summaries>',
          )
        : xml(
            'ListStackSets',
            '<Summaries><member><StackSetName>a</StackSetName><Status>ACTIVE</Status></member><member><StackSetName>c</StackSetName><Status>DELETED</Status></member></Summaries><NextToken>2</NextToken>',
          );
    expect(await (await stackSets()).list()).toEqual(['a', 'b']);
  });

  test('have instances, with what AWS says of them', async () => {
    answer = () =>
      xml(
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
      xml(
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
  const started = (action: string): Answer => xml(action, '<OperationId>op-1</OperationId>');

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
        ? xml('ListStackSetOperations', `<Summaries>${summary('op-2', 'QUEUED')}</Summaries>`)
        : xml(
            'ListStackSetOperations',
            `<Summaries>${summary('op-1', 'SUCCEEDED')}</Summaries><NextToken>2</NextToken>`,
          );
    expect(await (await stackSets()).underWay('a')).toEqual({
      id: 'op-2',
      action: 'UPDATE',
      status: 'QUEUED',
    });
    answer = () =>
      xml('ListStackSetOperations', `<Summaries>${summary('op-1', 'STOPPED')}</Summaries>`);
    expect(await (await stackSets()).underWay('a')).toBeUndefined();
  });

  test('tell how they are, and what they came to', async () => {
    answer = ({ Action }) =>
      Action === 'DescribeStackSetOperation'
        ? xml(
            'DescribeStackSetOperation',
            '<StackSetOperation><OperationId>op-1</OperationId><Action>CREATE</Action><Status>FAILED</Status><StatusReason>Too many.</StatusReason></StackSetOperation>',
          )
        : xml(
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

describe('the accounts of an organisational unit', () => {
  const management = '111122223333';
  const accounts: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
    'r-ab12': [
      [management, 'ACTIVE'],
      ['222233334444', 'ACTIVE'],
      ['333344445555', 'SUSPENDED'],
    ],
    'ou-ab12-11111111': [['444455556666', 'ACTIVE']],
    'ou-ab12-22222222': [['555566667777', 'PENDING_CLOSURE']],
    'ou-ab12-44444444': [],
  };
  const json = (body: unknown): Answer => [200, JSON.stringify(body)];
  const page = (of: readonly unknown[], token: string | undefined): readonly [unknown[], string?] =>
    token === undefined && of.length > 1 ? [of.slice(0, 1), '2'] : [of.slice(token ? 1 : 0)];
  const organizations = ({ headers, body }: Asked): Answer => {
    const { ParentId = '', NextToken: token } = JSON.parse(body);
    const action = String(headers['x-amz-target']).replace(/.*\./, '');
    if (action === 'DescribeOrganization') {
      return json({ Organization: { Id: 'o-a1b2c3d4e5', MasterAccountId: management } });
    }
    const own = accounts[ParentId];
    if (!own) return [400, JSON.stringify({ __type: 'ParentNotFoundException', Message: 'No.' })];
    if (action === 'ListAccountsForParent') {
      const [some, NextToken] = page(
        own.map(([Id, State]) => ({ Id, State })),
        token,
      );
      return json({ Accounts: some, NextToken });
    }
    const inside =
      {
        'r-ab12': ['ou-ab12-11111111', 'ou-ab12-22222222'],
        'ou-ab12-11111111': ['ou-ab12-44444444'],
      }[String(ParentId)] ?? [];
    const [some, NextToken] = page(
      inside.map((Id) => ({ Id })),
      token,
    );
    return json({ OrganizationalUnits: some, NextToken });
  };

  test('are the active ones on all pages and in all units inside, without the management account', async () => {
    whole = organizations;
    const port = await awsOrganizations({ region: 'us-east-1' }, process.env);
    expect(await port.id()).toBe('o-a1b2c3d4e5');
    expect(await port.unit('r-ab12')).toEqual({
      accounts: ['222233334444', '444455556666'],
      units: ['ou-ab12-11111111', 'ou-ab12-44444444', 'ou-ab12-22222222'],
    });
    expect(await port.unit('ou-ab12-22222222')).toEqual({ accounts: [], units: [] });
    expect(await port.unit('ou-ab12-33333333')).toBeUndefined();
    const targets = asked.map(({ headers }) => String(headers['x-amz-target']));
    expect(targets.filter((each) => each.endsWith('DescribeOrganization'))).toHaveLength(1);
  });

  test('that may not be listed are refused, with the call', async () => {
    whole = (request) =>
      String(request.headers['x-amz-target']).endsWith('ListAccountsForParent')
        ? [400, JSON.stringify({ __type: 'AccessDeniedException', Message: 'Denied.' })]
        : organizations(request);
    const port = await awsOrganizations({ region: 'us-east-1' }, process.env);
    await expect(port.unit('r-ab12')).rejects.toMatchObject({
      failure: 'denied',
      call: 'organizations:ListAccountsForParent',
    });
  });
});

describe('the role of another account', () => {
  const session = (token: string, minutes: number): Answer =>
    xml(
      'AssumeRole',
      `<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>${token}</SessionToken><Expiration>${new Date(Date.now() + minutes * 60_000).toISOString()}</Expiration></Credentials>`,
    );
  const role = { account: '444455556666', name: 'security/deployer', externalId: 'patrol' };
  const assumptions = (): readonly Form[] =>
    asked.map(({ form }) => form).filter(({ Action }) => Action === 'AssumeRole');

  test('is assumed once for all regions and clients, with the credentials of the operator', async () => {
    answer = ({ Action }) =>
      Action === 'AssumeRole' ? session('session-1', 60) : identity({ account: role.account });
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
    expect(asked[0]?.headers.authorization).toContain('OPERATOR');
    for (const { headers } of asked.slice(1)) {
      expect(headers.authorization).toContain('ASIAROLE');
      expect(headers['x-amz-security-token']).toBe('session-1');
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
        'The trust policy of arn:aws:iam::777788889999:role/security/deployer must allow',
      ),
    });
    answer = ({ Action }) =>
      Action === 'AssumeRole' ? session('session-1', 60) : identity({ account: role.account });
    expect((await cloud.place()).account).toBe('444455556666');
  });
});

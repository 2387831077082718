/** Stack sets and roles of other accounts, through the AWS SDK, on moto's organisation. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { awsCloud } from '../packages/deployer/src/cloud/aws/index.ts';
import { awsOrganizations } from '../packages/deployer/src/cloud/aws/organization.ts';
import { awsStackSets } from '../packages/deployer/src/cloud/aws/stacksets.ts';
import type { Definition, Preferences } from '../packages/deployer/src/cloud/stacksets.ts';
import { regionalTemplate } from '../packages/deployer/src/template/regional.ts';
import { manager, type Organization, startOrganization } from './support/organization.ts';

let organization: Organization;
let unit = '';
let accounts: readonly string[] = [];

beforeAll(async () => {
  organization = await startOrganization();
  ({ unit, accounts } = organization);
  // The SDK looks for endpoint and keys in the process itself.
  for (const [name, value] of Object.entries(manager(organization))) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await organization.stop();
});

const regions = ['eu-west-1', 'us-east-1'];
const text = JSON.stringify({
  Parameters: { Name: { Type: 'String' }, Title: { Type: 'String', Default: '' } },
  Resources: {
    Topic: {
      Type: 'AWS::SNS::Topic',
      Properties: { TopicName: { Ref: 'Name' }, DisplayName: { Ref: 'Title' } },
    },
  },
});
const template = regionalTemplate(
  { text, parameters: {}, resources: {} },
  { Name: { 'eu-west-1': 'patrol-in-ireland', 'us-east-1': 'patrol-in-virginia' } },
);
const definition: Definition = {
  name: 'patrol-demo-topic-production',
  template: { body: template.text },
  parameters: { Title: 'Patrol' },
  tags: { 'patrol:package': '@patrol/rules-demo', 'patrol:fleet': 'security' },
  autoDeployment: { enabled: true, retainStacks: false },
};
const preferences: Preferences = {
  failureTolerance: '10%',
  maxConcurrency: '25%',
  parallelRegions: true,
};

describe('a stack set of an organisation', () => {
  const stackSets = () =>
    awsStackSets({ region: 'us-east-1', delegatedAdministrator: false }, process.env);

  test('is made, and told of as it was made', async () => {
    const sets = await stackSets();
    expect(await sets.stackSet(definition.name)).toBeUndefined();
    await sets.create(definition, 'token-1');
    expect(await sets.list()).toContain(definition.name);
    expect(await sets.stackSet(definition.name)).toMatchObject({
      name: definition.name,
      parameters: definition.parameters,
      tags: definition.tags,
      serviceManaged: true,
    });
  });

  test('gets instances in all accounts of a unit and all regions', async () => {
    const sets = await stackSets();
    const scope = { units: [unit], regions };
    const id = await sets.addInstances(definition.name, scope, preferences, 'operation-1');
    expect(await sets.operation(definition.name, id)).toMatchObject({
      id,
      action: 'CREATE',
      status: 'SUCCEEDED',
    });
    expect(await sets.underWay(definition.name)).toBeUndefined();
    const found = await sets.instances(definition.name);
    expect(found.map(({ account, region }) => `${account}/${region}`).toSorted()).toEqual(
      accounts.flatMap((account) => regions.map((region) => `${account}/${region}`)),
    );
    expect(found.every(({ status, detail }) => `${status} ${detail}` === 'CURRENT SUCCEEDED')).toBe(
      true,
    );
    // Instances that are there already are no failure.
    await sets.addInstances(definition.name, scope, preferences, 'operation-2');
    expect(await sets.instances(definition.name)).toHaveLength(4);
  });

  test('takes in each region what its mapping says, as the role of each account sees', async () => {
    for (const account of accounts) {
      for (const [region, name] of Object.entries({
        'eu-west-1': 'patrol-in-ireland',
        'us-east-1': 'patrol-in-virginia',
      })) {
        const role = { account, name: 'OrganizationAccountAccessRole' };
        const cloud = await awsCloud({ region, role }, process.env);
        expect(await cloud.place()).toEqual({ account, region, partition: 'aws' });
        const topic = (its: string): string => `arn:aws:sns:${region}:${account}:${its}`;
        expect(await cloud.subscriptions(topic(name))).toEqual([]);
        await expect(cloud.subscriptions(topic('patrol-elsewhere'))).rejects.toMatchObject({
          failure: 'missing',
        });
      }
    }
  });

  test('is updated under the id that it is given', async () => {
    const sets = await stackSets();
    const louder = { ...definition, parameters: { Title: 'Loud' } };
    expect(await sets.update(louder, preferences, 'operation-3')).toBe('operation-3');
    expect((await sets.operation(definition.name, 'operation-3')).action).toBe('UPDATE');
    expect((await sets.stackSet(definition.name))?.parameters).toEqual({ Title: 'Loud' });
    const scope = { units: [unit], regions, accounts };
    await sets.retry(louder, scope, preferences, 'operation-4');
    // Trying again changes nothing.
    expect((await sets.stackSet(definition.name))?.parameters).toEqual({ Title: 'Loud' });
  });

  test('knows where it is, and is taken out of regions one by one', async () => {
    const sets = await stackSets();
    expect(await sets.targets(definition.name)).toEqual([{ unit, regions }]);
    const units = [unit];
    await sets.removeInstances(
      definition.name,
      { units, regions: ['eu-west-1'] },
      preferences,
      'operation-5',
    );
    expect(await sets.targets(definition.name)).toEqual([{ unit, regions: ['us-east-1'] }]);
    const found = await sets.instances(definition.name);
    expect(found.map((each) => `${each.account}/${each.region}/${each.unit}`).toSorted()).toEqual(
      accounts.map((account) => `${account}/us-east-1/${unit}`),
    );
  });

  test('is not deleted as long as it has instances', async () => {
    const sets = await stackSets();
    await expect(sets.delete(definition.name)).rejects.toThrow(/not empty/i);
    await sets.create({ ...definition, name: 'patrol-demo-other-production' }, 'token-2');
    await sets.delete('patrol-demo-other-production');
    expect(await sets.stackSet('patrol-demo-other-production')).toBeUndefined();
    expect(await sets.list()).toEqual([definition.name]);
    // What is gone already is as good.
    await sets.delete('patrol-demo-other-production');
  });
});

test('the organisation has its id, and its units their accounts', async () => {
  const organizations = await awsOrganizations({ region: 'us-east-1' }, process.env);
  expect(await organizations.id()).toBe(organization.id);
  expect(await organizations.unit(unit)).toEqual({ accounts, units: [] });
  // With what is inside it, and without the management account.
  expect(await organizations.unit(organization.root)).toEqual({ accounts, units: [unit] });
  expect(await organizations.unit('ou-zzzz-99999999')).toBeUndefined();
});

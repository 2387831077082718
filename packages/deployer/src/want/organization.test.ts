import { actionOf } from '../testing/plans.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ruleTemplate } from '@patrol/core/template';
import { assemble, fleetOf, ground, rules, templateOf } from '../testing/fleet.ts';
import { planFleet } from '../plan/fleet.ts';
import { installRule } from '../testing/world.ts';
import { sha256 } from '../template/template.ts';
import { account, organizationId, source, unit, wantedIn } from '../testing/organization-fleet.ts';
import { regionalTemplate, splitValues } from '../template/regional.ts';
import { wantedOrganization } from './organization.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patrol-organization-'));
  installRule(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const base = 'patrol-base-security-production';

describe('the stack set of a rule', () => {
  test('holds what differs between regions in a mapping, so that accounts that join later get it too', () => {
    const { stackSets, problems } = wantedIn(folder, source());
    expect(problems).toEqual([]);
    expect(stackSets).toHaveLength(1);
    const [set] = stackSets;
    expect(set).toMatchObject({
      holds: { rule: 'demo/watch' },
      stackSet: 'patrol-demo-watch-production',
      units: [unit],
      regions: ['eu-west-1', 'us-east-1'],
      autoDeployment: { enabled: true, retainStacks: false },
      parameters: {
        AlertTopicArn: `arn:aws:sns:us-east-1:${account}:${base}-machines`,
        actions: 'StopLogging',
      },
      tags: { 'patrol:fleet': 'security', 'patrol:template': sha256(set?.template.text ?? '') },
    });
    expect(Object.keys(set?.parameters ?? {})).not.toContain('CodeS3Bucket');
    const template = JSON.parse(set?.template.text ?? '');
    expect(template.Mappings.Regional).toEqual({
      'eu-west-1': {
        CodeS3Bucket: `patrol-artifacts-${account}-eu-west-1`,
        AlarmTopicArn: `arn:aws:sns:eu-west-1:${account}:${base}-alarms`,
      },
      'us-east-1': {
        CodeS3Bucket: `patrol-artifacts-${account}-us-east-1`,
        AlarmTopicArn: `arn:aws:sns:us-east-1:${account}:${base}-alarms`,
      },
    });
    expect(template.Parameters).not.toHaveProperty('AlarmTopicArn');
    expect(template.Resources.Alarm.Properties.AlarmActions).toEqual([
      { 'Fn::FindInMap': ['Regional', { Ref: 'AWS::Region' }, 'AlarmTopicArn'] },
    ]);
  });

  test('of one region keeps its parameters, and the template as it was built', () => {
    const [set] = wantedIn(folder, source({ regions: 'eu-west-1' })).stackSets;
    expect(set?.parameters).toMatchObject({
      CodeS3Bucket: `patrol-artifacts-${account}-eu-west-1`,
    });
    expect(JSON.parse(set?.template.text ?? '')).not.toHaveProperty('Mappings');
  });

  test('a rule of a global service goes where its events are', () => {
    const { stackSets, regions, central } = wantedOrganization(
      fleetOf(
        source({ regions: 'eu-west-1', rules: 'demo/global: { parameters: { roles: Admin } }' }),
      ),
      ground,
    );
    expect(stackSets[0]?.regions).toEqual(['us-east-1']);
    expect(regions).toEqual(['us-east-1']);
    // Its alarms have a topic there.
    expect(central.bases.map(({ place }) => place.region)).toEqual(['us-east-1']);
    expect(central.home).toMatchObject({ account, region: 'us-east-1' });
  });

  test('every parameter of every rule has a value, or a default', () => {
    const { stackSets, problems } = wantedOrganization(
      fleetOf(source({ rules: 'demo/calls: true, demo/plain: true, demo/listening: true' })),
      ground,
    );
    expect(problems).toEqual([]);
    for (const { template, parameters } of stackSets) {
      for (const [name, { Default }] of Object.entries(template.parameters)) {
        expect(parameters[name] ?? Default, name).toBeDefined();
      }
      expect(Object.keys(template.parameters)).toEqual(
        expect.arrayContaining(Object.keys(parameters)),
      );
    }
  });
});

describe('the template of a stack set', () => {
  test('refers nowhere to a parameter that became a mapping', () => {
    for (const rule of rules) {
      const body = ruleTemplate(rule);
      const text = JSON.stringify(body);
      const { Parameters = {}, Resources = {} } = body;
      const { regional } = splitValues({
        'eu-west-1': { CodeS3Bucket: 'a', AlertTopicArn: 'b', AlarmTopicArn: 'c', CodeS3Key: 'k' },
        'us-east-1': { CodeS3Bucket: 'd', AlertTopicArn: 'e', AlarmTopicArn: 'f', CodeS3Key: 'k' },
      });
      const made = regionalTemplate(
        { text, parameters: Parameters, resources: Resources },
        regional,
      );
      for (const name of ['CodeS3Bucket', 'AlertTopicArn', 'AlarmTopicArn']) {
        expect(text).toContain(`{"Ref":"${name}"}`);
        expect(made.text).not.toContain(`{"Ref":"${name}"}`);
        expect(made.parameters).not.toHaveProperty(name);
      }
      expect(made.parameters).toHaveProperty('CodeS3Key');
      // Rules cannot look a mapping up.
      expect(JSON.parse(made.text)).not.toHaveProperty('Rules');
      expect(made.resources['Function']?.Properties?.['Code']).toMatchObject({
        S3Bucket: { 'Fn::FindInMap': ['Regional', { Ref: 'AWS::Region' }, 'CodeS3Bucket'] },
      });
    }
  });

  test('a text that holds the parameter is not passed over', () => {
    const text = JSON.stringify({
      Resources: { A: { Type: 'X', Properties: { B: { 'Fn::Sub': 'x${P}' } } } },
    });
    expect(() =>
      regionalTemplate({ text, parameters: {}, resources: {} }, { P: { a: '1', b: '2' } }),
    ).toThrow('substitutes ${P}');
  });
});

describe('the managing account', () => {
  test('has one topic for alerts, and one for alarms in each region', () => {
    const { central } = wantedIn(folder, source());
    expect(central.bases).toEqual([
      {
        place: { account, region: 'us-east-1', partition: 'aws' },
        alertEmails: ['security@example.com'],
        alarmEmails: ['security@example.com'],
        organization: organizationId,
      },
      {
        place: { account, region: 'eu-west-1', partition: 'aws' },
        alertEmails: [],
        alarmEmails: ['security@example.com'],
        organization: organizationId,
      },
    ]);
    const plan = planFleet(
      central,
      central.places.map(({ place }) => ({ place, stacks: [] })),
    );
    expect(plan.steps.map(actionOf)).toMatchObject([
      {
        do: 'create',
        stack: base,
        parameters: {
          AlertEmail: '',
          AlarmEmail: 'security@example.com',
          OrganizationId: organizationId,
        },
      },
      { do: 'create', stack: base, parameters: { AlertEmail: 'security@example.com' } },
    ]);
  });

  test('have one topic and one bucket in each region anyway, and the file is told so', () => {
    const text = source({
      alerts: 'email: security@example.com, shared: true',
      rest: 'artifacts: { shared: true }',
    });
    const { notes, problems } = wantedIn(folder, text);
    expect(problems).toEqual([]);
    expect(notes.filter(({ code }) => code.startsWith('idle'))).toEqual([
      { code: 'idleSharing' },
      { code: 'idleBucket' },
    ]);
    expect(wantedIn(folder, source()).notes).toEqual([{ code: 'withoutManagement' }]);
  });

  test('a topic of its own is given, with the policy that it needs', () => {
    const arn = 'arn:aws:sns:eu-west-1:444455556666:security';
    const { central, stackSets, notes, problems } = wantedIn(
      folder,
      source({ regions: 'eu-west-1', alerts: `topic: "${arn}"` }),
    );
    expect(problems).toEqual([]);
    expect(central.bases).toEqual([]);
    expect(central.topics).toEqual([arn]);
    expect(stackSets[0]?.parameters).toMatchObject({ AlertTopicArn: arn });
    // The alarms go there too.
    expect(notes.filter(({ code }) => code === 'openTopic')).toMatchObject([
      {
        topic: arn,
        policy: [
          { Condition: { StringEquals: { 'aws:PrincipalOrgID': organizationId } } },
          { Condition: { StringEquals: { 'aws:SourceOrgID': organizationId } } },
        ],
      },
    ]);
  });

  test('alarms that would have to cross regions are a problem', () => {
    const alerts = 'topic: "arn:aws:sns:eu-west-1:444455556666:security"';
    expect(wantedIn(folder, source({ alerts })).problems).toMatchObject([
      { message: expect.stringContaining('Say under alarms where to send them') },
    ]);
  });
});

describe('what cannot be', () => {
  test('an organisation without its id', () => {
    const text = source().replace(`id: ${organizationId}, `, '');
    expect(wantedIn(folder, text).problems).toMatchObject([
      { message: expect.stringContaining('describe-organization') },
    ]);
  });

  test('stack sets that are managed in another partition', () => {
    const { problems } = wantedIn(folder, source({ organization: 'home: us-gov-west-1' }));
    expect(problems).toMatchObject([
      { message: expect.stringContaining('us-gov-west-1 is in the partition aws-us-gov') },
    ]);
  });

  test('a webhook for each account', () => {
    const built = assemble('@patrol/rules-demo');
    const rule = built.manifest.rules.find(({ name }) => name === 'plain');
    if (!rule) throw new Error('There is one.');
    Object.assign(rule, { triggers: [{ kind: 'webhook', events: ['repository'] }] });
    const { problems } = wantedOrganization(fleetOf(source({ rules: 'demo/plain: true' })), {
      ...ground,
      assemblies: [built],
      templateOf,
    });
    expect(problems.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('each account of the organisation would have its own webhook'),
    );
  });
});

test('operations tolerate a tenth of the accounts unless the file says otherwise', () => {
  expect(wantedIn(folder, source()).preferences).toEqual({
    failureTolerance: '10%',
    maxConcurrency: '25%',
    parallelRegions: true,
  });
  const organization =
    'failureTolerance: 0, maxConcurrency: 5, parallelRegions: false, retainStacks: true, delegatedAdministrator: true, home: eu-west-1';
  const wanted = wantedIn(folder, source({ organization }));
  expect(wanted).toMatchObject({
    preferences: { failureTolerance: 0, maxConcurrency: 5, parallelRegions: false },
    home: { region: 'eu-west-1' },
    delegatedAdministrator: true,
  });
  expect(wanted.stackSets[0]?.autoDeployment).toEqual({ enabled: true, retainStacks: true });
});

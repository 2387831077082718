/** Whether anything of CloudFormation that gives access is passed over, by CloudFormation's own schemas. */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { describe, expect, test } from 'vitest';
import { creationOf } from '../plan/changes.ts';
import type { Template } from './template.ts';
import { isGrantType, knownTypes } from './kinds.ts';

const database = loadAwsServiceSpecSync();
const resources = [...database.all('resource')];
type Properties = (typeof resources)[number]['properties'];
type PropertyType = Properties[string]['type'];

/** A property somewhere in a resource: how a value gets there, and how the AWS CDK classifies it. */
interface Place {
  readonly path: string;
  readonly name: string;
  readonly scrutiny: string | undefined;
  readonly put: (value: unknown) => Record<string, unknown>;
}

/** Every property of a type that holds no properties of its own. */
function* places(properties: Properties, within: readonly string[] = []): Generator<Place> {
  for (const [name, { type, scrutinizable }] of Object.entries(properties)) {
    const at = (path: string, put: Place['put']): Place => ({
      path,
      name,
      scrutiny: scrutinizable,
      put,
    });
    yield* placesOf(type, name, (value) => ({ [name]: value }), at, within);
  }
}

function* placesOf(
  type: PropertyType,
  path: string,
  put: Place['put'],
  at: (path: string, put: Place['put']) => Place,
  within: readonly string[],
): Generator<Place> {
  switch (type.type) {
    case 'ref': {
      const id = type.reference.$ref;
      if (within.includes(id)) return;
      const inner = database.get('typeDefinition', id).properties;
      for (const place of places(inner, [...within, id])) {
        yield { ...place, path: `${path}.${place.path}`, put: (value) => put(place.put(value)) };
      }
      return;
    }
    case 'array':
      yield* placesOf(type.element, path, (value) => put([value]), at, within);
      return;
    case 'map':
      yield* placesOf(type.element, path, (value) => put({ key: value }), at, within);
      return;
    case 'union':
      for (const one of type.types) yield* placesOf(one, path, put, at, within);
      return;
    case 'boolean':
    case 'date-time':
    case 'integer':
    case 'json':
    case 'null':
    case 'number':
    case 'string':
    case 'tag':
      yield at(path, put);
  }
}

/** Whether anything is told of a resource with a value in one of its properties. */
function isTold(type: string, Properties: Record<string, unknown>): boolean {
  const template = { text: '{}', parameters: {}, resources: { X: { Type: type, Properties } } };
  const { statements, untold } = creationOf(template as Template, {});
  return untold.length > 0 || JSON.stringify(statements).includes('marked');
}

const statement = { Effect: 'Allow', Principal: '*', Action: 'marked:*', Resource: '*' };
const document = { Version: '2012-10-17', Statement: [statement] };

/** A policy, as a template may have it: as an object, as a text, and as something that only a deployment knows. */
const policies: readonly unknown[] = [
  document,
  JSON.stringify(document),
  { 'Fn::Sub': JSON.stringify(document) },
  { 'Fn::GetAtt': ['Custom', 'marked'] },
];
const role = 'arn:aws:iam::111122223333:role/marked';

/** What a property may be given that gives access, by how the AWS CDK classifies it and by its name. */
function samplesFor({ name, scrutiny }: Place): readonly unknown[] {
  if (scrutiny === 'ManagedPolicies') return [role];
  if (scrutiny?.startsWith('Inline') === true || /polic|statement|permission/i.test(name))
    return policies;
  return /role|instanceprofile|credentialsarn|principal|grant|authtype|authorization/i.test(name)
    ? [role]
    : [];
}

/** Properties of such names that give nobody access. */
const harmless: readonly string[] = [
  // Names, and what a policy is attached to, which is told with what it allows.
  'AWS::Events::EventBusPolicy StatementId',
  'AWS::Events::Rule Targets.RedshiftDataParameters.StatementName',
  'AWS::IAM::Group Policies.PolicyName',
  'AWS::IAM::GroupPolicy PolicyName',
  'AWS::IAM::ManagedPolicy ManagedPolicyName',
  'AWS::IAM::ManagedPolicy Roles',
  'AWS::IAM::Policy PolicyName',
  'AWS::IAM::Policy Roles',
  'AWS::IAM::Role Policies.PolicyName',
  'AWS::IAM::Role RoleName',
  'AWS::IAM::RolePolicy PolicyName',
  'AWS::IAM::RolePolicy RoleName',
  'AWS::IAM::User Policies.PolicyName',
  'AWS::IAM::UserPolicy PolicyName',
  'AWS::Logs::ResourcePolicy PolicyName',
  // Told where it says that nobody is asked who they are.
  'AWS::ApiGatewayV2::Route AuthorizationType',
  // They only ask for more, or refuse.
  'AWS::ApiGatewayV2::Route AuthorizationScopes',
  'AWS::KMS::Key BypassPolicyLockoutSafetyCheck',
  'AWS::RolesAnywhere::Profile AcceptRoleSessionName',
  'AWS::S3::Bucket PublicAccessBlockConfiguration.BlockPublicPolicy',
  'AWS::SecretsManager::ResourcePolicy BlockPublicPolicy',
  // API Gateway keeps it for itself.
  'AWS::ApiGatewayV2::Stage AccessPolicyId',
  // Not about who may do what: retries, filters, masking, retention, and where what failed goes.
  'AWS::ECR::Repository LifecyclePolicy.LifecyclePolicyText',
  'AWS::Logs::LogGroup DataProtectionPolicy',
  'AWS::Logs::LogGroup FieldIndexPolicies',
  'AWS::SNS::Topic ArchivePolicy',
  'AWS::SNS::Topic DataProtectionPolicy',
  'AWS::SQS::Queue RedriveAllowPolicy',
  'AWS::SQS::Queue RedrivePolicy',
];

describe('of everything in CloudFormation', () => {
  test('what is of an IAM kind is read, or told as what cannot be', () => {
    const silent = new Set<string>();
    let asked = 0;
    for (const { cloudFormationType: type, properties } of resources) {
      for (const place of places(properties)) {
        const samples = samplesFor(place);
        if (samples.length > 0) asked += 1;
        if (samples.some((sample) => !isTold(type, place.put(sample)))) {
          silent.add(`${type} ${place.path}`);
        }
      }
    }
    expect([...silent].toSorted()).toEqual(harmless.toSorted());
    expect(asked).toBeGreaterThan(1000);
  });

  test('of what gives access by being there, every property is told', () => {
    const giving = resources.filter(({ cloudFormationType }) => isGrantType(cloudFormationType));
    const silent = giving.flatMap(({ cloudFormationType: type, properties }) =>
      [...places(properties)]
        .filter(({ path }) => path !== 'Tags')
        .filter(({ put }) => !isTold(type, put('marked')))
        .map(({ path }) => `${type} ${path}`),
    );
    expect(silent).toEqual([]);
    expect(giving.length).toBeGreaterThan(10);
  });

  test('only types that CloudFormation has are known', () => {
    const known = new Set<string>(resources.map(({ cloudFormationType }) => cloudFormationType));
    expect(knownTypes.filter((type) => !known.has(type))).toEqual([]);
  });
});

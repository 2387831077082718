/** A template as it stands once it is deployed, to be asked what there is and who may do what: what tests of templates are about. */
import { isObject } from '../cloudtrail.ts';

type Values = Readonly<Record<string, unknown>>;

/** As much of a template as is read here. */
export interface AnyTemplate {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>> | undefined;
  readonly Conditions?: Values | undefined;
  readonly Resources?: Readonly<Record<string, AnyResource>> | undefined;
}

interface AnyResource {
  readonly Type: string;
  readonly Condition?: string | undefined;
  readonly Properties?: Values | undefined;
}

/** A request to AWS. */
export interface Asked {
  /** Who asks: a role of the stack by its logical id, a service, or an account. */
  readonly by:
    | { readonly role: string }
    | { readonly service: string }
    | { readonly account: string };
  readonly action: string;
  /** The ARN of what it is done to. */
  readonly on: string;
  /** The keys that conditions ask for, such as `aws:SourceArn`. Requests come over TLS unless this says otherwise. */
  readonly context?: Readonly<Record<string, string>>;
}

/** A stack. */
export interface Deployed {
  /** The properties of what there is, with every function carried out, by logical id. */
  readonly resources: Readonly<Record<string, Values>>;
  /** A value of the template with every function carried out. */
  readonly value: (value: unknown) => unknown;
  /** The ARN of a resource, whether it is there or not. */
  readonly arn: (id: string) => string;
  /** Whether policies and permissions of the stack allow a request, and none denies it. */
  readonly may: (asked: Asked) => boolean;
}

/** Where the stack is. */
export const stackIn = {
  partition: 'aws',
  region: 'eu-west-1',
  account: '111122223333',
  name: 'patrol-test',
} as const;

const services: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'dynamodb',
  'AWS::Events::Rule': 'events',
  'AWS::IAM::Role': 'iam',
  'AWS::Lambda::Function': 'lambda',
  'AWS::Logs::LogGroup': 'logs',
  'AWS::SecretsManager::Secret': 'secretsmanager',
  'AWS::SNS::Topic': 'sns',
  'AWS::SQS::Queue': 'sqs',
};

/** The types of which `Ref` is the ARN. */
const knownByArn = ['AWS::SNS::Topic', 'AWS::SecretsManager::Secret'];

/** Deploys a template with some values of parameters; the others have their defaults. */
export function deployed(
  template: AnyTemplate,
  values: Readonly<Record<string, string>> = {},
): Deployed {
  const all = template.Resources ?? {};
  const pseudo: Values = {
    'AWS::AccountId': stackIn.account,
    'AWS::NoValue': undefined,
    'AWS::Partition': stackIn.partition,
    'AWS::Region': stackIn.region,
    'AWS::StackName': stackIn.name,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const arn = (id: string): string => {
    const service = services[all[id]?.Type ?? ''] ?? 'other';
    return `arn:${stackIn.partition}:${service}:${stackIn.region}:${stackIn.account}:${id}`;
  };
  const ref = (name: string): unknown => {
    if (Object.hasOwn(pseudo, name)) return pseudo[name];
    const parameter = template.Parameters?.[name];
    if (parameter) return values[name] ?? parameter.Default ?? `given-${name}`;
    const type = all[name]?.Type;
    if (type === undefined) throw new Error(`There is no ${name} in the template.`);
    if (type === 'AWS::S3::Bucket') return resolve(all[name]?.Properties?.['BucketName']) ?? name;
    return knownByArn.includes(type) ? arn(name) : name;
  };
  const attribute = (id: string, name: string): unknown => {
    // The id of a secret is its ARN as well.
    if (name === 'Arn' || name === 'Id') return arn(id);
    return `${id}.${name}`;
  };
  const holds = (condition: string): boolean => {
    const value = resolve(template.Conditions?.[condition]);
    if (typeof value !== 'boolean') throw new Error(`${condition} is no condition.`);
    return value;
  };
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
    if (!isObject(value)) return value;
    const [[name, argument] = ['', undefined], ...more] = Object.entries(value);
    const isFunction = more.length === 0 && /^(Ref|Condition|Fn::\w+)$/.test(name);
    if (!isFunction) {
      return Object.fromEntries(
        Object.entries(value).flatMap(([key, inner]) => {
          const resolved = resolve(inner);
          return resolved === undefined ? [] : [[key, resolved]];
        }),
      );
    }
    const text = String(argument);
    if (name === 'Ref') return ref(text);
    if (name === 'Condition') return holds(text);
    if (name === 'Fn::Sub') {
      return text.replace(/\$\{(?:(\w+)\.(\w+)|([\w:]+))\}/g, (_, id, of, plain) =>
        String(id === undefined ? ref(plain) : attribute(id, of)),
      );
    }
    const parts = Array.isArray(argument) ? argument : [];
    if (name === 'Fn::If') return resolve(holds(String(parts[0])) ? parts[1] : parts[2]);
    const [first, second] = parts.map(resolve);
    switch (name) {
      case 'Fn::GetAtt':
        return attribute(String(first), String(second));
      case 'Fn::Equals':
        return first === second;
      case 'Fn::Not':
        return !first;
      case 'Fn::And':
        return parts.map(resolve).every(Boolean);
      case 'Fn::Or':
        return parts.map(resolve).some(Boolean);
      case 'Fn::Split':
        return String(second).split(String(first));
      case 'Fn::Join':
        return (second as unknown[]).join(String(first));
      default:
        throw new Error(`${name} is not known here.`);
    }
  };
  const there = Object.entries(all).flatMap(([id, { Type, Condition, Properties }]) =>
    Condition === undefined || holds(Condition)
      ? [{ id, type: Type, properties: resolve(Properties ?? {}) as Values }]
      : [],
  );

  /** The statements that decide about a request: of the policies of a role, or of those on resources. */
  const statementsFor = ({ by }: Asked): readonly Values[] =>
    there.flatMap(({ id, type, properties }) => {
      if ('role' in by) {
        if (type === 'AWS::IAM::Role' && id === by.role)
          return listOf(properties['Policies']).flatMap(statementsOf);
        const isOfRole = listOf(properties['Roles']).includes(by.role);
        return type === 'AWS::IAM::Policy' && isOfRole ? statementsOf(properties) : [];
      }
      if (type === 'AWS::IAM::Role') {
        return statementsOf({ PolicyDocument: properties['AssumeRolePolicyDocument'] }).map(
          (statement) => ({ ...statement, Resource: arn(id) }),
        );
      }
      if (type === 'AWS::Lambda::Permission') return [permission(properties, arn)];
      // A policy is one of the queues or topics that it is put on.
      const on = [...listOf(properties['Queues']), ...listOf(properties['Topics'])];
      return statementsOf(properties).filter(({ Resource }) =>
        listOf(Resource).every((each) =>
          on.some((name) => name === each || arn(String(name)) === each),
        ),
      );
    });
  return {
    resources: Object.fromEntries(there.map(({ id, properties }) => [id, properties])),
    value: resolve,
    arn,
    may: (asked) => {
      const effects = statementsFor(asked)
        .filter((statement) => isAbout(statement, asked))
        .map(({ Effect }) => Effect);
      return effects.includes('Allow') && !effects.includes('Deny');
    },
  };
}

const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

function statementsOf(policy: unknown): readonly Values[] {
  const document = isObject(policy) ? policy['PolicyDocument'] : undefined;
  return listOf(isObject(document) ? document['Statement'] : undefined).filter(isObject);
}

/** What a permission of Lambda is as a statement of the policy that Lambda makes of it. */
const permission = (
  { Action, FunctionName, Principal, SourceArn }: Values,
  arn: (id: string) => string,
): Values => ({
  Effect: 'Allow',
  Action,
  Resource: arn(String(FunctionName)),
  Principal: { Service: Principal },
  ...(SourceArn === undefined ? {} : { Condition: { ArnLike: { 'aws:SourceArn': SourceArn } } }),
});

function isAbout(statement: Values, { by, action, on, context }: Asked): boolean {
  const { Action, Resource, Principal, Condition } = statement;
  const keys: Readonly<Record<string, string>> = {
    'aws:SecureTransport': 'true',
    'aws:PrincipalIsAWSService': String('service' in by),
    ...context,
  };
  return (
    ('role' in by || isPrincipal(Principal, by)) &&
    listOf(Action).some((pattern) => matches(pattern, action)) &&
    listOf(Resource).some((pattern) => matches(pattern, on)) &&
    Object.entries(isObject(Condition) ? Condition : {}).every(([operator, wanted]) =>
      Object.entries(isObject(wanted) ? wanted : {}).every(([key, values]) =>
        isMet(operator, listOf(values).map(String), keys[key]),
      ),
    )
  );
}

function isPrincipal(principal: unknown, by: Exclude<Asked['by'], { role: string }>): boolean {
  if (principal === '*') return true;
  if (!isObject(principal)) return false;
  const names = 'service' in by ? listOf(principal['Service']) : listOf(principal['AWS']);
  return names.includes('service' in by ? by.service : by.account) || names.includes('*');
}

/** Whether a condition is met: what is negated is, when no value matches and when the key is missing. */
function isMet(operator: string, values: readonly string[], found: string | undefined): boolean {
  const positive = operator.replace('Not', '');
  const isNegated = positive !== operator;
  return isNegated !== values.some((value) => compare(positive, value, found));
}

function compare(operator: string, wanted: string, found: string | undefined): boolean {
  if (found === undefined) return false;
  switch (operator) {
    case 'StringEquals':
    case 'Bool':
      return wanted === found;
    case 'StringLike':
    case 'ArnEquals':
    case 'ArnLike':
      return matches(wanted, found);
    default:
      throw new Error(`The condition operator ${operator} is not known here.`);
  }
}

const matches = (pattern: unknown, text: string): boolean =>
  new RegExp(
    `^${String(pattern)
      .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(text);

/**
 * The environment that a rule's template gives to its function, computed without CloudFormation. Pure: template and
 * parameter values in, variables out. What it does not know it refuses, so that nothing is tried with a made-up value
 * that deploying would not give.
 */
import { isObject } from '@patrol/core';
import { type RuleManifest, stackNames } from '@patrol/core/contracts';
import { OperatorError } from '../text/errors.ts';
import type { Live } from '../cloud/live.ts';

/** The account and region that the sandbox says it is in. */
export const sandbox = {
  account: '111122223333',
  region: 'us-east-1',
  partition: 'aws',
  stackName: 'patrol-sandbox',
} as const;

/** What the deployer would give beside the rule's own parameters. */
const deployed: Readonly<Record<string, string>> = {
  [stackNames.parameters.codeBucket]: 'patrol-sandbox-artifacts',
  [stackNames.parameters.codeKey]: 'code.zip',
  [stackNames.parameters.alertEmail]: 'you@example.com',
  [stackNames.parameters.alertTopic]: '',
};

const pseudoParameters = (stackName: string): Readonly<Record<string, unknown>> => ({
  'AWS::AccountId': sandbox.account,
  'AWS::NoValue': undefined,
  'AWS::NotificationARNs': [],
  'AWS::Partition': sandbox.partition,
  'AWS::Region': sandbox.region,
  'AWS::StackId': `arn:${sandbox.partition}:cloudformation:${sandbox.region}:${sandbox.account}:stack/${stackName}/00000000-0000-0000-0000-000000000000`,
  'AWS::StackName': stackName,
  'AWS::URLSuffix': 'amazonaws.com',
});

/** How the ARNs of resource types end, after `arn:PARTITION:`. `NAME` stands for the resource's name. */
const arns: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': `dynamodb:${sandbox.region}:${sandbox.account}:table/NAME`,
  'AWS::Events::Rule': `events:${sandbox.region}:${sandbox.account}:rule/NAME`,
  'AWS::IAM::Role': `iam::${sandbox.account}:role/NAME`,
  'AWS::Lambda::Function': `lambda:${sandbox.region}:${sandbox.account}:function:NAME`,
  'AWS::Logs::LogGroup': `logs:${sandbox.region}:${sandbox.account}:log-group:NAME:*`,
  // Secrets Manager adds a dash and six characters to every name.
  'AWS::SecretsManager::Secret': `secretsmanager:${sandbox.region}:${sandbox.account}:secret:NAME-000000`,
  'AWS::SNS::Topic': `sns:${sandbox.region}:${sandbox.account}:NAME`,
  'AWS::SQS::Queue': `sqs:${sandbox.region}:${sandbox.account}:NAME`,
};

/** Types of resources whose `Ref` is their ARN. */
const namedByArn = ['AWS::SecretsManager::Secret', 'AWS::SNS::Topic'];

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields => (isObject(value) ? value : {});

/**
 * Computes the variables of the function of a template.
 *
 * @param template as it was read; its text is verified.
 * @param parameters the values of the rule's own parameters, as texts; one of the template's others goes before the sandbox's.
 * @param stackName names the stack, and so its resources: the sandbox's when left out.
 * @throws OperatorError for a template without that function, an intrinsic, a resource or an attribute that it does not
 *   know, and a variable that does not become a text.
 */
export function resolveEnvironment(
  template: { readonly text: string },
  parameters: Readonly<Record<string, string>>,
  stackName: string = sandbox.stackName,
): Record<string, string> {
  const { Resources, Parameters, Conditions } = fields(JSON.parse(template.text));
  const lambda = fields(fields(Resources)[stackNames.resources.function]);
  if (lambda['Type'] !== 'AWS::Lambda::Function') {
    throw new OperatorError(
      `The template has no resource ${stackNames.resources.function} of the type AWS::Lambda::Function, so that there is nothing to run. Build the rule package again with \`patrol-build\`.`,
    );
  }
  const resolve = resolver(
    { resources: fields(Resources), declared: fields(Parameters), conditions: fields(Conditions) },
    parameters,
    stackName,
  );
  const variables = fields(
    resolve(fields(fields(lambda['Properties'])['Environment']), 'Environment'),
  );
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields(variables['Variables']))) {
    environment[name] = text(value, `Environment.Variables.${name}`);
  }
  return environment;
}

/** A text, or a number or a truth value as CloudFormation makes one of it. */
function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw refusal(where, 'a text', JSON.stringify(value));
}

type Resolve = (value: unknown, where: string) => unknown;

function resolver(
  {
    resources,
    declared,
    conditions,
  }: Readonly<Record<'resources' | 'declared' | 'conditions', Fields>>,
  given: Readonly<Record<string, string>>,
  stackName: string,
): Resolve {
  const pseudo = pseudoParameters(stackName);
  const parameter = (name: string, where: string): unknown => {
    const { Type, Default } = fields(declared[name]);
    const value =
      [given, deployed].find((values) => Object.hasOwn(values, name))?.[name] ?? Default;
    if (value === undefined) throw refusal(where, `a value of the parameter ${name}`, 'none');
    const isList = typeof Type === 'string' && /^(CommaDelimitedList$|List<)/.test(Type);
    return isList ? text(value, where).split(',') : text(value, where);
  };

  const resource = (name: string, where: string): { type: string; name: string } => {
    const type = fields(resources[name])['Type'];
    if (typeof type !== 'string') {
      throw refusal(
        where,
        'the name of a parameter or a resource of the template',
        JSON.stringify(name),
      );
    }
    return { type, name: `${stackName}-${name}` };
  };

  const ref = (name: string, where: string): unknown => {
    if (Object.hasOwn(pseudo, name)) return pseudo[name];
    if (Object.hasOwn(declared, name)) return parameter(name, where);
    const { type, name: physical } = resource(name, where);
    if (namedByArn.includes(type)) return arn(type, physical, where);
    if (type === 'AWS::SQS::Queue') {
      return `https://sqs.${sandbox.region}.amazonaws.com/${sandbox.account}/${physical}`;
    }
    return physical;
  };

  const attribute = (name: string, attributeName: string, where: string): string => {
    const found = resource(name, where);
    // The `Id` of a secret is its ARN.
    const isSecret = found.type === 'AWS::SecretsManager::Secret';
    if (/^(Arn|TopicArn)$/.test(attributeName) || (isSecret && attributeName === 'Id')) {
      return arn(found.type, found.name, where);
    }
    if (/^(TopicName|QueueName)$/.test(attributeName)) return found.name;
    throw refusal(where, 'the attribute Arn, TopicArn, TopicName or QueueName', attributeName);
  };

  /** Conditions that refer to themselves would never end; CloudFormation refuses them. */
  const condition = (name: string, where: string, within: readonly string[]): boolean => {
    if (!Object.hasOwn(conditions, name) || within.includes(name)) {
      throw refusal(
        where,
        'a condition of the template that does not refer to itself',
        JSON.stringify(name),
      );
    }
    return truth(conditions[name], `Conditions.${name}`, [...within, name]);
  };

  const truth = (value: unknown, where: string, within: readonly string[]): boolean => {
    const [name, operand] = intrinsic(value) ?? [];
    const operands = Array.isArray(operand) ? operand : [operand];
    const each = (inner: unknown): boolean => truth(inner, where, within);
    switch (name) {
      case 'Fn::Equals':
        return (
          JSON.stringify(resolve(operands[0], where)) ===
          JSON.stringify(resolve(operands[1], where))
        );
      case 'Fn::Not':
        return !each(operands[0]);
      case 'Fn::And':
        return operands.every(each);
      case 'Fn::Or':
        return operands.some(each);
      case 'Condition':
        return condition(text(operand, where), where, within);
      case undefined:
      default:
        throw refusal(
          where,
          'Fn::Equals, Fn::Not, Fn::And, Fn::Or or Condition',
          name ?? JSON.stringify(value),
        );
    }
  };

  const substitute = (operand: unknown, where: string): string => {
    const [pattern, variables = {}] = Array.isArray(operand) ? operand : [operand];
    return text(pattern, where).replace(
      /\$\{(!?)([^}]*)\}/g,
      (_, literal: string, name: string) => {
        if (literal) return `\${${name}}`;
        if (Object.hasOwn(fields(variables), name)) {
          return text(resolve(fields(variables)[name], where), where);
        }
        const dot = name.indexOf('.');
        return dot < 0
          ? text(ref(name, where), where)
          : attribute(name.slice(0, dot), name.slice(dot + 1), where);
      },
    );
  };

  const call = (name: string, operand: unknown, where: string): unknown => {
    const operands = Array.isArray(operand) ? operand : [];
    switch (name) {
      case 'Ref':
        return ref(text(operand, where), where);
      case 'Fn::If':
        return resolve(operands[condition(text(operands[0], where), where, []) ? 1 : 2], where);
      case 'Fn::Sub':
        return substitute(operand, where);
      case 'Fn::Join': {
        const items = resolve(operands[1], where);
        if (!Array.isArray(items))
          throw refusal(where, 'a list in Fn::Join', JSON.stringify(items));
        return items.map((item) => text(item, where)).join(text(operands[0], where));
      }
      case 'Fn::GetAtt': {
        const [target = '', ...path] =
          typeof operand === 'string' ? operand.split('.') : operands.map(String);
        return attribute(target, path.join('.'), where);
      }
      default:
        throw refusal(where, 'Ref, Fn::If, Fn::Sub, Fn::Join or Fn::GetAtt', name);
    }
  };

  const resolve: Resolve = (value, where) => {
    if (Array.isArray(value)) {
      return value.map((item) => resolve(item, where)).filter((item) => item !== undefined);
    }
    if (!isObject(value)) return value;
    const [name, operand] = intrinsic(value) ?? [];
    if (name !== undefined) return call(name, operand, where);
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, inner]) => [key, resolve(inner, `${where}.${key}`)] as const)
        .filter(([, inner]) => inner !== undefined),
    );
  };
  return resolve;
}

/** The name and the operand of an intrinsic function; `undefined` for anything else. */
function intrinsic(value: unknown): readonly [string, unknown] | undefined {
  const entries = Object.entries(fields(value));
  const [only] = entries;
  return only && entries.length === 1 && /^(Ref|Condition|Fn::.*)$/.test(only[0])
    ? only
    : undefined;
}

function arn(type: string, name: string, where: string): string {
  const end = arns[type];
  if (end === undefined)
    throw refusal(where, `the ARN of one of ${Object.keys(arns).join(', ')}`, type);
  return `arn:${sandbox.partition}:${end.replace('NAME', name)}`;
}

const refusal = (where: string, expected: string, found: string): OperatorError =>
  new OperatorError(
    `The sandbox cannot work out ${where} of the template: expected ${expected}, found ${found}. Deploy the rule to try it, or change its template.`,
  );

/** What of a stack its function uses at run time, by the names and ARNs that its environment tells it. */
export interface Belongings {
  /** Topics that it publishes to. */
  readonly topics: readonly string[];
  readonly secrets: readonly string[];
  readonly tables: readonly string[];
}

/**
 * Picks a stack's own resources out of its function's variables. What the rule's parameters name is the operator's, and not
 * among them.
 *
 * @param rule whose parameters are left out.
 */
export function belongings(
  rule: { readonly parameters: Readonly<Record<string, unknown>> },
  template: { readonly text: string },
  variables: Readonly<Record<string, string>>,
): Belongings {
  const values = Object.entries(variables)
    .filter(([name]) => !Object.hasOwn(rule.parameters, name))
    .map(([, value]) => value);
  const ofService = (service: string): readonly string[] =>
    values.filter((value) => new RegExp(`^arn:[^:]+:${service}:`).test(value));
  const resources = Object.entries(fields(fields(JSON.parse(template.text))['Resources']));
  const tables = resources
    .filter(([, resource]) => fields(resource)['Type'] === 'AWS::DynamoDB::Table')
    .map(([name]) => `${sandbox.stackName}-${name}`);
  return {
    topics: ofService('sns'),
    secrets: ofService('secretsmanager'),
    tables: values.filter((value) => tables.includes(value)),
  };
}

/** What a rule may have asked of AWS in the operator's name: what its role could, of what passes through the sandbox. */
export interface Asking {
  readonly live: Live;
  /** The ARNs of the secrets that its parameters name. */
  readonly secrets: readonly string[];
  /** The actions that its permissions name: `sns:ListSubscriptionsByTopic`. */
  readonly actions: readonly string[];
}

/** Limits the operator's way to AWS to what a rule has to ask. */
export const askingOf = (
  { parameters, permissions }: Pick<RuleManifest, 'parameters' | 'permissions'>,
  values: Readonly<Record<string, string>>,
  live: Live,
): Asking => ({
  live,
  secrets: Object.entries(parameters).flatMap(([name, { kind }]) =>
    kind === 'secret' && values[name] ? [values[name].trim()] : [],
  ),
  actions: permissions.flatMap(({ Action }) => Action),
});

/** The part of a rule that its function's environment depends on. */
type Runnable = Pick<RuleManifest, 'name' | 'memorySize' | 'permissions'> & {
  readonly code: Pick<RuleManifest['code'], 'handler'>;
};

/**
 * The variables that Lambda itself sets for a function ("Defined runtime environment variables"), with credentials that
 * are worth nothing. They and the template's are all that a function of the sandbox gets: nothing of the operator's own
 * environment, and no way for an AWS SDK to the operator's files or to a metadata service.
 *
 * @param folder the folder of the function's code.
 * @param endpoint the URL that an AWS SDK is sent to instead of AWS.
 * @param live the operator's credentials, region and endpoints: a rule that has permissions gets them, and then only what
 *   is the stack's own, or must not leave the sandbox, goes to `endpoint`.
 */
export function lambdaEnvironment(
  rule: Runnable,
  folder: string,
  endpoint: string,
  live?: Readonly<Record<string, string>>,
): Record<string, string> {
  const functionName = `${sandbox.stackName}-${rule.name}`;
  const nowhere = `${folder}/no-such-file`;
  return {
    _HANDLER: rule.code.handler,
    AWS_CONFIG_FILE: nowhere,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(rule.memorySize),
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'sandbox',
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: folder,
    LANG: 'en_US.UTF-8',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    TZ: ':UTC',
    ...(live && rule.permissions.length > 0 ? live : worthless(endpoint)),
    // Never AWS itself: alerts would be sent, secrets could not be kept out of what is shown.
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    AWS_ENDPOINT_URL_SNS: endpoint,
    AWS_ENDPOINT_URL_SSM: endpoint,
  };
}

/** Credentials, region and endpoint of the sandbox. */
const worthless = (endpoint: string): Readonly<Record<string, string>> => ({
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_DEFAULT_REGION: sandbox.region,
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: sandbox.region,
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_SESSION_TOKEN: 'sandbox',
});

/**
 * The environment that a rule's template gives to its function, computed without CloudFormation. Pure: template and
 * parameter values in, variables out. What it does not know it refuses, so that nothing is tried with a made-up value
 * that deploying would not give.
 */
import { type RuleManifest, stackNames } from '@patrol/core/contracts';
import { OperatorError } from '../text/errors.ts';
import type { Live } from '../cloud/live.ts';
import {
  evaluate,
  type Fields,
  fields,
  isFields,
  Options,
  plain,
  Unknown,
} from '../template/functions.ts';
import { exactScope } from '../template/scope.ts';

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

/**
 * Computes the variables of the function of a template.
 *
 * @param template as it was read; its text is verified.
 * @param parameters the values of the rule's own parameters, as texts; one of the template's others goes before the sandbox's.
 * @param stackName names the stack, and so its resources: the sandbox's when left out.
 * @throws OperatorError for a template without that function, and for a variable that does not become a text or depends on
 *   what is known only after a deployment.
 */
export function resolveEnvironment(
  template: { readonly text: string },
  parameters: Readonly<Record<string, string>>,
  stackName: string = sandbox.stackName,
): Record<string, string> {
  const sections = fields(JSON.parse(template.text));
  const [declared, resources] = [fields(sections['Parameters']), fields(sections['Resources'])];
  const lambda = fields(resources[stackNames.resources.function]);
  if (lambda['Type'] !== 'AWS::Lambda::Function') {
    throw new OperatorError(
      `The template has no resource ${stackNames.resources.function} of the type AWS::Lambda::Function, so that there is nothing to run. Build the rule package again with \`patrol-build\`.`,
    );
  }
  const defaults = Object.fromEntries(
    Object.entries(declared).map(([name, parameter]) => [
      name,
      plain(fields(parameter)['Default']),
    ]),
  );
  const values = Object.entries({ ...defaults, ...deployed, ...parameters });
  const scope = exactScope(sections, {
    values: Object.fromEntries(values.filter(([name]) => Object.hasOwn(declared, name))),
    defaults: false,
    other: (name) =>
      Object.hasOwn(declared, name)
        ? unknown(name, `a value of the parameter ${name}`, 'none')
        : inSandbox(name, resources, stackName),
  });
  const { Environment } = fields(lambda['Properties']);
  const { Variables } = members(evaluate(Environment, scope), 'Environment');
  const variables = members(Variables, 'Environment.Variables');
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      text(value, `Environment.Variables.${name}`),
    ]),
  );
}

/** A text, or a number or a truth value as CloudFormation makes one of it. */
function text(value: unknown, where: string): string {
  const found = plain(known(value, where));
  if (found === undefined) throw refusal(where, expectation('a text', JSON.stringify(value)));
  return found;
}

function members(value: unknown, where: string): Fields {
  if (value !== undefined && !isFields(known(value, where)))
    throw refusal(where, expectation('an object', JSON.stringify(value)));
  return fields(value);
}

/** A value of which everything is known. */
function known(value: unknown, where: string): unknown {
  if (value instanceof Unknown) {
    const standard = expectation('a value that is known before a deployment', value.text);
    throw refusal(where, value.why ?? standard);
  }
  if (value instanceof Options) {
    const expected = 'a condition of the template that does not refer to itself and can be decided';
    throw refusal(where, expectation(expected, value.all[0]?.when ?? 'none'));
  }
  return value;
}

/** What a pseudo parameter, a resource or an attribute of a resource is in the sandbox. */
function inSandbox(name: string, resources: Fields, stackName: string): unknown {
  const pseudo = pseudoParameters(stackName);
  if (Object.hasOwn(pseudo, name)) return pseudo[name];
  const [id = '', ...path] = name.split('.');
  const attribute = path.join('.');
  const { Type: type } = fields(resources[id]);
  if (typeof type !== 'string') {
    const expected = 'the name of a parameter or a resource of the template';
    return unknown(name, expected, JSON.stringify(id));
  }
  const physical = `${stackName}-${id}`;
  const isSecret = type === 'AWS::SecretsManager::Secret';
  if (
    /^(Arn|TopicArn)$/.test(attribute) ||
    // The `Id` of a secret is its ARN.
    (isSecret && attribute === 'Id') ||
    (path.length === 0 && namedByArn.includes(type))
  ) {
    const end = arns[type];
    return end === undefined
      ? unknown(name, `the ARN of one of ${Object.keys(arns).join(', ')}`, type)
      : `arn:${sandbox.partition}:${end.replace('NAME', physical)}`;
  }
  if (path.length === 0 && type === 'AWS::SQS::Queue') {
    return `https://sqs.${sandbox.region}.amazonaws.com/${sandbox.account}/${physical}`;
  }
  if (path.length === 0 || /^(TopicName|QueueName)$/.test(attribute)) return physical;
  return unknown(name, 'the attribute Arn, TopicArn, TopicName or QueueName', attribute);
}

const expectation = (expected: string, found: string): string =>
  `expected ${expected}, found ${found}`;

const unknown = (name: string, expected: string, found: string): Unknown =>
  new Unknown(`\${${name}}`, expectation(expected, found));

const refusal = (where: string, why: string): OperatorError =>
  new OperatorError(
    `The sandbox cannot work out ${where} of the template: ${why}. Deploy the rule to try it, or change its template.`,
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

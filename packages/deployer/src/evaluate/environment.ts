/**
 * The environment variables of a rule's function in the sandbox: those of its template, worked out without CloudFormation,
 * and those that Lambda sets. Pure. A value that is not known before a deployment is refused and never made up: the rule would
 * be tried with a value that it never gets.
 */
import { type RuleManifest, stackNames } from '@patrol/core/contracts';
import { OperatorError } from '../text/errors.ts';
import {
  byName,
  evaluate,
  expectation,
  type Fields,
  fields,
  isFields,
  Options,
  scalarText,
  Unknown,
} from '../template/functions.ts';
import { exactScope } from '../template/scope.ts';
import { sandbox, sandboxValue } from './sandbox.ts';
import { mapValues } from '../text/records.ts';

/** Values of the parameters that the deployer sets. */
const deployed: Readonly<Record<string, string>> = {
  [stackNames.parameters.codeBucket]: 'patrol-sandbox-artifacts',
  [stackNames.parameters.codeKey]: 'code.zip',
  [stackNames.parameters.alertEmail]: 'you@example.com',
  [stackNames.parameters.alertTopic]: '',
};

/**
 * Works out the variables that a template gives its function.
 *
 * @param template with a verified text.
 * @param parameters values of the rule's parameters and of others of the template. They override the values of the sandbox.
 * @param stackName the name of the stack, which names its resources; the sandbox's when left out.
 * @throws OperatorError for a template without a function, and for a variable that is no text or not known before a deployment.
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
      `The template has no resource ${stackNames.resources.function} of the type AWS::Lambda::Function, so there is nothing to run. Build the rule package again with \`patrol-build\`.`,
    );
  }
  const defaults = mapValues(declared, (parameter) => scalarText(fields(parameter)['Default']));
  const values = Object.entries({ ...defaults, ...deployed, ...parameters });
  const scope = exactScope(sections, {
    values: Object.fromEntries(values.filter(([name]) => Object.hasOwn(declared, name))),
    defaults: false,
    other: (name) =>
      Object.hasOwn(declared, name)
        ? byName(name, expectation(`a value of the parameter ${name}`, 'none'))
        : sandboxValue(name, resources, stackName),
  });
  const { Environment } = fields(lambda['Properties']);
  const { Variables } = members(evaluate(Environment, scope), 'Environment');
  const variables = members(Variables, 'Environment.Variables');
  return mapValues(variables, (value, name) => text(value, `Environment.Variables.${name}`));
}

/** A value as a text: CloudFormation also takes numbers and truth values. */
function text(value: unknown, where: string): string {
  const found = scalarText(known(value, where));
  if (found === undefined) throw refusal(where, expectation('a text', JSON.stringify(value)));
  return found;
}

function members(value: unknown, where: string): Fields {
  if (value === undefined || isFields(known(value, where))) return fields(value);
  throw refusal(where, expectation('an object', JSON.stringify(value)));
}

/** Refuses a value that is not known. */
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

const refusal = (where: string, why: string): OperatorError =>
  new OperatorError(
    `The sandbox cannot evaluate ${where} of the template: ${why}. Deploy the rule to try it, or change its template.`,
  );

/** The parts of a rule that its environment depends on. */
type Runnable = Pick<RuleManifest, 'name' | 'memorySize' | 'permissions'> & {
  readonly code: Pick<RuleManifest['code'], 'handler'>;
};

/**
 * The variables that Lambda itself sets for a function ("Defined runtime environment variables"), with worthless credentials.
 * A function in the sandbox gets these and the template's variables, and nothing else. It does not see the operator's
 * environment. An AWS SDK in it finds neither the operator's files nor a metadata service.
 *
 * @param folder the folder of the function's code.
 * @param endpoint the URL that an AWS SDK is sent to instead of AWS.
 * @param live the operator's credentials, region and endpoints. A rule with permissions gets them; then only SNS, Secrets
 *   Manager and Parameter Store go to `endpoint`.
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
    // These never go to AWS itself: alerts would be sent, and secrets could not be redacted.
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

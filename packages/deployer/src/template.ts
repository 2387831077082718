/** What the deployer needs to know of a rule's template. */
import { createHash } from 'node:crypto';
import { type Artifact, readArtifact } from './assembly.ts';
import { messageOf, OperatorError } from './errors.ts';

/** The parameters that every template has beside the rule's own. */
export const common = {
  codeBucket: 'CodeS3Bucket',
  codeKey: 'CodeS3Key',
  alertEmail: 'AlertEmail',
  alertTopic: 'AlertTopicArn',
  alarmTopic: 'AlarmTopicArn',
  retention: 'LogRetentionInDays',
} as const;

/** The outputs that every stack has. */
export const outputs = {
  function: 'FunctionName',
  topic: 'AlertTopicArn',
  log: 'LogGroupName',
  failures: 'FailureQueueUrl',
} as const;

/** A parameter as a template declares it. */
export interface TemplateParameter {
  readonly Type?: string;
  readonly Default?: string | number;
  readonly NoEcho?: boolean;
  readonly AllowedValues?: readonly (string | number)[];
  readonly AllowedPattern?: string;
  readonly ConstraintDescription?: string;
  readonly Description?: string;
}

/** A resource as a template declares it. */
interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A rule's template: its text, which is what CloudFormation is given, and what stands in it. */
export interface Template {
  readonly text: string;
  readonly parameters: Readonly<Record<string, TemplateParameter>>;
  readonly resources: Readonly<Record<string, TemplateResource>>;
}

/** The SHA-256 of some bytes, in hexadecimal. */
export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/**
 * Reads a file of a rule package and holds it against the sum that the manifest states.
 *
 * @throws OperatorError when it is missing, cannot be read or is another file than was built.
 */
export function readVerified(artifact: Artifact, file: { path: string; sha256: string }): Buffer {
  const { name, version } = artifact.assembly.manifest.package;
  const again = `Install ${name} ${version} again, or run \`patrol-build\` in its folder.`;
  let bytes: Buffer;
  try {
    bytes = readArtifact(artifact, file.path);
  } catch (error) {
    throw new OperatorError(
      `${name} names ${file.path} in its rules.json, but that file cannot be read: ${messageOf(error)}. ${again}`,
      { cause: error },
    );
  }
  if (sha256(bytes) === file.sha256) return bytes;
  throw new OperatorError(
    `${file.path} of ${name} is not the file that rules.json describes: its SHA-256 is ${sha256(bytes)}, expected ${file.sha256}. ${again}`,
  );
}

/**
 * Reads a rule's template.
 *
 * @throws OperatorError as {@link readVerified} does.
 */
export function readTemplate(artifact: Artifact): Template {
  const text = readVerified(artifact, artifact.rule.template).toString('utf8');
  const { Parameters = {}, Resources = {} } = JSON.parse(text);
  return { text, parameters: Parameters, resources: Resources };
}

/** CloudFormation takes templates up to this many bytes in a request; larger ones only from S3. */
const largestInline = 51_200;

/** Whether a template can be sent along with a request. */
export const isInline = (template: Template): boolean =>
  Buffer.byteLength(template.text) <= largestInline;

/** Lambda takes at most this many bytes of environment variables, measured over their JSON text. */
export const largestEnvironment = 4096;

/**
 * The environment that a template gives its function, with parameters put in. What only AWS can know, such as the ARN
 * of the stack's own topic, is stood for by the longest text that it can have there.
 */
export function functionEnvironment(
  template: Template,
  stack: string,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const lambda = Object.values(template.resources).find(
    ({ Type }) => Type === 'AWS::Lambda::Function',
  );
  const environment = lambda?.Properties?.['Environment'];
  const declared: unknown =
    typeof environment === 'object' && environment !== null
      ? Reflect.get(environment, 'Variables')
      : undefined;
  // arn:aws-us-gov:sns:us-gov-west-1:123456789012:<stack>-<logical id>-<12 characters>
  const unknown = 'x'.repeat(Math.max(values[common.alertTopic]?.length ?? 0, stack.length + 80));
  return Object.fromEntries(
    Object.entries(declared ?? {}).map(([name, value]: [string, unknown]) => {
      if (typeof value === 'string') return [name, value];
      const reference: unknown =
        typeof value === 'object' && value !== null ? Reflect.get(value, 'Ref') : undefined;
      return [name, typeof reference === 'string' ? (values[reference] ?? unknown) : unknown];
    }),
  );
}

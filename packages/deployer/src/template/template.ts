/** What the deployer needs to know of a rule's template. */
import { createHash } from 'node:crypto';
import { type RuleManifest, stackNames } from '@patrol/core/contracts';
import { type Artifact, readArtifact } from '../packages/assembly.ts';
import { messageOf, OperatorError } from '../text/errors.ts';
import type { TemplateParameter } from '../notes/objects.ts';

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

/** The template's parameters that the deployer gives by itself, or by options of their own. */
const { codeBucket, codeKey, codeVersion, alertEmail, alertTopic } = stackNames.parameters;
const taken: readonly string[] = [codeBucket, codeKey, codeVersion, alertEmail, alertTopic];

/** The parameters of a template beside the rule's own that can be given with `--param`, such as the retention of logs. */
export const stackParameters = (
  rule: Pick<RuleManifest, 'parameters'>,
  { parameters }: Pick<Template, 'parameters'>,
): readonly string[] =>
  Object.keys(parameters).filter(
    (name) => !Object.hasOwn(rule.parameters, name) && !taken.includes(name),
  );

/** What is wrong with the text of such a parameter, as CloudFormation would see it. */
export function refuseValue(declared: TemplateParameter, text: string): string | undefined {
  const { AllowedValues, AllowedPattern, ConstraintDescription } = declared;
  if (AllowedValues && !AllowedValues.map(String).includes(text)) {
    return `${JSON.stringify(text)} is not allowed; expected one of ${AllowedValues.join(', ')}.`;
  }
  return AllowedPattern && !new RegExp(`^(?:${AllowedPattern})$`).test(text)
    ? `${JSON.stringify(text)} is not allowed; it ${ConstraintDescription ?? `must match ${AllowedPattern}`}.`
    : undefined;
}

/** CloudFormation takes templates up to this many bytes in a request; larger ones only from S3. */
const largestInline = 51_200;

/** Whether a template can be sent along with a request. */
export const isInline = (template: Template): boolean =>
  Buffer.byteLength(template.text) <= largestInline;

/** Lambda takes at most this many bytes of environment variables, measured over their JSON text. */
export const largestEnvironment = 4096;

/** What the deployer needs to know of a rule's template. */
import { createHash } from 'node:crypto';
import { isObject } from '@patrol/core';
import { emailParameters, type RuleManifest, stackNames } from '@patrol/core/contracts';
import { type Artifact, readArtifact, typedName } from '../packages/assembly.ts';
import { messageOf, OperatorError } from '../text/errors.ts';
import type { TemplateParameter } from '../notes/objects.ts';
import { jsonIn, type Texts } from '../text/records.ts';
import type { Holds, Identity } from '../identity/naming.ts';

/** A resource as a template declares it. */
interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A rule's template: its text, which CloudFormation gets, and its parsed parameters and resources. */
export interface Template {
  readonly text: string;
  readonly parameters: Readonly<Record<string, TemplateParameter>>;
  readonly resources: Readonly<Record<string, TemplateResource>>;
}

/** The SHA-256 of some bytes, in hexadecimal. */
export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/**
 * Reads a file of a rule package and compares it with the checksum in the manifest.
 *
 * @throws OperatorError when the file is missing, cannot be read, or has another checksum.
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

/** The template in a text that stands in AWS; `undefined` when it is no template in JSON. */
export function templateIn(text: string): Template | undefined {
  const template = jsonIn(text);
  if (!isObject(template)) return undefined;
  const { Resources: resources, Parameters: parameters = {} } = template;
  return isObject(resources) && isObject(parameters) && Object.values(resources).every(isObject)
    ? ({ text, parameters, resources } as unknown as Template)
    : undefined;
}

/** The defaults of a template's parameters, as CloudFormation echoes their values. */
export const defaultsOf = ({ parameters }: Pick<Template, 'parameters'>): Texts =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([name, { Default }]) =>
      Default === undefined ? [] : [[name, String(Default)]],
    ),
  );

/** Parameters of the template that the deployer sets itself, or that have an option of their own. */
const { codeBucket, codeKey, codeVersion, names, alertEmail, alertTopic } = stackNames.parameters;
const emails = emailParameters(alertEmail);
const taken: readonly string[] = [codeBucket, codeKey, codeVersion, names, ...emails, alertTopic];

/** Parameters of the stack that `--param` takes beside those of the rule, such as the retention of logs. */
export const stackParameters = (
  rule: Pick<RuleManifest, 'parameters'>,
  { parameters }: Pick<Template, 'parameters'>,
): readonly string[] =>
  Object.keys(parameters).filter(
    (name) => !Object.hasOwn(rule.parameters, name) && !taken.includes(name),
  );

/** Why CloudFormation would refuse a text as the value of a parameter; `undefined` when it would not. */
export function refuseValue(declared: TemplateParameter, text: string): string | undefined {
  const { AllowedValues, AllowedPattern, ConstraintDescription } = declared;
  if (AllowedValues && !AllowedValues.map(String).includes(text)) {
    return `${JSON.stringify(text)} is not allowed; expected one of ${AllowedValues.join(', ')}.`;
  }
  return AllowedPattern && !new RegExp(`^(?:${AllowedPattern})$`).test(text)
    ? `${JSON.stringify(text)} is not allowed; it ${ConstraintDescription ?? `must match ${AllowedPattern}`}.`
    : undefined;
}

/** The largest template, in bytes, that CloudFormation takes in a request. Larger ones have to be in S3. */
const largestInline = 51_200;

/** Whether a template fits into a request. */
export const isInline = (template: Template): boolean =>
  Buffer.byteLength(template.text) <= largestInline;

/** The most bytes of environment variables that Lambda takes, measured as JSON text. */
export const largestEnvironment = 4096;

/** What a stack is made of. */
export interface Content {
  readonly holds: Holds;
  /** What its tags are made of. */
  readonly identity: Identity;
  readonly template: Template;
  /** The regions of the partition `aws` in which it has something to watch; `null` for all. */
  readonly regions: readonly string[] | null;
  /** The rule with its code; absent for a base stack, which has none. */
  readonly artifact?: Artifact;
  /** The names of accounts and networks and the suppressions of the rule; absent where the stack keeps what it has. */
  readonly names?: NamesFile;
}

/** A file with names of accounts and networks, and with suppressions. Both texts are empty where there are none. */
export interface NamesFile {
  readonly sha256: string;
  readonly text: string;
}

/** What the stack of a rule is made of. */
export const ruleContent = (
  artifact: Artifact,
  template: Template,
  names?: NamesFile,
): Content => ({
  holds: { rule: typedName(artifact) },
  identity: identityOf(artifact),
  template,
  regions: artifact.rule.regions,
  artifact,
  ...(names && { names }),
});

/** What a rule's names and tags are made of. */
export const identityOf = ({ assembly, rule }: Artifact): Identity => ({
  packageName: assembly.manifest.package.name,
  shortName: assembly.shortName,
  version: assembly.manifest.package.version,
  rule: rule.name,
  template: rule.template.sha256,
});

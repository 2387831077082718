import { allowed, type ParameterSpec } from '../parameter.ts';
import { allParameters, type AnyRule } from '../rule.ts';
import { given } from './intrinsics.ts';
import { merge, type Part } from './merge.ts';

/** The parameters that say where the code lies. The deployer gives them. */
export const codeParameters: Required<Pick<Part, 'Parameters'>>['Parameters'] = {
  CodeS3Bucket: { Type: 'String', Description: 'The bucket that holds the zip of the code.' },
  CodeS3Key: {
    Type: 'String',
    Description:
      'The key of the zip. It holds a hash of the content: a changed zip needs a changed key.',
  },
  CodeS3ObjectVersion: {
    Type: 'String',
    Default: '',
    Description:
      'The version of the zip in the bucket, so that no other object can take its place; the newest when empty.',
  },
};

/** Retention periods that CloudWatch Logs takes, in days. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

/** The template's own parameters and those of the rule. */
export const parameters = (rule: AnyRule): Part =>
  merge(
    {
      Parameters: {
        ...codeParameters,
        LogRetentionInDays: {
          Type: 'Number',
          Default: 90,
          AllowedValues: retentionDays,
          Description: 'How long the log of the function is kept, in days.',
        },
      },
      Conditions: { IsGivenCodeVersion: given('CodeS3ObjectVersion') },
    },
    {
      Parameters: Object.fromEntries(
        Object.entries(allParameters(rule)).map(([name, spec]) => [name, parameter(spec)]),
      ),
    },
  );

/** CloudFormation's limit for a description is 4,000 characters. */
const parameter = (spec: ParameterSpec): Readonly<Record<string, unknown>> => ({
  Type: spec.kind === 'number' ? 'Number' : 'String',
  Description: [spec.description, ...allowed(spec)].join(' ').slice(0, 4000),
  ...(spec.default === undefined ? {} : { Default: spec.default }),
  ...(spec.kind === 'choice' ? { AllowedValues: spec.among } : {}),
  ...(spec.minimum === undefined ? {} : { MinValue: spec.minimum }),
  ...(spec.maximum === undefined ? {} : { MaxValue: spec.maximum }),
  ...(spec.default === undefined && spec.kind !== 'number' && spec.kind !== 'choice'
    ? { MinLength: 1 }
    : {}),
});

import { stackNames } from '../contracts/stack-names.ts';
import { namesVariable } from '../environment.ts';
import { given, ref, sub, when } from './intrinsics.ts';
import type { Part } from './merge.ts';

const { names: parameter } = stackNames.parameters;
const { names: layer } = stackNames.resources;

/**
 * The names of accounts and networks, and the suppressions of the rule, which are too many for an environment: a file in a layer. The function reads it when
 * there is something to say, and needs no permission for it.
 */
export const names: Part = {
  Parameters: {
    [parameter]: {
      Type: 'String',
      Default: '',
      AllowedPattern: '([0-9a-f]{64})?',
      ConstraintDescription: 'must be empty or the SHA-256 of a file',
      Description:
        'The SHA-256 of the file with the names of accounts and networks and the suppressions of the rule. It lies zipped in the bucket of the code. There is none when empty.',
    },
  },
  Conditions: { HasNames: given(parameter) },
  Resources: {
    [layer]: {
      Type: 'AWS::Lambda::LayerVersion',
      Condition: 'HasNames',
      Properties: {
        LayerName: sub('${AWS::StackName}-names'),
        Description: 'Names of accounts and networks, and what is suppressed.',
        Content: { S3Bucket: ref('CodeS3Bucket'), S3Key: sub(`patrol/names/\${${parameter}}.zip`) },
      },
    },
  },
};

/** What a function has of the names. */
export const withNames = {
  layers: when('HasNames', [ref(layer)], ref('AWS::NoValue')),
  environment: { [namesVariable]: when('HasNames', sub(`/opt/\${${parameter}}.json`), '') },
} as const;

import { type Call, defineCallRule, mitre, stratus } from '@patrol/core';
import { isByPerson } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { withNames } from '../../lib/words.ts';

export default defineCallRule({
  name: 'lambdaChanged',
  title: 'Lambda function changed by a person',
  description:
    'Alerts when a person, and no deployment, replaces the code, the layers, the role or the handler of a Lambda function, or sends the events of a source to another one. ' +
    'What roles and AWS services do is quiet. An IAM user counts as a person.',
  severity: 'medium',
  runbook:
    'Ask the actor why it was not deployed. If nobody can say, compare the code with what was last deployed, deploy that again, and take what the role of the function can reach as read.',
  references: [
    mitre('T1648', 'Serverless Execution'),
    stratus('persistence.lambda-overwrite-code'),
    stratus('persistence.lambda-layer-extension'),
  ],
  parameters: {},
  calls: {
    'lambda.amazonaws.com': {
      'UpdateFunctionCode*': (call) => {
        const { request } = call;
        return !isByPerson(call) || request.flag('dryRun')
          ? undefined
          : {
              deed: `Code replaced of ${functionOf(call)}`,
              facts: known({
                bucket: request.text('s3Bucket'),
                key: request.text('s3Key'),
                image: request.text('imageUri'),
                sha256: call.response.text('codeSha256'),
              }),
              target: targetOf(call),
            };
      },
      'UpdateFunctionConfiguration*': (call) => {
        const { request, account } = call;
        // The runtime wrapper and such are environment variables, whose values CloudTrail leaves out.
        const changed = ['layers', 'role', 'handler'].filter((name) => request.has(name));
        if (!isByPerson(call) || changed.length === 0) return undefined;
        const layers = request.texts('layers');
        const foreign = layers.filter((arn) => (arn.split(':')[4] ?? account) !== account);
        return {
          deed: `${changed.join(' and ')} of ${functionOf(call)} changed`.replace(/^./, (first) =>
            first.toUpperCase(),
          ),
          meaning:
            foreign.length > 0
              ? 'It runs code of another account now, in a layer.'
              : layers.length > 0
                ? 'The code in its layers runs whenever the function does.'
                : undefined,
          severity: foreign.length > 0 ? 'high' : 'medium',
          facts: known({
            layers,
            foreignLayers: foreign,
            role: request.text('role'),
            handler: request.text('handler'),
          }),
          target: targetOf(call),
        };
      },
      'UpdateEventSourceMapping*': (call) =>
        isByPerson(call) && call.request.has('functionName')
          ? {
              deed: `Event source sent to ${functionOf(call)}`,
              facts: known({
                mapping: call.request.text('uUID'),
                source: call.response.text('eventSourceArn'),
              }),
              target: targetOf(call),
            }
          : undefined,
    },
  },
});

const functionOf = ({ request }: Call): string =>
  withNames('Lambda function', request.text('functionName'));

const targetOf = ({ request, response }: Call): readonly [string, string | undefined] => [
  'AWS::Lambda::Function',
  response.text('functionArn') ?? request.text('functionName'),
];

import {
  type Call,
  type CallReader,
  defineCallRule,
  guardDuty,
  mitre,
  stratus,
} from '@patrol/core';
import { opened } from '../../lib/access/opened.ts';
import { permission } from '../../lib/access/permission.ts';
import { trust } from '../../lib/access/trust.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

type P = typeof trust;

export default defineCallRule({
  name: 'lambdaOpened',
  title: 'Lambda function opened to others',
  description:
    'Alerts when somebody lets everybody, another account or another organisation call a Lambda function or use a layer, or makes a URL of a function that asks for no credentials.',
  severity: 'high',
  runbook:
    'Ask the actor who is to call the function. If nobody can say, take the permission back with the command in the alert, and look in the metrics and logs of the function at who called it since.',
  references: [
    mitre('T1098', 'Account Manipulation'),
    mitre('T1648', 'Serverless Execution'),
    stratus('persistence.lambda-backdoor-function'),
    guardDuty('LambdaFunctionPublicAccess'),
    guardDuty('LambdaFunctionUrlPublicAccess'),
  ],
  parameters: trust,
  calls: {
    'lambda.amazonaws.com': {
      'AddPermission*': (call) => {
        const { request, region } = call;
        const name = request.text('functionName');
        const authType = request.text('functionUrlAuthType');
        return opened(
          permission({
            principals: request.texts('principal'),
            actions: request.texts('action'),
            organization: request.text('principalOrgID'),
            sourceArn: request.text('sourceArn'),
            sourceAccount: request.text('sourceAccount'),
          }),
          call,
          (who) => ({
            deed: `${withNames('Lambda function', name)} opened to ${who}`,
            ...(authType === undefined ? {} : { facts: { functionUrlAuthType: authType } }),
            target: ['AWS::Lambda::Function', name],
            undo: awsCommand('lambda remove-permission', {
              'function-name': name,
              'statement-id': request.text('statementId'),
              ...(request.has('qualifier') ? { qualifier: request.text('qualifier') } : {}),
              region,
            }),
          }),
        );
      },
      'AddLayerVersionPermission*': (call) => {
        const { request } = call;
        const layer = request.text('layerName');
        const organization = request.text('organizationId');
        return opened(
          permission({
            principals: request.texts('principal'),
            actions: request.texts('action'),
            organization,
          }),
          call,
          (who) => ({
            deed: `${withNames('Lambda layer', layer)} opened to ${who}`,
            severity: 'medium',
            target: ['AWS::Lambda::LayerVersion', layer],
            undo: awsCommand('lambda remove-layer-version-permission', {
              'layer-name': layer,
              'version-number': request.text('versionNumber'),
              'statement-id': request.text('statementId'),
              region: call.region,
            }),
          }),
        );
      },
      'CreateFunctionUrlConfig*': url('made'),
      'UpdateFunctionUrlConfig*': url('changed'),
    },
  },
});

/** The URL alone lets in nobody: it takes a permission as well. But the console makes both, and the permission may stand. */
function url(how: string): CallReader<P> {
  return ({ request, region }: Call<P>) => {
    const name = request.text('functionName');
    return request.text('authType') === 'NONE'
      ? {
          deed: `URL ${how} without authentication for ${withNames('Lambda function', name)}`,
          meaning: 'Where its policy lets everybody in, anybody on the internet can call it.',
          target: ['AWS::Lambda::Function', name],
          undo: awsCommand('lambda update-function-url-config', {
            'function-name': name,
            'auth-type': 'AWS_IAM',
            ...(request.has('qualifier') ? { qualifier: request.text('qualifier') } : {}),
            region,
          }),
        }
      : undefined;
  };
}

import type { Sender } from '../sender.ts';
import { stackNames } from '../contracts/stack-names.ts';
import { getAtt, ref, sub, when } from './intrinsics.ts';
import type { Part, Resource } from './merge.ts';
import { mayInvoke } from './permission.ts';

/**
 * GitHub takes a delivery for failed when it is not answered within ten seconds ("Best practices for using webhooks").
 * The endpoint answers before that, so that GitHub shows an answer and the alarm about failures rings. The function goes
 * on meanwhile. Slack waits three seconds and sends again with the same id.
 */
export const answerWithin = 9000;

/**
 * What the endpoint lets through in a second, and at once. GitHub takes some 80 changes a minute from an account ("Rate
 * limits for the REST API", secondary limits), so that real deliveries stay below, while a flood stays cheap and leaves
 * the other functions of the AWS account their concurrency.
 */
const throttling = { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 100 };

const { webhookSecret: parameter } = stackNames.parameters;

/** Whether the stack makes the secret of its webhook. */
const ownsSecret = 'OwnsWebhookSecret';

/** The secret that deliveries are signed with: the own one, or one that several webhooks share. */
export const webhookSecretArn = (id: string) =>
  when(ownsSecret, getAtt(`${id}Secret`, 'Id'), ref(parameter));

/**
 * The secret that deliveries are signed with. Whoever looks at the stack sees its ARN only. A sender with a secret of its
 * own signs with another one, until somebody stores that here.
 */
const webhookSecret = ({ name }: Sender): Resource => ({
  Type: 'AWS::SecretsManager::Secret',
  Condition: ownsSecret,
  // A new secret has to be given to the sender anyway: the old one is of no use to anybody.
  DeletionPolicy: 'Delete',
  UpdateReplacePolicy: 'Delete',
  Properties: {
    Description: sub(`Signs the deliveries of the ${name} webhook of \${AWS::StackName}.`),
    GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
  },
});

/**
 * The metric of what the function refused although it looks like the sender's. Anybody can send requests to the endpoint: what
 * does not even look like a delivery is nobody's concern.
 */
export const refusedDeliveries: { readonly Namespace: string; readonly MetricName: unknown } = {
  Namespace: 'Patrol',
  MetricName: sub('${AWS::StackName}-RefusedDeliveries'),
};

/** An endpoint that takes `POST /` and nothing else, and gives it to the function. */
export const endpoint = (id: string, sender: Sender): Part => ({
  Parameters: {
    [parameter]: {
      Type: 'String',
      Default: '',
      AllowedPattern: '|arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+',
      ConstraintDescription: 'must be the ARN of a secret in Secrets Manager',
      Description: `The ARN of an existing secret that ${sender.name} signs the deliveries with, instead of one of the stack. Several webhooks can share it.`,
    },
  },
  Conditions: { [ownsSecret]: { 'Fn::Equals': [ref(parameter), ''] } },
  Resources: {
    [id]: {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: {
        Name: sub('${AWS::StackName}'),
        Description: `Takes the deliveries of a ${sender.name} webhook.`,
        ProtocolType: 'HTTP',
        DisableExecuteApiEndpoint: false,
      },
    },
    [`${id}Integration`]: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: ref(id),
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: getAtt('Function', 'Arn'),
        PayloadFormatVersion: '2.0',
        TimeoutInMillis: answerWithin,
      },
    },
    [`${id}Route`]: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref(id),
        RouteKey: 'POST /',
        // The function checks the signature of every delivery.
        AuthorizationType: 'NONE',
        Target: sub(`integrations/\${${id}Integration}`),
      },
    },
    [`${id}Stage`]: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: {
        ApiId: ref(id),
        StageName: '$default',
        AutoDeploy: true,
        DefaultRouteSettings: throttling,
      },
    },
    [`${id}Permission`]: mayInvoke(
      'apigateway.amazonaws.com',
      sub(
        `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${id}}/*/POST/`,
      ),
    ),
    [`${id}Secret`]: webhookSecret(sender),
    [`${id}RefusedMetric`]: {
      Type: 'AWS::Logs::MetricFilter',
      Properties: {
        LogGroupName: ref('LogGroup'),
        FilterPattern: '{ ($.verdict = "refused") && ($.fromSender IS TRUE) }',
        MetricTransformations: [
          {
            MetricNamespace: refusedDeliveries.Namespace,
            MetricName: refusedDeliveries.MetricName,
            MetricValue: '1',
          },
        ],
      },
    },
  },
  Outputs: {
    [`${id}Url`]: {
      Description: `Where ${sender.name} has to send the deliveries of the webhook.`,
      Value: sub(`\${${id}.ApiEndpoint}/`),
    },
    [`${id}SecretArn`]: {
      Description: `The secret that ${sender.name} has to sign the deliveries with.`,
      Value: webhookSecretArn(id),
    },
  },
});

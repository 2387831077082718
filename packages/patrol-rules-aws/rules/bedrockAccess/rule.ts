import {
  type CallReader,
  defineCallRule,
  mitre,
  names,
  type SomeCalls,
  stratus,
} from '@patrol/core';
import { isServiceWork, unlessAutomated, unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { withNames } from '../../lib/words.ts';

const parameters = {
  apiKeyAddresses: names(
    'The addresses from which API keys of Bedrock may be used, such as `192.0.2.*`. By default they may be used from everywhere: applications call models often, and each call from elsewhere is an alert.',
    { default: '*' },
  ),
};

type P = typeof parameters;

export default defineCallRule({
  name: 'bedrockAccess',
  title: 'Bedrock models opened, bought or called',
  description:
    'Alerts when somebody asks for access to models of Bedrock, buys throughput for them, or calls them with an API key from an address that `apiKeyAddresses` does not have. ' +
    'Who takes over an account to use its models at its cost does these.',
  severity: 'high',
  runbook:
    'Ask the actor which application needs the model. If nobody can say, treat the credentials that were used as stolen, delete the API keys of Bedrock that nobody knows, and look at the costs of Bedrock in all regions.',
  references: [
    mitre('T1496.004', 'Resource Hijacking: Cloud Service Hijacking'),
    stratus('impact.bedrock-invoke-model'),
  ],
  parameters,
  calls: {
    'bedrock.amazonaws.com': {
      // The console calls it: there is no such API.
      PutFoundationModelEntitlement: opened('Access to a Bedrock model asked for:'),
      PutUseCaseForModelAccess: opened('Use case for Bedrock models sent in'),
      CreateFoundationModelAgreement: opened('Agreement for a Bedrock model made:'),
      CreateProvisionedModelThroughput: (call) => ({
        severity: unlessAutomated(call, 'high'),
        deed: withNames('Throughput bought for Bedrock model', call.request.text('modelId')),
        meaning: 'It costs by the hour, whether it is used or not.',
        facts: known({
          units: call.request.number('modelUnits'),
          commitment: call.request.text('commitmentDuration'),
          name: call.request.text('provisionedModelName'),
        }),
        target: ['AWS::Bedrock::Model', call.request.text('modelId')],
      }),
      Converse: byApiKey(),
      ConverseStream: byApiKey(),
      InvokeModel: byApiKey(),
      InvokeModelWithResponseStream: byApiKey(),
    },
  },
});

function opened(deed: string): CallReader<P> {
  return (call) =>
    isServiceWork(call)
      ? undefined
      : {
          // A session of the console or of a role: models are opened once, and seldom by a deployment.
          severity: unlessByService(call, 'high'),
          deed: withNames(deed, call.request.text('modelId')),
          target: ['AWS::Bedrock::Model', call.request.text('modelId')],
        };
}

/** Nothing but this field tells a call with an API key (BeyondTrust, "AWS Bedrock API Keys", May 2026). */
function byApiKey(): SomeCalls<P> {
  return {
    where: { additionalEventData: { callWithBearerToken: [true] } },
    read({ request, actor, record, parameters }) {
      const address = record.sourceIPAddress ?? 'an unknown address';
      return parameters.apiKeyAddresses.find(address) === undefined
        ? {
            severity: 'medium',
            deed: withNames('API key of Bedrock used for model', request.text('modelId')),
            meaning: `It came from ${address}, which is none of the known addresses.`,
            facts: { address },
            target: ['AWS::Bedrock::Model', request.text('modelId')],
            key: `${actor.principal ?? 'unknown'} from ${address}`,
          }
        : undefined;
    },
  };
}

import { type CallReader, defineCallRule, mitre } from '@patrol/core';
import { unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { withNames } from '../../lib/words.ts';

/** What the log of calls can have, each with the field that turns it off. */
const logged = ['text', 'image', 'embedding', 'video', 'audio'];

// Shapes are those of the API's model: no records were at hand.
export default defineCallRule({
  name: 'bedrockGuards',
  title: 'Log or guardrail of Bedrock removed',
  description:
    'Alerts when somebody turns off the log of model calls of Bedrock or a part of it, or deletes or changes a guardrail or the guardrails that are enforced for all calls.',
  severity: 'high',
  runbook:
    'Ask the actor why. If nobody can say, turn the log on again and put the guardrail back. Look in CloudTrail at who called models since.',
  references: [
    mitre('T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs'),
    mitre('T1562.001', 'Impair Defenses: Disable or Modify Tools'),
  ],
  parameters: {},
  calls: {
    'bedrock.amazonaws.com': {
      DeleteModelInvocationLoggingConfiguration: (call) => ({
        severity: unlessByService(call, 'high'),
        deed: 'Log of Bedrock model calls turned off',
        meaning: 'What models are asked and answer in this region is no longer kept.',
      }),
      PutModelInvocationLoggingConfiguration(call) {
        const config = call.request.at('loggingConfig');
        const off = logged.filter((kind) => config.flag(`${kind}DataDeliveryEnabled`) === false);
        return off.length === 0
          ? undefined
          : {
              // Most want the text; images and the rest take much room.
              severity: off.includes('text') ? unlessByService(call, 'high') : 'low',
              deed: `Log of Bedrock model calls without ${off.join(', ')}`,
              facts: known({
                bucket: config.text('s3Config.bucketName'),
                logGroup: config.text('cloudWatchConfig.logGroupName'),
              }),
            };
      },
      DeleteGuardrail: guardrail('deleted:', 'high'),
      UpdateGuardrail: guardrail('changed:', 'low'),
      DeleteEnforcedGuardrailConfiguration: (call) => ({
        severity: unlessByService(call, 'high'),
        deed: 'Enforced guardrail of Bedrock removed',
        meaning: 'Calls of models in this account no longer have to pass it.',
        facts: known({ configuration: call.request.text('configId') }),
      }),
      PutEnforcedGuardrailConfiguration: (call) => {
        const config = call.request.at('guardrailInferenceConfig');
        const excluded = config.texts('modelEnforcement.excludedModels');
        return {
          severity: excluded.length > 0 ? unlessByService(call, 'medium') : 'low',
          deed: `Enforced guardrail of Bedrock set${excluded.length > 0 ? ' with exceptions' : ''}`,
          facts: known({
            guardrail: config.text('guardrailIdentifier'),
            version: config.text('guardrailVersion'),
            excluded,
          }),
          target: ['AWS::Bedrock::Guardrail', config.text('guardrailIdentifier')],
        };
      },
    },
  },
});

function guardrail(how: string, severity: 'high' | 'low'): CallReader {
  return (call) => {
    const id = call.request.text('guardrailIdentifier');
    return {
      severity: unlessByService(call, severity),
      deed: withNames(`Guardrail of Bedrock ${how}`, id),
      facts: known({ version: call.request.text('guardrailVersion') }),
      target: ['AWS::Bedrock::Guardrail', id],
    };
  };
}

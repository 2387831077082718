/** {@link Wiring} on the AWS SDK. */
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { Lambda } from '@aws-sdk/client-lambda';
import { compact } from '../../text/records.ts';
import type { EventRule, Wiring } from '../wiring.ts';
import { connect } from './connection.ts';
import * as sdk from './sdk.ts';

/** Connects to EventBridge and Lambda. */
export const awsWiring: sdk.Connect<Wiring> = async (options, environment) => {
  const connection = await connect(options, environment);
  const events = sdk.withCloudErrors('events', new EventBridge(connection));
  const lambda = sdk.withCloudErrors('lambda', new Lambda(connection));
  return {
    eventRule: async (name) => {
      const found = await sdk.orNone(events.describeRule({ Name: name }), sdk.isMissing);
      if (!found) return undefined;
      // A rule has five targets at most, and a page has all of them.
      const { Targets = [] } = await events.listTargetsByRule({ Rule: name });
      return compact<EventRule>({
        arn: found.Arn ?? '',
        state: found.State ?? '',
        pattern: found.EventPattern || undefined,
        schedule: found.ScheduleExpression || undefined,
        targets: Targets.map(({ Arn = '' }) => Arn),
      });
    },
    matches: async (EventPattern, event) =>
      (await events.testEventPattern({ EventPattern, Event: JSON.stringify(event) })).Result ===
      true,
    functionPolicy: async (FunctionName) =>
      (await sdk.orNone(lambda.getPolicy({ FunctionName }), sdk.isMissing))?.Policy,
  };
};

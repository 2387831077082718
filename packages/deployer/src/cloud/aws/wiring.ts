/** {@link Wiring} on the AWS SDK. */
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { type FunctionConfiguration, Lambda } from '@aws-sdk/client-lambda';
import { stackPrefix } from '../../identity/naming.ts';
import { compact } from '../../text/records.ts';
import type { EventRule, FunctionSettings, FunctionState, ListedAlarm, Wiring } from '../wiring.ts';
import { connect } from './connection.ts';
import * as sdk from './sdk.ts';

/** What Lambda tells of a function, in a list too. Of an environment that cannot be decrypted it gives an error instead. */
const settingsOf = ({ Environment, Layers = [] }: FunctionConfiguration): FunctionSettings =>
  compact({
    environment: Environment?.Error ? undefined : (Environment?.Variables ?? {}),
    layers: Layers.map(({ Arn = '' }) => Arn),
  });

/** Connects to EventBridge, Lambda and CloudWatch. */
export const awsWiring: sdk.Connect<Wiring> = async (options, environment) => {
  const connection = await connect(options, environment);
  const events = sdk.withCloudErrors('events', new EventBridge(connection));
  const lambda = sdk.withCloudErrors('lambda', new Lambda(connection));
  const cloudwatch = sdk.withCloudErrors('cloudwatch', new CloudWatch(connection));
  const mapped = async <T>(entries: Promise<readonly (readonly [string | undefined, T])[]>) =>
    new Map((await entries).map(([name = '', value]) => [name, value] as const));
  return {
    functionState: async (FunctionName) => {
      const found = await sdk.orNone(lambda.getFunction({ FunctionName }), sdk.isMissing);
      if (!found?.Configuration) return undefined;
      const { State: state = '', StateReason } = found.Configuration;
      return compact<FunctionState>({
        ...settingsOf(found.Configuration),
        state,
        reason: StateReason || undefined,
        reserved: found.Concurrency?.ReservedConcurrentExecutions,
      });
    },
    listed: async () => {
      const [rules, functions, alarms] = await Promise.all([
        mapped(
          sdk.collected(
            sdk.pagesOf((NextToken) => events.listRules({ NamePrefix: stackPrefix, NextToken })),
            (page) => page.Rules?.map(({ Name, State = '' }) => [Name, State] as const),
          ),
        ),
        mapped(
          sdk.collected(lambda.paginateListFunctions({}), (page) =>
            page.Functions?.filter(({ FunctionName }) => FunctionName?.startsWith(stackPrefix)).map(
              (each) => [each.FunctionName, settingsOf(each)] as const,
            ),
          ),
        ),
        mapped(
          sdk.collected(
            cloudwatch.paginateDescribeAlarms({ AlarmNamePrefix: stackPrefix, MaxRecords: 100 }),
            (page) =>
              page.MetricAlarms?.map(
                ({ AlarmName: name = '', StateValue: state = '', StateReason, ActionsEnabled }) =>
                  [
                    name,
                    compact<ListedAlarm>({
                      name,
                      state,
                      reason: StateReason || undefined,
                      acts: ActionsEnabled !== false,
                    }),
                  ] as const,
              ),
          ),
        ),
      ]);
      return { rules, functions, alarms };
    },
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

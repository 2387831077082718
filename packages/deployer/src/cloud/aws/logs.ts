/** {@link Logs} on the AWS SDK. */
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { compact } from '../../text/records.ts';
import type { Logs } from '../logs.ts';
import { type Connect, withCloudErrors } from './sdk.ts';
import { connect } from './connection.ts';

/** Connects to CloudWatch Logs. */
export const awsLogs: Connect<Logs> = async (options, environment) => {
  const connection = await connect(options, environment);
  const client = withCloudErrors('logs', new CloudWatchLogs(connection));
  return {
    lines: async ({ group, from, pattern, page }) => {
      const { events = [], nextToken } = await client.filterLogEvents({
        logGroupName: group,
        startTime: from,
        filterPattern: pattern,
        nextToken: page,
      });
      const lines = events.map(({ eventId, timestamp, logStreamName, message }) => ({
        id: eventId ?? '',
        time: new Date(timestamp ?? 0),
        stream: logStreamName ?? '',
        text: message ?? '',
      }));
      return compact({ lines, next: nextToken || undefined });
    },
  };
};

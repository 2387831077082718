/** {@link Logs} on the AWS SDK. */
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Logs } from '../logs.ts';
import { connect } from './connection.ts';
import { cloudError } from './errors.ts';
import type { CloudOptions } from '../options.ts';

/**
 * Connects to CloudWatch Logs. Makes no call yet.
 *
 * @throws OperatorError when no region is set.
 */
export async function awsLogs(
  options: CloudOptions,
  environment: Record<string, string | undefined>,
): Promise<Logs> {
  const client = new CloudWatchLogsClient(await connect(options, environment));
  return {
    async lines({ group, from, pattern, page }) {
      try {
        const { events = [], nextToken } = await client.send(
          new FilterLogEventsCommand({
            logGroupName: group,
            startTime: from,
            ...(pattern === undefined ? {} : { filterPattern: pattern }),
            ...(page === undefined ? {} : { nextToken: page }),
          }),
        );
        const lines = events.map(({ eventId, timestamp, logStreamName, message }) => ({
          id: eventId ?? '',
          time: new Date(timestamp ?? 0),
          stream: logStreamName ?? '',
          text: message ?? '',
        }));
        return { lines, ...(nextToken ? { next: nextToken } : {}) };
      } catch (error) {
        throw cloudError('logs:FilterLogEvents', error);
      }
    },
  };
}

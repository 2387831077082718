/** {@link Functions} on the AWS SDK. */
import { Lambda } from '@aws-sdk/client-lambda';
import { compact } from '../../text/records.ts';
import type { Functions } from '../functions.ts';
import { type Connect, withCloudErrors } from './sdk.ts';
import { connect } from './connection.ts';

/** Lambda ends every run after 15 minutes. */
const longest = 905_000;

/** Connects to Lambda. */
export const awsFunctions: Connect<Functions> = async (options, environment) => {
  const connection = await connect(options, environment);
  const lambda = new Lambda({
    ...connection,
    // Whether a request whose answer was lost had run the function nobody knows.
    maxAttempts: 1,
    requestHandler: { ...connection.requestHandler, requestTimeout: longest },
  });
  const client = withCloudErrors('lambda', lambda);
  return {
    enqueue: async (FunctionName, event) => {
      const Payload = JSON.stringify(event);
      await client.invoke({ FunctionName, InvocationType: 'Event', Payload });
    },
    invoke: async (FunctionName, event) => {
      const Payload = JSON.stringify(event);
      const answer = await client.invoke({ FunctionName, LogType: 'Tail', Payload });
      return compact({
        payload: answer.Payload?.transformToString() ?? '',
        failure: answer.FunctionError || undefined,
        log: Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8'),
      });
    },
  };
};

/** {@link Functions} on the AWS SDK. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Functions } from '../functions.ts';
import { connect } from './connection.ts';
import { cloudError } from './errors.ts';
import type { CloudOptions } from '../options.ts';

/** Lambda ends every run after 15 minutes. */
const longest = 905_000;

/**
 * Connects to Lambda. Makes no call yet.
 *
 * @throws OperatorError when no region is set.
 */
export async function awsFunctions(
  options: CloudOptions,
  environment: Record<string, string | undefined>,
): Promise<Functions> {
  const connection = await connect(options, environment);
  const client = new LambdaClient({
    ...connection,
    // Whether a request whose answer was lost had run the function nobody knows.
    maxAttempts: 1,
    requestHandler: { ...connection.requestHandler, requestTimeout: longest },
  });
  return {
    async invoke(name, event) {
      try {
        const { Payload, FunctionError, LogResult } = await client.send(
          new InvokeCommand({
            FunctionName: name,
            LogType: 'Tail',
            Payload: JSON.stringify(event),
          }),
        );
        return {
          payload: Payload?.transformToString() ?? '',
          ...(FunctionError ? { failure: FunctionError } : {}),
          log: Buffer.from(LogResult ?? '', 'base64').toString('utf8'),
        };
      } catch (error) {
        throw cloudError('lambda:InvokeFunction', error);
      }
    },
  };
}

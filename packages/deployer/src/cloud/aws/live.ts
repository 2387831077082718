/** {@link Live} on the AWS SDK. */
import { text } from 'node:stream/consumers';
import { SNS } from '@aws-sdk/client-sns';
import { STS } from '@aws-sdk/client-sts';
import { compact, picked, type Texts } from '../../text/records.ts';
import type { Live, SnsAnswer, SnsRequest } from '../live.ts';
import { cloudError, type Connect, type Connection, type Environment } from './sdk.ts';
import { connect } from './connection.ts';
import { readSecret } from './secrets.ts';

/**
 * Finds the operator's credentials, through all that the SDK looks at.
 *
 * @throws OperatorError when no region is set; CloudError when there are no credentials.
 */
export const awsLive: Connect<Live> = async (options, environment) => {
  // A function waits for the answer, for as long as its own time limit.
  const connection = { ...(await connect(options, environment)), maxAttempts: 3 };
  return {
    environment: {
      ...(await credentials(connection)),
      ...endpoints(environment),
      AWS_REGION: connection.region,
      AWS_DEFAULT_REGION: connection.region,
    },
    readSecret: (arn) => readSecret(connection, arn),
    askSns: (request) => askSns(connection, request),
  };
};

/** A function reads no files of the operator: what they say is given to it. */
async function credentials(connection: Connection): Promise<Texts> {
  const client = new STS(connection);
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials();
    return compact<Live['environment']>({
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    });
  } catch (error) {
    throw cloudError('sts:GetCallerIdentity', error);
  } finally {
    client.destroy();
  }
}

const endpoints = (environment: Environment): Texts =>
  picked(
    environment,
    (name, value) => /^AWS_ENDPOINT_URL(_|$)/.test(name) && Boolean(value),
  ) as Texts;

/**
 * Sends a form of SNS's query protocol as the operator: it was signed for the sandbox, with credentials of nobody's. Some
 * command of the SDK carries it, so that endpoint, signature, proxy and retries are as for every other call.
 */
async function askSns(connection: Connection, { region, body }: SnsRequest): Promise<SnsAnswer> {
  const client = new SNS({ ...connection, region });
  let answer: SnsAnswer | undefined;
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: unknown; readonly headers: Record<string, string> };
      request.body = body;
      request.headers['content-length'] = String(Buffer.byteLength(body));
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'formOfTheFunction' },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { statusCode, body: stream } = result.response as {
        readonly statusCode: number;
        readonly body: AsyncIterable<Uint8Array>;
      };
      const said = await text(stream);
      answer = { status: statusCode, body: said };
      // The SDK reads it once more, to see whether to try again.
      Object.assign(result.response as object, { body: Buffer.from(said) });
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'answerAsItCame' },
  );
  try {
    await client.listTopics({});
  } catch (error) {
    // What SNS answers is for the function to make something of, errors too.
    if (answer === undefined) throw cloudError('sns', error);
  } finally {
    client.destroy();
  }
  return answer ?? { status: 500, body: '' };
}

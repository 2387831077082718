/** {@link Live} on the AWS SDK. */
import { text } from 'node:stream/consumers';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SNS } from '@aws-sdk/client-sns';
import { SSM } from '@aws-sdk/client-ssm';
import { STS } from '@aws-sdk/client-sts';
import { compact, picked, type Texts } from '../../text/records.ts';
import type { Live, LiveAnswer, LiveRequest, LiveService } from '../live.ts';
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
    ask: (request) => ask(connection, request),
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

/** A client of the SDK, as far as a request of a function is put into one of its calls. */
type Call = (args: never) => Promise<unknown>;
type Around = <C extends Call>(next: C) => C;
interface Carrier {
  readonly middlewareStack: {
    add(around: Around, options: { step: 'build'; priority: 'low' }): void;
    add(around: Around, options: { step: 'deserialize'; priority: 'low' }): void;
  };
  destroy(): void;
}

/** A request as the SDK has it before it signs it. */
interface Request {
  body: unknown;
  readonly headers: Record<string, string>;
}

/** A response as the SDK has it before it reads it. */
interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

const carried = <C extends Carrier>(
  client: C,
  call: (client: C) => Promise<unknown>,
): { readonly client: Carrier; readonly send: () => Promise<unknown> } => ({
  client,
  send: () => call(client),
});

/** Some command of each service. */
const carriers = {
  dynamodb: (to: Connection) => carried(new DynamoDB(to), (client) => client.listTables({})),
  secretsmanager: (to: Connection) =>
    carried(new SecretsManager(to), (client) => client.listSecrets({})),
  sns: (to: Connection) => carried(new SNS(to), (client) => client.listTopics({})),
  ssm: (to: Connection) => carried(new SSM(to), (client) => client.describeParameters({})),
} satisfies Record<LiveService, unknown>;

/**
 * Sends a request as the operator: it was signed for the sandbox, with credentials of nobody's. Some command of the SDK
 * carries it, so that endpoint, signature, proxy and retries are as for every other call.
 */
async function ask(
  connection: Connection,
  { service, region, body, headers }: LiveRequest,
): Promise<LiveAnswer> {
  const { client, send } = carriers[service]({ ...connection, region });
  let answer: LiveAnswer | undefined;
  client.middlewareStack.add(
    (next) =>
      ((args: never) => {
        const { request }: { readonly request: Request } = args;
        request.body = body;
        Object.assign(request.headers, headers, {
          'content-length': String(Buffer.byteLength(body)),
        });
        return next(args);
      }) as typeof next,
    { step: 'build', priority: 'low' },
  );
  client.middlewareStack.add(
    (next) =>
      (async (args: never) => {
        const result = (await next(args)) as { readonly response: Response };
        const { response } = result;
        const said = await text(response.body);
        const type = response.headers['content-type'] ?? '';
        answer = { status: response.statusCode, type, body: said };
        // The SDK reads it once more, to see whether to try again.
        Object.assign(response, { body: Buffer.from(said) });
        return result;
      }) as typeof next,
    { step: 'deserialize', priority: 'low' },
  );
  try {
    await send();
  } catch (error) {
    // What AWS answers is for the function to make something of, errors too.
    if (answer === undefined) throw cloudError(service, error);
  } finally {
    client.destroy();
  }
  return answer ?? { status: 500, type: '', body: '' };
}

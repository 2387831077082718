/** Roles in other accounts: their credentials are asked for once for all regions, and renewed before they expire. */
import { STS } from '@aws-sdk/client-sts';
import { CloudError } from '../cloud.ts';
import { cloudError, type Connection, type Credentials, renewBefore } from './sdk.ts';
import { OperatorError } from '../../text/errors.ts';
import type { Role } from '../options.ts';
import { partitionOf } from '../partitions.ts';

/** What CloudTrail in the other account shows the session as. */
const sessionName = 'patrol-deploy';

/** The ARN of a role, in the partition of a region. */
const roleArn = ({ account, name }: Role, region: string): string =>
  `arn:${partitionOf(region)}:iam::${account}:role/${name}`;

/** The credentials of a role. */
type Session = Required<Credentials>;

/** The roles that are assumed in this process. */
export class Roles {
  readonly #known = new Map<string, Promise<Session>>();

  /**
   * A connection with the credentials of a role. Asks for them when a call is made.
   *
   * @param connection with the credentials that may assume the role.
   */
  in(connection: Connection, role: Role): Connection {
    return { ...connection, credentials: () => this.#credentials(connection, role) };
  }

  /** Whoever asks waits for who asked before, and takes what that one got as long as it is good. */
  #credentials(connection: Connection, role: Role): Promise<Session> {
    const arn = roleArn(role, connection.region);
    const key = JSON.stringify([connection.profile, arn, role.externalId]);
    const before = this.#known.get(key);
    const ask = async (): Promise<Session> => {
      const known = await before?.catch(() => undefined);
      const isGood = known && known.expiration.getTime() - Date.now() > renewBefore;
      return isGood ? known : assume(connection, arn, role.externalId);
    };
    const asked = ask();
    this.#known.set(key, asked);
    return asked;
  }
}

async function assume(
  connection: Connection,
  arn: string,
  externalId: string | undefined,
): Promise<Session> {
  const client = new STS(connection);
  try {
    const { Credentials: given } = await client.assumeRole({
      RoleArn: arn,
      RoleSessionName: sessionName,
      ExternalId: externalId,
    });
    return {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
      expiration: given?.Expiration ?? new Date(0),
    };
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const failed = cloudError('sts:AssumeRole', error);
    const hint =
      failed.failure === 'denied'
        ? ` The trust policy of ${arn} must allow these credentials${externalId === undefined ? '. If it requires an external ID, add it to the file as externalId' : ' and the external ID of the file'}. Their own policy must allow sts:AssumeRole on the role.`
        : '';
    // Not the SDK's own error: nothing may take it for the answer to the call that needs the credentials.
    throw new CloudError(failed.failure, failed.call, `${failed.message}${hint}`, failed);
  } finally {
    client.destroy();
  }
}

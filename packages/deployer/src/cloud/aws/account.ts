/** {@link Account} on the AWS SDK. */
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudTrail, type Trail as SdkTrail } from '@aws-sdk/client-cloudtrail';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { ServiceQuotas } from '@aws-sdk/client-service-quotas';
import { STS } from '@aws-sdk/client-sts';
import { defaultSelectors } from '@patrol/core/trail';
import { isPatrols } from '../../identity/ownership.ts';
import { compact } from '../../text/records.ts';
import type { Account, Decision, Simulation, Trail } from '../account.ts';
import { CloudError } from '../cloud.ts';
import { callsOf, collected, isMissing, orNone } from './calls.ts';
import type { Connect, Connection } from './client.ts';
import { connect } from './connection.ts';
import { cloudError } from './errors.ts';
import { allStacks } from './stacks.ts';

/** Connects to AWS. */
export const awsAccount: Connect<Account> = async (options, environment) => {
  const connection = await connect(options, environment);
  return {
    caller: () =>
      callsOf('sts')('GetCallerIdentity', async () => {
        const client = new STS({ ...connection, maxAttempts: 3 });
        return (await client.getCallerIdentity()).Arn ?? '';
      }),
    role: (RoleName) =>
      callsOf('iam')('GetRole', async () => {
        const { Role } = await new IAM(connection).getRole({ RoleName });
        return Role?.Arn ?? '';
      }),
    simulate: (principal, simulation) =>
      callsOf('iam')('SimulatePrincipalPolicy', () => simulate(connection, principal, simulation)),
    trails: () => listTrails(connection),
    eventRules: () => callsOf('events')('ListRules', () => listRules(connection)),
    eventRuleQuota: () => eventRuleQuota(connection),
    stacks: () =>
      callsOf('cloudformation')('DescribeStacks', async () =>
        (await allStacks(new CloudFormation(connection))).filter(isPatrols),
      ),
  };
};

const simulate = (
  connection: Connection,
  principal: string,
  { actions, resources, context }: Simulation,
): Promise<readonly Decision[]> =>
  collected(
    new IAM(connection).paginateSimulatePrincipalPolicy({
      PolicySourceArn: principal,
      ActionNames: [...actions],
      ResourceArns: [...resources],
      ContextEntries: Object.entries(context).map(([ContextKeyName, value]) => ({
        ContextKeyName,
        ContextKeyType: 'string',
        ContextKeyValues: [value],
      })),
    }),
    ({ EvaluationResults = [] }) =>
      EvaluationResults.map((result) => ({
        action: result.EvalActionName ?? '',
        allowed: result.EvalDecision === 'allowed',
        byOrganization: result.OrganizationsDecisionDetail?.AllowedByOrganizations === false,
        depends: result.MissingContextValues ?? [],
      })),
  );

/** Those of other regions and of the organisation that record here are included. */
async function listTrails(connection: Connection): Promise<readonly Trail[]> {
  const client = new CloudTrail(connection);
  const { trailList = [] } = await callsOf('cloudtrail')('DescribeTrails', () =>
    client.describeTrails({}),
  );
  return Promise.all(trailList.map((trail) => lookAtTrail(connection, client, trail)));
}

async function lookAtTrail(
  connection: Connection,
  client: CloudTrail,
  { TrailARN: arn = '', HasCustomEventSelectors, ...others }: SdkTrail,
): Promise<Trail> {
  const { HomeRegion: region, IncludeGlobalServiceEvents } = others;
  // A trail of another region is asked for by its ARN ("GetTrailStatus").
  const status = await part('cloudtrail:GetTrailStatus', async () => {
    const found = await client.getTrailStatus({ Name: arn });
    const { IsLogging: isLogging = false, LatestDeliveryError: deliveryError = '' } = found;
    return { isLogging, deliveryError };
  });
  const selectors = await part('cloudtrail:GetEventSelectors', async () => {
    const home = region ? new CloudTrail({ ...connection, region }) : client;
    const found = await home.getEventSelectors({ TrailName: arn });
    return { basic: found.EventSelectors ?? [], advanced: found.AdvancedEventSelectors ?? [] };
  });
  // The members of an organisation may not read the selectors of its trail. The list says whether they are AWS's default.
  const areDefault = HasCustomEventSelectors === false && selectors instanceof CloudError;
  const listed = { HomeRegion: region, IncludeGlobalServiceEvents };
  return { arn, listed, status, selectors: areDefault ? defaultSelectors : selectors };
}

/** A part of what is known of a trail: what AWS refuses stands in its place. */
const part = <T>(name: string, run: () => Promise<T>): Promise<T | CloudError> =>
  run().catch((error: unknown) => cloudError(name, error));

/** The SDK has no pages for it. */
async function listRules(connection: Connection): ReturnType<Account['eventRules']> {
  const client = new EventBridge(connection);
  const rules: Awaited<ReturnType<Account['eventRules']>>[number][] = [];
  for (let NextToken: string | undefined; ;) {
    const page = await client.listRules({ NextToken });
    for (const { EventPattern: pattern } of page.Rules ?? []) rules.push(compact({ pattern }));
    NextToken = page.NextToken;
    if (!NextToken) return rules;
  }
}

/** "Number of rules" of EventBridge. */
const rulesQuota = { ServiceCode: 'events', QuotaCode: 'L-244521F2' };

async function eventRuleQuota(connection: Connection): Promise<number | undefined> {
  const asked = callsOf('servicequotas')('GetServiceQuota', () =>
    new ServiceQuotas(connection).getServiceQuota(rulesQuota),
  );
  // A quota that was never raised is not known to Service Quotas in every region.
  return (await orNone(asked, isMissing))?.Quota?.Value;
}

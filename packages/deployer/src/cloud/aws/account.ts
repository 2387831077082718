/** {@link Account} on the AWS SDK. */
import { CloudTrail, type Trail as SdkTrail } from '@aws-sdk/client-cloudtrail';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { ServiceQuotas } from '@aws-sdk/client-service-quotas';
import { defaultSelectors } from '@patrol/core/trail';
import { isPatrols } from '../../identity/ownership.ts';
import { compact } from '../../text/records.ts';
import type { Account, Decision, Simulation, Trail } from '../account.ts';
import { rulesQuota } from '../bus.ts';
import { CloudError, orRefusal } from '../cloud.ts';
import * as sdk from './sdk.ts';
import { callerIdentity, connect } from './connection.ts';
import { allStacks, cloudFormation } from './stacks.ts';

/** Connects to AWS. */
export const awsAccount: sdk.Connect<Account> = async (options, environment) => {
  const connection = await connect(options, environment);
  const iam = sdk.withCloudErrors('iam', new IAM(connection));
  return {
    caller: async () => (await callerIdentity(connection)).Arn ?? '',
    role: async (RoleName) => (await iam.getRole({ RoleName })).Role?.Arn ?? '',
    simulate: (principal, simulation) => simulate(iam, principal, simulation),
    trails: () => listTrails(connection),
    eventRules: () => listRules(connection),
    eventRuleQuota: () => eventRuleQuota(connection),
    stacks: async () => (await allStacks(cloudFormation(connection))).filter(isPatrols),
  };
};

const simulate = (iam: IAM, principal: string, { actions, resources, context }: Simulation) =>
  sdk.collected(
    iam.paginateSimulatePrincipalPolicy({
      PolicySourceArn: principal,
      ActionNames: [...actions],
      ResourceArns: [...resources],
      ContextEntries: Object.entries(context).map(([ContextKeyName, value]) => ({
        ContextKeyName,
        ContextKeyType: 'string',
        ContextKeyValues: [value],
      })),
    }),
    (page) =>
      page.EvaluationResults?.map((result): Decision => ({
        action: result.EvalActionName ?? '',
        allowed: result.EvalDecision === 'allowed',
        byOrganization: result.OrganizationsDecisionDetail?.AllowedByOrganizations === false,
        depends: result.MissingContextValues ?? [],
      })),
  );

/** Those of other regions and of the organisation that record here are included. */
async function listTrails(connection: sdk.Connection): Promise<readonly Trail[]> {
  const client = cloudTrail(connection);
  const { trailList = [] } = await client.describeTrails({});
  return Promise.all(trailList.map((trail) => lookAtTrail(connection, client, trail)));
}

const cloudTrail = (connection: sdk.Connection): CloudTrail =>
  sdk.withCloudErrors('cloudtrail', new CloudTrail(connection));

async function lookAtTrail(
  connection: sdk.Connection,
  client: CloudTrail,
  { TrailARN: arn = '', HasCustomEventSelectors, ...others }: SdkTrail,
): Promise<Trail> {
  const { HomeRegion: region, IncludeGlobalServiceEvents } = others;
  // A trail of another region is asked for by its ARN ("GetTrailStatus").
  const status = await part(client.getTrailStatus({ Name: arn }), (found) => {
    const { IsLogging: isLogging = false, LatestDeliveryError: deliveryError = '' } = found;
    return { isLogging, deliveryError };
  });
  const home = region ? cloudTrail({ ...connection, region }) : client;
  const selectors = await part(home.getEventSelectors({ TrailName: arn }), (found) => ({
    basic: found.EventSelectors ?? [],
    advanced: found.AdvancedEventSelectors ?? [],
  }));
  // The members of an organisation may not read the selectors of its trail. The list says whether they are AWS's default.
  const areDefault = HasCustomEventSelectors === false && selectors instanceof CloudError;
  const listed = { HomeRegion: region, IncludeGlobalServiceEvents };
  return { arn, listed, status, selectors: areDefault ? defaultSelectors : selectors };
}

/** A part of what is known of a trail: what AWS refuses stands in its place. */
const part = <T, P>(answer: Promise<T>, partOf: (answer: T) => P): Promise<P | CloudError> =>
  orRefusal(answer.then(partOf), (error) => error);

function listRules(connection: sdk.Connection): ReturnType<Account['eventRules']> {
  const client = sdk.withCloudErrors('events', new EventBridge(connection));
  return sdk.collected(
    sdk.pagesOf((NextToken) => client.listRules({ NextToken })),
    (page) => page.Rules?.map(({ EventPattern: pattern }) => compact({ pattern })),
  );
}

async function eventRuleQuota(connection: sdk.Connection): Promise<number | undefined> {
  const client = sdk.withCloudErrors('servicequotas', new ServiceQuotas(connection));
  // A quota that was never raised is not known to Service Quotas in every region.
  return (await sdk.orNone(client.getServiceQuota(rulesQuota), sdk.isMissing))?.Quota?.Value;
}

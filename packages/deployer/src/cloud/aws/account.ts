/** {@link Account} on the AWS SDK. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type Trail as SdkTrail,
} from '@aws-sdk/client-cloudtrail';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { GetRoleCommand, IAMClient, paginateSimulatePrincipalPolicy } from '@aws-sdk/client-iam';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { defaultSelectors } from '@patrol/core/trail';
import type { Account, Decision, Simulation, Trail } from '../account.ts';
import { CloudError } from '../cloud.ts';
import { isPatrols } from '../../identity/ownership.ts';
import type { Connection } from './client.ts';
import { connect } from './connection.ts';
import { cloudError } from './errors.ts';
import { allStacks } from './stacks.ts';
import type { CloudOptions } from '../options.ts';

/** Runs a call, and gives its errors the deployer's form. */
async function call<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw cloudError(name, error);
  }
}

/**
 * Connects to AWS. Makes no call yet.
 *
 * @throws OperatorError when no region is set.
 */
export async function awsAccount(
  options: CloudOptions,
  environment: Record<string, string | undefined>,
): Promise<Account> {
  const connection = await connect(options, environment);
  return {
    caller: () =>
      call('sts:GetCallerIdentity', async () => {
        const client = new STSClient({ ...connection, maxAttempts: 3 });
        return (await client.send(new GetCallerIdentityCommand({}))).Arn ?? '';
      }),
    role: (RoleName) =>
      call('iam:GetRole', async () => {
        const { Role } = await new IAMClient(connection).send(new GetRoleCommand({ RoleName }));
        return Role?.Arn ?? '';
      }),
    simulate: (principal, simulation) =>
      call('iam:SimulatePrincipalPolicy', () => simulate(connection, principal, simulation)),
    trails: () => listTrails(connection),
    eventRules: () => call('events:ListRules', () => listRules(connection)),
    eventRuleQuota: () => eventRuleQuota(connection),
    stacks: () =>
      call('cloudformation:DescribeStacks', async () =>
        (await allStacks(new CloudFormationClient(connection))).filter(isPatrols),
      ),
  };
}

async function simulate(
  connection: Connection,
  principal: string,
  { actions, resources, context }: Simulation,
): Promise<readonly Decision[]> {
  const decisions: Decision[] = [];
  const pages = paginateSimulatePrincipalPolicy(
    { client: new IAMClient(connection) },
    {
      PolicySourceArn: principal,
      ActionNames: [...actions],
      ResourceArns: [...resources],
      ContextEntries: Object.entries(context).map(([ContextKeyName, value]) => ({
        ContextKeyName,
        ContextKeyType: 'string' as const,
        ContextKeyValues: [value],
      })),
    },
  );
  for await (const page of pages) {
    for (const result of page.EvaluationResults ?? []) {
      decisions.push({
        action: result.EvalActionName ?? '',
        allowed: result.EvalDecision === 'allowed',
        byOrganization: result.OrganizationsDecisionDetail?.AllowedByOrganizations === false,
        depends: result.MissingContextValues ?? [],
      });
    }
  }
  return decisions;
}

/** Those of other regions and of the organisation that record here are included. */
async function listTrails(connection: Connection): Promise<readonly Trail[]> {
  const client = new CloudTrailClient(connection);
  const { trailList = [] } = await call('cloudtrail:DescribeTrails', () =>
    client.send(new DescribeTrailsCommand({})),
  );
  return Promise.all(trailList.map((trail) => lookAtTrail(connection, client, trail)));
}

async function lookAtTrail(
  connection: Connection,
  client: CloudTrailClient,
  { TrailARN: arn = '', HasCustomEventSelectors, ...others }: SdkTrail,
): Promise<Trail> {
  const { HomeRegion: region, IncludeGlobalServiceEvents } = others;
  // A trail of another region is asked for by its ARN ("GetTrailStatus").
  const status = await part('cloudtrail:GetTrailStatus', async () => {
    const found = await client.send(new GetTrailStatusCommand({ Name: arn }));
    const { IsLogging: isLogging = false, LatestDeliveryError: deliveryError = '' } = found;
    return { isLogging, deliveryError };
  });
  const selectors = await part('cloudtrail:GetEventSelectors', async () => {
    const home = region ? new CloudTrailClient({ ...connection, region }) : client;
    const found = await home.send(new GetEventSelectorsCommand({ TrailName: arn }));
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

async function listRules(connection: Connection): ReturnType<Account['eventRules']> {
  const client = new EventBridgeClient(connection);
  const rules: { pattern?: string }[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(new ListRulesCommand(token ? { NextToken: token } : {}));
    rules.push(
      ...(page.Rules ?? []).map(({ EventPattern }) =>
        EventPattern === undefined ? {} : { pattern: EventPattern },
      ),
    );
    token = page.NextToken;
  } while (token);
  return rules;
}

/** "Number of rules" of EventBridge. */
const rulesQuota = { ServiceCode: 'events', QuotaCode: 'L-244521F2' };

async function eventRuleQuota(connection: Connection): Promise<number | undefined> {
  try {
    const client = new ServiceQuotasClient(connection);
    return (await client.send(new GetServiceQuotaCommand(rulesQuota))).Quota?.Value;
  } catch (error) {
    const failed = cloudError('servicequotas:GetServiceQuota', error);
    // A quota that was never raised is not known to Service Quotas in every region.
    if (failed.failure === 'missing') return undefined;
    throw failed;
  }
}

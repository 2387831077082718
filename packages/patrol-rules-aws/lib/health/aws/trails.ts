/** What the trails of CloudTrail record. */
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import { defaultSelectors } from '@patrol/core/trail';
import type { SeenTrail } from '../seen.ts';
import { ask, connection } from './ask.ts';

/** The trails that record in this region, including those of other regions and of the organization. */
export async function lookAtTrails(): Promise<readonly SeenTrail[]> {
  const client = new CloudTrailClient(connection);
  const { trailList = [] } = await client.send(new DescribeTrailsCommand({}));
  return Promise.all(trailList.map((trail) => lookAtTrail(client, trail)));
}

async function lookAtTrail(
  client: CloudTrailClient,
  { TrailARN: arn = '', HasCustomEventSelectors, ...others }: Trail,
): Promise<SeenTrail> {
  const { HomeRegion: region, IncludeGlobalServiceEvents } = others;
  // For a trail of another region, the call needs the ARN ("GetTrailStatus").
  const status = await ask('cloudtrail:GetTrailStatus', arn, async () => {
    const found = await client.send(new GetTrailStatusCommand({ Name: arn }));
    const { IsLogging: isLogging = false, LatestDeliveryError: deliveryError = '' } = found;
    return { isLogging, deliveryError };
  });
  const selectors = await ask('cloudtrail:GetEventSelectors', arn, async () => {
    const home = region ? new CloudTrailClient({ ...connection, region }) : client;
    const found = await home.send(new GetEventSelectorsCommand({ TrailName: arn }));
    return { basic: found.EventSelectors ?? [], advanced: found.AdvancedEventSelectors ?? [] };
  });
  // The accounts of an organization may not read the selectors of its trail. The list of trails says whether they are AWS's
  // default.
  const areDefault = HasCustomEventSelectors === false && !('value' in selectors);
  return {
    arn,
    listed: { HomeRegion: region, IncludeGlobalServiceEvents },
    status,
    selectors: areDefault ? { value: defaultSelectors } : selectors,
  };
}

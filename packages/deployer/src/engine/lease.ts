/** Who takes the lease of a fleet, and where it lies. */
import { CloudError } from '../cloud/cloud.ts';
import type { CloudOptions } from '../cloud/options.ts';
import type { LeaseHolder } from '../notes/parts.ts';
import type { Tell } from '../notes/tell.ts';
import { Lease } from '../stage/lease.ts';
import type { FleetState, Outside } from './look.ts';

/** By what others find the run that holds a lease. */
export type KnownAs = Pick<LeaseHolder, 'host' | 'pid' | 'job'>;

/** Who takes a lease. */
export interface Taker {
  readonly credentials: CloudOptions;
  readonly holder: KnownAs;
}

/**
 * The lease of a fleet. It lies in the first account of the file, and of an organisation in the account that manages it:
 * whoever else changes the fleet has to look in the same place.
 */
export async function leaseOf(
  { wanted, clouds }: FleetState,
  taker: Taker,
  outside: Outside,
  tell: Tell,
): Promise<Lease> {
  const { fleet, environment, home: place } = wanted;
  const { sleep, signal, now } = outside;
  const cloud = await clouds.at(place);
  const who = (): Promise<LeaseHolder> => holderIn(place.region, taker, outside);
  return new Lease({ cloud, place, tell, sleep, signal, now, who }, { fleet, environment });
}

/** Who runs this, and where. */
async function holderIn(
  region: string,
  { credentials, holder }: Taker,
  { account: accountOf, now, unique }: Outside,
): Promise<LeaseHolder> {
  const account = await accountOf({ ...credentials, region });
  const caller = await account.caller().catch((error: unknown) => {
    // The lease holds without a name as well.
    if (error instanceof CloudError) return undefined;
    throw error;
  });
  return {
    run: unique(),
    ...(caller === undefined ? {} : { caller }),
    ...holder,
    since: new Date(now()).toISOString(),
  };
}

/** The way to each account and region of a fleet. */
import type { Cloud, Place } from '../cloud/cloud.ts';
import type { Connections } from '../cloud/connections.ts';
import type { CloudOptions, Role } from '../cloud/options.ts';
import { keyOf } from '../identity/naming.ts';
import { compact } from '../text/records.ts';
import type { FleetWanted } from '../want/fleet.ts';

/** The clouds of a fleet, each made once. */
export interface Clouds {
  /** The cloud of an account in a region. */
  at(place: Pick<Place, 'account' | 'region'>): Promise<Cloud>;
  /** With which credentials the account is reached. */
  optionsAt(place: Pick<Place, 'account' | 'region'>): CloudOptions;
}

/** @param options the profile that the credentials are of. */
export function cloudsOf(
  world: Pick<Connections, 'cloud'>,
  options: CloudOptions,
  { places }: Pick<FleetWanted, 'places'>,
): Clouds {
  const roles = new Map(
    places.flatMap(({ place: { account }, role: name, externalId }) =>
      name === undefined ? [] : [[account, compact<Role>({ account, name, externalId })]],
    ),
  );
  const known = new Map<string, Promise<Cloud>>();
  const optionsAt: Clouds['optionsAt'] = ({ account, region }) =>
    compact({ ...options, region, role: roles.get(account) });
  return {
    at: (place) => {
      const cloud = known.get(keyOf(place)) ?? world.cloud(optionsAt(place));
      known.set(keyOf(place), cloud);
      return cloud;
    },
    optionsAt,
  };
}

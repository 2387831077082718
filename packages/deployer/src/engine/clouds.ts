/** The way to each account and region of a fleet. */
import type { Cloud, Place } from '../cloud/cloud.ts';
import type { Connections } from '../cloud/connections.ts';
import type { FleetWanted } from '../want/fleet.ts';
import type { CloudOptions, Role } from '../cloud/options.ts';

/** The clouds of a fleet, each made once. */
export class Clouds {
  readonly #world: Pick<Connections, 'cloud'>;
  readonly #options: CloudOptions;
  readonly #roles: ReadonlyMap<string, Role>;
  readonly #known = new Map<string, Promise<Cloud>>();

  /** @param options the profile that the credentials are of. */
  constructor(
    world: Pick<Connections, 'cloud'>,
    options: CloudOptions,
    { places }: Pick<FleetWanted, 'places'>,
  ) {
    this.#world = world;
    this.#options = options;
    this.#roles = new Map(
      places.flatMap(({ place: { account }, role: name, externalId }) =>
        name === undefined
          ? []
          : [[account, { account, name, ...(externalId === undefined ? {} : { externalId }) }]],
      ),
    );
  }

  /** The cloud of an account in a region. */
  at({ account, region }: Pick<Place, 'account' | 'region'>): Promise<Cloud> {
    const key = `${account}/${region}`;
    const known = this.#known.get(key) ?? this.#world.cloud(this.optionsAt({ account, region }));
    this.#known.set(key, known);
    return known;
  }

  /** With which credentials the account is reached. */
  optionsAt({ account, region }: Pick<Place, 'account' | 'region'>): CloudOptions {
    const role = this.#roles.get(account);
    return { ...this.#options, region, ...(role ? { role } : {}) };
  }
}

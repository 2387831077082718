/** Who takes the lease of a fleet, and where it lies. */
import { CloudError } from '../cloud/cloud.ts';
import type { CloudOptions } from '../cloud/options.ts';
import type { FleetState } from '../engine/look.ts';
import type { LeaseHolder } from '../notes/parts.ts';
import type { Tell } from '../notes/tell.ts';
import { Lease } from '../stage/lease.ts';
import type { World } from './world.ts';

/** How the operator comes to AWS. */
type Session = Pick<CloudOptions, 'profile'>;

/**
 * The lease of a fleet. It lies in the first account of the file, and of an organisation in the account that manages it:
 * whoever else changes the fleet has to look in the same place.
 */
export async function leaseOf(
  { wanted, clouds }: FleetState,
  session: Session,
  world: World,
  tell: Tell,
): Promise<Lease> {
  const { fleet, environment, home: place } = wanted;
  const { sleep, signal, now } = world;
  const cloud = await clouds.at(place);
  const who = (): Promise<LeaseHolder> => holderIn(place.region, session, world);
  return new Lease({ cloud, place, tell, sleep, signal, now, who }, { fleet, environment });
}

/** Who runs this command, and where. */
async function holderIn(region: string, { profile }: Session, world: World): Promise<LeaseHolder> {
  const { environment, machine, now, unique } = world;
  const account = await world.account({ region, ...(profile === undefined ? {} : { profile }) });
  const caller = await account.caller().catch((error: unknown) => {
    // The lease holds without a name as well.
    if (error instanceof CloudError) return undefined;
    throw error;
  });
  const job = jobOf(environment);
  return {
    run: unique(),
    ...(caller === undefined ? {} : { caller }),
    ...machine,
    ...(job === undefined ? {} : { job }),
    since: new Date(now()).toISOString(),
  };
}

/** The variables in which CI services put the address of a job: GitLab, Jenkins, Buildkite, CircleCI. */
const jobNames = ['CI_JOB_URL', 'BUILD_URL', 'BUILDKITE_BUILD_URL', 'CIRCLE_BUILD_URL'];

/** The address of the CI job that runs the command; `undefined` where there is none. */
function jobOf(environment: World['environment']): string | undefined {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = environment;
  const ofGitHub =
    GITHUB_SERVER_URL && GITHUB_REPOSITORY && GITHUB_RUN_ID
      ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
      : undefined;
  const address = ofGitHub ?? jobNames.map((name) => environment[name]).find(Boolean);
  return address !== undefined && URL.canParse(address) ? address : undefined;
}

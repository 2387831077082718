/** The CI job that runs a command. */
import type { World } from './world.ts';

/** The variables in which CI services put the address of a job: GitLab, Jenkins, Buildkite, CircleCI. */
const jobNames = ['CI_JOB_URL', 'BUILD_URL', 'BUILDKITE_BUILD_URL', 'CIRCLE_BUILD_URL'];

/** The address of the CI job that runs the command; nothing where there is none. */
export function jobOf(environment: World['environment']): { readonly job?: string } {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = environment;
  const ofGitHub =
    GITHUB_SERVER_URL && GITHUB_REPOSITORY && GITHUB_RUN_ID
      ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
      : undefined;
  const address = ofGitHub ?? jobNames.map((name) => environment[name]).find(Boolean);
  return address !== undefined && URL.canParse(address) ? { job: address } : {};
}

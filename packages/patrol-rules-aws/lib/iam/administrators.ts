/** Says how powerful a policy document is. Rules load this module as a chunk. */
import { grantsOn, isActionAmong, isAdministrator } from './grants.ts';
import { parsePolicy } from './policy.ts';

/** What a policy gives that its holder can use to get more. */
interface Powers {
  /** Whether it gives every action on every resource. */
  readonly isAdministrator: boolean;
  /** The actions of services that give permissions: `iam:*`, `organizations:AttachPolicy`. Actions that only read are left out. */
  readonly actions: readonly string[];
}

/** The services whose actions give permissions. */
const services = ['iam', 'organizations', 'sso'];

const reading = services.flatMap((service) =>
  ['Get', 'List', 'Describe', 'Search', 'Simulate', 'Generate'].map(
    (start) => `${service}:${start}*`,
  ),
);

/** Actions that change something, and give nobody more permissions or another's credentials. */
const harmless = [
  'iam:ChangePassword',
  'iam:*ServiceLinkedRole',
  'iam:*ServerCertificate',
  'iam:CreateVirtualMFADevice',
  'iam:EnableMFADevice',
  'iam:ResyncMFADevice',
];

/**
 * How much actions of restricted services matter: `low` where all of them only read, `medium` where they change something and
 * give nobody permissions, `high` for all others. `Get` counts as reading only where it returns no customer's data.
 */
export function weightOf(actions: readonly string[]): 'low' | 'medium' | 'high' {
  const reads = [...reading, '*:List*', '*:Describe*'];
  const areAll = (among: readonly string[]): boolean =>
    actions.every((action) => isActionAmong(action, among));
  return areAll(reads) ? 'low' : areAll([...reads, ...harmless]) ? 'medium' : 'high';
}

/** Reads what a policy document gives. @throws PolicyError for one that cannot be read. */
export function powersOf(document: unknown): Powers {
  const policy = parsePolicy(document);
  return {
    isAdministrator: isAdministrator(policy),
    actions: services
      .flatMap((service) => grantsOn(policy, service))
      .flatMap(({ actions }) => actions)
      .filter((action) => !isActionAmong(action, reading)),
  };
}

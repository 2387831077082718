/** Says how powerful a policy document is. Rules load this module as a chunk. */
import { administratorBut, type Grant, grantsOn, isActionAmong } from './grants.ts';
import { parsePolicy } from './policy.ts';

export { allActions } from './grants.ts';

/** What a policy gives that its holder can use to get more. */
interface Powers {
  /** What it leaves out where it makes an administrator. */
  readonly administratorBut: readonly string[] | undefined;
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

/** Whether all actions only read about users, roles and accounts. */
export const onlyReadsAccess = (actions: readonly string[]): boolean =>
  actions.every((action) => isActionAmong(action, reading));

/** Actions that return no customer's data. */
const reads = [...reading, '*:List*', '*:Describe*'];

/**
 * How much actions of restricted services matter: `low` where all of them only read, `medium` where they change something and
 * give nobody permissions, `high` for all others. `Get` counts as reading only where it returns no customer's data.
 */
export function weightOf(actions: readonly string[]): 'low' | 'medium' | 'high' {
  const areAll = (among: readonly string[]): boolean =>
    actions.every((action) => isActionAmong(action, among));
  return areAll(reads) ? 'low' : areAll([...reads, ...harmless]) ? 'medium' : 'high';
}

/**
 * How much grants matter that a deployment writes. Deployments give what they make roles of its own: what only reads says
 * nothing there, and `iam:PassRole` on named roles little. Who fills an instance profile has to be allowed to pass the role.
 */
export function weightInDeployment(grants: readonly Grant[]): 'low' | 'high' | undefined {
  const weight = weightOf(grants.flatMap(({ actions }) => actions));
  if (weight !== 'high') return weight === 'low' ? undefined : 'low';
  const isUsual = ({ actions, resources, exceptResources }: Grant): boolean => {
    const areNamed = exceptResources.length === 0 && resources.every((each) => named.test(each));
    const usual = [
      ...reads,
      ...harmless,
      'iam:*InstanceProfile',
      ...(areNamed ? ['iam:PassRole'] : []),
    ];
    return actions.every((action) => isActionAmong(action, usual));
  };
  return grants.every(isUsual) ? 'low' : 'high';
}

/** The ARN of a role, or of roles whose names begin in the same way. */
const named = /^arn:[^:*?]+:iam::[^:]*:role\/[\w+=,.@/-]{3,}\*?$/;

/** Reads what a policy document gives. @throws PolicyError for one that cannot be read. */
export function powersOf(document: unknown): Powers {
  const policy = parsePolicy(document);
  return {
    administratorBut: administratorBut(policy),
    actions: services
      .flatMap((service) => grantsOn(policy, service))
      .flatMap(({ actions }) => actions)
      .filter((action) => !isActionAmong(action, reading)),
  };
}

/** By what names parts of Patrol are known. */

/**
 * The name of a part of Patrol in a name, an ARN or a URL. Stacks are named `patrol-<package>-<rule>-<environment>`, and
 * those of a stack set have `StackSet-` before that. CloudFormation names a resource after its stack, with more behind, and
 * cuts the name where the kind of resource allows less.
 */
export const patrolName = (value: string): string | undefined =>
  /(?:^|[:/])((?:StackSet-)?patrol(?:-[A-Za-z0-9]+){3,})/.exec(value)?.[1];

/**
 * Whether such a name almost certainly belongs to Patrol: the package is one of Patrol, or the rule has a capital letter, as
 * names of several words do. `patrol-car-fleet-api` may belong to somebody else.
 */
export const isSurelyPatrol = (name: string): boolean =>
  /^(?:StackSet-)?patrol-(?:(?:aws|github|base)-|[A-Za-z0-9]+-[a-z]+[A-Z])/.test(name);

/** Whether a name is of what all rules of a fleet share: the base stack, one of its topics or queues, or its notifier. */
export const isShared = (name: string): boolean => /^(?:StackSet-)?patrol-base-/.test(name);

/** The ARN of the topic, from that ARN or from the ARN of a subscription, which has an id behind. */
export const topicOf = (arn: string): string => arn.split(':').slice(0, 6).join(':');

/**
 * The stack that a resource was named after. CloudFormation adds the logical id and a random text. A base stack names its
 * topics and queues itself, and every stack the log of its notifier.
 */
export const stackOf = (name: string): string =>
  name.replace(
    isShared(name)
      ? /-(?:alerts|alarms|machines|failures|undelivered|notifier|[A-Z]\w*-[A-Za-z0-9]{12,13})$/
      : /-(?:notifier|[a-z0-9]+-[a-z0-9]{12,13})$/i,
    '',
  );

/**
 * A command of patrol-deploy about a stack, as it is typed.
 *
 * @param command with a blank behind it; empty for a deployment.
 * @returns `undefined` for an instance of a stack set: only its stack set changes it.
 */
export function patrolDeploy(
  command: 'diagnose ' | 'delete ' | 'verify ' | '',
  { name, rule }: { readonly name: string; readonly rule: string },
  region: string | undefined,
): string | undefined {
  const [, short] = /^patrol-([A-Za-z0-9]+)-/.exec(name) ?? [];
  const start = `patrol-${short}-${rule}-`;
  if (short === undefined || !name.startsWith(start)) return undefined;
  const where = region === undefined ? '' : ` --region ${region}`;
  return `patrol-deploy ${command}${short}/${rule} --env ${name.slice(start.length)}${where}`;
}

/** `patrol-deploy doctor [rule…]`: whether deploying, and what is deployed, can work in an account and region. */
import { partitionOf } from '../cloud/partitions.ts';
import { examine } from '../doctor/examine.ts';
import { policy, type PolicyName, policyNames } from '../doctor/permissions.ts';
import { reference } from '../packages/reference.ts';
import { UsageError } from '../text/errors.ts';
import { checksText } from '../view/checks.ts';
import { objectOf } from '../view/machine.ts';
import { colorsFor } from '../view/report.ts';
import type { StackOptions } from './deployed.ts';
import type { World } from './world.ts';

/** What `patrol-deploy doctor` is told. */
export interface DoctorOptions extends StackOptions {
  readonly json?: boolean;
}

/** Checks everything, and says what is wrong. Exits with 1 when something is. */
export async function doctor(
  names: readonly string[],
  options: DoctorOptions,
  world: World,
): Promise<number> {
  const refers = names.map((name) => reference(name, options.environment, world));
  const [cloud, account] = await Promise.all([world.cloud(options), world.account(options)]);
  const checks = await examine(refers, cloud, account, options);
  const { stdout } = world.streams;
  const text = (): string => checksText(checks, colorsFor(stdout, world.environment));
  stdout.write(options.json ? objectOf({ type: 'doctor', checks }) : text());
  return checks.some(({ status }) => status === 'problem') ? 1 : 0;
}

/** `patrol-deploy doctor --policy`: prints one policy as IAM takes it, or all of them by their names. Makes no calls to AWS. */
export function printPolicy(
  name: string | true,
  region: string | undefined,
  { streams }: World,
): number {
  const scope = { partition: partitionOf(region ?? ''), region: region ?? '*', account: '*' };
  const document =
    name === true
      ? Object.fromEntries(policyNames.map((each) => [each, policy(each, scope)]))
      : policy(named(name), scope);
  streams.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  return 0;
}

function named(name: string): PolicyName {
  const found = policyNames.find((each) => each === name);
  if (found) return found;
  throw new UsageError(
    `--policy expects one of ${policyNames.join(', ')}, or no value for all; found ${JSON.stringify(name)}.`,
  );
}

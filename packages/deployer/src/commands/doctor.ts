/** `patrol-deploy doctor [rule…]`: whether deploying, and what is deployed, can work in an account and region. */
import { partitionOf } from '../cloud/partitions.ts';
import { examine } from '../doctor/examine.ts';
import { policy, type PolicyName, policyNames } from '../doctor/permissions.ts';
import type { Check } from '../notes/objects.ts';
import { reference } from '../packages/reference.ts';
import { UsageError } from '../text/errors.ts';
import { printable } from '../text/printable.ts';
import { counted } from '../text/words.ts';
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
  stdout.write(options.json ? objectOf({ type: 'doctor', checks }) : human(checks, world));
  return checks.some(({ status }) => status === 'problem') ? 1 : 0;
}

function human(checks: readonly Check[], { streams, environment }: World): string {
  const colors = colorsFor(streams.stdout, environment);
  const paints = { ok: colors.green, warning: colors.yellow, problem: colors.red };
  const width = Math.max(...checks.map(({ check }) => check.length));
  const indent = ' '.repeat('problem'.length + width + 4);
  const lines = checks.flatMap(({ check, status, says, todo }) => [
    `${paints[status](status.padEnd('problem'.length))}  ${check.padEnd(width)}  ${printable(says)}`,
    ...(todo === undefined ? [] : [`${indent}${printable(todo)}`]),
  ]);
  const count = (wanted: Check['status']): number =>
    checks.filter(({ status }) => status === wanted).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const sum =
    problems + warnings === 0
      ? 'Found no problems.'
      : `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}.`;
  return `${[...lines, '', sum].join('\n')}\n`;
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

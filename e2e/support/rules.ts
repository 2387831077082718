/** The built rules of this repository, as the file of a fleet has them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest } from '@patrol/core/contracts';
import type { putEvent } from './cloud.ts';
import { root } from './tools.ts';

/** Rules with their parameters. */
export type Rules = Record<string, { parameters: Record<string, string> }>;

type BusEvent = Parameters<typeof putEvent>[0];

/**
 * The samples of the rules of a package that the event bus runs, by the rules' names. The emulator knows no EventBridge rules
 * that also get read-only calls, and delivers nothing to them.
 */
export function samplesOf(name: string): ReadonlyMap<string, BusEvent> {
  const dist = join(root, `packages/patrol-rules-${name}/dist`);
  const { rules } = parseManifest(readFileSync(join(dist, 'rules.json'), 'utf8'), 'rules.json');
  return new Map(
    rules
      .filter(({ triggers }) =>
        triggers.some((trigger) => trigger.kind === 'event' && trigger.state === 'ENABLED'),
      )
      .map((rule) => [
        rule.name,
        JSON.parse(readFileSync(join(dist, rule.sample.path), 'utf8')) as BusEvent,
      ]),
  );
}

/** The rules that the original Patrol had: some of each kind, where the number of rules makes no difference. */
export const originals = [
  'aws/allowedIAMActions',
  'aws/assumeRole',
  'aws/cloudfrontModifyDelete',
  'aws/cloudTrail',
  'aws/disallowedResources',
  'aws/principalPolicySimulator',
  'aws/publicBucketACL',
  'aws/removeS3AccessLogging',
  'aws/removeS3ManagedEncryption',
  'aws/rootLogin',
  'aws/serviceLimits',
  'aws/patrolHealth',
  'github/madePublic',
  'github/mfaDisabled',
  'github/privateRepoFork',
];

/** Every rule of some packages, with examples where its parameters have no defaults. */
export const builtRules = (...packages: readonly string[]): Rules =>
  Object.fromEntries(
    packages.flatMap((name) => {
      const built = join(root, `packages/patrol-rules-${name}/dist/rules.json`);
      return parseManifest(readFileSync(built, 'utf8'), built).rules.map((rule) => {
        const parameters = Object.entries(rule.parameters).flatMap(([parameter, spec]) =>
          spec.default === undefined ? [[parameter, spec.example ?? '']] : [],
        );
        return [`${name}/${rule.name}`, { parameters: Object.fromEntries(parameters) }];
      });
    }),
  );

/** `patrol-deploy describe <rule>`: everything an operator needs to know before deploying. */
import { findArtifact, hasSameCore, typedName } from '../packages/assembly.ts';
import { description } from '../template/describe.ts';
import { readTemplate } from '../template/template.ts';
import { printable } from '../text/printable.ts';
import { descriptionText } from '../view/describe.ts';
import { objectOf } from '../view/machine.ts';
import type { World } from './world.ts';

/** Describes a rule: what its package says of it, and what its template will have CloudFormation make. */
export function describe(
  rule: string,
  { json }: { readonly json?: boolean },
  world: World,
): number {
  const artifact = findArtifact(rule, world);
  const described = description(artifact.rule, readTemplate(artifact), hasSameCore(artifact));
  const { package: packed, core } = artifact.assembly.manifest;
  const about = { name: typedName(artifact), package: packed, core };
  world.streams.stdout.write(
    json
      ? objectOf({ type: 'describe', ...described, ...about })
      : `${printable(descriptionText(artifact, described))}\n`,
  );
  return 0;
}

/** What a stack is made of: a rule, or what the rules of a fleet share. */
import type { Holds, Identity } from '../identity/naming.ts';
import { type Artifact, typedName } from '../packages/assembly.ts';
import type { Template } from './template.ts';

/** What a stack is made of. */
export interface Content {
  readonly holds: Holds;
  /** What its tags are made of. */
  readonly identity: Identity;
  readonly template: Template;
  /** The regions of the partition `aws` in which it has something to watch; `null` for all. */
  readonly regions: readonly string[] | null;
  /** The rule with its code; absent for a base stack, which has none. */
  readonly artifact?: Artifact;
}

/** What the stack of a rule is made of. */
export const ruleContent = (artifact: Artifact, template: Template): Content => ({
  holds: { rule: typedName(artifact) },
  identity: identityOf(artifact),
  template,
  regions: artifact.rule.regions,
  artifact,
});

/** What a rule's names and tags are made of. */
export const identityOf = ({ assembly, rule }: Artifact): Identity => ({
  packageName: assembly.manifest.package.name,
  shortName: assembly.shortName,
  version: assembly.manifest.package.version,
  rule: rule.name,
  template: rule.template.sha256,
});

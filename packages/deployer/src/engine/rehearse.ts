/** What a step would do to resources and permissions. Leaves nothing behind. */
import { stackNames } from '@patrol/core/contracts';
import type { Effects } from '../cloud/effects.ts';
import { secretArnToCome } from '../identity/naming.ts';
import { doingOf, type StackStep } from '../plan/step.ts';
import { tellChanges, tellCreation } from '../run/regions.ts';
import { discard, propose, settled, wantedOf } from '../stage/stacks.ts';
import { isInline } from '../template/template.ts';

/** Stands for the version that code will have once it is uploaded. */
const versionToCome = 'known-after-upload';

/**
 * Tells what a step would do.
 *
 * @returns whether CloudFormation finds nothing to change.
 */
export async function rehearse(effects: Effects, step: StackStep): Promise<boolean> {
  const doing = doingOf(step);
  if (doing === 'create' || doing === 'recreate') tellCreation(effects.tell, step);
  if (doing !== 'update') return false;
  const wanted = wantedOf(step);
  const { template } = wanted.content;
  if (!isInline(template)) {
    const message =
      'A dry run cannot show the changes of single resources here. The template is so large that it must be uploaded first, and a dry run uploads nothing.';
    effects.tell({ type: 'warning', message });
    tellChanges(effects.tell, step, undefined);
    return false;
  }
  const { codeVersion } = stackNames.parameters;
  const isNew = Object.hasOwn(template.parameters, codeVersion) && !wanted.parameters[codeVersion];
  const arns = step.inputs.map(({ parameter, name }): [string, string] => [
    parameter,
    secretArnToCome(step.target.place, name),
  ]);
  const parameters = {
    ...(isNew && { [codeVersion]: versionToCome }),
    ...settled(wanted.parameters, Object.fromEntries(arns)),
  };
  const changeSet = await propose(effects, { step, wanted, parameters }, { clears: false });
  if (!changeSet) return true;
  await discard(effects, step.target.name, changeSet.id);
  tellChanges(effects.tell, step, changeSet.changes);
  return false;
}

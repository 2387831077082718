/** What a plan does to resources and permissions, as far as that can be told without a change set, which somebody who only reads cannot make. */
import { explain, orRefusal } from '../cloud/cloud.ts';
import { patiently, type Waiting } from '../cloud/effects.ts';
import { inParallel } from '../cloud/parallel.ts';
import type { Note } from '../notes/tell.ts';
import { changesBetween, creationOf } from '../plan/changes.ts';
import { doingOf, stackSteps, type StackStep, textsOf, typedOf } from '../plan/step.ts';
import { disagreementsOf } from '../template/agreement.ts';
import { picked } from '../text/records.ts';
import type { FleetState } from './look.ts';

/** The templates that are read at once. */
const atOnce = 4;

/** What becomes of each stack. Of a stack that keeps its template there is nothing to tell beside its values. */
export async function previews(
  { plan, clouds }: Pick<FleetState, 'plan' | 'clouds'>,
  waiting: Waiting,
): Promise<readonly Note[]> {
  const all = await inParallel(stackSteps(plan), atOnce, async (step): Promise<readonly Note[]> => {
    const { wanted, current } = step;
    const doing = doingOf(step);
    if (!wanted) return [];
    const { content, tags } = wanted;
    if (doing === 'create' || doing === 'recreate') {
      return [changesFor(step, creationOf(content.template, textsOf(step)))];
    }
    const isSame = current?.tags['patrol:template'] === tags['patrol:template'];
    if (doing !== 'update' || !current || isSame) return [];
    const cloud = await clouds.at(step.target.place);
    const reading = patiently(waiting, () => cloud.template(current.id), ['throttled']);
    return orRefusal(
      reading.then((before): readonly Note[] => {
        const known = picked(textsOf(step), (_, text) => text !== undefined);
        const changes = changesBetween(before, content.template, known as Record<string, string>);
        return changes ? [changesFor(step, changes)] : [unread(step, 'it is no JSON.')];
      }),
      (error) => [unread(step, explain(error))],
    );
  });
  return all.flat();
}

const aboutOf = (step: StackStep) => {
  const { region, account } = step.target.place;
  return { stack: step.target.name, name: typedOf(step), region, account };
};

const changesFor = (step: StackStep, changes: ReturnType<typeof creationOf>): Note => ({
  type: 'changes',
  ...aboutOf(step),
  ...changes,
  ...(step.wanted && disagreementsOf(step.wanted.content)),
});

function unread(step: StackStep, why: string): Note {
  const { name: _, ...about } = aboutOf(step);
  const message = `What changes in its resources and permissions is not known. The deployed template cannot be read: ${why}`;
  return { type: 'warning', ...about, message };
}

/** Older versions of rules in a plan, which take the place of newer ones. Pure. */
import type { Downgrade } from '../notes/parts.ts';
import type { Reason } from './reasons.ts';
import { changing, isStack, type Plan, type Step } from './step.ts';

/** Every older version that a plan would deploy. */
export const downgradesIn = ({ steps }: Pick<Plan, 'steps'>): readonly Downgrade[] =>
  changing(steps).flatMap(({ cautions }) => cautions.downgrade ?? []);

/** The same plan in which these steps are refused. */
export const withoutDowngrades = <P extends Pick<Plan, 'steps'>>(plan: P): P => ({
  ...plan,
  steps: plan.steps.map(withoutDowngrade),
});

function withoutDowngrade(step: Step): Step {
  const { downgrade } = step.cautions;
  if (step.verdict !== 'change' || !downgrade) return step;
  const reasons: readonly Reason[] = [{ code: 'older', name: step.target.name, downgrade }];
  if (isStack(step)) return { ...step, verdict: 'refused', operations: [], reasons, needs: [] };
  const { withoutDeletions: _, ...rest } = step;
  return { ...rest, verdict: 'refused', operations: [], waits: false, reasons };
}

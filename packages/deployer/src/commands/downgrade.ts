/** Older versions in the plan of a fleet: asked about by themselves. */
import type { State } from '../engine/loop.ts';
import { downgradesIn, withoutDowngrades } from '../plan/downgrades.ts';
import { downgradesQuestion } from '../view/cautions.ts';
import { agreedDowngrade, type Consent } from './consent.ts';
import type { World } from './world.ts';

/**
 * The same with older versions only as far as that is agreed to. Where it is not, their steps are refused and everything else
 * can go on.
 */
export async function withAgreedVersions<S extends State>(
  state: S,
  consent: Consent & { readonly allowDowngrade?: boolean },
  world: World,
): Promise<S> {
  const downgrades = downgradesIn(state.plan);
  if (downgrades.length === 0) return state;
  const isAgreed = await agreedDowngrade(world, consent, downgradesQuestion(downgrades));
  return isAgreed === true ? state : { ...state, plan: withoutDowngrades(state.plan) };
}

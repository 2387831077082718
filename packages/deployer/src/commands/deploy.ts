/** `patrol-deploy <package>/<rule>`: brings the stack of a rule to where it is wanted. */
import type { RuleManifest } from '@patrol/core/contracts';
import type { CloudOptions } from '../cloud/options.ts';
import { driftOf } from '../cloud/states.ts';
import { rehearse } from '../engine/rehearse.ts';
import { type RuleAsked, type RuleDecider, ruleGoal, type RuleState } from '../engine/rule.ts';
import type { Result, Tell } from '../notes/tell.ts';
import { findArtifact } from '../packages/assembly.ts';
import { doingOf } from '../plan/step.ts';
import { tellSecret } from '../stage/secrets.ts';
import { OperatorError } from '../text/errors.ts';
import { downgradeQuestion, valueNotes } from '../view/cautions.ts';
import { concluded, dryRun, ruleQuestion, verbs } from '../view/deployment.ts';
import { tellStep } from '../view/plan.ts';
import { because } from '../view/sentences/reasons.ts';
import { warningOf } from '../view/sentences/remarks.ts';
import type { SecretOption } from '../want/settings.ts';
import { answersTo, secretTexts } from './answers.ts';
import { tellUnregistered } from './webhooks.ts';
import { type Consent, effectsOf, operatorOf, orDryRun, type World } from './world.ts';

/** What `patrol-deploy <rule>` is told. */
export interface DeployOptions extends RuleAsked, Consent {
  readonly dryRun?: boolean;
  /** Whether an older version of the rule may take the place of a newer one. */
  readonly allowDowngrade?: boolean;
  /** Secret parameters whose value is not given by reference. */
  readonly secrets?: readonly SecretOption[];
  /** Resources that the rollback of a failed update may leave out. */
  readonly skipResources?: readonly string[];
}

/** Deploys a rule: a plan of one step. */
export async function deploy(
  name: string,
  options: DeployOptions,
  world: World,
  tell: Tell,
): Promise<Result> {
  const artifact = findArtifact(name, world, options);
  const decider = deciderOf(artifact.rule, options, world);
  const effects = { outside: world, tell, begin: world.holdInterrupts };
  const goal = await ruleGoal(name, artifact, options, decider, effects);
  const { environment, cloud } = goal;
  if (options.dryRun) {
    const state = await goal.look();
    const { step } = state;
    if (step.verdict === 'refused' || doingOf(step) === 'recover') {
      throw new OperatorError(because(step.reasons));
    }
    show(state, options, tell);
    return dryRun(step, await rehearse(effectsOf(world, cloud, tell), step));
  }
  return goal.keepingStored(async () => {
    const applied = await goal.apply((state) => show(state, options, tell));
    const result = concluded(applied, goal.stored);
    const about = { environment, run: { profile: options.profile } };
    await tellUnregistered(applied.outcomes, about, () => options, world, tell);
    return result;
  });
}

/** Who decides about a rule: the operator, in a terminal or with `--yes`. */
function deciderOf(rule: RuleManifest, options: DeployOptions, world: World): RuleDecider {
  const { yes, allowDowngrade, secrets = [], skipResources: skip = [] } = options;
  const operator = operatorOf(world, options);
  const { isThere, inPerson, agrees } = operator;
  return {
    secretNames: secrets.map(({ name }) => name),
    secrets: () => secretTexts(secrets, rule, world, isThere),
    ...(isThere ? { answer: (settings) => answersTo(settings, !yes, world) } : {}),
    hint: isThere ? '' : 'In a terminal, `patrol-deploy` asks for missing values.',
    mayAgree: (question) => {
      if (question.about === 'stack') {
        const what = `${verbs[question.doing]} ${question.step.target.name}`;
        operator.requireConsent(what, orDryRun);
      }
      return true;
    },
    agree: (question) => agrees(ruleQuestion(question)),
    // That is a question of its own, to which `--yes` is no answer.
    agreeOlder: async ({ target }, downgrade) =>
      allowDowngrade || inPerson?.(downgradeQuestion(target.name, downgrade)),
    recovering: () => ({
      skip,
      agree: agrees,
      ...(inPerson ? { agreeInPerson: inPerson } : {}),
    }),
  };
}

/** Shows what will be done. What is refused is said by the error that ends the run. */
function show({ step, place, renamed, unread }: RuleState, { profile }: CloudOptions, tell: Tell) {
  if (step.verdict === 'refused') return;
  for (const note of valueNotes(renamed, unread, step.target.name)) tell(note);
  tellStep(tell, step);
  for (const input of step.inputs) tell({ type: 'progress', message: tellSecret(input) });
  const drift = step.current && driftOf(step.current, place.region, profile);
  if (drift) tell({ ...warningOf(drift), drift: { detectedAt: drift.detectedAt } });
  tell({ type: 'shown' });
}

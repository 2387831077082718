/** `patrol-deploy info <rule>`: the stack of a rule, as it is in AWS. */
import { senderOf } from '@patrol/core/evaluation';
import { stackNames } from '@patrol/core/contracts';
import { type Cloud, explain, orRefusal, type Place, type Stack } from '../cloud/cloud.ts';
import { furtherTopicsOf, topicsOf, unheardOf } from '../destinations/confirmed.ts';
import { addressesOf, withDeleted } from '../destinations/emails.ts';
import type { OutputOf, Subscription } from '../notes/objects.ts';
import { patrolCommand } from '../text/command.ts';
import { planStack } from '../plan/stack.ts';
import { stackSteps, type StackStep } from '../plan/step.ts';
import { readTemplate, ruleContent } from '../template/template.ts';
import { because } from '../view/sentences/reasons.ts';
import { remarkWords } from '../view/sentences/remarks.ts';
import { printable } from '../text/printable.ts';
import type { Reference } from '../packages/reference.ts';
import { undecidedNote } from '../view/cautions.ts';
import { withDefaults } from '../engine/defaults.ts';
import { withReverts } from '../engine/drift.ts';
import { undecided } from '../want/kept.ts';
import { settle } from '../want/settings.ts';
import { conditionOf, driftOf } from '../cloud/states.ts';
import { informationText } from '../view/info.ts';
import { compactObjectOf, objectOf } from '../view/machine.ts';
import type { Ground } from '../destinations/values.ts';
import { webhookEvents } from '../view/trigger.ts';
import { deployed, type StackOptions } from './deployed.ts';
import { type PlacesOptions, wheresOf } from './places.ts';
import type { World } from './world.ts';

/** What `patrol-deploy info` is told. */
export interface InfoOptions extends PlacesOptions {
  readonly json?: boolean;
}

/** What `info` finds out. The secret of a webhook is never shown, only where it is stored. */
type Information = OutputOf<'info'>;

/** Shows the stack of a rule, in each account and region of a file. Exits with 1 when there is none. */
export async function info(
  name: string,
  { json = false, ...options }: InfoOptions,
  world: World,
): Promise<number> {
  const wheres = await wheresOf(name, options, world);
  const { stdout } = world.streams;
  for (const [index, where] of wheres.entries()) {
    const { found, frame } = await informationOf(where.name, where.options, world);
    const text = (): string =>
      `${index > 0 ? '\n' : ''}${printable(informationText(found, frame))}\n`;
    stdout.write(!json ? text() : wheres.length > 1 ? compactObjectOf(found) : objectOf(found));
  }
  return 0;
}

/** What there is to tell of one stack, and how it is shown. */
async function informationOf(name: string, options: StackOptions, world: World) {
  const { refer, cloud, place, stack, scope } = await deployed(name, options, world);
  const problems: string[] = [];
  const noting = <T>(asked: Promise<T>): Promise<T | null> =>
    orRefusal(asked, (error) => {
      problems.push(explain(error));
      return null;
    });
  const topics = topicsOf(stack);
  const subscriptionsTo = async (
    what: 'alerts' | 'alarms',
  ): Promise<readonly Subscription[] | null> => {
    const topic = topics[what];
    if (topic === undefined) return [];
    const listed = await noting(cloud.subscriptions(topic));
    return listed && withDeleted(listed, topic, addressesOf(stack, what));
  };
  const [alarms, subscriptions, alarmSubscriptions] = await Promise.all([
    noting(alarmsOf(cloud, stack)),
    subscriptionsTo('alerts'),
    subscriptionsTo('alarms'),
  ]);
  /** Also by what was changed outside CloudFormation. */
  const asItIs = async (step: StackStep): Promise<StackStep> => {
    const looking = { wiring: () => world.wiring(options), cloud: async () => cloud };
    const plan = await withReverts({ steps: [step], notes: [] }, looking, world);
    problems.push(...plan.notes.map(remarkWords));
    return stackSteps(plan)[0] ?? step;
  };
  problems.push(...(await unheardOf(cloud, furtherTopicsOf(stack))).map(remarkWords));
  const comparison = await compare(refer, options, place, stack, cloud, problems, asItIs);
  const { region, account } = place;
  const webhook = webhookOf(refer, stack);
  const seen = {
    stack: told(stack),
    ...(webhook ? { webhook } : {}),
    alarms,
    subscriptions,
    ...(topics.alarms === undefined ? {} : { alarmSubscriptions }),
    problems,
  };
  const about = { rule: refer.name, region, account };
  const found = { type: 'info', ...about, ...seen, ...comparison } as const;
  const { stdout } = world.streams;
  const drift = driftOf(stack, region, options.profile);
  const frame = { drift: drift && remarkWords(drift), scope, width: stdout.columns };
  return { found, frame };
}

/** A stack as it is told. */
function told(stack: Stack): Information['stack'] {
  const { created, updated, drifted, description: _, ...rest } = stack;
  return {
    ...rest,
    created: created.toISOString(),
    ...(updated === undefined ? {} : { updated: updated.toISOString() }),
    ...(drifted === undefined ? {} : { drifted: drifted.toISOString() }),
  };
}

function webhookOf({ artifact }: Reference, { outputs }: Stack): Information['webhook'] {
  const url = outputs[stackNames.outputs.webhookUrl];
  const secretArn = outputs[stackNames.outputs.webhookSecret];
  if (!url || !secretArn) return undefined;
  const { name: sender, ownSecret = false } = senderOf(artifact?.rule.triggers ?? []);
  return {
    url,
    secretArn,
    sender,
    ownSecret,
    events: artifact ? webhookEvents(artifact.rule) : [],
  };
}

async function alarmsOf(cloud: Cloud, { id }: Stack): Promise<NonNullable<Information['alarms']>> {
  const resources = new Map(
    (await cloud.resources(id)).flatMap(({ type, physicalId, resource }) =>
      type === 'AWS::CloudWatch::Alarm' && physicalId ? [[physicalId, resource]] : [],
    ),
  );
  const alarms = resources.size === 0 ? [] : await cloud.alarms([...resources.keys()]);
  return alarms.map((alarm) => ({ ...alarm, resource: resources.get(alarm.name) ?? alarm.name }));
}

/** Whether deploying again would change anything, and what. */
type Comparison = Pick<
  Information,
  'upToDate' | 'comparison' | 'differences' | 'ownValues' | 'downgrade' | 'lostValues'
>;

/** Compares a stack with what is installed here. */
async function compare(
  { stack, artifact, missing, base }: Reference,
  { environment, profile }: StackOptions,
  place: Place,
  found: Stack,
  cloud: Cloud,
  problems: string[],
  asItIs: (step: StackStep) => Promise<StackStep>,
): Promise<Comparison> {
  const about = { stack, place, environment };
  if (base !== undefined) {
    const { baseContent } = await import('../destinations/base.ts');
    // Only the fleet's file says which values it should have, so those of the stack are taken.
    const wanted = { ...about, content: baseContent(base), run: { profile }, values: {} };
    return compared(
      await asItIs(planStack(wanted, found)),
      `with the template of this patrol-deploy. \`${patrolCommand(['plan'], { profile })}\` compares it with the file of its fleet`,
    );
  }
  if (!artifact) return { upToDate: null, comparison: `unknown: ${missing ?? ''}` };
  if (conditionOf(found) !== 'ready') {
    return { upToDate: false, comparison: `no: the stack is in state ${found.status}` };
  }
  const template = readTemplate(artifact);
  const start: Ground = { rule: artifact.rule, template, stack, place, current: found };
  const { ground, unread } = await orRefusal(withDefaults(cloud, start, {}), (error) => ({
    ground: start,
    unread: { why: explain(error), values: undecided(start, {}) },
  }));
  if (unread) problems.push(undecidedNote(unread.why, unread.values).message);
  const { values, questions } = settle(ground, { parameters: {} });
  if (questions.length > 0) {
    const names = questions.map((question) => question.name).join(', ');
    return { upToDate: false, comparison: `no: a deployment asks for new values: ${names}` };
  }
  const { defaults } = ground;
  const { name, version } = artifact.assembly.manifest.package;
  const content = ruleContent(artifact, template);
  const wanted = { ...about, content, values, ...(defaults ? { defaults } : {}) };
  const ownValues = undecided(ground, {});
  return {
    ...compared(await asItIs(planStack(wanted, found)), `with ${name} ${version}`),
    ...(ownValues.length > 0 ? { ownValues } : {}),
  };
}

const compared = ({ verdict, reasons, differences, cautions }: StackStep, as: string): Comparison =>
  verdict === 'keep'
    ? { upToDate: true, comparison: `yes, ${as}` }
    : {
        upToDate: false,
        comparison: `no: ${because(reasons)}`,
        ...(differences.length > 0 ? { differences } : {}),
        ...cautions,
      };

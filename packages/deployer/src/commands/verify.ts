/** `patrol-deploy verify`: each hop from an event to its alert, and which are silent. */
import { github } from '@patrol/core';
import { senderOf } from '@patrol/core/evaluation';
import { isObject } from '@patrol/core';
import { canaryField, stackNames } from '@patrol/core/contracts';
import { explain, orRefusal } from '../cloud/cloud.ts';
import { inParallel } from '../cloud/parallel.ts';
import { hopsFromFunction, hopsToFunction, type Subject, type Ways } from '../doctor/verify.ts';
import { foreignness } from '../identity/ownership.ts';
import * as hops from '../doctor/hops.ts';
import type { Hop, OutputOf } from '../notes/objects.ts';
import { noStack, type Reference, typedOfStack } from '../packages/reference.ts';
import { chooseEvent } from '../sandbox/choose.ts';
import { OperatorError, UsageError } from '../text/errors.ts';
import { printable } from '../text/printable.ts';
import { jsonIn } from '../text/records.ts';
import { patrolCommand } from '../text/command.ts';
import { checksText } from '../view/checks.ts';
import { colorsFor } from '../view/report.ts';
import { readEntry } from '../view/log.ts';
import { objectOf } from '../view/machine.ts';
import { lookedUp, type StackOptions } from './deployed.ts';
import { type PlacesOptions, wheresIn } from './places.ts';
import type { World } from './world.ts';

/** What `patrol-deploy verify` is told. */
export interface VerifyOptions extends PlacesOptions {
  /** Every rule of the environment in the account and region. */
  readonly all?: boolean;
  readonly json?: boolean;
}

type Verified = OutputOf<'verify'>['rules'][number];

/** A rule by what is typed for it, and where it is. */
interface Where {
  readonly name: string;
  readonly options: StackOptions;
}

/** So many rules are looked at at once. */
const atOnce = 8;

/** Follows the way of an alert for each rule. Exits with 1 when a hop is silent. */
export async function verify(
  names: readonly string[],
  options: VerifyOptions,
  world: World,
): Promise<number> {
  const wheres = await wheresOf(names, options, world);
  const behind = new Map<string, ReturnType<typeof hopsFromFunction>>();
  const rules = await inParallel(wheres, atOnce, (where) => verified(where, world, behind));
  const { stdout } = world.streams;
  stdout.write(options.json ? objectOf({ type: 'verify', rules }) : human(rules, world));
  return rules.every(({ ok }) => ok) ? 0 : 1;
}

/** The rules that are meant. */
async function wheresOf(
  names: readonly string[],
  typed: VerifyOptions,
  world: World,
): Promise<readonly Where[]> {
  const { all = false, file, json: _, ...options } = typed;
  const given = [names.length > 0, all, file !== undefined].filter(Boolean).length;
  if (given !== 1) {
    throw new UsageError(
      'verify expects one of three: names of rules, --all, or --file. --all takes every deployed rule of the environment, and --file the rules of a fleet.',
    );
  }
  if (file !== undefined) {
    const found = await wheresIn(file, options, world);
    return found.filter(({ refer }) => refer.base === undefined);
  }
  if (!all) return names.map((name) => ({ name, options }));
  const stacks = await (await world.account(options)).stacks();
  return stacks.flatMap(({ tags, outputs }) => {
    const isMeant = tags['patrol:environment'] === options.environment;
    return isMeant && outputs[stackNames.outputs.function]
      ? [{ name: typedOfStack({ tags }), options }]
      : [];
  });
}

async function verified(
  { name, options }: Where,
  world: World,
  behind: Map<string, ReturnType<typeof hopsFromFunction>>,
): Promise<Verified> {
  const { refer, cloud, place, stack, scope } = await lookedUp(name, options, world);
  const { region, account } = place;
  const told = (found: readonly Hop[]): Verified => {
    const ok = found.every(({ status }) => status !== 'problem');
    return { rule: refer.name, stack: refer.stack, region, account, ok, hops: found };
  };
  const deploy = `Deploy the rule: \`${patrolCommand(['deploy', refer.name], scope)}\`.`;
  const { silent } = hops.hopAt('stack', refer.stack);
  if (!stack) return told([silent(noStack(refer, place), deploy)]);
  const functionName = stack.outputs[stackNames.outputs.function];
  const foreign = foreignness(stack);
  if (foreign !== undefined || !functionName) {
    const says = `${stack.name}: ${foreign ?? `it is in state ${stack.status} and has no function`}`;
    return told([silent(says, deploy)]);
  }
  const subject: Subject = { name: refer.name, stack, place, functionName, scope };
  const at = async (there: string): Promise<Ways> => ({
    cloud: await world.cloud({ ...options, region: there }),
    wiring: await world.wiring({ ...options, region: there }),
  });
  const { wiring } = await at(region);
  const { event, unused } = await sampleOf(refer, world);
  const to = await hopsToFunction(subject, { cloud, wiring }, event);
  const topic = stack.outputs[stackNames.outputs.topic] ?? '';
  const from = behind.get(topic) ?? hopsFromFunction(subject, at);
  behind.set(topic, from);
  const ran = unused ?? (await canaryOf(subject, refer, options, world));
  return told([...to, ran, ...(await from)]);
}

/** Runs the function on the sample as a canary, which tells machines alone. */
async function canaryOf(
  { name, stack, functionName, scope }: Subject,
  { artifact }: Reference,
  options: StackOptions,
  world: World,
): Promise<Hop> {
  const { ok, unknown, silent } = hops.hopAt('function', functionName);
  const log = `\`${patrolCommand(['logs', name], scope)}\` shows its log.`;
  const key = stack.parameters[stackNames.parameters.codeKey] ?? '';
  if (!artifact || !key.includes(artifact.rule.code.sha256)) {
    return unknown(
      'the function was not run: its code is not that of the installed rule',
      // Code that does not know canaries would take the sample for an event, and tell people.
      `Deploy the rule: \`${hops.deployCommand(name, stack, scope)}\`.`,
    );
  }
  if (artifact.rule.triggers.some(({ kind }) => kind === 'webhook')) {
    const { name: sender } = senderOf(artifact.rule.triggers);
    const because = `the function was not run: ${sender} delivers to it`;
    const hook = patrolCommand(['hook', name], scope, ['--org', 'ORGANISATION']);
    return unknown(
      because,
      sender === github.name ? `\`${hook}\` pings it.` : `Send a test from ${sender}.`,
    );
  }
  const { cwd, streams } = world;
  const { event } = await chooseEvent({ artifact, cwd }, streams);
  const functions = await world.functions(options);
  const run = functions.invoke(functionName, { ...event, [canaryField]: true });
  const ran = await orRefusal(run, (error) =>
    error.failure === 'denied'
      ? unknown('the function was not run', explain(error))
      : silent(`the function could not be run: ${explain(error)}`, log),
  );
  if ('check' in ran) return ran;
  const failed = ran.log
    .split('\n')
    .map(readEntry)
    .find(({ level }) => level === 'ERROR');
  if (ran.failure !== undefined || failed) {
    return silent(`the function failed: ${failed?.text ?? readEntry(ran.payload).text}`, log);
  }
  const answer = jsonIn(ran.payload);
  const { alerts, found } = isObject(answer) ? answer : {};
  if (Number(alerts) > 0) return ok('the function ran, and sent a canary to the topic');
  if (Number(found) > 0) {
    return ok(
      'the function ran and found what it should; it sends a canary to machines alone, once a minute',
    );
  }
  return 'detail-type' in (event ?? {}) &&
    artifact.rule.triggers.some(({ kind }) => kind === 'event')
    ? unknown(
        'the function ran, and found nothing to tell in the sample, so it sent no canary',
        'The parameters of the stack decide what it tells. To see more, invoke it on an event of your own.',
      )
    : ok('the function ran without an error');
}

/** The rule's sample, where that is an event of EventBridge; or what is said of one that cannot be used. */
async function sampleOf({ artifact }: Reference, { cwd, streams }: World) {
  if (!artifact?.rule.triggers.some(({ kind }) => kind === 'event')) return {};
  try {
    const { event } = await chooseEvent({ artifact, cwd }, streams);
    return isObject(event) && 'detail-type' in event ? { event } : {};
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const { unknown } = hops.hopAt('pattern', artifact.rule.name);
    const says = "the deployed pattern was not tried with the rule's sample";
    return { unused: unknown(says, error.message) };
  }
}

function human(rules: readonly Verified[], { streams, environment }: World): string {
  const colors = colorsFor(streams.stdout, environment);
  return rules
    .map(({ rule, region, account, hops: found }) =>
      [
        colors.bold(printable(`${rule} in ${region} (account ${account})`)),
        checksText(found, colors, streams.stdout.columns),
      ].join('\n'),
    )
    .join('\n');
}

/** `patrol-deploy mute`, `mutes` and `unmute`: what a fleet, or a rule with an own topic, keeps from people for some hours. */
import { isObject } from '@patrol/core';
import { muteAlias, muteRefused, stackNames } from '@patrol/core/contracts';
import { refuseJoined } from '@patrol/core/evaluation';
import { CloudError, explain, type Place } from '../cloud/cloud.ts';
import { fleetTag, isBase } from '../identity/naming.ts';
import { isPatrols } from '../identity/ownership.ts';
import type { OutputOf } from '../notes/objects.ts';
import * as packages from '../packages/assembly.ts';
import { patrolCommand, type RunScope } from '../text/command.ts';
import { OperatorError, UsageError } from '../text/errors.ts';
import { printable } from '../text/printable.ts';
import { secondsIn } from '../text/span.ts';
import { compact, jsonIn } from '../text/records.ts';
import { enumerated } from '../text/words.ts';
import { objectOf } from '../view/machine.ts';
import { begunText, endedText, mutesText } from '../view/mutes.ts';
import type { StackOptions } from './deployed.ts';
import type { World } from './world.ts';

/** What each of the commands is told. */
export interface MutesOptions extends StackOptions {
  readonly fleet?: string;
  /** A rule with a notifier of its own. */
  readonly rule?: string;
  readonly json?: boolean;
}

/** What `patrol-deploy mute` is told. */
export interface MuteOptions extends Omit<MutesOptions, 'rule'> {
  readonly actor?: string;
  readonly resource?: string;
  readonly account?: string;
  readonly eventRegion?: string;
  /** A time span, as it was typed. */
  readonly for: string;
  readonly reason: string;
}

type Mutes = Omit<OutputOf<'mutes'>, 'version'>;

/** A notifier: its function, and whose it is. */
interface Notifier {
  readonly name: string;
  readonly of: Pick<Mutes, 'fleet' | 'rule'>;
  readonly place: Place;
}

type Changed = Mutes & Required<Pick<Mutes, 'mute'>>;

/** Mutes a rule for an actor, a resource, an account or a region. */
export async function mute(name: string, options: MuteOptions, world: World): Promise<number> {
  const typed = inFull(name, world);
  const { rule } = packages.findArtifact(typed, world, options);
  const { actor, resource, account, eventRegion: region, reason, fleet } = options;
  const seconds = secondsIn(options.for);
  if (seconds === undefined) {
    throw new UsageError(
      `--for expects a time span, such as 30m or 2h; found ${JSON.stringify(options.for)}.`,
    );
  }
  for (const [option, text] of Object.entries({ '--actor': actor, '--resource': resource })) {
    const joined = text && refuseJoined(text);
    if (joined) throw new UsageError(`${option}: ${joined} A mute takes one: mute each by itself.`);
  }
  const by = await (await world.account(options)).caller();
  const request = { rule: rule.name, actor, resource, account, region, seconds, reason, by };
  const textOf = (found: Mutes, scope: RunScope, width?: number): string => {
    const { mute: begun } = found as Changed;
    const further =
      found.rule !== undefined
        ? ['--rule', found.rule]
        : fleet === undefined
          ? []
          : ['--fleet', fleet];
    return begunText(found, begun, patrolCommand(['unmute', begun.id], scope, further), width);
  };
  return asked({ mute: request }, options, world, textOf, typed);
}

/** The full name of a rule that is named as alerts name it: without its package, which neither they nor the notifier know. */
function inFull(name: string, world: World): string {
  const names = packages
    .installedAssemblies(world)
    .assemblies.flatMap((assembly) =>
      assembly.manifest.rules.map((rule) => packages.typedName({ assembly, rule })),
    );
  return names.find((each) => each.endsWith(`/${name}`)) ?? name;
}

/** Shows what is muted. */
export const mutes = (options: MutesOptions, world: World): Promise<number> =>
  asked({ mutes: true }, options, world, (found, _, width) => mutesText(found, width));

/** Ends a mute before its time. */
export const unmute = (id: string, options: MutesOptions, world: World): Promise<number> =>
  asked({ unmute: id }, options, world, (found, _, width) =>
    endedText((found as Changed).mute, width),
  );

/**
 * Asks the notifier, and shows its answer.
 *
 * @param muted the rule that is muted.
 */
async function asked(
  request: unknown,
  options: MutesOptions,
  world: World,
  textOf: (found: Mutes, scope: RunScope, width?: number) => string,
  muted?: string,
): Promise<number> {
  const { rule } = options;
  const named = rule === undefined ? options : { ...options, rule: inFull(rule, world) };
  const { name, of, place } = await notifierOf(named, world, muted);
  const scope = { ...options, region: place.region };
  const functions = await world.functions(options);
  const { payload, failure } = await functions
    .invoke(`${name}:${muteAlias}`, request)
    .catch((error: unknown) => {
      if (!(error instanceof CloudError) || error.failure !== 'denied') throw error;
      const policy = patrolCommand(['doctor'], options, ['--policy', 'mute']);
      throw new OperatorError(
        `${explain(error)} \`${policy}\` prints the permissions that muting needs.`,
        { cause: error },
      );
    });
  const answer = jsonIn(payload);
  if (failure !== undefined || !isObject(answer) || !Array.isArray(answer['mutes'])) {
    throw refusal(answer, name, payload, request, scope);
  }
  const { region, account } = place;
  const found = compact<Mutes>({
    type: 'mutes',
    ...of,
    region,
    account,
    mutes: answer['mutes'].map(told<Mutes['mutes'][number]>),
    mute: isObject(answer['mute']) ? told<Changed['mute']>(answer['mute']) : undefined,
  });
  const { stdout } = world.streams;
  const text = (): string => printable(textOf(found, scope, stdout.columns));
  stdout.write(options.json ? objectOf(found) : `${text()}\n`);
  return 0;
}

/** A mute with its times as texts. */
const told = <T>(answered: Readonly<Record<string, unknown>>): T =>
  ({
    ...answered,
    from: new Date(Number(answered['from'])).toISOString(),
    until: new Date(Number(answered['until'])).toISOString(),
  }) as T;

/** Why the notifier changed nothing. What it refuses it says in words for people. */
function refusal(
  answer: unknown,
  name: string,
  payload: string,
  request: unknown,
  scope: RunScope,
): OperatorError {
  const { errorType, errorMessage }: Readonly<Record<string, unknown>> = isObject(answer)
    ? answer
    : {};
  const says = typeof errorMessage === 'string' ? errorMessage : payload;
  const shows = `\`${patrolCommand(['mutes'], scope)}\` shows what is muted.`;
  if (errorType !== muteRefused) {
    return new OperatorError(
      `The notifier ${name} failed, and perhaps changed nothing: ${says} ${shows}`,
    );
  }
  const isMute = isObject(request) && 'mute' in request;
  const next = isMute ? '`patrol-deploy mute --help` shows the options.' : shows;
  return new UsageError(`${says} Nothing was changed. ${next}`);
}

/**
 * The notifier of a fleet in the region, or that of a rule with an own topic. Of an organisation it stands in the managing
 * account. Where a rule is muted that has none of its own, it is that of a fleet.
 */
async function notifierOf(
  { fleet, rule, ...options }: MutesOptions,
  world: World,
  muted: string | undefined,
): Promise<Notifier> {
  const cloud = await world.cloud(options);
  const { environment } = options;
  const [place, stacks] = await Promise.all([cloud.place(), cloud.allStacks()]);
  const all = stacks.flatMap((stack): readonly Notifier[] => {
    const { tags, outputs } = stack;
    const name = outputs[stackNames.baseOutputs.notifier];
    if (!name || !isPatrols(stack) || tags['patrol:environment'] !== environment) return [];
    const typed = packages.typedNameFor(tags['patrol:package'] ?? '', tags['patrol:rule'] ?? '');
    return [{ name, place, of: isBase(typed) ? { fleet: tags[fleetTag] ?? '' } : { rule: typed } }];
  });
  const own = all.filter(({ of }) => of.rule !== undefined && of.rule === (rule ?? muted));
  const fleets = all.filter(({ of }) => of.fleet !== undefined && (fleet ?? of.fleet) === of.fleet);
  const meant =
    fleet !== undefined
      ? fleets
      : rule !== undefined || own.length > 0
        ? own
        : muted !== undefined
          ? fleets
          : all;
  const [found, ...others] = meant;
  const where = `in ${place.region} (account ${place.account})`;
  if (found && others.length === 0) return found;
  if (found) {
    const names = enumerated(meant.map(({ of }) => of.rule ?? of.fleet ?? ''));
    throw new UsageError(
      `The environment ${environment} has several notifiers ${where}: those of ${names}. Choose one with ${rule === undefined && muted === undefined ? '--fleet or --rule' : '--fleet'}.`,
    );
  }
  const which = rule ?? (fleet === undefined ? 'no fleet' : `no fleet ${fleet}`);
  throw new OperatorError(
    `Found ${rule === undefined ? which : `no stack of ${which}`} of the environment ${environment} with a notifier ${where}. A fleet has one if its patrol.yaml has \`alerts: { shared: true }\` or an organisation. The notifier of an organisation is in the managing account. A rule has its own if it was deployed with \`--alert-email\`. To look elsewhere, use --region, --profile, --env, --fleet or --rule.`,
  );
}

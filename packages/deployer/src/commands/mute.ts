/** `patrol-deploy mute`, `mutes` and `unmute`: what a fleet keeps from people for some hours. */
import { isObject } from '@patrol/core';
import { muteAlias, muteRefused, stackNames } from '@patrol/core/contracts';
import { CloudError, explain } from '../cloud/cloud.ts';
import { fleetTag } from '../identity/naming.ts';
import { isPatrols } from '../identity/ownership.ts';
import type { OutputOf } from '../notes/objects.ts';
import { findArtifact, installedAssemblies, typedName } from '../packages/assembly.ts';
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
  readonly json?: boolean;
}

/** What `patrol-deploy mute` is told. */
export interface MuteOptions extends MutesOptions {
  readonly actor?: string;
  readonly resource?: string;
  readonly account?: string;
  readonly eventRegion?: string;
  /** A time span, as it was typed. */
  readonly for: string;
  readonly reason: string;
}

type Mutes = Omit<OutputOf<'mutes'>, 'version'>;
type Changed = Mutes & Required<Pick<Mutes, 'mute'>>;

/** Mutes a rule for an actor, a resource, an account or a region. */
export async function mute(name: string, options: MuteOptions, world: World): Promise<number> {
  const { rule } = findArtifact(inFull(name, world), world, options);
  const { actor, resource, account, eventRegion: region, reason, fleet } = options;
  const seconds = secondsIn(options.for);
  if (seconds === undefined) {
    throw new UsageError(
      `--for expects a time span, such as 30m or 2h; found ${JSON.stringify(options.for)}.`,
    );
  }
  const by = await (await world.account(options)).caller();
  const request = { rule: rule.name, actor, resource, account, region, seconds, reason, by };
  return asked({ mute: request }, options, world, (found, scope, width) => {
    const { mute: begun } = found as Changed;
    const further = fleet === undefined ? [] : ['--fleet', fleet];
    return begunText(found, begun, patrolCommand(['unmute', begun.id], scope, further), width);
  });
}

/** The full name of a rule that is named as alerts name it: without its package, which neither they nor the notifier know. */
function inFull(name: string, world: World): string {
  const names = installedAssemblies(world).assemblies.flatMap((assembly) =>
    assembly.manifest.rules.map((rule) => typedName({ assembly, rule })),
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

/** Asks the notifier of the fleet, and shows its answer. */
async function asked(
  request: unknown,
  options: MutesOptions,
  world: World,
  textOf: (found: Mutes, scope: RunScope, width?: number) => string,
): Promise<number> {
  const { name, fleet, place } = await notifierOf(options, world);
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
    fleet,
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

/** The notifier of the fleet in the region: of an organisation it stands in the managing account. */
async function notifierOf({ fleet: wanted, ...options }: MutesOptions, world: World) {
  const cloud = await world.cloud(options);
  const { environment } = options;
  const [place, stacks] = await Promise.all([cloud.place(), cloud.allStacks()]);
  const all = stacks.flatMap((stack) => {
    const { tags, outputs } = stack;
    const name = outputs[stackNames.baseOutputs.notifier];
    const isMeant = isPatrols(stack) && tags['patrol:environment'] === environment;
    const fleet = tags[fleetTag] ?? '';
    return name && isMeant && (wanted ?? fleet) === fleet ? [{ name, fleet, place }] : [];
  });
  const [found, ...others] = all;
  const where = `in ${place.region} (account ${place.account})`;
  if (found && others.length === 0) return found;
  if (found) {
    const fleets = enumerated(all.map(({ fleet }) => fleet));
    throw new UsageError(
      `Several fleets of the environment ${environment} have a notifier ${where}: ${fleets}. Choose one with --fleet.`,
    );
  }
  const which = wanted === undefined ? 'no fleet' : `no fleet ${wanted}`;
  throw new OperatorError(
    `Found ${which} of the environment ${environment} with a notifier ${where}. A fleet has one if its patrol.yaml has \`alerts: { shared: true }\` or an organisation. The notifier of an organisation is in the managing account. To look elsewhere, use --region, --profile, --env or --fleet.`,
  );
}

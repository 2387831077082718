/** Reads what the template of a stack says of its parameters, where another version of the rule is deployed next. */
import { type Cloud, CloudError, explain, type Place, type Stack } from '../cloud/cloud.ts';
import { type Effects, patiently } from '../cloud/effects.ts';
import { inParallel } from '../cloud/parallel.ts';
import type { Clouds } from './clouds.ts';
import type { PlaceState } from '../plan/state.ts';
import { nextOf } from '../plan/told.ts';
import type { deployedRules } from '../plan/save.ts';
import type { WantedStack } from '../want/fleet.ts';
import type { OwnValue } from '../notes/parts.ts';
import { defaultsOf, templateIn } from '../template/template.ts';
import type { Given, Ground } from '../template/values.ts';
import { lostValues, undecided } from '../want/kept.ts';

/** The defaults of a template, by parameter. */
type Defaults = Readonly<Record<string, string>>;

/** What a deployed template says, or why nobody can tell. */
type DeployedDefaults = { readonly defaults: Defaults } | { readonly unread: string };

/**
 * The defaults of the template that a stack has.
 *
 * @throws CloudError for what may pass: once the next template is deployed, the one before can no longer be asked for.
 */
async function deployedDefaults(
  cloud: Pick<Cloud, 'template'>,
  { id }: Pick<Stack, 'id'>,
): Promise<DeployedDefaults> {
  try {
    const template = templateIn(await cloud.template(id));
    return template
      ? { defaults: defaultsOf(template) }
      : { unread: 'What CloudFormation has is no template in JSON.' };
  } catch (error) {
    const isFinal = error instanceof CloudError && ['denied', 'invalid'].includes(error.failure);
    if (isFinal) return { unread: explain(error) };
    throw error;
  }
}

/** Values that may be old defaults, and why nobody can tell. */
export interface Unread {
  readonly why: string;
  readonly values: readonly OwnValue[];
}

/** What a stack has, with the defaults of its template where any of its values may be one of them. */
interface Known {
  readonly ground: Ground;
  /** Values that may be old defaults, and that stay since nobody can tell; why not. */
  readonly unread?: Unread;
}

/** Asks for the template of a stack only where it is another one, and decides about a value that it has. */
export async function withDefaults(
  cloud: Pick<Cloud, 'template'>,
  ground: Ground,
  given: Given['parameters'],
): Promise<Known> {
  const { rule, current } = ground;
  if (!current || !isOther(current, rule.template.sha256)) return { ground };
  const values = undecided(ground, given);
  const isAsked = values.length > 0 || lostValues(ground, current.parameters, undefined).length > 0;
  if (!isAsked) return { ground };
  const found = await deployedDefaults(cloud, current);
  return 'defaults' in found
    ? { ground: { ...ground, defaults: found.defaults } }
    : { ground, unread: { why: found.unread, values } };
}

/**
 * The defaults of the templates that stacks have, by the ids of the stacks. Stacks with the same template are asked for it once.
 * Of what AWS does not tell there are none.
 */
async function defaultsOfAll(
  stacks: readonly PlacedStack[],
  clouds: Pick<Clouds, 'at'>,
  waiting: Pick<Effects, 'sleep' | 'signal'>,
): Promise<ReadonlyMap<string, Defaults>> {
  const templateOf = ({ tags, id, status }: Stack): string =>
    (isTold(status) && tags['patrol:template']) || id;
  const each = new Map(stacks.map((placed) => [templateOf(placed.stack), placed]));
  const read = await inParallel([...each], templatesAtOnce, async ([template, placed]) => {
    return [template, await defaultsOrNone(placed, clouds, waiting)] as const;
  });
  const found = new Map(read);
  return new Map(
    stacks.flatMap(({ stack }) => {
      const defaults = found.get(templateOf(stack));
      return defaults ? [[stack.id, defaults] as const] : [];
    }),
  );
}

/** A stack and where it is. */
interface PlacedStack {
  readonly place: Place;
  readonly stack: Stack;
}

/** The templates that are read at once. */
const templatesAtOnce = 4;

/** What a fleet has to know of templates: whether a value for which there is no parameter any more is a loss. */
export function fleetDefaults(
  wanted: readonly Pick<WantedStack, 'wanted'>[],
  current: readonly PlaceState[],
  clouds: Pick<Clouds, 'at'>,
  waiting: Pick<Effects, 'sleep' | 'signal'>,
): Promise<ReadonlyMap<string, Defaults>> {
  const keyOf = ({ account, region }: Place, name: string): string =>
    `${account}/${region}/${name}`;
  const stacks = new Map(
    current.flatMap((found) =>
      'stacks' in found
        ? found.stacks.map((stack) => [keyOf(found.place, stack.name), stack] as const)
        : [],
    ),
  );
  const asked = wanted.flatMap(({ wanted: { place, stack: name, content } }) => {
    const stack = stacks.get(keyOf(place, name));
    const lost = stack ? lostValues(nextOf(content), stack.parameters, undefined) : [];
    return stack && lost.length > 0 ? [{ place, stack }] : [];
  });
  return defaultsOfAll(asked, clouds, waiting);
}

/** What saving stacks has to know of templates: which of their values are defaults of earlier versions. */
export function savedDefaults(
  { deployed }: Pick<ReturnType<typeof deployedRules>, 'deployed'>,
  { partition }: Pick<Place, 'partition'>,
  clouds: Pick<Clouds, 'at'>,
  waiting: Pick<Effects, 'sleep' | 'signal'>,
): Promise<ReadonlyMap<string, Defaults>> {
  const asked = deployed.flatMap(({ artifact: { rule }, template, stack, account, region }) => {
    const mayFollow =
      isOther(stack, rule.template.sha256) &&
      undecided({ rule, template, current: stack }, {}).length > 0;
    return mayFollow ? [{ place: { account, region, partition }, stack }] : [];
  });
  return defaultsOfAll(asked, clouds, waiting);
}

async function defaultsOrNone(
  { stack, place }: PlacedStack,
  clouds: Pick<Clouds, 'at'>,
  waiting: Pick<Effects, 'sleep' | 'signal'>,
): Promise<Defaults | undefined> {
  try {
    const cloud = await clouds.at(place);
    const found = await patiently(waiting, () => deployedDefaults(cloud, stack), ['throttled']);
    return 'defaults' in found ? found.defaults : undefined;
  } catch (error) {
    if (error instanceof CloudError) return undefined;
    throw error;
  }
}

/** Whether a stack may have another template. */
const isOther = ({ tags, status }: Stack, sha256: string): boolean =>
  tags['patrol:template'] !== sha256 || !isTold(status);

/** Whether the tags of a stack tell its template: after a rollback they need not be those of the template that it has. */
const isTold = (status: string): boolean => !status.includes('ROLLBACK');

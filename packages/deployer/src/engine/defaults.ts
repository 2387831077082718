/** Reads what the template of a stack says of its parameters, where another version of the rule is deployed next. */
import { type Cloud, explain, orRefusal, type Stack } from '../cloud/cloud.ts';
import { patiently, type Waiting } from '../cloud/effects.ts';
import { inParallel } from '../cloud/parallel.ts';
import { keyOf } from '../identity/naming.ts';
import type { OwnValue } from '../notes/parts.ts';
import type { deployedRules } from '../plan/save.ts';
import { type PlacedStack, type PlaceState, stacksIn } from '../plan/state.ts';
import { nextOf } from '../plan/told.ts';
import { defaultsOf, templateIn } from '../template/template.ts';
import type { Given, Ground } from '../destinations/values.ts';
import { lostValues, undecided } from '../want/kept.ts';
import type { WantedStack } from '../want/fleet.ts';
import type { Clouds } from './clouds.ts';

/** The defaults of a template, by parameter. */
type Defaults = Readonly<Record<string, string>>;

/** What a deployed template says, or why nobody can tell. */
type DeployedDefaults = { readonly defaults: Defaults } | { readonly unread: string };

/**
 * The defaults of the template that a stack has.
 *
 * @throws CloudError for what may pass: once the next template is deployed, the one before can no longer be asked for.
 */
async function deployedDefaults(cloud: Pick<Cloud, 'template'>, { id }: Pick<Stack, 'id'>) {
  const text = await orRefusal(cloud.template(id), (error): DeployedDefaults => {
    if (!['denied', 'invalid'].includes(error.failure)) throw error;
    return { unread: explain(error) };
  });
  if (typeof text !== 'string') return text;
  const template = templateIn(text);
  return template
    ? { defaults: defaultsOf(template) }
    : { unread: 'What CloudFormation has is no template in JSON.' };
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
  waiting: Waiting,
): Promise<ReadonlyMap<string, Defaults>> {
  const templateOf = ({ tags, id, status }: Stack): string =>
    (isTold(status) && tags['patrol:template']) || id;
  const each = new Map(stacks.map((placed) => [templateOf(placed.stack), placed]));
  const read = await inParallel([...each], templatesAtOnce, async ([template, placed]) => {
    const cloud = await clouds.at(placed.place);
    const reading = patiently(waiting, () => deployedDefaults(cloud, placed.stack), ['throttled']);
    const found = await orRefusal(reading, () => undefined);
    return [template, found && 'defaults' in found ? found.defaults : undefined] as const;
  });
  const found = new Map(read);
  return new Map(
    stacks.flatMap(({ stack }) => {
      const defaults = found.get(templateOf(stack));
      return defaults ? [[stack.id, defaults] as const] : [];
    }),
  );
}

/** The templates that are read at once. */
const templatesAtOnce = 4;

/** What a fleet has to know of templates: whether a value for which there is no parameter any more is a loss. */
export function fleetDefaults(
  wanted: readonly Pick<WantedStack, 'wanted'>[],
  current: readonly PlaceState[],
  clouds: Pick<Clouds, 'at'>,
  waiting: Waiting,
): Promise<ReadonlyMap<string, Defaults>> {
  const stacks = new Map(
    stacksIn(current).map((placed) => [keyOf(placed.place, placed.stack.name), placed]),
  );
  const asked = wanted.flatMap(({ wanted: { place, stack: name, content } }) => {
    const placed = stacks.get(keyOf(place, name));
    const lost = placed ? lostValues(nextOf(content), placed.stack.parameters, undefined) : [];
    return placed && lost.length > 0 ? [placed] : [];
  });
  return defaultsOfAll(asked, clouds, waiting);
}

/** What saving stacks has to know of templates: which of their values are defaults of earlier versions. */
export function savedDefaults(
  { deployed }: Pick<ReturnType<typeof deployedRules>, 'deployed'>,
  clouds: Pick<Clouds, 'at'>,
  waiting: Waiting,
): Promise<ReadonlyMap<string, Defaults>> {
  const asked = deployed.filter(
    ({ artifact: { rule }, template, stack }) =>
      isOther(stack, rule.template.sha256) &&
      undecided({ rule, template, current: stack }, {}).length > 0,
  );
  return defaultsOfAll(asked, clouds, waiting);
}

/** Whether a stack may have another template. */
const isOther = ({ tags, status }: Stack, sha256: string): boolean =>
  tags['patrol:template'] !== sha256 || !isTold(status);

/** Whether the tags of a stack tell its template: after a rollback they need not be those of the template that it has. */
const isTold = (status: string): boolean => !status.includes('ROLLBACK');

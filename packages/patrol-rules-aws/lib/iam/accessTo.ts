/** What policies give on resources. Rules load this module as a chunk, since the reference of AWS's actions is large. */
import { arnCovers, arnsOverlap } from './arn.ts';
import { certainDenials, selects, takenAway } from './denials.ts';
import { covers, type Glob, parseGlob } from './glob.ts';
import { actionsOn, type Grant, grantOf } from './grants.ts';
import type { Policy, Selection } from './policy.ts';
import { listed } from '../words.ts';
import { actionsOf, resourceTypesOf } from './resourceTypes.ts';
import { beginningsOf } from './services.ts';

/**
 * Finds what a policy gives on a resource: for each Allow its actions on the resource, without those that a Deny of the same
 * policy certainly takes away.
 *
 * An action counts only where AWS's reference says that it can be about resources of this kind. One that the reference does
 * not have counts where it names the resource's service, or where the statement names the resource.
 *
 * Where the resource of the statement names no service (`*`), only two kinds of actions count: those of the resource's own
 * service, and those of other services that are about its resources.
 *
 * @param arn the ARN of the resource. With `*` and `?` it stands for all resources that match.
 */
export function accessTo(policy: Policy, arn: string): readonly Grant[] {
  const target = parseGlob(arn).glob;
  const isTaken = takenAway(certainDenials(policy), [target]);
  const lookUp = actionsAbout(arn);
  const beginnings = beginningsOf(arn);
  return policy.statements.flatMap((statement) => {
    const { effect, resources } = statement;
    if (effect !== 'Allow') return [];
    const on = resources.except
      ? resources.patterns.some(({ glob, varies }) => !varies && arnCovers(glob, target))
        ? []
        : ['*']
      : resources.patterns.filter(({ glob }) => arnsOverlap(glob, target)).map(({ text }) => text);
    if (on.length === 0) return [];
    const given = givenOn(
      statement.actions,
      { beginnings, isNamed: on.some(namesService) },
      lookUp,
      isTaken,
    );
    return given.length === 0 ? [] : [grantOf(statement, given, on)];
  });
}

const namesService = (resource: string): boolean => /^arn:[^:]*:[\w-]+:/.test(resource);

/** The known actions of a service: all of them, and those that can be about a resource. */
interface Known {
  readonly all: readonly Glob[];
  readonly about: readonly Glob[];
}

/**
 * Makes a function that looks up the actions that begin with a text (`s3:`); `undefined` for those of a service that the
 * reference does not have.
 */
function actionsAbout(arn: string): (beginning: string) => Known | undefined {
  const found = new Map<string, Known | undefined>();
  return (beginning) => {
    if (!found.has(beginning)) found.set(beginning, read(beginning, arn));
    return found.get(beginning);
  };
}

function read(beginning: string, arn: string): Known | undefined {
  const service = beginning.replace(/:.*/s, '').toLowerCase();
  const isOwn = arn.split(':')[2] === service;
  const names = actionsOf(service)?.map((name) => `${service}:${name}`);
  if (!names) return undefined;
  const formats = new Map(names.map((name) => [name, resourceTypesOf(name) ?? []]));
  const kinds = kindsOf(parseGlob(arn).glob, new Set([...formats.values()].flat()));
  const globs = (some: readonly string[]): readonly Glob[] =>
    some
      .filter((name) => name.toLowerCase().startsWith(beginning.toLowerCase()))
      .map((name) => parseGlob(name, { fold: true }).glob);
  return {
    all: globs(names),
    // The reference may lack a kind of resource. Then every action of its service may be about it.
    about: globs(
      isOwn && kinds.size === 0
        ? names
        : names.filter((name) => formats.get(name)?.some((format) => kinds.has(format))),
    ),
  };
}

/** The formats that a resource can have. Where a longer format matches it for certain, a shorter one is another kind's. */
function kindsOf(target: Glob, formats: ReadonlySet<string>): ReadonlySet<string> {
  const matching = [...formats]
    .map((format) => ({ format, glob: parseGlob(format).glob }))
    .filter(({ glob }) => arnsOverlap(glob, target));
  const certain = matching.filter(({ glob }) => arnCovers(glob, target));
  const longest = Math.max(0, ...certain.map(({ format }) => format.length));
  return new Set(matching.map(({ format }) => format).filter((format) => format.length >= longest));
}

/**
 * The actions of a selection, as the document has them, that are about a resource and that no Deny takes away. `*` stands for
 * what `NotAction` selects.
 *
 * @param about how the actions begin that are about the resource, and whether actions count that name any service.
 */
function givenOn(
  { except, patterns }: Selection,
  about: { readonly beginnings: readonly string[] | undefined; readonly isNamed: boolean },
  lookUp: (beginning: string) => Known | undefined,
  isTaken: (action: Glob) => boolean,
): readonly string[] {
  const isGiven = (selection: Selection, beginning: string): boolean => {
    const known = lookUp(beginning);
    if (known?.about.some((action) => selects(selection, action) && !isTaken(action))) return true;
    if (known && except) return false;
    return actionsOn(selection, beginning).some(
      ({ glob }) => !isTaken(glob) && !known?.all.some((action) => covers(glob, action)),
    );
  };
  if (except) {
    const beginnings = about.beginnings ?? [''];
    return beginnings.some((beginning) => isGiven({ except, patterns }, beginning)) ? ['*'] : [];
  }
  return patterns
    .filter((pattern) => {
      const [named] = /^[\w-]+:/.exec(pattern.text) ?? [];
      if (!about.beginnings) return !isTaken(pattern.glob);
      const beginnings = named !== undefined && about.isNamed ? [named] : about.beginnings;
      return beginnings.some((beginning) => isGiven({ except, patterns: [pattern] }, beginning));
    })
    .map(({ text }) => text);
}

/** What a grant gives, for a sentence. */
interface Said {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** Says what a grant gives. What `NotAction` and `NotResource` leave out is never said to be given. */
export const saidOf = ({ actions, exceptActions, resources, exceptResources }: Grant): Said => ({
  actions: exceptActions.length > 0 ? [`every action but ${listed(exceptActions)}`] : actions,
  resources:
    exceptResources.length > 0 ? [`every resource but ${listed(exceptResources)}`] : resources,
});

/** Says what grants give together: the actions on the same resources in one item, such as `s3:Get*, s3:List* on *`. */
export const togetherOn = (said: readonly Said[]): readonly string[] =>
  [...Map.groupBy(said, ({ resources }) => listed(resources))].map(
    ([on, same]) => `${listed(same.flatMap(({ actions }) => actions))} on ${on}`,
  );

/** What of a change set is shown. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isObject } from '@patrol/core';
import type { ResourceChange, Stack } from './cloud.ts';
import { chosen, conditionsIn } from './template/conditions.ts';
import { type Fill, isUntold, type StatementChange, statementChanges } from './template/grants.ts';
import type { Template } from './template.ts';

/** Changes as they are shown: without values that are to stay hidden, and with what becomes of permissions. */
export interface ShownChanges {
  readonly changes: readonly ResourceChange[];
  readonly statements: readonly StatementChange[];
  /** Resources whose permissions change in a way that cannot be told. */
  readonly untold: readonly string[];
}

const hidden = '****';

/** Whether a value of a template refers to one of some parameters. */
const refersTo = (value: unknown, names: readonly string[]): boolean =>
  Array.isArray(value)
    ? value.some((item) => refersTo(item, names))
    : isObject(value)
      ? Object.values(value).some((inner) => refersTo(inner, names))
      : typeof value === 'string' &&
        names.some((name) => value === name || value.includes(`\${${name}}`));

/**
 * What is shown of a change set. A property that takes a parameter with `NoEcho` is told of without its values. What the
 * template before had of such parameters is not known: where one of them is gone, no value from before is told.
 */
export function shownChanges(
  changes: readonly ResourceChange[],
  { parameters, resources }: Pick<Template, 'parameters' | 'resources'>,
  standing?: Pick<Stack, 'parameters'>,
): ShownChanges {
  const secret = Object.keys(parameters).filter((name) => parameters[name]?.NoEcho === true);
  const gone = Object.entries(standing?.parameters ?? {}).some(
    ([name, value]) => value === hidden && !secret.includes(name),
  );
  const shown = changes.map((change): ResourceChange => {
    const { properties, ...rest } = withoutContext(change);
    const declared = resources[change.resource]?.Properties ?? {};
    return {
      ...rest,
      properties: properties.map(({ name, before, after }) => {
        const hide = refersTo(declared[name.split('.', 1)[0] ?? name], secret);
        return {
          name,
          ...(before === undefined ? {} : { before: hide || gone ? hidden : before }),
          ...(after === undefined ? {} : { after: hide ? hidden : after }),
        };
      }),
    };
  });
  const isHidden = ({ resource }: ResourceChange): boolean =>
    gone || refersTo(resources[resource]?.Properties, secret);
  const untold = changes.filter((change) =>
    isUntold(isHidden(change) ? withoutContext(change) : change),
  );
  return {
    changes: shown,
    statements: statementChanges(
      changes.filter((change) => !isHidden(change) && !untold.includes(change)),
    ),
    untold: untold.map(({ resource }) => resource),
  };
}

const withoutContext = ({
  before: _before,
  after: _after,
  ...rest
}: ResourceChange): ResourceChange => rest;

/**
 * What becomes of resources from one template to the next: what an update of a stack set does in each account, since there
 * are no change sets of stack sets.
 *
 * @param before the text of the template that stands.
 * @param values those of the parameters, as far as statements are to be told with them.
 * @returns `undefined` when the text from before is no template in JSON, so that nobody can tell.
 */
export function changesBetween(
  before: string,
  { resources }: Pick<Template, 'resources'>,
  values: Readonly<Record<string, string>>,
): ShownChanges | undefined {
  const old = resourcesIn(before);
  if (!old) return undefined;
  const changes = [...new Set([...Object.keys(old), ...Object.keys(resources)])].flatMap((name) => {
    const [was, is] = [old[name], resources[name]];
    if (isDeepStrictEqual(was, is)) return [];
    const action = was && is ? 'Modify' : is ? 'Add' : 'Remove';
    return [
      {
        action,
        resource: name,
        type: is?.Type ?? was?.Type ?? '',
        // Another type, or none, makes another resource; which properties do, only change sets tell.
        ...(was && is && was.Type !== is.Type ? { replacement: 'True' as const } : {}),
        properties: was && is ? propertyChanges(was.Properties ?? {}, is.Properties ?? {}) : [],
        ...(was ? { before: JSON.stringify({ Properties: was.Properties ?? {} }) } : {}),
        ...(is ? { after: JSON.stringify({ Properties: is.Properties ?? {} }) } : {}),
      },
    ];
  });
  return {
    changes: changes.map(withoutContext),
    statements: statementChanges(changes, (name) => values[name] || undefined),
    untold: [],
  };
}

function resourcesIn(text: string): Template['resources'] | undefined {
  try {
    const template: unknown = JSON.parse(text);
    const found = isObject(template) ? template['Resources'] : undefined;
    return isObject(found) && Object.values(found).every(isObject)
      ? (found as Template['resources'])
      : undefined;
  } catch {
    return undefined;
  }
}

const propertyChanges = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): ResourceChange['properties'] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    if (isDeepStrictEqual(before[name], after[name])) return [];
    return [
      {
        name,
        ...(name in before ? { before: JSON.stringify(before[name]) } : {}),
        ...(name in after ? { after: JSON.stringify(after[name]) } : {}),
      },
    ];
  });

/**
 * What a creation will make, from the template and its conditions: nothing stands yet, and no change set is made for looking
 * alone. A condition that depends on more than the parameters is named.
 */
export function creationOf(
  { resources, parameters, text }: Template,
  values: Readonly<Record<string, string | undefined>>,
): ShownChanges {
  const decide = conditionsIn(text, values);
  const changes = Object.entries(resources).flatMap(([resource, declared]) => {
    const { Type, Condition, Properties } = declared;
    const isMade = Condition === undefined ? true : decide(Condition);
    if (isMade === false) return [];
    return [
      {
        action: 'Add',
        resource,
        type: isMade === undefined ? `${Type} (if ${Condition})` : Type,
        properties: [],
        declared: Type,
        after: JSON.stringify({ Properties: chosen(Properties, decide) }),
      },
    ];
  });
  const fill: Fill = (name) =>
    parameters[name]?.NoEcho === true ? hidden : values[name] || undefined;
  return {
    changes: changes.map(({ action, resource, type, properties }) => ({
      action,
      resource,
      type,
      properties,
    })),
    statements: statementChanges(
      changes.map(({ declared, ...change }) => ({ ...change, type: declared })),
      fill,
    ),
    untold: [],
  };
}

/** What of a change set is shown. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isObject } from '@patrol/core';
import type { ResourceChange, Stack } from '../cloud/cloud.ts';
import type { ShownChanges } from '../notes/parts.ts';
import { type Template, templateIn } from '../template/template.ts';
import { type Body, bodyOf, templateAccess, usesOwnRoles } from '../template/access.ts';
import { accessBetween, accessChanges } from '../template/difference.ts';
import type { Access } from '../template/grants.ts';
import { compact, type Texts } from '../text/records.ts';
import { hidden, scopeOf } from '../template/scope.ts';

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
  current?: Pick<Stack, 'parameters'>,
): ShownChanges {
  const secret = Object.keys(parameters).filter((name) => parameters[name]?.NoEcho === true);
  const gone = Object.entries(current?.parameters ?? {}).some(
    ([name, value]) => value === hidden && !secret.includes(name),
  );
  const shown = changes.map((change): ResourceChange => {
    const { properties, before: _before, after: _after, ...rest } = change;
    const declared = resources[change.resource]?.Properties ?? {};
    return {
      ...rest,
      properties: properties.map(({ name, before, after }) => {
        const isSecret = refersTo(declared[name.split('.', 1)[0] ?? name], secret);
        return compact({
          name,
          before: isSecret || gone ? before && hidden : before,
          after: isSecret ? after && hidden : after,
        });
      }),
    };
  });
  const body: Body = {
    parameters,
    resources,
    scope: scopeOf({ Parameters: parameters }, { values: {}, defaults: false }),
    untold: [],
  };
  const declaredAccess = (resource: string): Access =>
    templateAccess({ ...body, resources: { [resource]: resources[resource] } });
  const isHidden = (resource: string): boolean =>
    gone || refersTo(resources[resource]?.Properties, secret);
  return {
    changes: shown,
    ...accessChanges(changes, {
      usesOwnRoles: (resource) => usesOwnRoles(body, resource),
      hidden: (resource) => (isHidden(resource) ? declaredAccess(resource) : undefined),
    }),
  };
}

/**
 * What becomes of resources from one template to the next: what an update of a stack set does in each account, since there
 * are no change sets of stack sets.
 *
 * @param before the text of the template that stands.
 * @param values those of the parameters, as far as access is to be told with them. Which conditions hold is not decided:
 *   the stack that stands need not have the same values.
 * @returns `undefined` when the text from before is no template in JSON, so that nobody can tell.
 */
export function changesBetween(
  before: string,
  template: Template,
  values: Texts,
): ShownChanges | undefined {
  const current = templateIn(before);
  if (!current) return undefined;
  const [old, fresh] = [current.resources, template.resources];
  const changes = changedNames(old, fresh).map((name): ResourceChange => {
    const [was, is] = [old[name], fresh[name]];
    return compact({
      action: was && is ? 'Modify' : is ? 'Add' : 'Remove',
      resource: name,
      type: is?.Type ?? was?.Type ?? '',
      // Another type, or none, makes another resource; which properties do, only change sets tell.
      replacement: was && is && was.Type !== is.Type ? 'True' : undefined,
      properties: was && is ? propertyChanges(was.Properties ?? {}, is.Properties ?? {}) : [],
    });
  });
  const body = (each: Template): Body => undecided(bodyOf(each, { values, defaults: false }));
  return { changes, ...accessBetween(body(current), body(template)) };
}

const undecided = (body: Body): Body => ({
  ...body,
  scope: { ...body.scope, decide: () => undefined },
});

const propertyChanges = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): ResourceChange['properties'] =>
  changedNames(before, after).map((name) =>
    compact({
      name,
      before: name in before ? JSON.stringify(before[name]) : undefined,
      after: name in after ? JSON.stringify(after[name]) : undefined,
    }),
  );

/** The names under which two records have different values, or only one of them has any. */
export const changedNames = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );

/**
 * What a creation will make, from the template and its conditions: nothing stands yet, and no change set is made for looking
 * alone. A condition that depends on more than the parameters is named.
 */
export function creationOf(
  template: Template,
  values: Readonly<Record<string, string | undefined>>,
): ShownChanges {
  const body = bodyOf(template, { values, defaults: true });
  const changes = Object.entries(template.resources).flatMap(([resource, declared]) => {
    // What a macro makes may be anything; it is told of as that.
    if (!isObject(declared)) return [];
    const { Type, Condition } = declared;
    const isMade = Condition === undefined ? true : body.scope.decide(Condition);
    if (isMade === false) return [];
    const condition = isMade === undefined ? Condition : undefined;
    return [
      compact<ResourceChange>({ action: 'Add', resource, type: Type, condition, properties: [] }),
    ];
  });
  const { grants, untold } = templateAccess(body);
  return {
    isNew: true,
    changes,
    statements: grants.map((grant) => ({ change: 'add', ...grant })),
    untold,
  };
}

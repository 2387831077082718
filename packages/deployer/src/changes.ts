/** What of a change set is shown. Pure. */
import { isObject } from '@patrol/core';
import type { ResourceChange, Stack } from './cloud.ts';
import { type Fill, isUntold, type StatementChange, statementChanges } from './iam.ts';
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
        const hide = refersTo(declared[name], secret);
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

/** What a creation will make, from the template: nothing stands yet, and no change set is made for looking alone. */
export function creationOf(
  { resources, parameters }: Pick<Template, 'resources' | 'parameters'>,
  values: Readonly<Record<string, string | undefined>>,
): ShownChanges {
  const changes = Object.entries(resources).map(([resource, { Type, Condition, Properties }]) => ({
    action: 'Add',
    resource,
    type: Condition === undefined ? Type : `${Type} (if ${Condition})`,
    properties: [],
    declared: Type,
    after: JSON.stringify({ Properties }),
  }));
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

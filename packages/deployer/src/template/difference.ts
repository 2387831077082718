/** How access changes when resources change. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isObject } from '@patrol/core';
import type { ResourceChange } from '../cloud/cloud.ts';
import type { ShownChanges } from '../notes/parts.ts';
import { evaluate, nothingKnown } from './functions.ts';
import { type Body, templateAccess } from './access.ts';
import { type Access, accessOf, type Grant, isRoleUse } from './grants.ts';
import { whyUntold } from './kinds.ts';
import { jsonIn } from '../text/records.ts';

/** How access changes. */
export type AccessChanges = Pick<ShownChanges, 'statements' | 'untold'>;

/** How the changes of a change set are read. */
export interface Reading {
  /** Whether a resource uses only roles that its own template creates: those are told as resources of their own. */
  readonly usesOwnRoles?: (resource: string) => boolean;
  /** The access that the template declares for a resource whose values must not be shown; `undefined` for others. */
  readonly hidden?: (resource: string) => Access | undefined;
}

/** The properties in the context of a change: CloudFormation writes `{"Properties": …}`. */
function propertiesOf(context: string | undefined): unknown {
  const value = jsonIn(context ?? '');
  return isObject(value) && 'Properties' in value ? value['Properties'] : value;
}

/** Types of resources whose purpose is to say who may do what. */
const accessTypes = /^AWS::IAM::|Policy$|::Permission$|^AWS::KMS::Key$/;

/** Types whose contents can change while their properties stay the same. */
const mayChangeInside = (type: string): boolean =>
  type.startsWith('AWS::CloudFormation::') || !type.startsWith('AWS::');

/**
 * The grants that a change set adds and removes, and what cannot be told. A grant that stays is left out; a grant that changes
 * is removed and added.
 */
export function accessChanges(
  changes: readonly ResourceChange[],
  reading: Reading = {},
): AccessChanges {
  const all = changes.map((change) => changed(change, reading));
  return {
    statements: all.flatMap(({ statements }) => statements),
    untold: all.flatMap(({ untold }) => untold),
  };
}

const nothing: Access = { grants: [], untold: [] };

function changed(change: ResourceChange, { usesOwnRoles, hidden }: Reading): AccessChanges {
  const { resource, type, action } = change;
  const isAccessType = accessTypes.test(type);
  const ownRoles = usesOwnRoles?.(resource) ?? false;
  const declared = hidden?.(resource);
  if (declared) {
    const why = 'it depends on a hidden parameter, so what it allowed before is not shown';
    return {
      statements: difference(nothing, action === 'Remove' ? nothing : declared, ownRoles),
      untold: [...(isAccessType ? [{ resource, type, why }] : []), ...declared.untold],
    };
  }
  const [was, is] = [propertiesOf(change.before), propertiesOf(change.after)];
  if ((action !== 'Add' && was === undefined) || (action !== 'Remove' && is === undefined)) {
    const why = isAccessType
      ? 'its permissions change, but CloudFormation does not say how'
      : whyUntold(type);
    return { statements: [], untold: why === undefined ? [] : [{ resource, type, why }] };
  }
  const access = (properties: unknown): Access =>
    properties === undefined
      ? nothing
      : accessOf({ resource, type, properties: evaluate(properties, nothingKnown), when: [] });
  const [before, after] = [access(was), access(is)];
  const isSame = isDeepStrictEqual(withoutTags(was), withoutTags(is)) && !mayChangeInside(type);
  return {
    statements: difference(before, after, ownRoles),
    untold: isSame ? [] : action === 'Remove' ? before.untold : after.untold,
  };
}

/** How access changes from one template to the next. */
export function accessBetween(before: Body, after: Body): AccessChanges {
  const [was, is] = [templateAccess(before), templateAccess(after)];
  const isChanged = (resource: string): boolean =>
    !isDeepStrictEqual(before.resources[resource], after.resources[resource]);
  return {
    statements: difference(was, is),
    untold: [
      ...is.untold.filter(({ resource, type }) => isChanged(resource) || mayChangeInside(type)),
      ...was.untold.filter(({ resource }) => !(resource in after.resources)),
    ],
  };
}

const withoutTags = (properties: unknown): unknown => {
  if (!isObject(properties)) return properties;
  const { Tags: _, ...rest } = properties;
  return rest;
};

const difference = ({ grants: was }: Access, { grants: is }: Access, usesOwnRoles = false) => [
  ...without(was, is).map((grant) => ({ change: 'remove' as const, ...grant })),
  ...without(is, was)
    .filter((grant) => !usesOwnRoles || !isRoleUse(grant))
    .map((grant) => ({ change: 'add' as const, ...grant })),
];

/** The grants that are missing among others. One that is there twice needs two others. */
function without(some: readonly Grant[], others: readonly Grant[]): readonly Grant[] {
  const left = others.map((grant) => JSON.stringify(grant));
  return some.filter((grant) => {
    const at = left.indexOf(JSON.stringify(grant));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

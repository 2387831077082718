/** Reads from the resources of a template who may do what. Pure. */
import { isObject } from '@patrol/core';
import type { Grant, StatementChange, Untold } from '../notes/parts.ts';
import { documentIn } from './documents.ts';
import { type Fields, isFields, Options, textOf, Unknown } from './functions.ts';
import * as kinds from './kinds.ts';
import { compact, mapValues } from '../text/records.ts';

export type { Grant, StatementChange, Untold };

/** A resource of a template, its functions evaluated. */
export interface Made {
  readonly resource: string;
  readonly type: string;
  readonly properties: unknown;
  /** The conditions for its creation, in words. */
  readonly when: readonly string[];
}

/** The access that a resource gives. */
export interface Access {
  readonly grants: readonly Grant[];
  readonly untold: readonly Untold[];
}

/** The elements of a statement, in the order in which they are shown. */
const statementParts = [
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
] as const;

type Statement = Pick<Grant, 'effect' | 'says'> & { readonly when: readonly string[] };
/** Statements, and why others cannot be read. */
type Statements = Generator<Statement | { readonly unreadable: string }>;

/** Whether a property holds policies. Some other properties have similar names. */
const isPolicy = (name: string): boolean =>
  /(?:Polic(?:y|ies)|PolicyDocument|PolicyText|^Statements?)$/.test(name) &&
  !/^(?:Archive|BlockPublic|DataProtection|Delivery|FieldIndex|Filter|Lifecycle|Redrive|RedriveAllow|Replay|Retry)Polic/.test(
    name,
  );

/** Whether a property names a role that its resource acts as. */
const isRole = (name: string): boolean =>
  /(?:Role(?:Arn|ARN|Name)?|InstanceProfile|CredentialsArn)$/.test(name);

const isManagedPolicies = (name: string): boolean =>
  ['ManagedPolicyArns', 'ManagedPolicies', 'CustomerManagedPolicyReferences'].includes(name);

/** All statements in a value, at any depth. */
function* statementsIn(value: unknown, name: string, when: readonly string[]): Statements {
  if (value instanceof Options) {
    for (const option of value.all) yield* statementsIn(option.value, name, [...when, option.when]);
  } else if (Array.isArray(value)) {
    for (const item of value) yield* statementsIn(item, name, when);
  } else if (value === undefined || value === null || value === '') {
    return;
  } else if (name === 'PermissionsBoundary') {
    yield { effect: 'Boundary', says: { Policy: textOf(value) }, when };
  } else if (isManagedPolicies(name)) {
    yield { effect: 'Allow', says: { Policy: textOf(value) }, when };
  } else if (isFields(value)) {
    yield* statementsInObject(value, when);
  } else if (isRole(name)) {
    yield { effect: 'Allow', says: { Role: textOf(value) }, when };
  } else if (typeof value === 'string' || value instanceof Unknown) {
    yield* statementsInText(value, name, when);
  }
}

function* statementsInText(value: unknown, name: string, when: readonly string[]): Statements {
  const text = textOf(value);
  const read = documentIn(text);
  if (read && 'document' in read) yield* statementsIn(read.document, name, when);
  else if (read) yield { unreadable: `its ${name} ${read.unreadable}` };
  else if (isPolicy(name))
    yield { unreadable: `its ${name} is ${text}, which cannot be read here` };
}

/** An object is a statement when it has an effect. */
function* statementsInObject(value: Fields, when: readonly string[]): Statements {
  const effect = elements(value, 'Effect')[0];
  const said = statementParts.flatMap((part) =>
    elements(value, part).map((each) => [part, textOf(each)] as const),
  );
  if (effect === undefined || (said.length === 0 && !/^(?:Allow|Deny)$/.test(textOf(effect)))) {
    for (const [name, inner] of Object.entries(value)) yield* statementsIn(inner, name, when);
    return;
  }
  const names = said.map(([part]) => part);
  if (new Set(names).size < names.length || elements(value, 'Effect').length > 1) {
    yield { unreadable: 'a statement has an element twice, and only AWS knows which one it uses' };
    return;
  }
  yield { effect: textOf(effect), says: Object.fromEntries(said), when };
}

/** The elements of this name in any letter case: AWS does not document that the case matters. */
const elements = (statement: Fields, name: string): readonly unknown[] =>
  Object.entries(statement)
    .filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);

/** Whether a grant only says that a resource uses a role. */
export const isRoleUse = (each: object): boolean =>
  'says' in each && isObject(each.says) && Object.keys(each.says).join() === 'Role';

/** Some properties as the parts of a grant: those that are there. */
const partsOf = (properties: Readonly<Record<string, unknown>>): Grant['says'] =>
  mapValues(compact<Fields>(properties), textOf);

/** The parts of a Lambda permission. */
function lambdaPermission(properties: Fields): Grant['says'] {
  const { Principal, Action, FunctionName: Resource, ...limits } = properties;
  return partsOf({
    Principal: textOf(Principal),
    Action: textOf(Action),
    Resource: textOf(Resource),
    Condition: textOf(limits) || undefined,
  });
}

/** What a resource lets somebody do without a policy, each in parts. */
function* accessWithoutPolicy(type: string, properties: Fields): Generator<Grant['says']> {
  if (kinds.isGrantType(type)) {
    const own = Object.entries(properties).filter(
      ([name, value]) => name !== 'Tags' && [...statementsIn(value, name, [])].every(isRoleUse),
    );
    // Sorted, so that another order makes no difference.
    const sorted = own.toSorted(([one], [other]) => (one < other ? -1 : 1));
    yield partsOf(Object.fromEntries(sorted));
  }
  for (const name of kinds.accessProperties[type] ?? []) {
    for (const value of [properties[name] ?? []].flat()) yield { [name]: textOf(value) };
  }
  const said = (name: string, standard: string): string => textOf(properties[name] ?? standard);
  const { Principal, Action, Condition } = properties;
  if (type === 'AWS::ApiGatewayV2::Route' && said('AuthorizationType', 'NONE') === 'NONE') {
    const { RouteKey, ApiId } = properties;
    yield { Principal: '*', Action: textOf(RouteKey), Resource: textOf(ApiId) };
  }
  if (type === 'AWS::Events::EventBusPolicy' && Principal !== undefined) {
    yield partsOf({ Principal, Action: textOf(Action), Condition });
  }
  const auth = said('AuthType', 'AWS_IAM');
  if (type === 'AWS::Lambda::Url' && auth !== 'AWS_IAM') {
    const Resource = textOf(properties['TargetFunctionArn']);
    const use = { Principal: '*', Action: 'lambda:InvokeFunctionUrl', Resource };
    yield { ...use, Condition: `AuthType=${auth}` };
  }
  const AccessControl = said('AccessControl', 'Private');
  if (type === 'AWS::S3::Bucket' && AccessControl !== 'Private') yield { AccessControl };
  if (type === 'AWS::IAM::User' && properties['LoginProfile'] !== undefined) {
    // Never the password itself.
    yield { LoginProfile: 'a password for the console' };
  }
}

/** Reads the access that a resource gives. */
export function accessOf({ resource, type, properties, when }: Made): Access {
  const untold = (why: string): Untold => ({ resource, type, why });
  const unknown = kinds.whyUntold(type);
  const untoldType = unknown === undefined ? [] : [untold(unknown)];
  if (properties === undefined) return { grants: [], untold: untoldType };
  if (!isFields(properties)) {
    return { grants: [], untold: [untold('its properties are known only after it is created')] };
  }
  const attachedTo = attachmentsOf(type, properties);
  const read = [...statementsOf(type, properties)];
  const grants = read.flatMap((each) => {
    if ('unreadable' in each) return [];
    const all = [...when, ...each.when];
    const { effect, says } = each;
    return compact<Grant>({
      resource,
      attachedTo: attachedTo.length > 0 ? attachedTo : undefined,
      effect,
      says,
      when: all.length > 0 ? all : undefined,
    });
  });
  const imports = (kinds.importingProperties[type] ?? [])
    .filter((name) => properties[name] !== undefined)
    .map((name) => `its ${name} creates resources that Patrol does not read`);
  const unreadable = read.flatMap((each) => ('unreadable' in each ? [each.unreadable] : []));
  return { grants, untold: [...untoldType, ...[...unreadable, ...imports].map(untold)] };
}

/** Properties that never give access: event patterns, and the variables of a function. */
const withoutAccess: readonly string[] = ['EventPattern', 'Environment'];

function* statementsOf(type: string, properties: Fields): Statements {
  const allow = (says: Grant['says']): Statement => ({ effect: 'Allow', says, when: [] });
  if (type === 'AWS::Lambda::Permission') {
    yield allow(lambdaPermission(properties));
    return;
  }
  for (const [name, value] of Object.entries(properties)) {
    // The role that a policy is attached to, and a role's own name, are not roles in use.
    if (withoutAccess.includes(name) || (type.startsWith('AWS::IAM::') && isRole(name))) continue;
    const all = statementsIn(value, name, []);
    yield* kinds.isGrantType(type) ? [...all].filter((each) => !isRoleUse(each)) : all;
  }
  for (const says of accessWithoutPolicy(type, properties)) yield allow(says);
}

/** What a policy resource is attached to. */
export const attachmentsOf = (type: string, properties: Fields): NonNullable<Grant['attachedTo']> =>
  Object.entries(kinds.attachments[type] ?? {}).flatMap(([property, kind]) =>
    [properties[property] ?? []]
      .flat()
      .map((value) => textOf(value))
      .filter((name) => name !== '')
      .map((name) => ({ kind, name })),
  );

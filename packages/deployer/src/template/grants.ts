/** Reads from the resources of a template who may do what. Pure. */
import { isObject } from '@patrol/core';
import type { Grant, StatementChange, Untold } from '../notes/parts.ts';
import { documentIn } from './documents.ts';
import { type Fields, isFields, Options, textOf, Unknown } from './functions.ts';
import {
  accessProperties,
  attachments,
  importingProperties,
  isGrantType,
  whyUntold,
} from './kinds.ts';
import { compact } from '../text/records.ts';

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

/** The statement of a Lambda permission. */
function lambdaPermission(properties: Fields): Omit<Statement, 'when'> {
  const { Principal, Action, FunctionName, ...limits } = properties;
  const only = textOf(limits);
  return {
    effect: 'Allow',
    says: {
      Principal: textOf(Principal),
      Action: textOf(Action),
      Resource: textOf(FunctionName),
      ...(only && { Condition: only }),
    },
  };
}

/** Access that a resource gives without a policy. */
function* accessWithoutPolicy(
  type: string,
  properties: Fields,
): Generator<Omit<Statement, 'when'>> {
  const allow = (says: Grant['says']): Omit<Statement, 'when'> => ({ effect: 'Allow', says });
  if (isGrantType(type)) {
    const own = Object.entries(properties).filter(
      ([name, value]) => name !== 'Tags' && [...statementsIn(value, name, [])].every(isRoleUse),
    );
    // Sorted, so that another order makes no difference.
    const sorted = own.toSorted(([one], [other]) => (one < other ? -1 : 1));
    yield allow(Object.fromEntries(sorted.map(([name, value]) => [name, textOf(value)])));
  }
  for (const name of accessProperties[type] ?? []) {
    for (const value of [properties[name] ?? []].flat()) yield allow({ [name]: textOf(value) });
  }
  const is = (name: string, harmless: readonly string[]): boolean =>
    harmless.includes(textOf(properties[name] ?? harmless[0]));
  switch (type) {
    case 'AWS::ApiGatewayV2::Route':
      if (!is('AuthorizationType', ['NONE'])) return;
      yield allow({
        Principal: '*',
        Action: textOf(properties['RouteKey']),
        Resource: textOf(properties['ApiId']),
      });
      return;
    case 'AWS::Events::EventBusPolicy': {
      const { Principal, Action, Condition } = properties;
      if (Principal === undefined) return;
      yield allow({
        Principal: textOf(Principal),
        Action: textOf(Action),
        ...(Condition === undefined ? {} : { Condition: textOf(Condition) }),
      });
      return;
    }
    case 'AWS::Lambda::Url': {
      if (is('AuthType', ['AWS_IAM'])) return;
      const { AuthType, TargetFunctionArn } = properties;
      yield allow({
        Principal: '*',
        Action: 'lambda:InvokeFunctionUrl',
        Resource: textOf(TargetFunctionArn),
        Condition: `AuthType=${textOf(AuthType)}`,
      });
      return;
    }
    case 'AWS::S3::Bucket':
      if (!is('AccessControl', ['Private'])) {
        yield allow({ AccessControl: textOf(properties['AccessControl']) });
      }
      return;
    case 'AWS::IAM::User':
      // Never the password itself.
      if (properties['LoginProfile'] !== undefined)
        yield allow({ LoginProfile: 'a password for the console' });
      return;
    default:
  }
}

/** Reads the access that a resource gives. */
export function accessOf({ resource, type, properties, when }: Made): Access {
  const untold = (why: string): Untold => ({ resource, type, why });
  const unknown = whyUntold(type);
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
  const imports = (importingProperties[type] ?? [])
    .filter((name) => properties[name] !== undefined)
    .map((name) => `its ${name} creates resources that Patrol does not read`);
  const unreadable = read.flatMap((each) => ('unreadable' in each ? [each.unreadable] : []));
  return { grants, untold: [...untoldType, ...[...unreadable, ...imports].map(untold)] };
}

/** Properties that never give access: event patterns, and the variables of a function. */
const withoutAccess: readonly string[] = ['EventPattern', 'Environment'];

function* statementsOf(type: string, properties: Fields): Statements {
  if (type === 'AWS::Lambda::Permission') {
    yield { ...lambdaPermission(properties), when: [] };
    return;
  }
  for (const [name, value] of Object.entries(properties)) {
    // The role that a policy is attached to, and a role's own name, are not roles in use.
    if (withoutAccess.includes(name) || (type.startsWith('AWS::IAM::') && isRole(name))) continue;
    const all = statementsIn(value, name, []);
    yield* isGrantType(type) ? [...all].filter((each) => !isRoleUse(each)) : all;
  }
  for (const told of accessWithoutPolicy(type, properties)) yield { ...told, when: [] };
}

/** What a policy resource is attached to. */
export const attachmentsOf = (type: string, properties: Fields): NonNullable<Grant['attachedTo']> =>
  Object.entries(attachments[type] ?? {}).flatMap(([property, kind]) =>
    [properties[property] ?? []]
      .flat()
      .map((value) => textOf(value))
      .filter((name) => name !== '')
      .map((name) => ({ kind, name })),
  );

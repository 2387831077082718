/**
 * Reads IAM policy documents. `grants.ts` and `../access` say what a document gives, and whom it lets in. They
 * look at the document alone. Where it leaves something open (conditions, policy variables), they assume that an Allow gives
 * and that a Deny takes nothing away, and hand the conditions on to the alert.
 *
 * Facts are those of the IAM user guide ("Grammar of the IAM JSON policy language", "IAM JSON policy element reference").
 */
import { isObject } from '@patrol/core';
import { type Glob, parseGlob } from './glob.ts';

/** A document that cannot be read. The message says what was expected, what was found and where. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/** A policy document. */
export interface Policy {
  readonly statements: readonly PolicyStatement[];
}

/** A statement of a policy. */
export interface PolicyStatement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Selection;
  /** All resources where the document names none, as in trust policies. */
  readonly resources: Selection;
  /** Policies of users, roles and groups have none. */
  readonly principals?: Principals;
  readonly conditions: readonly PolicyCondition[];
}

/** What `Action` or `NotAction`, `Resource` or `NotResource` select. */
export interface Selection {
  /** Whether everything except the patterns is selected. */
  readonly except: boolean;
  readonly patterns: readonly Pattern[];
}

/** An action or a resource, perhaps with wildcards. */
export interface Pattern {
  /** As it stands in the document. */
  readonly text: string;
  /** A pattern that matches at least all that it can match: actions in lower case, policy variables as `*`. */
  readonly glob: Glob;
  /** Whether it holds policy variables. Then nobody knows what it certainly matches. */
  readonly varies: boolean;
}

/** What `Principal` or `NotPrincipal` select. */
export interface Principals {
  readonly except: boolean;
  /** Each with its kind: `AWS`, `Service`, `Federated`, `CanonicalUser`. `*` alone has the kind `AWS`. */
  readonly list: readonly { readonly kind: string; readonly id: string }[];
}

/** One key of a `Condition`. All conditions of a statement must hold, with any of their values. */
export interface PolicyCondition {
  /** The operator without qualifier and suffix: `StringNotLike`. */
  readonly operator: string;
  readonly qualifier?: 'ForAnyValue' | 'ForAllValues';
  /** Whether it also holds when the key is missing. */
  readonly ifExists: boolean;
  /** As the document has it. Case does not matter. */
  readonly key: string;
  readonly values: readonly string[];
}

/** The longest document that IAM's API takes. Other services take less. */
const longestDocument = 131_072;
/** Twice the longest policy that any service stores (S3: 20 KB). This limits the time for comparing patterns. */
const longestPatterns = 40_960;

/**
 * Reads a policy document.
 *
 * @param document its JSON text, plain or URL-encoded, or the object.
 * @throws PolicyError for anything else: a document that cannot be read must not look like one that gives nothing.
 */
export function parsePolicy(document: unknown): Policy {
  const root = typeof document === 'string' ? parseText(document) : document;
  if (!isObject(root)) throw new PolicyError(`expected a policy document, found ${kindOf(root)}`);
  const variables = elementOf(root, 'Version', 'the policy') === '2012-10-17';
  const given = elementOf(root, 'Statement', 'the policy');
  if (given === undefined) throw new PolicyError('expected a Statement in the policy, found none');
  const statements = (Array.isArray(given) ? given : [given]).map((statement, index) =>
    parseStatement(statement, `Statement ${index + 1}`, variables),
  );
  const size = statements
    .flatMap(({ actions, resources }) => [...actions.patterns, ...resources.patterns])
    .reduce((sum, { text }) => sum + text.length, 0);
  if (size > longestPatterns) {
    throw new PolicyError(
      `expected at most ${longestPatterns} characters of actions and resources in the policy, found ${size}`,
    );
  }
  return { statements };
}

function parseText(text: string): unknown {
  if (text.length > longestDocument) {
    throw new PolicyError(
      `expected a policy document of at most ${longestDocument} characters, found ${text.length}`,
    );
  }
  let json: string;
  let root: unknown;
  try {
    json = /^\s*%7B/i.test(text) ? decodeURIComponent(text) : text;
    root = JSON.parse(json);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PolicyError(`the policy document is not JSON: ${reason}`, { cause: error });
  }
  // The user guide says that a statement has each element once. It does not say which of two counts; JSON.parse takes the
  // last.
  if (namesWritten(json) !== namesWithin(root)) {
    throw new PolicyError(
      'expected every name once in each object of the policy, found one that is there again: which of the two counts is not known',
    );
  }
  return root;
}

/** How many names of objects a JSON text holds. */
function namesWritten(json: string): number {
  let count = 0;
  for (const [, colon] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g)) if (colon) count += 1;
  return count;
}

/** How many names of objects a value holds. */
function namesWithin(root: unknown): number {
  let count = 0;
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    const inside: readonly unknown[] = Object.values(value);
    if (!Array.isArray(value)) count += inside.length;
    for (const item of inside) open.push(item);
  }
  return count;
}

/** The element with a name, whatever its case. Two names that differ only by case are ambiguous. */
function elementOf(
  object: Readonly<Record<string, unknown>>,
  name: string,
  where: string,
): unknown {
  const found = Object.keys(object).filter((key) => key.toLowerCase() === name.toLowerCase());
  if (found.length > 1) {
    throw new PolicyError(`expected one ${name} in ${where}, found ${found.join(' and ')}`);
  }
  return found[0] === undefined ? undefined : object[found[0]];
}

function parseStatement(given: unknown, where: string, variables: boolean): PolicyStatement {
  if (!isObject(given)) {
    throw new PolicyError(`expected an object as ${where}, found ${kindOf(given)}`);
  }
  const sid = elementOf(given, 'Sid', where);
  const effect = elementOf(given, 'Effect', where);
  const isAllow = effect === 'Allow';
  if (!isAllow && effect !== 'Deny') {
    throw new PolicyError(
      `expected Allow or Deny as the Effect of ${where}, found ${kindOf(effect)}`,
    );
  }
  const actions = parseSelection(given, 'Action', where, { fold: true });
  if (!actions) throw new PolicyError(`expected Action or NotAction in ${where}, found neither`);
  const principals = parsePrincipals(given, where);
  return {
    ...(typeof sid === 'string' && sid !== '' ? { sid } : {}),
    effect,
    actions,
    resources: parseSelection(given, 'Resource', where, { variables }) ?? {
      except: true,
      patterns: [],
    },
    ...(principals ? { principals } : {}),
    conditions: parseConditions(elementOf(given, 'Condition', where), where),
  };
}

/** The element `Name` or `NotName` of a statement, whichever it has. */
function either(
  statement: Readonly<Record<string, unknown>>,
  name: string,
  where: string,
): { readonly value: unknown; readonly except: boolean } | undefined {
  const value = elementOf(statement, name, where);
  const not = elementOf(statement, `Not${name}`, where);
  if (value !== undefined && not !== undefined) {
    throw new PolicyError(`expected ${name} or Not${name} in ${where}, found both`);
  }
  if (value === undefined && not === undefined) return undefined;
  return { value: value ?? not, except: value === undefined };
}

function parseSelection(
  statement: Readonly<Record<string, unknown>>,
  name: string,
  where: string,
  options: { readonly fold?: boolean; readonly variables?: boolean },
): Selection | undefined {
  const found = either(statement, name, where);
  return (
    found && {
      except: found.except,
      patterns: texts(found.value, `${name} of ${where}`).map((text) => ({
        text,
        ...parseGlob(text, options),
      })),
    }
  );
}

function parsePrincipals(
  statement: Readonly<Record<string, unknown>>,
  where: string,
): Principals | undefined {
  const found = either(statement, 'Principal', where);
  if (!found) return undefined;
  const { value, except } = found;
  if (!isObject(value)) {
    const list = texts(value, `Principal of ${where}`).map((id) => ({ kind: 'AWS', id }));
    return { except, list };
  }
  const list = Object.entries(value).flatMap(([kind, ids]) =>
    texts(ids, `Principal ${kind} of ${where}`).map((id) => ({ kind, id })),
  );
  return { except, list };
}

function parseConditions(given: unknown, where: string): readonly PolicyCondition[] {
  if (given === undefined || given === null) return [];
  if (!isObject(given)) {
    throw new PolicyError(
      `expected an object as the Condition of ${where}, found ${kindOf(given)}`,
    );
  }
  return Object.entries(given).flatMap(([name, keys]) => {
    if (!isObject(keys)) {
      throw new PolicyError(`expected an object under ${name} of ${where}, found ${kindOf(keys)}`);
    }
    const [, qualifier = '', operator = name, ifExists] =
      /^(?:(ForAnyValue|ForAllValues):)?(.*?)(IfExists)?$/is.exec(name) ?? [];
    return Object.entries(keys).map(([key, values]) => ({
      operator,
      ...(qualifier
        ? {
            qualifier: /any/i.test(qualifier)
              ? ('ForAnyValue' as const)
              : ('ForAllValues' as const),
          }
        : {}),
      ifExists: ifExists !== undefined,
      key,
      values: texts(values, `${name} ${key} of ${where}`),
    }));
  });
}

/** A text or a list of texts. Conditions may hold `true` and numbers, which are read as texts. */
function texts(value: unknown, where: string): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map((item: unknown) => {
    if (typeof item === 'string') return item;
    if (typeof item === 'boolean' || typeof item === 'number') return String(item);
    throw new PolicyError(`expected a text or a list of texts as ${where}, found ${kindOf(item)}`);
  });
}

const kindOf = (value: unknown): string =>
  value === undefined || value === null
    ? 'nothing'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'string'
        ? JSON.stringify(value.slice(0, 60))
        : typeof value === 'object'
          ? 'an object'
          : `a ${typeof value}`;

/** The patterns of a selection as they stand in the document. */
export const textsOf = ({ patterns }: Selection): readonly string[] =>
  patterns.map(({ text }) => text);

/** A condition as text: `StringLike aws:PrincipalArn = arn:aws:iam::111122223333:role/*`. */
export const conditionText = ({
  operator,
  qualifier,
  ifExists,
  key,
  values,
}: PolicyCondition): string =>
  `${qualifier ? `${qualifier}:` : ''}${operator}${ifExists ? 'IfExists' : ''} ${key} = ${values.join(', ')}`;

/** What policies give on services. `accessTo.ts` says what they give on resources. */
import { certainDenials, selected, selects, takenAway } from './denials.ts';
import { covers, everything, type Glob, globText, overlap, parseGlob, residues } from './glob.ts';
import {
  conditionText,
  type Policy,
  type PolicyStatement,
  type Selection,
  textsOf,
} from './policy.ts';
import { isOfOthers } from './services.ts';
import { listed } from '../words.ts';

/** What a policy gives: some actions on some resources. */
export interface Grant {
  readonly sid?: string;
  /** The actions as patterns, narrowed to the service that was asked about. */
  readonly actions: readonly string[];
  /** What `NotAction` leaves out of the actions. */
  readonly exceptActions: readonly string[];
  /** The resources as patterns, as they stand in the document. */
  readonly resources: readonly string[];
  /** What `NotResource` leaves out of the resources. */
  readonly exceptResources: readonly string[];
  /** The conditions under which it holds, each as a text. */
  readonly conditions: readonly string[];
}

/** The grant of a statement: what it gives of its actions, on which of its resources. */
export const grantOf = (
  { sid, actions, resources, conditions }: PolicyStatement,
  granted: readonly string[],
  on: readonly string[],
): Grant => ({
  ...(sid === undefined ? {} : { sid }),
  actions: granted,
  exceptActions: actions.except ? textsOf(actions) : [],
  resources: on,
  exceptResources: resources.except ? textsOf(resources) : [],
  conditions: conditions.map(conditionText),
});

/**
 * Finds what a policy gives on a service: for each Allow its actions of the service, without those that a Deny of the same
 * policy certainly takes away. Where all resources of a statement belong to other services, only actions that name the
 * service count: `*` on a bucket is about S3.
 *
 * @param service the service by its name in actions: `iam`.
 */
export function grantsOn(policy: Policy, service: string): readonly Grant[] {
  const denials = certainDenials(policy);
  return policy.statements.flatMap((statement) => {
    if (statement.effect !== 'Allow') return [];
    const isTaken = takenAway(denials, selected(statement.resources));
    const given = actionsOn(namingActions(statement, service), `${service}:`).filter(
      ({ glob }) => !isTaken(glob),
    );
    if (given.length === 0) return [];
    const on = statement.resources.except ? ['*'] : textsOf(statement.resources);
    return [
      grantOf(
        statement,
        given.map(({ text }) => text),
        on,
      ),
    ];
  });
}

/** The actions of a statement. Where no action of the service is about the resources, only those that name the service. */
function namingActions({ actions, resources }: PolicyStatement, service: string): Selection {
  const isOthers =
    !resources.except &&
    resources.patterns.every(({ glob }) => isOfOthers(service, globText(glob)));
  if (!isOthers) return actions;
  const beginning = `${service}:`.toLowerCase();
  const patterns = actions.except
    ? []
    : actions.patterns.filter(({ text }) => text.toLowerCase().startsWith(beginning));
  return { except: false, patterns };
}

/** The actions of a selection that begin with a text (`iam:`), as patterns. */
export function actionsOn(
  { except, patterns }: Selection,
  beginning: string,
): readonly { readonly text: string; readonly glob: Glob }[] {
  const written = (rest: string): { readonly text: string; readonly glob: Glob } => ({
    text: beginning + rest,
    glob: parseGlob(beginning + rest, { fold: true }).glob,
  });
  if (except) {
    const all = written('*');
    return patterns.some(({ glob }) => covers(glob, all.glob)) ? [] : [all];
  }
  return patterns.flatMap(({ text, glob }) =>
    residues(glob, beginning.toLowerCase())
      .map((start) => globText(parseGlob(text).glob.slice(start)))
      // No action has two colons.
      .filter((rest) => !rest.includes(':'))
      .map(written),
  );
}

/** Whether a policy gives every action on every resource, without conditions and without a Deny that takes some away. */
export const isAdministrator = ({ statements }: Policy): boolean => {
  const certain = statements.filter(({ conditions }) => conditions.length === 0);
  return (
    certain.every(({ effect }) => effect === 'Allow') &&
    certain.some(
      ({ actions, resources }) =>
        selects(actions, parseGlob('*:*').glob) && selects(resources, everything),
    )
  );
};

/**
 * Finds what a policy that makes an administrator leaves out of every action: nothing, or what the `NotAction` of a statement
 * does that gives the rest on every resource, with all of IAM and without conditions. Its holder can give themselves what is
 * left out. A Deny that takes away nothing of IAM does not change that.
 *
 * @returns what the first such statement leaves out; `undefined` where none makes an administrator.
 */
export function administratorBut(policy: Policy): readonly string[] | undefined {
  if (isAdministrator(policy)) return [];
  const { statements } = policy;
  const iam = parseGlob('iam:*').glob;
  const touchesIam = ({ actions }: PolicyStatement): boolean =>
    actions.except
      ? !selects({ ...actions, except: false }, iam)
      : actions.patterns.some(({ glob }) => overlap(glob, iam));
  const certain = statements.filter(({ conditions }) => conditions.length === 0);
  const denials = certain.filter(({ effect }) => effect === 'Deny');
  if (denials.some(touchesIam)) return undefined;
  const found = certain.find(
    ({ effect, actions, resources }) =>
      effect === 'Allow' &&
      actions.except &&
      selects(actions, iam) &&
      selects(resources, everything),
  );
  return found && [...textsOf(found.actions), ...(denials.length > 0 ? ['what it denies'] : [])];
}

/** Every action but some, for a sentence. */
export const allActions = (but: readonly string[]): string =>
  `every action${but.length > 0 ? ` but ${listed(but, 5)}` : ''}`;

/** Whether the patterns of a list match every action that a pattern matches. Case does not matter. */
export const isActionAmong = (action: string, among: readonly string[]): boolean => {
  const { glob } = parseGlob(action, { fold: true });
  return among.some((other) => covers(parseGlob(other, { fold: true }).glob, glob));
};

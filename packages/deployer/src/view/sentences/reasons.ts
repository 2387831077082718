/** Why a plan does what it does: for each code its facts, which are JSON, and its sentence. Pure. */
import type { Stack } from '../../cloud/cloud.ts';
import type { Scope } from '../../cloud/stacksets.ts';
import { meaningOf, whatToDo } from '../../cloud/states.ts';
import { fleetTag } from '../../identity/naming.ts';
import { notPatrols, type Strangeness } from '../../identity/ownership.ts';
import type { Downgrade } from '../../notes/parts.ts';
import { type Coded, compact } from '../../text/records.ts';
import { counted, enumerated } from '../../text/words.ts';

/** Why something is done, or nothing, as data. */
export type Reason = Refusal | Coded<typeof reasons>;

/** Why nothing can be done with a stack or stack set, as data. */
export type Refusal = Coded<typeof refusals>;

/** Why something is done, or nothing, in one sentence. */
export const because = (all: readonly Reason[]): string => all.map(sentence).join('; ');

/** One reason, as a sentence or the part of one that follows a colon. */
export const sentence = (reason: Reason): string =>
  ({ ...reasons, ...refusals }[reason.code] as (facts: Reason) => string)(reason);

type Names = readonly string[];

/** A stack, as far as a sentence about it needs. */
type Said = Pick<Stack, 'name' | 'status' | 'reason'>;

/** What a sentence needs of a stack. */
export const said = ({ name, status, reason }: Stack): Said => compact({ name, status, reason });

/** What is left where the file no longer lists it. */
interface Left {
  readonly name: string;
  readonly stacks: number;
  readonly scopes: readonly Scope[];
}

/** What a sentence about a stack and what to type for it needs. */
interface Suggesting {
  readonly stack: Said;
  readonly region: string;
  readonly command: string;
}

const stacks = (count: number): string => counted(count, 'stack');

/** Where an operation on a stack set works: `ou-ab12-11111111 in eu-west-1`. */
const scopeWords = ({ units, regions, accounts }: Scope): string =>
  `${accounts ? `${enumerated(accounts)} of ` : ''}${enumerated(units)} in ${enumerated(regions)}`;

/** The same of several. */
export const scopesWords = (scopes: readonly Scope[]): string =>
  scopes.map(scopeWords).join(' and ');

const inState = ({ stack, region, command }: Suggesting): string =>
  `The stack ${stack.name} in ${region} is in state ${stack.status}. ${whatToDo(stack, command)}`;

const reasons = {
  absent: () => 'it does not exist yet',
  /** Its rule has no stack yet, and a line of patrol.yaml brings it that does not name it. */
  newBy: (it: { line: string }) => `new by ${it.line}`,
  /** A change set that was not executed left it. */
  empty: () => 'it is empty, since its change set was never executed',
  same: (it: { kind: 'stack' | 'stack set' }) =>
    it.kind === 'stack'
      ? 'its code, template, parameters and tags are up to date'
      : 'its code, template, parameters, tags and targets are up to date',
  changed: (it: { what: Names }) => `${enumerated(it.what)} changed`,
  /** Parts of it were changed outside CloudFormation. */
  drifted: (it: { what: Names }) =>
    `${enumerated(it.what)} changed outside CloudFormation; this changes it back`,
  /** Its creation or deletion failed. */
  broken: ({ stack }: { stack: Said }) =>
    `its state is ${stack.status}: ${meaningOf(stack, 'it').replace(/\.$/, '')}. It can only be deleted and recreated`,
  /** DescribeStacks may not show what it has. */
  rolledBack: () => 'its last update was rolled back, so CloudFormation compares it again',
  noDifference: () => 'its last update was rolled back, and CloudFormation finds no difference',
  joins: (it: { fleet: string }) => `it joins the fleet ${it.fleet}`,
  tagged: (it: { tag: string }) => `the tag ${it.tag} changed`,
  unlisted: (it: { deleted: boolean; stacks?: number; unprotects?: true }) => {
    if (it.unprotects)
      return 'the file no longer lists it; its termination protection is turned off, and it is deleted';
    const what = it.stacks === undefined ? '' : ` with its ${stacks(it.stacks)}`;
    return it.deleted
      ? `the file no longer lists it${what === '' ? '' : `; it is deleted${what}`}`
      : `the file no longer lists it; --prune deletes it${what}`;
  },
  underWay: () => 'an operation is in progress and must end first',
  outdated: (it: { count: number; of: number }) =>
    `${it.count} of ${it.of} instances are outdated and will be updated again`,
  goes: (it: { scope: Scope }) => `it is also deployed to ${scopeWords(it.scope)}`,
  leaves: (it: { scope: Scope; stacks: number }) =>
    `the file no longer lists ${scopeWords(it.scope)}, where it has ${stacks(it.stacks)}`,
  left: (it: Left) =>
    `${it.name} still has ${stacks(it.stacks)} in ${scopesWords(it.scopes)} that the file no longer lists; --prune deletes them.`,
  /** An operation is in progress, or must be continued, before anything else can be done. */
  recovers: inState,
};

const refusals = {
  stuck: inState,
  /** AWS delivers the rule's events in other regions only. */
  wrongRegion: (it: { name: string; regions: Names; region: string }) =>
    `AWS delivers the events of ${it.name} only in ${it.regions.join(', ')}; in ${it.region} it would never alert. Deploy it with --region ${it.regions[0]}.`,
  /** A stack or stack set of that name is not Patrol's, or not this rule's. */
  foreign: (it: {
    kind: 'stack' | 'stack set';
    name: string;
    region?: string;
    because: Strangeness;
  }) => {
    const { kind, name, region, because: why } = it;
    if (kind === 'stack' && why.code === 'otherFleet') {
      return `The stack ${name} in ${region} belongs to the fleet ${why.found}, by its tag ${fleetTag}. Remove the rule from one of the two fleets, or choose another environment.`;
    }
    const where = region === undefined ? '' : ` in ${region}`;
    const other = kind === 'stack' ? '--env' : 'environment';
    return `There is already a ${kind} ${name}${where}, but ${strange(why)}. Patrol does not touch it. Choose another ${other}, or delete that ${kind} yourself if nobody needs it.`;
  },
  /**
   * `isBroken`: whether it can only be deleted and recreated. `command`: what the operator types to turn the protection off;
   * of a broken stack, to delete it.
   */
  protected: ({ stack, region, command, isBroken }: Suggesting & { isBroken: boolean }) =>
    isBroken
      ? `The stack ${stack.name} in ${region} is in state ${stack.status}. ${meaningOf(stack, 'It')} It can only be deleted and recreated, but it is protected against deletion. \`${command}\` asks, turns the protection off and deletes it. Then deploy again.`
      : protectedWords(stack.name, command),
  /** The installed version of the rule is older than the deployed one, and nobody agreed to that. */
  older: ({ name, downgrade }: { name: string; downgrade: Downgrade }) =>
    `${name} is not changed. ${versionWords(downgrade)} Install ${downgrade.deployed} or later, or add --allow-downgrade.`,
  /** It would be deleted, but an operation on it is in progress. */
  busy: (it: { stack: Said }) =>
    `${meaningOf(it.stack)} Run the same command again when this has ended.`,
  /** AWS does not say what there is. */
  unseen: (it: { why: string }) => it.why,
  /** The default event bus has no room for the rules of all new stacks. `command`: what raises the quota. */
  busFull: (it: { used: number; coming: number; quota: number; region: string; command: string }) =>
    `The default event bus in ${it.region} has ${it.used} rules, and this plan adds ${it.coming}. Its quota is ${it.quota}. Request a higher one: \`${it.command}\`.`,
  needsBase: (it: { stack: string; base: string }) =>
    `${it.stack} needs the base stack ${it.base}, which cannot be changed now.`,
  baseUsed: (it: { base: string }) =>
    `Other stacks send their alerts or alarms to the topics of ${it.base}, and this run does not change them. Give them other topics first.`,
  misnamed: (it: { name: string; expected: string }) =>
    `${it.name} has the tags of ${it.expected}, but not its name, so Patrol does not delete it. Delete it yourself if nobody needs it, or remove the tags.`,
  /** An update would fail in regions that the file no longer has. */
  regionsLeft: (it: Left & { regions: Names }) => {
    const where = enumerated(it.regions);
    return `${it.name} still has stacks in ${where}, which the file no longer lists. An update would break them. List ${where} in the file again, or delete them with --prune: ${stacks(it.stacks)} in ${scopesWords(it.scopes)}.`;
  },
  /** It would be deployed to a unit, and to another one that contains it. */
  overlappingUnits: ({ name, unit, other }: { name: string; unit: string; other: string }) =>
    `${unit} is inside ${other}. A stack set in both could not be removed from one of them later. StackSets would also delete stacks that the other still needs. ${name} is not changed. List only ${other}, or list units that do not contain each other.`,
  /**
   * Taking the stack set out of a unit would delete stacks of accounts that a wanted unit has too. `accounts`: absent where AWS
   * does not say. `command`: what the operator types to delete what the file no longer lists.
   */
  sharedAccounts: (it: {
    name: string;
    unit: string;
    other: string;
    accounts?: Names;
    command: string;
  }) => {
    const { unit, accounts } = it;
    const both = enumerated([unit, it.other]);
    const why = accounts
      ? `${both} have accounts in common: ${enumerated(accounts.slice(0, 3))}${accounts.length > 3 ? ', …' : ''}`
      : `it is not known whether ${both} have accounts in common`;
    return `${it.name} still has stacks in ${unit}, which the file no longer lists. They cannot be deleted alone, since ${why}. StackSets would also delete the stacks that are still wanted there. List ${unit} in the file again. Or remove the rule, run \`${it.command}\`, and add the rule again. This deletes all its stacks and creates the wanted ones.`;
  },
};

/** What to do about a stack that is protected against deletion. */
export const protectedWords = (name: string, command: string): string =>
  `${name} is protected against deletion. Turn the protection off first: \`${command}\`.`;

/** An older version and what it would replace. */
export const versionWords = ({ package: name, deployed, installed }: Downgrade): string =>
  `${name} ${deployed} is deployed. The installed version, ${installed}, is older.`;

/** Why a stack or stack set is not ours to change. */
function strange(found: Strangeness): string {
  switch (found.code) {
    case 'untagged':
      return notPatrols;
    case 'otherTag':
      return `it belongs to another rule: its tag ${found.tag} is ${found.found ?? 'missing'}, expected ${found.expected}`;
    case 'otherFleet':
      return `it belongs to the fleet ${found.found}, expected ${found.expected}`;
    case 'selfManaged':
      return 'its permission model is SELF_MANAGED: it does not use the roles of AWS Organizations';
  }
}

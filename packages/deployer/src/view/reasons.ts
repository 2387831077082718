/** The sentences for {@link Reason}s. Pure. */
import { meaningOf, whatToDo } from '../cloud/states.ts';
import type { Scope } from '../cloud/stacksets.ts';
import { fleetTag } from '../identity/naming.ts';
import { notPatrols, type Strangeness } from '../identity/ownership.ts';
import type { Reason } from '../plan/reasons.ts';
import { counted, enumerated } from '../text/words.ts';
import { versionWords } from './cautions.ts';

/** Why something is done, or nothing, in one sentence. */
export const because = (reasons: readonly Reason[]): string => reasons.map(sentence).join('; ');

const stacks = (count: number): string => counted(count, 'stack');

/** Where an operation on a stack set works: `ou-ab12-11111111 in eu-west-1`. */
const scopeWords = ({ units, regions, accounts }: Scope): string =>
  `${accounts ? `${enumerated(accounts)} of ` : ''}${enumerated(units)} in ${enumerated(regions)}`;

/** The same of several. */
export const scopesWords = (scopes: readonly Scope[]): string =>
  scopes.map(scopeWords).join(' and ');

/** One reason, as a sentence or the part of one that follows a colon. */
export const sentence = (reason: Reason): string =>
  (sentences[reason.code] as (reason: Reason) => string)(reason);

const inState = ({ stack, region, command }: ReasonOf<'recovers' | 'stuck'>): string =>
  `The stack ${stack.name} in ${region} is in state ${stack.status}. ${whatToDo(stack, command)}`;

type ReasonOf<Code extends Reason['code']> = Extract<Reason, { readonly code: Code }>;

const sentences: { readonly [Code in Reason['code']]: (reason: ReasonOf<Code>) => string } = {
  absent: () => 'it does not exist yet',
  newBy: ({ line }) => `new by ${line}`,
  empty: () => 'it is empty, since its change set was never executed',
  same: ({ kind }) =>
    kind === 'stack'
      ? 'its code, template, parameters and tags are up to date'
      : 'its code, template, parameters, tags and targets are up to date',
  changed: ({ what }) => `${enumerated(what)} changed`,
  broken: ({ stack }) =>
    `its state is ${stack.status}: ${meaningOf(stack, 'it').replace(/\.$/, '')}. It can only be deleted and recreated`,
  rolledBack: () => 'its last update was rolled back, so CloudFormation compares it again',
  noDifference: () => 'its last update was rolled back, and CloudFormation finds no difference',
  joins: ({ fleet }) => `it joins the fleet ${fleet}`,
  tagged: ({ tag }) => `the tag ${tag} changed`,
  unlisted: ({ stacks: count, deleted }) => {
    const what = count === undefined ? '' : ` with its ${stacks(count)}`;
    return deleted
      ? `the file no longer lists it${what === '' ? '' : `; it is deleted${what}`}`
      : `the file no longer lists it; --prune deletes it${what}`;
  },
  underWay: () => 'an operation is in progress and must end first',
  outdated: ({ count, of }) => `${count} of ${of} instances are outdated and will be updated again`,
  goes: ({ scope }) => `it is also deployed to ${scopeWords(scope)}`,
  leaves: ({ scope, stacks: count }) =>
    `the file no longer lists ${scopeWords(scope)}, where it has ${stacks(count)}`,
  left: ({ name, stacks: count, scopes }) =>
    `${name} still has ${stacks(count)} in ${scopesWords(scopes)} that the file no longer lists; --prune deletes them.`,
  recovers: inState,
  stuck: inState,
  wrongRegion: ({ name, region, regions }) =>
    `AWS delivers the events of ${name} only in ${regions.join(', ')}; in ${region} it would never alert. Deploy it with --region ${regions[0]}.`,
  foreign: ({ kind, name, region, because: why }) => {
    if (kind === 'stack' && why.code === 'otherFleet') {
      return `The stack ${name} in ${region} belongs to the fleet ${why.found}, by its tag ${fleetTag}. Remove the rule from one of the two fleets, or choose another environment.`;
    }
    const where = region === undefined ? '' : ` in ${region}`;
    const other = kind === 'stack' ? '--env' : 'environment';
    return `There is already a ${kind} ${name}${where}, but ${strange(why)}. Patrol does not touch it. Choose another ${other}, or delete that ${kind} yourself if nobody needs it.`;
  },
  protected: ({ stack, region, command, isBroken }) =>
    isBroken
      ? `The stack ${stack.name} in ${region} is in state ${stack.status}. ${meaningOf(stack, 'It')} It can only be deleted and recreated, but it is protected against deletion. \`${command}\` asks, turns the protection off and deletes it. Then deploy again.`
      : protectedWords(stack.name, command),
  older: ({ name, downgrade }) =>
    `${name} is not changed. ${versionWords(downgrade)} Install ${downgrade.deployed} or later, or add --allow-downgrade.`,
  busy: ({ stack }) => `${meaningOf(stack)} Run the same command again when this has ended.`,
  unseen: ({ why }) => why,
  busFull: ({ used, coming, quota, region, command }) =>
    `The default event bus in ${region} has ${used} rules, and this plan adds ${coming}. Its quota is ${quota}. Request a higher one: \`${command}\`.`,
  needsBase: ({ stack, base }) =>
    `${stack} needs the base stack ${base}, which cannot be changed now.`,
  baseUsed: ({ base }) =>
    `Other stacks send their alerts or alarms to the topics of ${base}, and this run does not change them. Give them other topics first.`,
  misnamed: ({ name, expected }) =>
    `${name} has the tags of ${expected}, but not its name, so Patrol does not delete it. Delete it yourself if nobody needs it, or remove the tags.`,
  regionsLeft: ({ name, regions, stacks: count, scopes }) => {
    const where = enumerated(regions);
    return `${name} still has stacks in ${where}, which the file no longer lists. An update would break them. List ${where} in the file again, or delete them with --prune: ${stacks(count)} in ${scopesWords(scopes)}.`;
  },
  overlappingUnits: ({ name, unit, other }) =>
    `${unit} is inside ${other}. A stack set that is deployed to both cannot be taken out of one of them later: StackSets would also delete the stacks that are still wanted in the other. ${name} is not changed. List only ${other}, or list units that do not contain each other.`,
  sharedAccounts: ({ name, unit, other, accounts, command }) => {
    const both = enumerated([unit, other]);
    const why = accounts
      ? `${both} have accounts in common: ${enumerated(accounts.slice(0, 3))}${accounts.length > 3 ? ', …' : ''}`
      : `it is not known whether ${both} have accounts in common`;
    return `${name} still has stacks in ${unit}, which the file no longer lists. They cannot be deleted alone, since ${why}. StackSets would also delete the stacks that are still wanted there. List ${unit} in the file again. Or remove the rule, run \`${command}\`, and add the rule again. This deletes all its stacks and creates the wanted ones.`;
  },
};

/** What to do about a stack that is protected against deletion. */
export const protectedWords = (name: string, command: string): string =>
  `${name} is protected against deletion. Turn the protection off first: \`${command}\`.`;

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

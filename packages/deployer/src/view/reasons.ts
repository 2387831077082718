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
export function sentence(reason: Reason): string {
  switch (reason.code) {
    case 'absent':
      return 'it does not exist yet';
    case 'newBy':
      return `new by ${reason.line}`;
    case 'empty':
      return 'it is empty, since its change set was never executed';
    case 'same':
      return reason.kind === 'stack'
        ? 'its code, template, parameters and tags are up to date'
        : 'its code, template, parameters, tags and targets are up to date';
    case 'changed':
      return `${enumerated(reason.what)} changed`;
    case 'broken': {
      const means = meaningOf(reason.stack, 'it').replace(/\.$/, '');
      return `its state is ${reason.stack.status}: ${means}. It can only be deleted and recreated`;
    }
    case 'rolledBack':
      return 'its last update was rolled back, so CloudFormation compares it again';
    case 'noDifference':
      return 'its last update was rolled back, and CloudFormation finds no difference';
    case 'joins':
      return `it joins the fleet ${reason.fleet}`;
    case 'tagged':
      return `the tag ${reason.tag} changed`;
    case 'unlisted': {
      const what = reason.stacks === undefined ? '' : ` with its ${stacks(reason.stacks)}`;
      return reason.deleted
        ? `the file no longer lists it${what === '' ? '' : `; it is deleted${what}`}`
        : `the file no longer lists it; --prune deletes it${what}`;
    }
    case 'underWay':
      return 'an operation is in progress and must end first';
    case 'outdated':
      return `${reason.count} of ${reason.of} instances are outdated and will be updated again`;
    case 'goes':
      return `it is also deployed to ${scopeWords(reason.scope)}`;
    case 'leaves':
      return `the file no longer lists ${scopeWords(reason.scope)}, where it has ${stacks(reason.stacks)}`;
    case 'left':
      return `${reason.name} still has ${stacks(reason.stacks)} in ${scopesWords(reason.scopes)} that the file no longer lists; --prune deletes them.`;
    case 'recovers':
    case 'stuck':
      return `The stack ${reason.stack.name} in ${reason.region} is in state ${reason.stack.status}. ${whatToDo(reason.stack, reason.command)}`;
    case 'wrongRegion':
      return `AWS delivers the events of ${reason.name} only in ${reason.regions.join(', ')}; in ${reason.region} it would never alert. Deploy it with --region ${reason.regions[0]}.`;
    case 'foreign': {
      const { kind, name, region, because: why } = reason;
      if (kind === 'stack' && why.code === 'otherFleet') {
        return `The stack ${name} in ${region} belongs to the fleet ${why.found}, by its tag ${fleetTag}. Remove the rule from one of the two fleets, or choose another environment.`;
      }
      const where = region === undefined ? '' : ` in ${region}`;
      const other = kind === 'stack' ? '--env' : 'environment';
      return `There is already a ${kind} ${name}${where}, but ${strange(why)}. Patrol does not touch it. Choose another ${other}, or delete that ${kind} yourself if nobody needs it.`;
    }
    case 'protected': {
      const { stack, region, command, isBroken } = reason;
      return isBroken
        ? `The stack ${stack.name} in ${region} is in state ${stack.status}. ${meaningOf(stack, 'It')} It can only be deleted and recreated, but it is protected against deletion. \`${command}\` asks, turns the protection off and deletes it. Then deploy again.`
        : protectedWords(stack.name, command);
    }
    case 'older':
      return `${reason.name} is not changed. ${versionWords(reason.downgrade)} Install ${reason.downgrade.deployed} or later, or add --allow-downgrade.`;
    case 'busy':
      return `${meaningOf(reason.stack)} Run the same command again when this has ended.`;
    case 'unseen':
      return reason.why;
    case 'needsBase':
      return `${reason.stack} needs the base stack ${reason.base}, which cannot be changed now.`;
    case 'baseUsed':
      return `Other stacks send their alerts or alarms to the topics of ${reason.base}, and this run does not change them. Give them other topics first.`;
    case 'misnamed':
      return `${reason.name} has the tags of ${reason.expected}, but not its name, so Patrol does not delete it. Delete it yourself if nobody needs it, or remove the tags.`;
    case 'regionsLeft': {
      const where = enumerated(reason.regions);
      return `${reason.name} still has stacks in ${where}, which the file no longer lists. An update would break them. List ${where} in the file again, or delete them with --prune: ${stacks(reason.stacks)} in ${scopesWords(reason.scopes)}.`;
    }
    case 'sharedAccounts': {
      const { name, unit, other, accounts, command } = reason;
      const both = enumerated([unit, other]);
      const why = accounts
        ? `${both} have accounts in common: ${enumerated(accounts.slice(0, 3))}${accounts.length > 3 ? ', …' : ''}`
        : `it is not known whether ${both} have accounts in common`;
      return `${name} still has stacks in ${unit}, which the file no longer lists. They cannot be deleted alone, since ${why}. StackSets would also delete the stacks that are still wanted there. List ${unit} in the file again. Or remove the rule, run \`${command}\`, and add the rule again. This deletes all its stacks and creates the wanted ones.`;
    }
  }
}

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

/** The sentences for {@link Reason}s. Pure. */
import { meaningOf, whatToDo } from '../cloud/states.ts';
import type { Scope } from '../cloud/stacksets.ts';
import { fleetTag } from '../identity/naming.ts';
import { notPatrols, type Strangeness } from '../identity/ownership.ts';
import type { Reason } from '../plan/reasons.ts';
import { enumerated } from '../text/words.ts';
import { versionWords } from './cautions.ts';

/** Why something is done, or nothing, in one sentence. */
export const because = (reasons: readonly Reason[]): string => reasons.map(sentence).join('; ');

const stacks = (count: number): string => (count === 1 ? '1 stack' : `${count} stacks`);

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
    case 'empty':
      return 'it is empty: a change set that was not carried out left it';
    case 'same':
      return reason.kind === 'stack'
        ? 'code, template, parameters and tags are the same'
        : 'code, template, parameters, tags and targets are the same';
    case 'changed':
      return `${enumerated(reason.what)} changed`;
    case 'broken': {
      const means = meaningOf(reason.stack, 'it').replace(/\.$/, '');
      return `it is in the state ${reason.stack.status}: ${means}, so that it can only be deleted and created anew`;
    }
    case 'rolledBack':
      return 'its last update was rolled back, so that CloudFormation is asked whether anything differs';
    case 'noDifference':
      return 'its last update was rolled back, and CloudFormation finds no difference';
    case 'joins':
      return `it joins the fleet ${reason.fleet}`;
    case 'tagged':
      return `the tag ${reason.tag} changed`;
    case 'unlisted': {
      const what = reason.stacks === undefined ? '' : ` with its ${stacks(reason.stacks)}`;
      return reason.deleted
        ? `the file no longer has it${what === '' ? '' : `,${what}`}`
        : `the file no longer has it; --prune deletes it${what}`;
    }
    case 'underWay':
      return 'an operation is under way, which is waited for';
    case 'outdated':
      return `${reason.count} of ${reason.of} instances are outdated and are tried again`;
    case 'goes':
      return `it goes to ${scopeWords(reason.scope)} too`;
    case 'leaves':
      return `the file no longer has it in ${scopeWords(reason.scope)}, with ${stacks(reason.stacks)}`;
    case 'left':
      return `${reason.name} still stands where the file no longer has it; --prune deletes ${stacks(reason.stacks)} in ${scopesWords(reason.scopes)}.`;
    case 'recovers':
    case 'stuck':
      return `The stack ${reason.stack.name} in ${reason.region} is in the state ${reason.stack.status}. ${whatToDo(reason.stack, reason.command)}`;
    case 'wrongRegion':
      return `${reason.name} watches events that AWS delivers in ${reason.regions.join(', ')} only; in ${reason.region} it would never alert. Deploy it there: --region ${reason.regions[0]}.`;
    case 'foreign': {
      const { kind, name, region, because: why } = reason;
      if (kind === 'stack' && why.code === 'otherFleet') {
        return `The stack ${name} in ${region} belongs to the fleet ${why.found}, as its tag ${fleetTag} says. Take the rule out of one of the two, or choose another environment.`;
      }
      const where = region === undefined ? '' : ` in ${region}`;
      const other = kind === 'stack' ? '--env' : 'environment';
      return `There is a ${kind} ${name}${where} already, and ${strange(why)}. It is left alone. Choose another ${other}, or delete that ${kind} yourself if nobody needs it.`;
    }
    case 'protected': {
      const { stack, region, command } = reason;
      return command === undefined
        ? `${stack.name} is protected against deletion. Take that off first: \`aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stack.name} --region ${region}\`.`
        : `The stack ${stack.name} in ${region} is in the state ${stack.status}. ${meaningOf(stack, 'It')} It can only be deleted and created anew, but it is protected against deletion. \`${command}\` takes that off, after asking; then deploy again.`;
    }
    case 'older':
      return `${reason.name} is not changed. ${versionWords(reason.downgrade)} Install ${reason.downgrade.deployed} or later, or add --allow-downgrade.`;
    case 'busy':
      return `${meaningOf(reason.stack)} Run the same command again when that is over.`;
    case 'unseen':
      return reason.why;
    case 'needsBase':
      return `${reason.stack} needs the base stack ${reason.base}, with which nothing can be done now.`;
    case 'baseUsed':
      return `Other stacks send their alerts or alarms to the topics of ${reason.base}, and this run does not change them. Give them other topics first.`;
    case 'misnamed':
      return `${reason.name} carries the tags of ${reason.expected}, but not its name, so that it is not deleted. Delete it yourself if nobody needs it, or take the tags off.`;
    case 'regionsLeft': {
      const where = enumerated(reason.regions);
      return `${reason.name} still stands in ${where}, which the file no longer has, and an update would break its stacks there. Put ${where} back into the file, or delete them with --prune: ${stacks(reason.stacks)} in ${scopesWords(reason.scopes)}.`;
    }
    case 'sharedAccounts': {
      const { name, unit, other, accounts } = reason;
      const both = enumerated([unit, other]);
      const why = accounts
        ? `${both} have accounts in common (${enumerated(accounts.slice(0, 3))}${accounts.length > 3 ? ', …' : ''})`
        : `whether ${both} have accounts in common is not known`;
      return `${name} still stands in ${unit}, which the file no longer has, and cannot be taken out of it: ${why}, and its stacks there would be deleted as well. Put ${unit} back into the file; or take the rule out, run \`patrol-deploy apply --prune\`, and put the rule back: that deletes all its stacks and makes those that are wanted.`;
    }
  }
}

/** How something is seen not to be what is meant. */
function strange(found: Strangeness): string {
  switch (found.code) {
    case 'untagged':
      return notPatrols;
    case 'otherTag':
      return `it is another rule's: its tag ${found.tag} is ${found.found ?? 'missing'}, expected ${found.expected}`;
    case 'otherFleet':
      return `it belongs to the fleet ${found.found}, expected ${found.expected}`;
    case 'selfManaged':
      return 'it works with roles of its own instead of those of AWS Organizations (its permission model is SELF_MANAGED)';
  }
}

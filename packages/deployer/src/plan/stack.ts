/** What has to be done so that a stack is as it is wanted. Pure; needs to know no more of AWS than one `DescribeStacks` says. */
import { stackNames } from '@patrol/core/contracts';
import type { Artifact } from '../packages/assembly.ts';
import { baseParameters } from '../destinations/base.ts';
import { type ParameterInput, previousValue, type Stack } from '../cloud/cloud.ts';
import {
  codeAt,
  defaultEnvironment,
  fleetTag,
  foreignness,
  isPatrols,
  isVanishing,
  tagsOf,
} from '../identity/naming.ts';
import type { Difference } from '../notes/parts.ts';
import { conditionOf, meaningOf, whatToDo } from '../cloud/states.ts';
import type { Wanted } from '../want/stack.ts';

const { parameters: common } = stackNames;

/** What a change set needs to know. */
interface Deployment {
  readonly stack: string;
  readonly because: string;
  readonly parameters: Readonly<Record<string, ParameterInput>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly differences: readonly Difference[];
}

/** What has to be done, and why. */
export type Step =
  | ({
      readonly do: 'create';
      /** An empty stack to delete first. */ readonly shell?: string;
    } & Deployment)
  | ({ readonly do: 'update'; readonly standing: Stack } & Deployment)
  | ({
      readonly do: 'recreate';
      /** Deleted first, after asking. */ readonly standing: Stack;
    } & Deployment)
  | {
      readonly do: 'keep';
      readonly stack: string;
      readonly because: string;
      readonly standing: Stack;
    }
  | { readonly do: 'refuse'; readonly stack: string; readonly because: string };

/** The part of {@link Wanted} that decides whether anything can be done at all. */
export type Claim = Pick<Wanted, 'name' | 'stack' | 'place' | 'environment' | 'command'>;

/**
 * Why nothing can be done with a stack, with what to do about it; `undefined` when something can.
 */
export function refusal(
  claim: Claim,
  artifact: Artifact,
  standing: Stack | undefined,
): string | undefined {
  const { stack, place } = claim;
  const claimed = claimRefusal(claim, artifact, standing);
  if (claimed || !standing) return claimed;
  const condition = conditionOf(standing);
  if (condition === 'busy' || condition === 'stuck') {
    return `The stack ${stack} in ${place.region} is in the state ${standing.status}. ${whatToDo(standing, claim.command ?? typed('', claim))}`;
  }
  if (condition === 'broken' && standing.terminationProtected) {
    return `The stack ${stack} in ${place.region} is in the state ${standing.status}. ${meaningOf(standing, 'It')} It can only be deleted and created anew, but it is protected against deletion. \`${typed('delete ', claim)}\` takes that off, after asking; then deploy again.`;
  }
  return undefined;
}

/** A command about this very stack, as it is typed. */
const typed = (command: string, { name, place, environment }: Claim): string => {
  const env = environment === defaultEnvironment ? '' : ` --env ${environment}`;
  return `patrol-deploy ${command}${name} --region ${place.region}${env}`;
};

/** Why a stack is not this rule's to touch, in whatever state it is; `undefined` when it is. */
export function claimRefusal(
  { name, stack, place, environment }: Claim,
  artifact: Artifact,
  standing: Stack | undefined,
): string | undefined {
  const { regions } = artifact.rule;
  if (regions && place.partition === 'aws' && !regions.includes(place.region)) {
    return `${name} watches events that AWS delivers in ${regions.join(', ')} only; in ${place.region} it would never alert. Deploy it there: --region ${regions[0]}.`;
  }
  if (!standing || conditionOf(standing) === 'absent') return undefined;
  const foreign = strangeness(standing, tagsOf(artifact, environment));
  return foreign
    ? `There is a stack ${stack} in ${place.region} already, and ${foreign}. It is left alone. Choose another --env, or delete that stack yourself if nobody needs it.`
    : undefined;
}

/** How a stack is seen not to be this rule's. */
function strangeness(standing: Stack, tags: Readonly<Record<string, string>>): string | undefined {
  if (isVanishing(standing)) return undefined;
  if (!isPatrols(standing)) return foreignness(standing);
  const other = ['patrol:package', 'patrol:rule', 'patrol:environment'].find(
    (tag) => standing.tags[tag] !== tags[tag],
  );
  return other
    ? `it is another rule's: its tag ${other} is ${standing.tags[other]}, expected ${tags[other]}`
    : undefined;
}

/** Decides what has to be done so that a rule's stack is as it is wanted. */
export function plan(wanted: Wanted, artifact: Artifact, standing: Stack | undefined): Step {
  const { stack } = wanted;
  const refused = refusal(wanted, artifact, standing);
  if (refused) return { do: 'refuse', stack, because: refused };
  const condition = conditionOf(standing);
  const upright = condition === 'ready' ? standing : undefined;
  const parameters = parametersOf(wanted, artifact, upright);
  const tags = { ...keptTags(upright), ...tagsOf(artifact, wanted.environment) };
  const differences = differencesOf(parameters, tags, upright);
  const deployment = { stack, parameters, tags, differences };

  if (!standing || condition === 'absent') {
    return { do: 'create', because: 'it does not exist yet', ...deployment };
  }
  if (condition === 'shell') {
    return {
      do: 'create',
      because: 'it does not exist yet; an empty stack that an abandoned run left is deleted first',
      shell: standing.id,
      ...deployment,
    };
  }
  if (condition === 'broken') {
    const because = `it is in the state ${standing.status}: ${meaningOf(standing, 'it').replace(/\.$/, '')}, so that it can only be deleted and created anew`;
    return { do: 'recreate', because, standing, ...deployment };
  }
  if (differences.length > 0) {
    const changed = differences.map(({ what }) => what);
    return { do: 'update', because: `${enumerate(changed)} changed`, standing, ...deployment };
  }
  if (standing.status.includes('ROLLBACK')) {
    // What DescribeStacks echoes after a rollback need not be what stands: the change set decides.
    return {
      do: 'update',
      because:
        'its last update was rolled back, so that CloudFormation is asked whether anything differs',
      standing,
      ...deployment,
    };
  }
  return {
    do: 'keep',
    stack,
    because: 'code, template, parameters and tags are the same',
    standing,
  };
}

/** The parameters to send: what the stack has stays by reference, so that it is never read back and written again. */
function parametersOf(
  { template, values, place }: Wanted,
  artifact: Artifact,
  standing: Stack | undefined,
): Readonly<Record<string, ParameterInput>> {
  const code = codeAt(place, artifact);
  const fixed: Readonly<Record<string, string>> = {
    [common.codeBucket]: code.bucket,
    [common.codeKey]: code.key,
  };
  const parameters: Record<string, ParameterInput> = {};
  for (const name of Object.keys(template.parameters)) {
    const has = standing !== undefined && Object.hasOwn(standing.parameters, name);
    if (name === common.codeVersion) {
      // Which version holds the code is known once it is stored. The same code is still where it was.
      const same = has && standing.parameters[common.codeKey] === code.key;
      if (same && standing.parameters[name] !== '') parameters[name] = previousValue;
      continue;
    }
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    const text = fixed[name] ?? (has && value?.from === 'stack' ? undefined : value?.text);
    if (text !== undefined && (!has || text !== standing.parameters[name])) parameters[name] = text;
    else if (has) parameters[name] = previousValue;
  }
  return parameters;
}

/**
 * Tags that others gave the stack, and that of its fleet: a change set replaces all tags, so they are sent again. AWS's own
 * cannot be.
 */
const keptTags = (standing: Stack | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(standing?.tags ?? {}).filter(
      ([name]) => name === fleetTag || (!name.startsWith('aws:') && !name.startsWith('patrol:')),
    ),
  );

const wordsFor: Readonly<Record<string, string>> = {
  [common.codeBucket]: 'the artifact bucket',
  [common.codeKey]: 'the code',
  [common.alertEmail]: 'the e-mail address for alerts',
  [common.alertTopic]: 'the topic for alerts',
  [baseParameters.alarmEmail]: 'the e-mail address for alarms',
  [baseParameters.bucket]: 'the artifact bucket',
  [baseParameters.organization]: 'the organisation',
  [common.alarmTopic]: 'the topic for alarms',
  [common.dispatchTopic]: 'the topic of Dispatch',
  [common.publishers]: 'the accounts that may publish',
  [common.logRetention]: 'the retention of logs',
  'patrol:template': 'the template',
};

function differencesOf(
  parameters: Readonly<Record<string, ParameterInput>>,
  tags: Readonly<Record<string, string>>,
  standing: Stack | undefined,
): readonly Difference[] {
  const differences: Difference[] = [];
  const add = (name: string, before: string | undefined, after: string): void => {
    differences.push({
      what: wordsFor[name] ?? name,
      name,
      ...(before === undefined ? {} : { before }),
      after,
    });
  };
  for (const [name, after] of Object.entries(parameters)) {
    // Of a new stack, what is left empty is not worth a line.
    if (after === previousValue || (!standing && after === '')) continue;
    add(name, standing?.parameters[name], after);
  }
  for (const [name, after] of Object.entries(tags)) {
    // The version alone is no reason to touch every resource: code and template tell whether anything is new.
    if (name === 'patrol:version' || standing?.tags[name] === after) continue;
    if (standing) add(name, standing.tags[name], after);
  }
  return differences;
}

const enumerate = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** For tests of fleets: installed packages with rules of every kind, and an AWS in which a plan has been carried out. */
import {
  type AnyRule,
  apiCall,
  choice,
  defineRule,
  names,
  number,
  pairs,
  type Parameters,
  patterns,
  schedule,
  secret,
  sns,
  text,
  type Trigger,
} from '@patrol/core';
import { allParameters, eventPatterns, eventRegions } from '@patrol/core/evaluation';
import { ruleTemplate } from '@patrol/core/template';
import type { Artifact, Assembly } from '../packages/assembly.ts';
import { shortName } from '../packages/assembly.ts';
import { type Place, previousValue, type Stack } from '../cloud/cloud.ts';
import { sha256, type Template } from '../template/template.ts';
import { type FleetFile, readFleet } from '../file/file.ts';
import type { FleetPlan } from '../plan/fleet.ts';
import type { PlaceState } from '../plan/state.ts';
import { doingOf, type WantedContent } from '../plan/step.ts';
import type { FleetGround } from '../want/fleet.ts';

export const account = '111122223333';
export const otherAccount = '444455556666';

const rule = (name: string, triggers: readonly Trigger[], parameters: Parameters): AnyRule =>
  defineRule({
    name,
    title: `${name} happened`,
    description: `Alerts on ${name}.`,
    severity: 'high',
    runbook: 'Ask who did it.',
    triggers,
    parameters,
    evaluate: () => undefined,
  });

const trail = apiCall('cloudtrail.amazonaws.com', ['StopLogging']);
const iam = apiCall('iam.amazonaws.com', ['CreateUser']);

/** Rules with a parameter of each kind, required and not, muting and not, in all regions and in one. */
export const rules: readonly AnyRule[] = [
  rule('calls', [trail], {
    actions: names('Which calls.', {
      among: ['StopLogging', 'DeleteTrail'],
      default: 'StopLogging',
    }),
    ignored: pairs('What is left alone.', ['role', 'policy'], { default: '', suppresses: true }),
    limit: number('How many.', { minimum: 1, maximum: 100, default: '80' }),
  }),
  rule('global', [iam], {
    roles: names('Roles.', { example: 'Admin' }),
    quiet: patterns('Names that are left alone.', { default: '', suppresses: true }),
  }),
  rule('plain', [trail], {}),
  rule('hidden', [trail], {
    token: secret('The token.', {
      example: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:token-AbCdEf',
    }),
    mode: choice('How loud.', ['quiet', 'loud'], { default: 'quiet' }),
    team: text('Whose it is.', { default: '', form: { pattern: '[a-z]+', words: 'a word' } }),
  }),
  rule('listening', [sns(['backup.amazonaws.com'])], {
    note: text('A note.', { default: 'none' }),
  }),
];

/** A rule that watches the others, as patrolHealth does. */
export const watcher = (parameters: Parameters = {}): AnyRule =>
  defineRule({
    name: 'health',
    title: 'Out of order',
    description: 'Alerts when something is out of order.',
    severity: 'critical',
    runbook: 'Put it in order.',
    triggers: [schedule('rate(15 minutes)')],
    watches: true,
    parameters,
    evaluate: () => undefined,
  });

const templates = new Map<string, Template>();

/** A built package of rules. */
export function assemble(
  packageName: string,
  built: readonly AnyRule[] = rules,
  version = '1.0.0',
): Assembly {
  const short = shortName(packageName);
  return {
    shortName: short,
    folder: `/fake/${packageName}`,
    manifest: {
      formatVersion: 1,
      package: { name: packageName, version },
      core: { version: '1.0.0' },
      rules: built.map((each) => {
        const body = ruleTemplate(each);
        const source = JSON.stringify(body);
        const sum = sha256(source);
        templates.set(sum, {
          text: source,
          parameters: body.Parameters ?? {},
          resources: body.Resources ?? {},
        });
        const patternRegions = eventPatterns(each).map(eventRegions);
        const isGlobal = patternRegions.length > 0 && patternRegions.every(Boolean);
        return {
          name: each.name,
          title: each.title,
          description: each.description,
          severity: each.severity,
          runbook: each.runbook,
          runbookUrl: null,
          references: [],
          asks: false,
          triggers: [],
          parameters: allParameters(each),
          permissions: [],
          regions: isGlobal ? (patternRegions[0] ?? null) : null,
          memorySize: 128,
          timeout: 30,
          ...(each.watches ? { watches: true as const } : {}),
          code: { path: '', sha256: sha256(`${each.name} ${version}`), bytes: 1, handler: 'x' },
          template: { path: '', sha256: sum },
          sample: { path: '' },
        };
      }),
    },
  };
}

/** The template that was built for a rule. */
export function templateOf({ rule: { template } }: Artifact): Template {
  const found = templates.get(template.sha256);
  if (!found) throw new Error('There is no such template.');
  return found;
}

/** What the fake fleets are seen against. */
export const ground: FleetGround = {
  assemblies: [assemble('@patrol/rules-demo')],
  templateOf,
  account,
  partition: 'aws',
  today: '2026-11-23',
};

/** The place of a region in the account of the credentials. */
export const placeOf = (region: string, id: string = account): Place => ({
  account: id,
  region,
  partition: 'aws',
});

/** A file that is known to be good. */
export function fleetOf(source: string): FleetFile {
  const read = readFleet(source);
  if ('file' in read) return read.file;
  throw new Error(read.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
}

/** The file of a fleet of the rule `watch`, as `installRule` makes it: names of packages, each with the mode of its rule. */
export const watching = (
  fleet: string,
  packages: readonly (readonly [name: string, mode: string])[],
): string => `
version: 1
fleet: ${fleet}
regions: [eu-west-1]
alerts: { email: security@example.com, shared: true }
rules:
${packages.map(([name, mode]) => `  ${name}/watch: { parameters: { actions: StopLogging, mode: ${mode} } }`).join('\n')}
`;

/** Nothing stands in these places. */
export const nothing = (places: readonly Place[]): readonly PlaceState[] =>
  places.map((place) => ({ place, stacks: [] }));

/** What stands once a plan has been carried out, as `DescribeStacks` would tell it. */
export function carriedOut(
  { steps }: FleetPlan,
  current: readonly PlaceState[],
): readonly PlaceState[] {
  return current.map((found) => {
    if (!('stacks' in found)) return found;
    const stacks = new Map(found.stacks.map((stack) => [stack.name, stack]));
    for (const step of steps) {
      const { name, place } = step.target;
      if (place.region !== found.place.region || place.account !== found.place.account) continue;
      const doing = doingOf(step);
      if (doing === 'delete') stacks.delete(name);
      if (!['create', 'update', 'recreate'].includes(doing) || !step.wanted) continue;
      stacks.set(name, made(name, step.wanted, stacks.get(name)));
    }
    return { ...found, stacks: [...stacks.values()] };
  });
}

function made(
  stack: string,
  { content: { template }, parameters: sent, tags }: WantedContent,
  before: Stack | undefined,
): Stack {
  const unknown = Object.keys(sent).filter((name) => !template.parameters[name]);
  if (unknown.length > 0) throw new Error(`${unknown.join()} are no parameters of the template.`);
  const parameters = Object.entries(template.parameters).map(([name, { Default }]) => {
    const given = sent[name];
    const value = given === previousValue ? before?.parameters[name] : (given ?? Default);
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new Error(`${stack} has no value for ${name}.`);
    }
    return [name, `${value}`] as const;
  });
  return {
    id: `arn:aws:cloudformation:stack/${stack}`,
    name: stack,
    status: before ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE',
    parameters: Object.fromEntries(parameters),
    outputs: {},
    tags,
    created: new Date(0),
    terminationProtected: false,
  };
}

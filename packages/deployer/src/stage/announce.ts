/**
 * Announces a deployment to patrolHealth in the account and region. What ends as announced is one line there, and everything
 * else an alert. That it fails keeps nothing from being deployed.
 */
import * as contracts from '@patrol/core/contracts';
import { explain, orRefusal } from '../cloud/cloud.ts';
import type { Effects } from '../cloud/effects.ts';
import { doingOf, isStack, type StackSetStep, type StackStep, type Step } from '../plan/step.ts';
import { sha256 } from '../template/template.ts';

/** How long an announcement holds: as long as a large fleet takes, and half of what patrolHealth accepts. */
export const announcedFor = 3_600_000;

type Announcing = Pick<Effects, 'cloud' | 'now' | 'unique' | 'tell'>;

/** Announces steps of an account and region. */
export const announce = (effects: Announcing, steps: readonly Step[]): Promise<void> =>
  announceAll(
    effects,
    steps.flatMap((step) => (isStack(step) ? announced(step) : [ofStackSet(step)])),
  );

/** Announces that a stack is deleted. */
export const announceDeletion = (effects: Announcing, stack: string): Promise<void> =>
  announceAll(effects, [[stack, ['delete']]]);

async function announceAll(
  { cloud, now, unique, tell }: Announcing,
  all: readonly Named[],
): Promise<void> {
  const run = unique();
  const until = new Date(now() + announcedFor).toISOString();
  const write = async (): Promise<void> => {
    for (const stacks of portions(all, { run, until })) {
      await cloud.announce(contracts.announcementName, JSON.stringify({ run, until, stacks }));
    }
  };
  await orRefusal(write(), (error) => {
    const message = `This run could not be announced to patrolHealth. Where patrolHealth is deployed, it alerts on what this run changes. ${explain(error)}`;
    tell({ type: 'warning', message });
  });
}

type Named = readonly [stack: string, contracts.AnnouncedStack];

/** What is announced of a step; nothing of one that leaves the stack as it is. */
function announced(step: StackStep): readonly Named[] {
  const doing = doingOf(step);
  const { name } = step.target;
  const { content } = step.wanted ?? {};
  if (doing === 'recover' || doing === 'delete') return [[name, [doing]]];
  if (doing === 'keep' || doing === 'refuse' || doing === 'orphaned' || !content) return [];
  const code = content.artifact?.rule.code.sha256;
  const { template } = content.identity;
  return [[name, code === undefined ? [doing, template] : [doing, template, code]]];
}

/** What is announced of a step that changes a stack set. */
function ofStackSet({ wanted, operations, target }: StackSetStep): Named {
  const all = operations.map((each) => each.do);
  const doing = (['delete', 'remove', 'create'] as const).find((each) => all.includes(each));
  const name = `${contracts.stackSetPrefix}${target.name}`;
  if (!wanted) return [name, [doing ?? 'update']];
  const { template, artifact } = wanted;
  const said = [doing ?? 'update', sha256(template.text)] as const;
  return [name, artifact ? [...said, artifact.rule.code.sha256] : said];
}

/** As many stacks at once as fit into an announcement. */
function portions(
  stacks: readonly Named[],
  head: Omit<contracts.Announcement, 'stacks'>,
): readonly contracts.Announcement['stacks'][] {
  const room = contracts.announcementBytes - JSON.stringify({ ...head, stacks: {} }).length;
  const all: Named[][] = [];
  let left = 0;
  for (const each of stacks) {
    const size = JSON.stringify(each).length + 1;
    if (size > left) {
      all.push([]);
      left = room;
    }
    all.at(-1)?.push(each);
    left -= size;
  }
  return all.map((some) => Object.fromEntries(some));
}

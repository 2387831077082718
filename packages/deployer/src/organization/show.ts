/** An organisation's plan, and what came of it, for people. */
import { table } from '../table.ts';
import type { OrganizationOutcome, OrganizationResult } from './apply.ts';
import type {
  InstanceCounts,
  OrganizationPlan,
  OrganizationStep,
  TroubledInstance,
} from './plan.ts';

const verbs: Readonly<Record<OrganizationStep['do'], string>> = {
  create: 'create',
  update: 'update',
  keep: 'keep',
  delete: 'delete',
  stray: 'left over',
  refuse: 'leave alone',
};

/** How many instances are current, of how many. */
const instancesWords = ({ current, total, busy }: InstanceCounts): string =>
  total === 0 ? '-' : `${current}/${total}${busy > 0 ? ` (${busy} busy)` : ''}`;

/**
 * The plan as text.
 *
 * @param width the columns of the terminal; `undefined` when there is none.
 */
export function organizationText(plan: OrganizationPlan, width?: number): string {
  const { steps, notes } = plan;
  const rows = steps.map((step) => [
    verbs[step.do],
    step.name,
    instancesWords(step.instances),
    step.because,
  ]);
  return sections([
    table(['', 'STACK SET', 'CURRENT', 'BECAUSE'], rows, width),
    troubledText(steps, width),
    [...new Set([...notes, ...steps.flatMap((step) => step.notes)])].join('\n'),
  ]);
}

/** How carrying a plan out ended, as text. */
export function outcomeText({ outcomes }: OrganizationResult, width?: number): string {
  const rows = outcomes.map(({ ok, name, instances, message }: OrganizationOutcome) => [
    ok ? 'done' : 'FAILED',
    name,
    instancesWords(instances),
    message,
  ]);
  return sections([
    table(['', 'STACK SET', 'CURRENT', 'RESULT'], rows, width),
    troubledText(outcomes, width),
  ]);
}

/** The instances that are not as they should be, with AWS's reasons. */
function troubledText(
  of: readonly { readonly name: string; readonly troubled: readonly TroubledInstance[] }[],
  width: number | undefined,
): string {
  const rows = of.flatMap(({ name, troubled }) =>
    troubled.map(({ account, region, status, reason }) => [name, account, region, status, reason]),
  );
  return rows.length === 0
    ? ''
    : table(['INSTANCES OF', 'ACCOUNT', 'REGION', 'STATUS', 'REASON'], rows, width);
}

const sections = (texts: readonly string[]): string =>
  `${texts.filter((text) => text !== '').join('\n\n')}\n`;

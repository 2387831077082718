/** What the notifier itself has to say to people. Pure. */
import type { Alert } from '../contracts/alert.ts';

/** The rule of what the notifier itself tells. */
export const notifierRule = 'notifier';
/** The rule that tells what is wrong with Patrol. */
export const healthRule = 'patrolHealth';

/** What a notice says; all else of an alert comes from events. */
interface Notice extends Pick<
  Alert,
  'severity' | 'title' | 'summary' | 'facts' | 'eventName' | 'runbook'
> {
  /** What it is told once by. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly account?: string | null;
  readonly region?: string | null;
}

/** A notice of the notifier, in the form in which rules tell what they find. */
export const notice = ({ key, now, account = null, region = null, ...said }: Notice): Alert => ({
  version: 1,
  rule: notifierRule,
  test: false,
  outcome: 'succeeded',
  ...said,
  targets: [],
  before: null,
  undo: null,
  suppression: null,
  dedupKey: `${notifierRule}:${key}`,
  groupKey: `${notifierRule}:${key}`,
  account,
  accountName: null,
  region,
  actor: null,
  sourceAddress: null,
  network: null,
  userAgent: null,
  eventTime: new Date(now).toISOString(),
  eventId: null,
  consoleUrl: null,
  runbookUrl: null,
  references: [],
  event: null,
});

/** What people are told first, each time that the notifier has to tell alerts without its table. */
export const withoutTable = (now: number): Alert =>
  notice({
    key: 'table',
    now,
    severity: 'high',
    title: 'The notifier works without its table',
    summary:
      'It can neither read nor write what it told. So alerts come up to a minute later and some of them twice, and nothing is muted. None is lost.',
    facts: {},
    eventName: 'TableFailed',
    runbook:
      'Find out who deleted or changed the table of the base stack: its name is in the resources of the stack. `patrol-deploy apply` does not notice a table that is gone. In the CloudFormation console, create a change set for the stack, with the type "Drift-aware", and execute it.',
  });

/** docs/costs.md: what Patrol costs, computed from the built templates. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '@patrol/core/contracts';
import { baseTemplate, memberContent } from '../packages/deployer/src/destinations/base.ts';
import type { Costs } from '../packages/deployer/src/notes/parts.ts';
import { assumptions, costsOf, prices, together } from '../packages/deployer/src/template/costs.ts';
import { type Template, templateIn } from '../packages/deployer/src/template/template.ts';

/** A rule, as far as its costs go. */
export interface Costed {
  readonly name: string;
  readonly watches: boolean;
  readonly template: Template;
}

/** The rules of a built package. */
export const costedRules = ({ rules }: Manifest, dist: string): readonly Costed[] =>
  rules.map(({ name, watches = false, template: { path } }) => {
    const template = templateIn(readFileSync(join(dist, path), 'utf8'));
    if (!template) throw new Error(`${path} is no template.`);
    return { name, watches, template };
  });

const arn = 'arn:aws:sqs:us-east-1:111122223333:queue';
const sharing = {
  AlertTopicArn: 'arn:aws:sns:us-east-1:111122223333:machines',
  FailureQueueArn: arn,
  DeadLetterQueueArn: arn,
};

/** So many rules, the one that watches the others among them. */
const some = (rules: readonly Costed[], count: number): readonly Costed[] =>
  rules.toSorted((one, other) => Number(other.watches) - Number(one.watches)).slice(0, count);

/** Rules with queues and alarms of their own, in one account and region. */
export const alone = (rules: readonly Costed[], count: number): Costs =>
  together(some(rules, count).map(({ template, watches }) => costsOf(template, {}, watches)));

const queueAlarms = { QueueAlarmTopicArn: 'arn:aws:sns:us-east-1:111122223333:alarms' };

const beside = (base: Costs, rules: readonly Costed[], count: number): Costs =>
  together([
    base,
    ...some(rules, count).map(({ template, watches }) => costsOf(template, sharing, watches)),
  ]);

/** Rules of a fleet that share queues, with the base stack: the topics, the notifier and the queues. */
export const shared = (rules: readonly Costed[], count: number): Costs =>
  beside(costsOf(baseTemplate, { AlertEmail: 'a@example.com', ...queueAlarms }), rules, count);

/** The same in a member account of an organisation, whose notifier stands in the managing account. */
export const inMember = (rules: readonly Costed[], count: number): Costs =>
  beside(costsOf(memberContent('fleet', 'production').template, queueAlarms), rules, count);

const dollars = (amount: number): string =>
  `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
const number = (count: number): string => count.toLocaleString('en-US');

/** What the daily canaries of some rules cost a month: a second of each function, and two hours of a metric. */
function canaries(count: number): number {
  const days = assumptions.hoursOfMonth / 24;
  const runs = count * days;
  const memory = 256 / 1024;
  return (
    (runs * prices.requests) / 1e6 +
    runs * memory * prices.gigabyteSecond +
    (days * 2 * prices.ownMetric) / assumptions.hoursOfMonth
  );
}

/** The page. */
export function costsPage(rules: readonly Costed[]): string {
  const counts = [1, 15, 60];
  const each = counts.map((count) => {
    const [own, joint] = [alone(rules, count), shared(rules, count)];
    return `| ${count} | ${own.alarms} | ${dollars(own.fixed)} | ${joint.alarms} | ${dollars(joint.fixed)} |`;
  });
  const own = alone(rules, 60);
  const all = shared(rules, 60);
  const member = inMember(rules, 60);
  const regions = 4;
  const accounts = [1, 20, 1000].map((count) => {
    const places = count * regions;
    return `| ${number(count)} | ${number(own.alarms * places)} | ${dollars(own.fixed * places)} | ${number(all.alarms * places)} | ${dollars(all.fixed * places)} |`;
  });
  return `# Costs

\`pnpm generate\` writes this page from the built templates. \`patrol-deploy plan\` and \`patrol-deploy describe\` print the same for your file and for a rule.

All amounts are US dollars a month, at the prices of ${prices.region} on ${prices.asOf}, without any free tier. Other regions differ by some percent.
CloudWatch bills an alarm by the metrics that it looks at.

## What stands costs while nothing happens

In one account and region, with \`aws/patrolHealth\` among the rules. Of a fleet the base stack is included: its topics, the notifier, which runs once a minute, and the queues that the rules share. Each rule with own alarms has its own e-mail address and so its own notifier.

| Rules | Own alarms | Own, a month | Shared alarms | Shared, a month |
| --- | --- | --- | --- | --- |
${each.join('\n')}

60 rules in ${regions} regions, by the number of accounts:

| Accounts | Own alarms | Own, a month | Shared alarms | Shared, a month |
| --- | --- | --- | --- | --- |
${accounts.join('\n')}

Rules share where the file of a fleet has \`aws/patrolHealth\`, in each account and region where that stands. A rule that you deploy by itself has alarms of its own. With an e-mail address of its own, it also has its own notifier.

In an organisation the notifier stands once, in the managing account. So 60 rules of a member account are ${member.alarms} alarms and ${dollars(member.fixed)} a month in each region: ${dollars(member.fixed * 1000 * regions)} in 1,000 accounts and ${regions} regions.

## What events cost

A million events that a rule is run for cost about ${dollars(own.perMillion)}. An alert costs more: a message, a read and a write of the notifier's table. There are few of them.

Once a day \`aws/patrolHealth\` runs each rule with a canary. For 60 rules in one account and region that is about ${dollars(canaries(60))} a month, most of it for the metric that counts what the notifier accounted for.

## What is assumed

| What | How much |
| --- | --- |
| A function needs for an event | ${assumptions.secondsPerEvent} s |
| The log of an event | ${number(assumptions.logBytesPerEvent)} bytes |
| A run by the clock | ${assumptions.secondsPerRun} s |
| A run of patrolHealth, every 15 minutes | ${assumptions.secondsPerLook} s |
| Metrics that patrolHealth reads in a run where nothing is wrong | ${assumptions.metricsPerLook} |

## Prices

Source: ${prices.source}.

| What | Price |
| --- | --- |
| A metric that an alarm looks at, a month | ${dollars(prices.alarmMetric)} |
| A secret in Secrets Manager, a month: rules on webhooks have one, or share one | ${dollars(prices.secret)} |
| A million requests to a function | ${dollars(prices.requests)} |
| A second of a function on arm64 with 1 GB | $${prices.gigabyteSecond.toFixed(10)} |
| A metric of one's own, a month, for the hours in which it has values | ${dollars(prices.ownMetric)} |
| A gigabyte that a log takes in | ${dollars(prices.logGigabyte)} |
| A million requests to an HTTP API | ${dollars(prices.apiRequests)} |
| A thousand metrics that are read | ${dollars(prices.readMetrics)} |

Events of AWS services on the default event bus, queues without messages and topics without messages cost nothing.
`;
}

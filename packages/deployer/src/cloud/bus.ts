/** How many rules the default event bus of EventBridge may have. */
import { awsCommand, type RunScope } from '../text/command.ts';

/** "Number of rules" of EventBridge, as Service Quotas knows it. */
export const rulesQuota = { ServiceCode: 'events', QuotaCode: 'L-244521F2' };

/** "Amazon EventBridge quotas": how many rules a bus may have unless a higher quota was granted. */
export const standardQuota = (region: string): number =>
  ['af-south-1', 'eu-south-1'].includes(region) ? 100 : 300;

/** The command that asks for another quota. */
export function quotaCommand(value: number, scope: RunScope): string {
  const of = ['--service-code', rulesQuota.ServiceCode, '--quota-code', rulesQuota.QuotaCode];
  const to = ['--desired-value', String(value)];
  return awsCommand(['service-quotas', 'request-service-quota-increase', ...of, ...to], scope);
}

import { type Call, type Deed, defineCallRule, mitre } from '@patrol/core';
import { trust } from '../../lib/access/trust.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

type SharingCall = Call<typeof trust>;

export default defineCallRule({
  name: 'logSharing',
  title: 'Logs or events shared across accounts',
  description:
    'Alerts when somebody sends logs of CloudWatch to another account, lets others use them, or opens an event bus or a log destination to everybody. Trusted accounts and organisations are left out.',
  severity: 'medium',
  runbook:
    'Ask the actor whose account it is. If nobody can say, delete the subscription, the delivery or the permission, treat the credentials that were used as stolen, ' +
    'and assume that somebody has read what the logs held since. If it is the account where you collect logs, add it to trustedAccounts.',
  references: [mitre('T1537', 'Transfer Data to Cloud Account')],
  parameters: trust,
  calls: {
    'logs.amazonaws.com': {
      PutSubscriptionFilter: (call) =>
        sentTo(call, call.request.text('destinationArn'), {
          undo: awsCommand('logs delete-subscription-filter', {
            'log-group-name': call.request.text('logGroupName'),
            'filter-name': call.request.text('filterName'),
            region: call.region,
          }),
        }),
      CreateDelivery: (call) => sentTo(call, call.request.text('deliveryDestinationArn')),
      PutAccountPolicy: (call) =>
        sentTo(
          call,
          /"destinationArn"\s*:\s*"([^"]+)"/i.exec(call.request.text('policyDocument') ?? '')?.[1],
        ),
      PutDestinationPolicy: (call) =>
        opened(
          call,
          'accessPolicy',
          withNames('log destination', call.request.text('destinationName')),
        ),
      PutResourcePolicy: (call) =>
        opened(
          call,
          'policyDocument',
          withNames('log groups, by resource policy', call.request.text('policyName')),
        ),
    },
    'events.amazonaws.com': {
      PutPermission: (call) =>
        opened(call, 'policy', withNames('event bus', call.request.text('eventBusName'))),
    },
  },
});

/** Logs that go to a destination of another account. */
function sentTo(
  { request, account, parameters: { trustedAccounts } }: SharingCall,
  destination: string | undefined,
  more: Partial<Deed> = {},
): Deed | undefined {
  const owner = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(destination ?? '')?.[1];
  if (owner === undefined || owner === account) return undefined;
  const group = request.text('logGroupName');
  return {
    ...more,
    deed: `Logs sent to account ${owner} from ${group === undefined ? 'log groups' : `log group ${group}`}`,
    facts: known({ destination }),
    target: ['AWS::Logs::LogGroup', group],
    suppressedBy: trustedAccounts.find(owner),
    suppression: trustedAccounts.suppression(owner),
  };
}

/**
 * Others whom a policy lets in. Event buses and destinations are made for other accounts to send to: only everybody is too many.
 */
async function opened(
  { request, account, name, parameters }: SharingCall,
  document: string,
  what: string,
): Promise<Deed | undefined> {
  const { about, isOutsider, openings, permission } = await import('../../lib/access/openings.ts');
  const policy = request.has(document)
    ? request.value(document)
    : permission({
        principals: request.value('principal'),
        actions: request.value('action'),
        organization: request.value('condition.value'),
      });
  const isReceiver = name !== 'PutResourcePolicy';
  const open = openings(policy, { account, ...parameters }).filter((opening) =>
    isReceiver ? opening.kind === 'public' : isOutsider(opening),
  );
  if (open.length === 0) return undefined;
  const { who, why, actions, severity, facts } = about(open);
  return {
    severity: isReceiver || severity === undefined ? 'medium' : severity,
    deed: `${what} opened to ${who}`.replace(/^./, (first) => first.toUpperCase()),
    meaning: `${why} It gives ${actions}.`,
    ...(facts && { facts }),
  };
}

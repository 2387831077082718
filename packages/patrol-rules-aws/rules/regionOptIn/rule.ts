import { type Call, type Deed, defineCallRule, mitre, names } from '@patrol/core';
import { awsCommand } from '../../lib/undo.ts';
import { fromVending, vendingRoles } from '../../lib/vending.ts';
import { withNames } from '../../lib/words.ts';

const parameters = {
  approvedRegions: names('The regions that may be switched on and off.', {
    default: '',
    suppresses: true,
  }),
  vendingRoles,
};
type RegionCall = Call<typeof parameters>;

export default defineCallRule({
  name: 'regionOptIn',
  title: 'Region switched on or off',
  description:
    'Alerts when somebody switches a region of an account on or off. Where account vending or the management account does it, it is told with severity low.',
  severity: 'medium',
  runbook:
    'Ask the actor what the region is for. If nobody can say, look for what runs there (attackers mine in regions that nobody looks at), delete it, switch the region ' +
    'off again, and treat the credentials that were used as stolen. Check that the trail, GuardDuty and Patrol look at the region.',
  references: [mitre('T1535', 'Unused/Unsupported Cloud Regions')],
  parameters,
  calls: {
    'account.amazonaws.com': {
      EnableRegion: (call) =>
        switched(
          call,
          'on',
          'Whatever only looks at the regions of before does not see this one.',
          'disable-region',
        ),
      DisableRegion: (call) =>
        switched(
          call,
          'off',
          'Nobody in the account can reach what it holds there, which goes on costing.',
          'enable-region',
        ),
    },
  },
});

function switched(call: RegionCall, how: string, meaning: string, undoing: string): Deed {
  const { request, account, parameters: given } = call;
  const region = request.text('regionName');
  const other = request.text('accountId');
  return {
    severity: other !== undefined || fromVending(call) ? 'low' : 'medium',
    deed: `${withNames('Region', region)} switched ${how} in account ${other ?? account}`,
    meaning,
    target: ['AWS::Organizations::Account', other ?? account],
    undo: awsCommand(`account ${undoing}`, {
      'region-name': region,
      ...(request.has('accountId') && { 'account-id': other }),
    }),
    suppressedBy: given.approvedRegions.find(region),
    suppression: given.approvedRegions.suppression(region),
  };
}

import { type CallReader, defineCallRule, mitre, names } from '@patrol/core';
import { unlessAutomated } from '../../lib/actor.ts';
import { requestOf } from '../../lib/ec2.ts';
import { known } from '../../lib/facts.ts';
import { withNames } from '../../lib/words.ts';

const parameters = {
  costlyServices: names(
    'The services whose quotas somebody raises who wants to use the account at its cost. Others are low.',
    { default: 'ec2,bedrock,ses,sagemaker,lightsail,ecs,fargate,sns' },
  ),
};

type P = typeof parameters;

export default defineCallRule({
  name: 'quotaRaised',
  title: 'Higher quota, support case or capacity',
  description:
    'Alerts when somebody asks for a higher quota, opens a case with AWS Support, or buys or reserves capacity of EC2 or a savings plan. ' +
    'Most purchases cannot be undone. What roles do, as deployments and account vending, is low.',
  severity: 'medium',
  runbook:
    'Ask the actor what it is for. If nobody can say, tell AWS Support that it was not you: AWS may take back a purchase that is reported at once. Treat the credentials that were used as stolen.',
  references: [
    mitre('T1578.005', 'Modify Cloud Compute Infrastructure: Modify Cloud Compute Configurations'),
    mitre('T1496', 'Resource Hijacking'),
  ],
  parameters,
  calls: {
    'servicequotas.amazonaws.com': {
      RequestServiceQuotaIncrease(call) {
        const { request } = call;
        const service = request.text('serviceCode');
        return {
          severity: call.parameters.costlyServices.find(service)
            ? unlessAutomated(call, 'medium')
            : 'low',
          deed: withNames('Higher quota asked for:', service),
          facts: known({
            quota: call.response.text('requestedQuota.quotaName') ?? request.text('quotaCode'),
            value: request.number('desiredValue'),
          }),
        };
      },
    },
    'support.amazonaws.com': {
      CreateCase: (call) => ({
        severity: unlessAutomated(call, 'medium'),
        deed: withNames('Support case opened:', call.request.text('serviceCode')),
        facts: known({
          case: call.response.text('caseId'),
          issueType: call.request.text('issueType'),
          category: call.request.text('categoryCode'),
        }),
      }),
    },
    'ec2.amazonaws.com': {
      PurchaseReservedInstancesOffering: bought('Reserved instances bought'),
      PurchaseHostReservation: bought('Reservation of dedicated hosts bought'),
      PurchaseCapacityBlock: bought('Capacity block bought'),
      CreateCapacityReservation: bought('Capacity reserved'),
    },
    'savingsplans.amazonaws.com': {
      CreateSavingsPlan: bought('Savings plan bought'),
    },
  },
});

// The shapes are those of the API's models: no records were at hand.
function bought(deed: string): CallReader<P> {
  return (call) => {
    const request = requestOf(call);
    return {
      severity: unlessAutomated(call, 'medium'),
      deed,
      facts: known({
        count: request.number('instanceCount'),
        type: request.text('instanceType'),
        offering:
          request.text('reservedInstancesOfferingId') ??
          request.text('capacityBlockOfferingId') ??
          request.text('offeringId') ??
          request.text('savingsPlanOfferingId'),
        commitment: request.text('commitment'),
      }),
    };
  };
}

import { cis, defineRule, mitre, names } from '@patrol/core';
import { isByPerson } from '../../lib/actor.ts';
import { ignoredRolePolicy, policyCalls } from '../../lib/iam/calls.ts';
import { capital } from '../../lib/words.ts';

export default defineRule({
  name: 'allowedIAMActions',
  title: 'Restricted actions granted',
  description:
    'Alerts when somebody writes an IAM policy that grants actions on a restricted service, other than the allowed ones. ' +
    'Actions that only read are of low severity, an administrator is of critical severity. ' +
    'Policies that a role or an AWS service writes outside the console count as deployed. In them, actions that only read are not told, and iam:PassRole on named roles is of low severity.',
  severity: 'high',
  runbook:
    'Ask the actor what the policy is for. If nobody can say, detach or delete it, or make the version before it the default ' +
    'one again; treat the credentials of the actor as stolen, and look in CloudTrail at what the holders of the policy have ' +
    'done since. A policy that has to grant such actions belongs in allowedActions or ignoredRolePolicy.',
  references: [
    cis(4, 'policies that are attached, detached or deleted'),
    mitre('T1098.003', 'Account Manipulation: Additional Cloud Roles'),
    mitre('T1078.004', 'Valid Accounts: Cloud Accounts'),
  ],
  triggers: [policyCalls],
  parameters: {
    restrictedServices: names(
      'The services whose actions may not be granted, as they stand before the colon of an action.',
      {
        default: 'iam, organizations',
        ignoreCase: true,
        form: { pattern: '[\\w-]+', words: 'the prefix of a service, such as iam' },
      },
    ),
    allowedActions: names(
      'The actions of restricted services that may be granted. Letter case makes no difference. A service that may be granted whole is left out of restrictedServices.',
      {
        default: '',
        suppresses: true,
        ignoreCase: true,
        form: {
          // All actions of a service would mute the rule for the service.
          pattern: '[\\w-]+:\\**\\w[\\w*]*',
          words: 'an action, such as iam:PassRole or iam:Get*; not all of a service',
        },
      },
    ),
    ignoredRolePolicy,
  },
  async evaluate(event, { parameters }) {
    const {
      administratorBut,
      allActions,
      conditionsLeftOpen,
      grantsOn,
      isActionAmong,
      listed,
      readPolicyCall,
    } = await import('../../lib/iam/readCall.ts');
    const { weightInDeployment, weightOf } = await import('../../lib/iam/administrators.ts');
    const { who, what, policy, about, unseen } = readPolicyCall(
      event,
      parameters.ignoredRolePolicy,
    );
    if (!policy) return unseen();
    const beyond = parameters.restrictedServices.items
      .flatMap((service) => grantsOn(policy, service))
      .map((grant) => ({
        ...grant,
        actions: grant.actions.filter(
          (action) => !isActionAmong(action, parameters.allowedActions.items),
        ),
      }))
      .filter(({ actions }) => actions.length > 0);
    if (beyond.length === 0) return undefined;
    const allBut = administratorBut(policy);
    const all = allBut && allActions(allBut);
    const granted = beyond.flatMap((grant) => grant.actions);
    const severity = all
      ? 'critical'
      : isByPerson({ record: event.detail })
        ? weightOf(granted)
        : weightInDeployment(beyond);
    if (severity === undefined) return undefined;
    const actions = listed(granted);
    const except = listed(beyond.flatMap((grant) => grant.exceptActions));
    const conditions = listed(beyond.flatMap((grant) => grant.conditions));
    return about({
      title: `${all ? capital(all) : `Restricted ${listed(granted, 5)}`} granted by ${who} in ${what}`,
      summary:
        `${who} wrote ${what}, which grants ${all ? `${all} on every resource` : actions}` +
        `${except && !all ? `: it has NotAction, which leaves out ${except} only` : ''}.${conditionsLeftOpen(beyond)}`,
      severity,
      facts: {
        actions,
        resources: listed(beyond.flatMap((grant) => grant.resources)),
        ...(except ? { notAction: except } : {}),
        ...(conditions ? { conditions } : {}),
      },
    });
  },
});

import { cis, defineRule, mitre, names } from '@patrol/core';
import { ignoredRolePolicy, policyAndTrustCalls, trustCallNames } from '../../lib/iam/calls.ts';

export default defineRule({
  name: 'disallowedResources',
  title: 'Access to a protected resource granted',
  description:
    'Alerts when somebody writes an IAM policy that gives any access to one of the named resources. ' +
    'Actions that only read about users and roles are of low severity. ' +
    "It counts the actions that AWS's reference lists for resources of that kind. " +
    'The trust policy of a named role counts too, unless it allows nobody. ' +
    'It does not see policies that are only attached, does not read policies of resources, and knows the path of a role only when the role is created.',
  severity: 'high',
  runbook:
    'Ask the actor why the access is needed. If nobody can say, detach or delete the policy, or make the version before it the ' +
    'default one again; treat the credentials of the actor as stolen, and look in CloudTrail (for S3 objects and the like in its ' +
    'data events) at who used the resource since. A policy that has to give such access belongs in ignoredRolePolicy; ' +
    'for a trust policy, name the ARN of its role there.',
  references: [
    cis(4, 'policies that are attached, detached or deleted'),
    mitre('T1098.003', 'Account Manipulation: Additional Cloud Roles'),
    mitre('T1530', 'Data from Cloud Storage'),
  ],
  triggers: [policyAndTrustCalls],
  parameters: {
    disallowedResourceArns: names(
      'The resources to which no policy may give access, by their ARNs. The ARN of an S3 bucket stands for its objects as well.',
      {
        example: 'arn:aws:s3:::payroll, arn:aws:iam::111122223333:role/BreakGlass*',
        form: {
          pattern: 'arn:[^:\\s]+:[^:\\s]+:[^:\\s]*:[^:\\s]*:\\S.*',
          words: 'an ARN, with * for any characters',
        },
      },
    ),
    ignoredRolePolicy,
  },
  async evaluate(event, { parameters }) {
    const named = parameters.disallowedResourceArns.items;
    if (trustCallNames.some((name) => name === event.detail.eventName)) {
      const { trustGiven } = await import('../../lib/iam/trustCall.ts');
      return trustGiven(event, named, parameters.ignoredRolePolicy);
    }
    const { conditionsLeftOpen, listed, readPolicyCall } =
      await import('../../lib/iam/readCall.ts');
    const { accessTo, saidOf, togetherOn } = await import('../../lib/iam/accessTo.ts');
    const { onlyReadsAccess } = await import('../../lib/iam/administrators.ts');
    const { who, what, policy, about, unseen } = readPolicyCall(
      event,
      parameters.ignoredRolePolicy,
    );
    if (!policy) return unseen();
    const found = named.flatMap((arn) => {
      const isBucket = /^arn:[^:]+:s3:::[^/]+$/.test(arn);
      return [arn, ...(isBucket ? [`${arn}/*`] : [])]
        .flatMap((resource) => accessTo(policy, resource))
        .map((grant) => ({ ...grant, arn }));
    });
    if (found.length === 0) return undefined;
    const arns = listed(found.map(({ arn }) => arn));
    const said = found.map(saidOf);
    const conditions = listed(found.flatMap((grant) => grant.conditions));
    const notAction = listed(found.flatMap((grant) => grant.exceptActions));
    const notResource = listed(found.flatMap((grant) => grant.exceptResources));
    return about({
      title: `Access to ${listed(
        found.map(({ arn }) => arn),
        3,
      )} granted by ${who} in ${what}`,
      summary: `${who} wrote ${what}, which allows ${listed(togetherOn(said))} and so gives access to ${arns}.${conditionsLeftOpen(found)}`,
      severity: onlyReadsAccess(found.flatMap(({ actions }) => actions)) ? 'low' : 'high',
      facts: {
        resource: arns,
        actions: listed(said.flatMap(({ actions }) => actions)),
        through: listed(said.flatMap(({ resources }) => resources)),
        ...(notAction ? { notAction } : {}),
        ...(notResource ? { notResource } : {}),
        ...(conditions ? { conditions } : {}),
      },
    });
  },
});

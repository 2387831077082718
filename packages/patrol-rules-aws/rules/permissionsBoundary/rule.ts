import { type Call, type Deed, defineCallRule, mitre } from '@patrol/core';
import { unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { administratorPolicies, policyName } from '../../lib/iam/adminPolicies.ts';

const parameters = { administratorPolicies };

export default defineCallRule({
  name: 'permissionsBoundary',
  title: 'Permissions boundary changed',
  description:
    'Alerts when somebody removes the permissions boundary of an IAM user or role, or sets another one. One that still limits somebody else is of low severity.',
  severity: 'high',
  runbook:
    'A boundary keeps a user or role from getting more permissions than it should. Ask the actor why. If nobody can say, set the ' +
    'boundary again, and look in CloudTrail at what the user or role has done without it.',
  references: [
    mitre('T1098', 'Account Manipulation'),
    mitre('T1548', 'Abuse Elevation Control Mechanism'),
  ],
  parameters,
  calls: {
    'iam.amazonaws.com': {
      DeleteUserPermissionsBoundary: (call) => removed(call, 'user'),
      DeleteRolePermissionsBoundary: (call) => removed(call, 'role'),
      PutUserPermissionsBoundary: (call) => put(call, 'user'),
      PutRolePermissionsBoundary: (call) => put(call, 'role'),
    },
  },
});

type Bounding = Call<typeof parameters>;

/** Whose boundary it is, and whether that is the caller. */
function holderOf({ actor, request }: Bounding, kind: 'user' | 'role') {
  const name = request.text(`${kind}Name`);
  const types = kind === 'user' ? ['IAMUser'] : ['AssumedRole', 'Role'];
  const isOwn =
    types.includes(actor.type) &&
    name !== undefined &&
    name.toLowerCase() === actor.name?.toLowerCase();
  return {
    isOwn,
    what: `${isOwn ? 'its own ' : ''}${kind} ${name ?? 'without a name'}`,
    about: {
      target: [kind === 'user' ? 'AWS::IAM::User' : 'AWS::IAM::Role', name],
      facts: known({ [kind]: name, boundary: request.text('permissionsBoundary') }),
    } satisfies Partial<Deed>,
  };
}

function removed(call: Bounding, kind: 'user' | 'role'): Deed {
  const { isOwn, what, about } = holderOf(call, kind);
  return {
    deed: `Permissions boundary removed from ${what}`,
    meaning: 'Its policies now grant all that they say.',
    severity: isOwn ? 'critical' : unlessByService(call, 'high'),
    ...about,
  };
}

function put(call: Bounding, kind: 'user' | 'role'): Deed {
  const { isOwn, what, about } = holderOf(call, kind);
  const arn = call.request.text('permissionsBoundary');
  const isOpen = call.parameters.administratorPolicies.find(arn, policyName(arn)) !== undefined;
  return {
    deed: `Permissions boundary set for ${what}`,
    meaning: isOpen ? 'The new boundary limits hardly anything.' : undefined,
    severity: isOwn || isOpen ? 'high' : 'low',
    ...about,
  };
}

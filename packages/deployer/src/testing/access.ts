/** For tests of what is told of a template: who may do what. */
import { creationOf } from '../plan/changes.ts';
import type { Access } from '../template/grants.ts';
import type { Template } from '../template/template.ts';

/** A statement that allows everything. */
export const admin = { Effect: 'Allow', Action: '*', Resource: '*' };
/** A policy with it. */
export const document = { Version: '2012-10-17', Statement: [admin] };
export const ref = (Ref: string): unknown => ({ Ref });
/** A policy of a role. */
export const policy = (PolicyDocument: unknown): unknown => ({
  Type: 'AWS::IAM::Policy',
  Properties: { PolicyName: 'p', Roles: [ref('Role')], PolicyDocument },
});

/** What is told of a creation with some resources. */
export function told(
  resources: Readonly<Record<string, unknown>>,
  sections: Readonly<Record<string, unknown>> = {},
  values: Readonly<Record<string, string>> = {},
): Access {
  const { Parameters: parameters = {} } = sections;
  const whole = { ...sections, Resources: resources };
  const template = { text: JSON.stringify(whole), parameters, resources } as unknown as Template;
  const { statements, untold } = creationOf(template, values);
  return { grants: statements, untold };
}

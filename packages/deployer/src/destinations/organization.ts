/** Who may publish to the topics of base stacks, and to those that an organisation uses. Pure. */

type Statement = Readonly<Record<string, unknown>>;

/** A statement about publishing to a topic. */
const publishing = (
  Sid: string,
  Effect: 'Allow' | 'Deny',
  Principal: unknown,
  Resource: unknown,
  Condition: unknown,
): Statement => ({ Sid, Effect, Principal, Action: 'sns:Publish', Resource, Condition });

const cloudWatch = { Service: 'cloudwatch.amazonaws.com' };

/** What the roles of Patrol's functions and its alarms are called, in stacks and in those that stack sets make. */
const names = ['patrol-*', 'StackSet-patrol-*'];
const roles = names.map((name) => `arn:*:iam::*:role/${name}`);
const alarms = names.map((name) => `arn:*:cloudwatch:*:*:alarm:${name}`);

/**
 * The statements of a topic's policy that let Patrol's functions and alarms in an organisation publish. The accounts are
 * known by the organisation that they belong to. For alarms CloudWatch speaks: it publishes to topics of other accounts in
 * the alarm's own region.
 *
 * @param topic the topic's ARN, or what stands for it in a template.
 * @param organization the organisation's id, or what stands for it in a template.
 * @param alarmsToo whether alarms go there too.
 */
export const organizationMayPublish = (
  topic: unknown,
  organization: unknown,
  alarmsToo: boolean,
): readonly Statement[] => [
  publishing('PatrolFunctionsOfTheOrganization', 'Allow', { AWS: '*' }, topic, {
    StringEquals: { 'aws:PrincipalOrgID': organization },
    ArnLike: { 'aws:PrincipalArn': roles },
  }),
  ...(alarmsToo ? [alarmsMayPublish(topic, organization)] : []),
];

/** The statement that lets Patrol's alarms in an organisation publish. */
export const alarmsMayPublish = (topic: unknown, organization: unknown): Statement =>
  publishing('PatrolAlarmsOfTheOrganization', 'Allow', cloudWatch, topic, {
    StringEquals: { 'aws:SourceOrgID': organization },
    ArnLike: { 'aws:SourceArn': alarms },
  });

/**
 * The statements of every topic of a base stack: the alarms of the account may publish, and of all principals only Patrol's
 * functions. Whoever sends more than ten messages a second has SNS take e-mail subscriptions back.
 */
export const onlyPatrolPublishes = (topic: unknown): readonly Statement[] => [
  publishing('AlarmsOfTheAccount', 'Allow', cloudWatch, topic, {
    StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
  }),
  publishing('NobodyButPatrolPublishes', 'Deny', '*', topic, {
    Bool: { 'aws:PrincipalIsAWSService': 'false' },
    ArnNotLike: { 'aws:PrincipalArn': roles },
  }),
];

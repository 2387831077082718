/** Who may publish to the topics of base stacks, and to those that an organisation uses. Pure. */

type Statement = Readonly<Record<string, unknown>>;

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
  {
    Sid: 'PatrolFunctionsOfTheOrganization',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: 'sns:Publish',
    Resource: topic,
    Condition: {
      StringEquals: { 'aws:PrincipalOrgID': organization },
      ArnLike: { 'aws:PrincipalArn': roles },
    },
  },
  ...(alarmsToo ? [alarmsMayPublish(topic, organization)] : []),
];

/** The statement that lets Patrol's alarms in an organisation publish. */
export const alarmsMayPublish = (topic: unknown, organization: unknown): Statement => ({
  Sid: 'PatrolAlarmsOfTheOrganization',
  Effect: 'Allow',
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Action: 'sns:Publish',
  Resource: topic,
  Condition: {
    StringEquals: { 'aws:SourceOrgID': organization },
    ArnLike: { 'aws:SourceArn': alarms },
  },
});

/**
 * The statements of every topic of a base stack: the alarms of the account may publish, and of all principals only Patrol's
 * functions. Whoever sends more than ten messages a second has SNS take e-mail subscriptions back.
 */
export const onlyPatrolPublishes = (topic: unknown): readonly Statement[] => [
  {
    Sid: 'AlarmsOfTheAccount',
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: topic,
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  },
  {
    Sid: 'NobodyButPatrolPublishes',
    Effect: 'Deny',
    Principal: '*',
    Action: 'sns:Publish',
    Resource: topic,
    Condition: {
      Bool: { 'aws:PrincipalIsAWSService': 'false' },
      ArnNotLike: { 'aws:PrincipalArn': roles },
    },
  },
];

/** Who may publish to the topics of an organisation. Pure. */

/**
 * The statements of a topic's policy that let an organisation publish: the functions, whose roles are known by the
 * organisation that they belong to, and the alarms, for which CloudWatch speaks: it publishes to topics of other accounts in
 * the alarm's own region.
 *
 * @param topic the topic's ARN, or what stands for it in a template.
 * @param organization the organisation's id, or what stands for it in a template.
 * @param alarms whether alarms go there too.
 */
export const organizationMayPublish = (
  topic: unknown,
  organization: unknown,
  alarms: boolean,
): readonly Readonly<Record<string, unknown>>[] => [
  {
    Sid: 'PatrolFunctionsOfTheOrganization',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: 'sns:Publish',
    Resource: topic,
    Condition: { StringEquals: { 'aws:PrincipalOrgID': organization } },
  },
  ...(alarms ? [alarmsMayPublish(topic, organization)] : []),
];

/** The statement that lets the alarms of an organisation publish. */
export const alarmsMayPublish = (
  topic: unknown,
  organization: unknown,
): Readonly<Record<string, unknown>> => ({
  Sid: 'PatrolAlarmsOfTheOrganization',
  Effect: 'Allow',
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Action: 'sns:Publish',
  Resource: topic,
  Condition: { StringEquals: { 'aws:SourceOrgID': organization } },
});

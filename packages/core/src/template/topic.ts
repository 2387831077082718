import { forms } from '../contracts/forms.ts';
import { dispatchTypes } from '../lambda/dispatch.ts';

import { anyEmail, emailSubscriptions } from './emails.ts';
import { given, ref, when } from './intrinsics.ts';
import { merge, type Part } from './merge.ts';

/** Whether the stack has topics of its own, and a notifier between them. */
export const ownsTopic = 'OwnsAlertTopic';
/** Whether the function sends to Dispatch itself, and whether the notifier does. */
export const tellsDispatch = 'FunctionTellsDispatch';
export const notifierTellsDispatch = 'NotifierTellsDispatch';

/** The ARN of the topic to which the function sends each alert: that of the own notifier, or a given one. */
export const topicArn = when(ownsTopic, ref('MachinesTopic'), ref('AlertTopicArn'));

/** The ARN of the topic on which people listen, own or given. */
const peopleArn = when(ownsTopic, ref('AlertTopic'), ref('AlertTopicArn'));

/** The ARN of the topic of the alarms: a given one, or that on which people listen. */
export const alarmTopicArn: unknown = when('AlarmsGoWithAlerts', peopleArn, ref('AlarmTopicArn'));

/** The same, where the stack has a topic of its own. */
export const ownAlarmTopicArn: unknown = when(
  'AlarmsGoWithAlerts',
  ref('AlertTopic'),
  ref('AlarmTopicArn'),
);

const topicPattern = '(arn:[^:]+:sns:[^:]+:[0-9]{12}:[A-Za-z0-9_-]+)?';

/** The topics of the alerts: own ones for machines and, with an e-mail subscription, for people; or an existing one. */
export const alertTopic = (): Part =>
  merge(
    emailSubscriptions(
      'Alert',
      ownsTopic,
      'The e-mail address that gets the alerts, through a topic of this stack. It has to confirm once.',
    ),
    topics,
  );

const topics: Part = {
  Parameters: {
    AlertTopicArn: {
      Type: 'String',
      Default: '',
      AllowedPattern: topicPattern,
      ConstraintDescription: 'must be empty or the ARN of an SNS topic',
      Description:
        'The ARN of an existing SNS topic that gets the alerts, instead of an e-mail address.',
    },
    DispatchSnsArn: {
      Type: 'String',
      Default: '',
      AllowedPattern: topicPattern,
      ConstraintDescription: 'must be empty or the ARN of an SNS topic',
      Description:
        'The ARN of the SNS topic of Dispatch, which gets the alerts as well. If it is in another region or account, its policy must let the role of this stack publish.',
    },
    AlertForm: {
      Type: 'String',
      Default: 'text',
      AllowedValues: forms,
      Description:
        'The form in which the topic of the alerts gets them. text: a text for e-mail and JSON for all others. amazonQ: a notification that Amazon Q Developer shows in Slack or Teams. pagerDuty: what its integration "Amazon CloudWatch" takes. dispatch: what Dispatch takes.',
    },
    DispatchForm: {
      Type: 'String',
      Default: 'dispatch',
      AllowedValues: forms,
      Description:
        'The form in which the topic in DispatchSnsArn gets the alerts: one of the forms of AlertForm. The topic need not be that of Dispatch.',
    },
    DispatchType: {
      Type: 'String',
      Default: 'bySeverity',
      AllowedValues: ['bySeverity', ...dispatchTypes],
      Description:
        'What Dispatch makes of an alert. bySeverity: critical and high page, medium posts in Slack, low opens an issue only. self-service asks the first of DispatchUsers whether it was them, whatever the severity.',
    },
    DispatchUsers: {
      Type: 'String',
      Default: '',
      AllowedPattern: '[A-Za-z0-9_:, -]*',
      ConstraintDescription: 'must be empty or of the form SLACKID:github, separated by commas',
      Description:
        'Whom Dispatch asks and tells, separated by commas. Each is the ID of a person or channel in Slack, and optionally a colon and a GitHub login. If empty, Dispatch uses its default channel and user.',
    },
    AlarmTopicArn: {
      Type: 'String',
      Default: '',
      AllowedPattern: topicPattern,
      ConstraintDescription: 'must be empty or the ARN of an SNS topic',
      Description:
        'The ARN of an SNS topic of this region that gets the alarms about the rule itself. If empty, the topic of the alerts gets them. CloudWatch cannot send to a topic of another region.',
    },
  },
  Rules: {
    OneDestination: {
      Assertions: [
        {
          Assert: {
            'Fn::Or': [
              { 'Fn::And': [anyEmail('Alert'), { 'Fn::Equals': [ref('AlertTopicArn'), ''] }] },
              { 'Fn::And': [{ 'Fn::Not': [anyEmail('Alert')] }, given('AlertTopicArn')] },
            ],
          },
          AssertDescription: 'Give either AlertEmail or AlertTopicArn.',
        },
      ],
    },
  },
  Conditions: {
    AlarmsGoWithAlerts: { 'Fn::Equals': [ref('AlarmTopicArn'), ''] },
    IsGivenAlertTopic: given('AlertTopicArn'),
    [tellsDispatch]: { 'Fn::And': [given('DispatchSnsArn'), given('AlertTopicArn')] },
    [notifierTellsDispatch]: { 'Fn::And': [given('DispatchSnsArn'), { Condition: ownsTopic }] },
    [ownsTopic]: { 'Fn::Equals': [ref('AlertTopicArn'), ''] },
  },
  Resources: {
    AlertTopic: {
      Type: 'AWS::SNS::Topic',
      Condition: ownsTopic,
      Properties: { DisplayName: 'Patrol' },
    },
    MachinesTopic: {
      Type: 'AWS::SNS::Topic',
      Condition: ownsTopic,
      Properties: { DisplayName: 'Patrol' },
    },
  },
  Outputs: {
    AlertTopicArn: { Description: 'The topic that gets the alerts.', Value: peopleArn },
    MachinesTopicArn: {
      Condition: ownsTopic,
      Description: 'The topic for machines, which gets each alert complete and at once.',
      Value: ref('MachinesTopic'),
    },
  },
};

import { apiCallRecord, denied, describeRule } from '@patrol/core/testing';
import rule from './rule.ts';

const deleteFlowLogs = (FlowLogId: unknown, fields = {}) =>
  apiCallRecord('ec2.amazonaws.com', 'DeleteFlowLogs', {
    requestParameters: { DeleteFlowLogsRequest: { FlowLogId } },
    ...fields,
  });
const resolver = (eventName: string, requestParameters: unknown, fields = {}) =>
  apiCallRecord('route53resolver.amazonaws.com', eventName, { requestParameters, ...fields });

describeRule(rule, {
  alerts: {
    'flow logs that are deleted': [
      deleteFlowLogs({ tag: 1, content: 'fl-1' }),
      {
        title: 'VPC flow logs fl-1 deleted by IAM user alice',
        severity: 'high',
        facts: { flowLogs: 'fl-1' },
        targets: [{ type: 'AWS::EC2::FlowLog', id: 'fl-1' }],
        undo: null,
      },
    ],
    'several of them': [
      deleteFlowLogs([
        { tag: 1, content: 'fl-1' },
        { tag: 2, content: 'fl-2' },
      ]),
      {
        title: 'VPC flow logs fl-1, fl-2 deleted by IAM user alice',
        facts: { flowLogs: 'fl-1, fl-2' },
      },
    ],
    'a denied attempt, where the operator wants to know': [
      deleteFlowLogs(null, denied('ec2:DeleteFlowLogs', '*')),
      { title: 'Denied attempt: VPC flow logs deleted by IAM user alice', severity: 'medium' },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'query logging that is deleted': [
      resolver(
        'DeleteResolverQueryLogConfig',
        { resolverQueryLogConfigId: 'rqlc-1' },
        {
          responseElements: {
            resolverQueryLogConfig: { destinationArn: 'arn:aws:s3:::dns-logs', status: 'DELETING' },
          },
        },
      ),
      {
        title: 'DNS query logging rqlc-1 deleted by IAM user alice',
        severity: 'high',
        facts: { destination: 'arn:aws:s3:::dns-logs' },
      },
    ],
    'query logging that ends in a VPC': [
      resolver('DisassociateResolverQueryLogConfig', {
        resolverQueryLogConfigId: 'rqlc-1',
        resourceId: 'vpc-1',
      }),
      {
        title: 'DNS query logging ended in VPC vpc-1 by IAM user alice',
        undo: 'aws route53resolver associate-resolver-query-log-config --resolver-query-log-config-id rqlc-1 --resource-id vpc-1 --region eu-west-1',
      },
    ],
    'query logging of a hosted zone that is deleted': [
      apiCallRecord('route53.amazonaws.com', 'DeleteQueryLoggingConfig', {
        awsRegion: 'us-east-1',
        requestParameters: { id: '87654321-dcba' },
      }),
      { title: 'DNS query logging of a hosted zone 87654321-dcba deleted by IAM user alice' },
    ],
  },
  quiet: {
    'flow logs that do not exist': [
      deleteFlowLogs(
        { tag: 1, content: 'fl-1' },
        { errorCode: 'Client.InvalidFlowLogId.NotFound', errorMessage: 'not found' },
      ),
    ],
    'query logging that is still in use': [
      resolver(
        'DeleteResolverQueryLogConfig',
        { resolverQueryLogConfigId: 'rqlc-1' },
        { errorCode: 'InvalidRequestException', errorMessage: 'in use' },
      ),
    ],
  },
});

import { defineCallRule, mitre } from '@patrol/core';
import { isServiceItself, unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';

export default defineCallRule({
  name: 'iamUserCreated',
  title: 'IAM user created',
  description:
    'Alerts when somebody creates an IAM user. A user that CloudFormation creates for somebody is of low severity.',
  severity: 'medium',
  runbook:
    'People sign in through an identity provider, and programs use roles: few organisations still create IAM users. Ask the ' +
    'actor what the user is for. If nobody can say, delete the user with its keys and its password, and look in CloudTrail at ' +
    'what it has done and what else the actor has made.',
  references: [mitre('T1136.003', 'Create Account: Cloud Account')],
  parameters: {},
  calls: {
    'iam.amazonaws.com': {
      CreateUser(call) {
        const user = call.request.text('userName');
        // The console makes such a user for each long-term key of Bedrock. Rules on credentials alert on the key.
        if (isServiceItself(call) || user?.startsWith('BedrockAPIKey-')) return undefined;
        return {
          deed: `IAM user ${user ?? 'without a name'} created`,
          severity: unlessByService(call, 'medium'),
          facts: known({
            user,
            path: call.request.text('path'),
            permissionsBoundary: call.request.text('permissionsBoundary'),
          }),
          target: ['AWS::IAM::User', call.response.text('user.arn') ?? user],
          undo: awsCommand('iam delete-user', { 'user-name': user }),
        };
      },
    },
  },
});

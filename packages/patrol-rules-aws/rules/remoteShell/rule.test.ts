import { denied, describeRule, type Fields } from '@patrol/core/testing';
import { by } from '../../testing/people.ts';
import { expect } from 'vitest';
import { call } from '../../testing/call.ts';
import rule from './rule.ts';

const instance = 'i-0a1b2c3d4e5f60718';

const command = (more: Fields, fields: Fields = {}): unknown =>
  call(
    'ssm',
    'SendCommand',
    {
      documentName: 'AWS-RunShellScript',
      interactive: false,
      parameters: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      ...more,
    },
    { responseElements: { command: { commandId: 'f6887251' } }, ...fields },
  );

const association = (more: Fields, fields: Fields = {}): unknown =>
  call(
    'ssm',
    'CreateAssociation',
    { name: 'AWS-RunShellScript', ...more },
    { responseElements: { associationDescription: { associationId: 'a-1' } }, ...fields },
  );

const session = (fields: Fields = {}): unknown =>
  call(
    'ssm',
    'StartSession',
    { target: instance },
    { responseElements: { sessionId: 'alice-1' }, ...fields },
  );

const activation = (fields: Fields = {}): unknown =>
  call(
    'ssm',
    'CreateActivation',
    { iamRole: 'hybrid', registrationLimit: 5 },
    { responseElements: { activationId: 'act-1' }, ...fields },
  );

const key = (eventName: string, more: Fields = {}, fields: Fields = {}): unknown =>
  call(
    'ec2-instance-connect',
    eventName,
    { instanceId: instance, sSHPublicKey: 'ssh-ed25519 AAAA', ...more },
    fields,
  );

const container = (fields: Fields = {}): unknown =>
  call(
    'ecs',
    'ExecuteCommand',
    { cluster: 'web', container: 'app', task: 'task-1', command: '/bin/sh', interactive: true },
    fields,
  );

const endpoint = (fields: Fields = {}): unknown =>
  call(
    'ec2',
    'CreateInstanceConnectEndpoint',
    { CreateInstanceConnectEndpointRequest: { SubnetId: 'subnet-1' } },
    fields,
  );

const three = ['i-1', 'i-2', 'i-3'];
const all = { targets: [{ key: 'InstanceIds', values: ['*'] }] };
const tagged = { targets: [{ key: 'tag:role', values: ['web'] }] };

describeRule(rule, {
  alerts: {
    'a command to all that a stack sends, which is somebody’s doing': [
      command(all, by.stack),
      { severity: 'low', title: expect.stringContaining('through cloudformation.amazonaws.com') },
    ],
    'a command to many': [
      command({ instanceIds: three }),
      {
        title:
          'Command sent by document AWS-RunShellScript to instances i-1, i-2, i-3 by IAM user alice',
        severity: 'medium',
        facts: { instances: 'i-1, i-2, i-3' },
        undo: 'aws ssm cancel-command --command-id f6887251 --region eu-west-1',
      },
    ],
    'a command to one': [
      command({ instanceIds: [instance] }),
      {
        title: `Command sent by document AWS-RunShellScript to instance ${instance} by IAM user alice`,
        severity: 'low',
        targets: [{ type: 'AWS::EC2::Instance', id: instance }],
      },
    ],
    'a command to all': [
      command(all, by.identityCenter),
      {
        title: expect.stringContaining('to all instances by role AWSReservedSSO_Admin'),
        severity: 'medium',
      },
    ],
    'a command to those with a tag': [
      command(tagged),
      { title: expect.stringContaining('to instances of tag:role=web'), severity: 'low' },
    ],
    'a command of a deployment to many': [
      command({ instanceIds: three }, by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'what the operator calls many': [
      command({ instanceIds: ['i-1', 'i-2'] }),
      { title: expect.any(String), severity: 'medium' },
      { parameters: { manyInstances: '2' } },
    ],
    'an association with all': [
      association(all),
      {
        title:
          'Association made with document AWS-RunShellScript to all instances by IAM user alice',
        severity: 'medium',
        undo: 'aws ssm delete-association --association-id a-1 --region eu-west-1',
      },
    ],
    'an association with one': [
      association({ instanceId: instance }),
      { title: expect.any(String), severity: 'low' },
    ],
    'a session with an access key': [
      session(),
      {
        title: `Session started on ${instance} by IAM user alice`,
        severity: 'medium',
        undo: 'aws ssm terminate-session --session-id alice-1 --region eu-west-1',
      },
    ],
    'a session of somebody who signed in': [
      session(by.user),
      { title: expect.any(String), severity: 'low' },
    ],
    'an activation': [
      activation(),
      {
        title: 'Activation made for machines outside AWS by IAM user alice',
        severity: 'medium',
        facts: { role: 'hybrid', activation: 'act-1' },
        undo: 'aws ssm delete-activation --activation-id act-1 --region eu-west-1',
      },
    ],
    'an activation of a deployment': [
      activation(by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'a key for SSH': [
      key('SendSSHPublicKey', { instanceOSUser: 'ec2-user' }),
      {
        title: `SSH key pushed to ${instance} by IAM user alice`,
        severity: 'medium',
        facts: { user: 'ec2-user' },
      },
    ],
    'a key for SSH of somebody who signed in': [
      key('SendSSHPublicKey', {}, by.identityCenter),
      { title: expect.any(String), severity: 'low' },
    ],
    'a key for the serial console, whoever pushes it': [
      key('SendSerialConsoleSSHPublicKey', { serialPort: 0 }, by.deployment),
      {
        title: `SSH key pushed to the serial console of ${instance} by role Developer (session mallory)`,
        severity: 'high',
      },
    ],
    'a command in a container': [
      container(by.user),
      {
        title: 'Command run in a container of task-1 by IAM user bob',
        severity: 'low',
        facts: { cluster: 'web', container: 'app' },
      },
    ],
    'an endpoint': [
      endpoint(),
      {
        title: 'Instance Connect endpoint made in subnet subnet-1 by IAM user alice',
        severity: 'medium',
      },
    ],
    'an endpoint of a deployment': [
      endpoint(by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
  },
  quiet: {
    'a command of a deployment to one': [command({ instanceIds: [instance] }, by.deployment)],
    'a command of a deployment to those with a tag': [command(tagged, by.deployment)],
    'an association of a deployment': [association(tagged, by.deployment)],
    'an association of a service': [association(all, by.service)],
    'a denied attempt': [call('ssm', 'StartSession', null, denied('ssm:StartSession', '*'))],
  },
});

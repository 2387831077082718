import { apiCallRecord, denied, describeRule } from '@patrol/core/testing';
import { by } from '../../testing/people.ts';
import { expect } from 'vitest';
import rule from './rule.ts';

const instance = 'i-0a1b2c3d4e5f60718';

const call = (eventName: string, requestParameters: unknown, fields = {}): unknown =>
  apiCallRecord('ec2.amazonaws.com', eventName, { requestParameters, ...fields });

const userData = (fields = {}): unknown =>
  call(
    'ModifyInstanceAttribute',
    { instanceId: instance, userData: '<sensitiveDataRemoved>' },
    fields,
  );

const associated = (fields = {}): unknown =>
  call(
    'AssociateIamInstanceProfile',
    {
      AssociateIamInstanceProfileRequest: {
        InstanceId: instance,
        IamInstanceProfile: { Name: 'admin' },
      },
    },
    fields,
  );

const replaced = call(
  'ReplaceIamInstanceProfileAssociation',
  {
    ReplaceIamInstanceProfileAssociationRequest: {
      AssociationId: 'iip-assoc-1',
      IamInstanceProfile: { Arn: 'arn:aws:iam::111122223333:instance-profile/admin' },
    },
  },
  {
    responseElements: {
      ReplaceIamInstanceProfileAssociationResponse: {
        iamInstanceProfileAssociation: { associationId: 'iip-assoc-2', instanceId: instance },
      },
    },
  },
);

const volume = (fields = {}): unknown =>
  call(
    'CreateReplaceRootVolumeTask',
    { CreateReplaceRootVolumeTaskRequest: { InstanceId: instance, ImageId: 'ami-1' } },
    fields,
  );

const metadata = (HttpTokens: string, fields = {}): unknown =>
  call(
    'ModifyInstanceMetadataOptions',
    { ModifyInstanceMetadataOptionsRequest: { InstanceId: instance, HttpTokens } },
    fields,
  );

const targets = [{ type: 'AWS::EC2::Instance', id: instance }];

describeRule(rule, {
  alerts: {
    'user data': [
      userData(),
      {
        title: `User data replaced of EC2 instance ${instance} by IAM user alice`,
        severity: 'high',
        targets,
      },
    ],
    'user data, in the older form': [
      call('ModifyInstanceAttribute', {
        instanceId: instance,
        attribute: 'userData',
        value: '<sensitiveDataRemoved>',
      }),
      { title: `User data replaced of EC2 instance ${instance} by IAM user alice` },
    ],
    'user data that a role replaces': [
      userData(by.deployment),
      { title: expect.any(String), severity: 'high' },
    ],
    'user data that a stack replaces': [
      userData(by.stack),
      { title: expect.any(String), severity: 'low' },
    ],
    'a role for an instance that had none': [
      associated(),
      {
        title: `EC2 instance ${instance} given instance profile admin by IAM user alice`,
        severity: 'high',
        facts: { profile: 'admin' },
        targets,
      },
    ],
    'a role that a deployment gives': [
      associated(by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'another role': [
      replaced,
      {
        title: `EC2 instance ${instance} given instance profile arn:aws:iam::111122223333:instance-profile/admin by IAM user alice`,
        facts: {
          profile: 'arn:aws:iam::111122223333:instance-profile/admin',
          association: 'iip-assoc-1',
        },
      },
    ],
    'another root volume': [
      volume(),
      {
        title: `Root volume replaced of EC2 instance ${instance} by IAM user alice`,
        severity: 'medium',
        facts: { image: 'ami-1' },
      },
    ],
    'a root volume that a deployment replaces': [
      volume(by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    IMDSv1: [
      metadata('optional', by.console),
      {
        title: `IMDSv1 allowed on EC2 instance ${instance} by role Developer (session mallory)`,
        severity: 'medium',
        undo: `aws ec2 modify-instance-metadata-options --instance-id ${instance} --http-tokens required --region eu-west-1`,
      },
    ],
    'IMDSv1 by a deployment': [
      metadata('optional', by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
  },
  quiet: {
    'another attribute': [
      call('ModifyInstanceAttribute', {
        instanceId: instance,
        disableApiTermination: { value: true },
      }),
    ],
    IMDSv2: [metadata('required')],
    'a denied attempt': [
      call('ModifyInstanceAttribute', null, denied('ec2:ModifyInstanceAttribute', '*')),
    ],
  },
});

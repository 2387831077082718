import { apiCallRecord, denied, describeRule, type Fields } from '@patrol/core/testing';
import { expect } from 'vitest';
import { by } from '../../testing/people.ts';
import rule from './rule.ts';

const mallory = 'arn:aws:iam::111122223333:user/mallory';
const policies = 'arn:aws:eks::aws:cluster-access-policy';

const call = (eventName: string, requestParameters: unknown, fields: Fields = {}): unknown =>
  apiCallRecord('eks.amazonaws.com', eventName, { requestParameters, ...fields });

const given = (policy: string, fields: Fields = {}): unknown =>
  call(
    'AssociateAccessPolicy',
    {
      name: 'prod',
      principalArn: encodeURIComponent(mallory),
      policyArn: `${policies}/${policy}`,
      accessScope: { type: 'cluster' },
    },
    fields,
  );

const entry = (fields: Fields = {}): unknown =>
  call(
    'CreateAccessEntry',
    { name: 'prod', principalArn: mallory, kubernetesGroups: ['admins'] },
    fields,
  );

const reachable = (publicAccessCidrs: readonly string[], fields: Fields = {}): unknown =>
  call('UpdateClusterConfig', { name: 'prod', resourcesVpcConfig: { publicAccessCidrs } }, fields);

const logs = (types: readonly string[], enabled: boolean): unknown =>
  call('UpdateClusterConfig', {
    name: 'prod',
    logging: { clusterLogging: [{ types, enabled }] },
  });

const pods = (fields: Fields = {}): unknown =>
  call(
    'CreatePodIdentityAssociation',
    {
      name: 'prod',
      namespace: 'default',
      serviceAccount: 'app',
      roleArn: 'arn:aws:iam::111122223333:role/app',
    },
    fields,
  );

describeRule(rule, {
  alerts: {
    'administrator access of a stack, which is somebody’s doing': [
      given('AmazonEKSClusterAdminPolicy', by.stack),
      { severity: 'low', title: expect.stringContaining('through cloudformation.amazonaws.com') },
    ],
    'administrator access': [
      given('AmazonEKSClusterAdminPolicy'),
      {
        title: 'Administrator access given to EKS cluster prod by IAM user alice',
        severity: 'high',
        facts: {
          principal: mallory,
          policy: `${policies}/AmazonEKSClusterAdminPolicy`,
          scope: 'cluster',
        },
        undo: `aws eks disassociate-access-policy --cluster-name prod --principal-arn ${mallory} --policy-arn ${policies}/AmazonEKSClusterAdminPolicy --region eu-west-1`,
      },
    ],
    'administrator access of a deployment': [
      given('AmazonEKSClusterAdminPolicy', by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'other access': [
      given('AmazonEKSViewPolicy'),
      { title: 'Access given to EKS cluster prod by IAM user alice', severity: 'low' },
    ],
    'a principal that cannot be decoded': [
      call('AssociateAccessPolicy', {
        name: 'prod',
        principalArn: '%E0%A4%A',
        policyArn: `${policies}/AmazonEKSAdminPolicy`,
      }),
      {
        title: 'Administrator access given to EKS cluster prod by IAM user alice',
        facts: { principal: '%E0%A4%A', policy: `${policies}/AmazonEKSAdminPolicy` },
      },
    ],
    'an entry': [
      entry(),
      {
        title: 'Access entry made in EKS cluster prod by IAM user alice',
        severity: 'low',
        facts: { principal: mallory, kubernetesGroups: 'admins' },
        undo: `aws eks delete-access-entry --cluster-name prod --principal-arn ${mallory} --region eu-west-1`,
      },
    ],
    'an API for the world': [
      reachable(['192.0.2.0/24', '0.0.0.0/0'], by.deployment),
      {
        title: 'API opened to the world of EKS cluster prod by role Developer (session mallory)',
        severity: 'high',
        facts: { publicAccessCidrs: '192.0.2.0/24, 0.0.0.0/0' },
      },
    ],
    'no audit log': [
      logs(['api', 'audit'], false),
      {
        title: 'Logs turned off of EKS cluster prod by IAM user alice',
        severity: 'high',
        facts: { logs: 'api, audit' },
      },
    ],
    'no other log': [
      logs(['scheduler'], false),
      { title: 'Logs turned off of EKS cluster prod by IAM user alice', severity: 'low' },
    ],
    'a role for pods': [
      pods(),
      {
        title: 'Role given to pods of EKS cluster prod by IAM user alice',
        severity: 'medium',
        facts: {
          role: 'arn:aws:iam::111122223333:role/app',
          namespace: 'default',
          serviceAccount: 'app',
        },
      },
    ],
  },
  quiet: {
    'other access of a deployment': [given('AmazonEKSViewPolicy', by.deployment)],
    'an entry of a deployment': [entry(by.deployment)],
    'an API for some': [reachable(['192.0.2.0/24'])],
    'more logs': [logs(['audit'], true)],
    'a role for pods of a deployment': [pods(by.deployment)],
    'a denied attempt': [
      call('AssociateAccessPolicy', null, denied('eks:AssociateAccessPolicy', 'prod')),
    ],
  },
});

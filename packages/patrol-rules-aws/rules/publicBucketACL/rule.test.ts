import { eventPatterns, matches, wrapRecord } from '@patrol/core/evaluation';
import { apiCallRecord, describeRule } from '@patrol/core/testing';
import { describe, expect, test } from 'vitest';
import { describeActors } from '../../testing/actors.ts';
import { bucketCallRecord, deniedByS3 } from '../../testing/bucket.ts';
import { by } from '../../testing/people.ts';
import { describeHostile } from '@patrol/build/testing';
import rule from './rule.ts';

const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';
const group = (name: string) => ({
  'xsi:type': 'Group',
  'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  URI: `http://acs.amazonaws.com/groups/${name}`,
});
const allUsers = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"';
const owner = {
  Grantee: {
    'xsi:type': 'CanonicalUser',
    'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
    ID: 'd25639fbe9c19cd30a4c0f43fbf00e2dexample',
  },
  Permission: 'FULL_CONTROL',
};

const acl = (request: object, fields = {}) =>
  bucketCallRecord('PutBucketAcl', { acl: '', ...request }, fields);
const grants = (AccessControlList: unknown, fields = {}) =>
  acl(
    { AccessControlPolicy: { xmlns, Owner: { ID: owner.Grantee.ID }, AccessControlList } },
    fields,
  );
const policy = (bucketPolicy: unknown, fields = {}) =>
  bucketCallRecord('PutBucketPolicy', { policy: '', bucketPolicy }, fields);
const statement = (more: object) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Website',
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::photos/*',
      ...more,
    },
  ],
});
const block = (configuration: object | string, eventName = 'PutBucketPublicAccessBlock') =>
  bucketCallRecord(eventName, {
    publicAccessBlock: '',
    PublicAccessBlockConfiguration: configuration,
  });
const account = (eventName: string, request = {}) =>
  bucketCallRecord(
    eventName,
    {},
    {
      requestParameters: { Host: '111122223333.s3-control.eu-west-1.amazonaws.com', ...request },
      resources: undefined,
    },
  );
const ownership = (OwnershipControls: unknown, fields = {}) =>
  bucketCallRecord(
    'PutBucketOwnershipControls',
    { ownershipControls: '', OwnershipControls },
    fields,
  );
const objectAcl = (request: object) =>
  bucketCallRecord(
    'PutObjectAcl',
    { key: 'album/1.jpg', acl: '', ...request },
    { managementEvent: false, eventCategory: 'Data' },
  );
/** A call that writes an object: a data event. */
const written = (eventName: string, request: object) =>
  bucketCallRecord(
    eventName,
    { key: 'album/1.jpg', ...request },
    { managementEvent: false, eventCategory: 'Data' },
  );
const ofOrganization = (eventName: string, requestParameters: object, fields = {}) =>
  apiCallRecord('organizations.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    requestParameters,
    ...fields,
  });
const assigning = (assigned: unknown) =>
  JSON.stringify({
    s3_attributes: { public_access_block_configuration: { '@@assign': assigned } },
  });
const s3Policy = (policy: object = {}) => ({
  responseElements: {
    policy: {
      ...policy,
      policySummary: { id: 'p-a1b2c3d4', type: 'S3_POLICY', awsManaged: false },
    },
  },
});
const updated = (request: object, fields: object = s3Policy()) =>
  ofOrganization('UpdatePolicy', { policyId: 'p-a1b2c3d4', ...request }, fields);
const policyTarget = { type: 'AWS::Organizations::Policy', id: 'p-a1b2c3d4' };
const slash8 = (count: number) => Array.from({ length: count }, (_, at) => `${at}.0.0.0/8`);

/** A call of S3 Control: the body lies in an element of its own. */
const onAccessPoint = (eventName: string, body: object, fields = {}) =>
  bucketCallRecord(
    eventName,
    {},
    {
      requestParameters: {
        Host: '111122223333.s3-control.eu-west-1.amazonaws.com',
        ...(eventName.includes('MultiRegion') ? {} : { name: 'reports' }),
        [`${eventName}Request`]: { xmlns, ...body },
      },
      resources: undefined,
      ...fields,
    },
  );
const newAccessPoint = (PublicAccessBlockConfiguration?: object, more = {}) =>
  onAccessPoint('CreateAccessPoint', {
    Bucket: 'photos',
    ...(PublicAccessBlockConfiguration && { PublicAccessBlockConfiguration }),
    ...more,
  });
const allOn = {
  xmlns,
  RestrictPublicBuckets: true,
  BlockPublicPolicy: true,
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
};

/** What turns on all settings of the public access block of the bucket. */
const blocked =
  'aws s3api put-public-access-block --bucket photos --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true --region eu-west-1';
const ofAccount = blocked
  .replace('s3api', 's3control')
  .replace('--bucket photos', '--account-id 111122223333');
const withoutAcls =
  "aws s3api put-bucket-ownership-controls --bucket photos --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]' --region eu-west-1";
const bucketTarget = { type: 'AWS::S3::Bucket', id: 'arn:aws:s3:::photos' };
const accessPointTarget = {
  type: 'AWS::S3::AccessPoint',
  id: 'arn:aws:s3:eu-west-1:111122223333:accesspoint/reports',
};
const onReports = '--account-id 111122223333 --name reports --region eu-west-1';

describeRule(rule, {
  alerts: {
    'a canned ACL': [
      acl({ 'x-amz-acl': 'public-read' }),
      {
        title: 'ACL makes S3 bucket photos public: READ to anybody, by IAM user alice',
        summary:
          'The ACL that IAM user alice set gives READ to anybody, on S3 bucket photos. It takes effect unless IgnorePublicAcls is on in the public access block of the bucket or of the account.',
        severity: 'high',
        facts: { bucket: 'photos', grants: 'READ to anybody' },
        targets: [bucketTarget],
        groupKey: 'publicBucketACL:111122223333:arn:aws:iam::111122223333:user/alice:PutBucketAcl',
        before: null,
        undo: blocked,
        suppression: { parameter: 'bucketFilter', item: 'photos' },
      },
    ],
    'a canned ACL as a list, in the old shape': [
      acl({
        host: ['s3.eu-west-1.amazonaws.com'],
        acl: [''],
        'x-amz-acl': ['public-read-write'],
      }),
      {
        title: 'ACL makes S3 bucket photos public: READ and WRITE to anybody, by IAM user alice',
        severity: 'critical',
      },
    ],
    'a canned ACL for any AWS account': [
      acl({ 'x-amz-acl': 'authenticated-read' }),
      {
        title: 'ACL makes S3 bucket photos public: READ to any AWS account, by IAM user alice',
        severity: 'high',
      },
    ],
    'a canned ACL in a header of other letters': [
      acl({ 'X-Amz-Acl': 'public-read' }),
      { title: 'ACL makes S3 bucket photos public: READ to anybody, by IAM user alice' },
    ],
    'a grant in a header': [
      acl({ 'x-amz-grant-read': allUsers }),
      { title: 'ACL makes S3 bucket photos public: READ to anybody, by IAM user alice' },
    ],
    'a grant in a header of a list of grantees': [
      acl({ 'x-amz-grant-full-control': [`id="d25639", ${allUsers}`] }),
      {
        title: 'ACL makes S3 bucket photos public: FULL_CONTROL to anybody, by IAM user alice',
        severity: 'critical',
      },
    ],
    'a grant in a header without quotes, below accessControlList': [
      acl({
        accessControlList: {
          'x-amz-grant-write-acp': 'uri=http://acs.amazonaws.com/groups/global/AuthenticatedUsers',
        },
      }),
      {
        title: 'ACL makes S3 bucket photos public: WRITE_ACP to any AWS account, by IAM user alice',
        severity: 'critical',
      },
    ],
    'a list of grants': [
      grants({
        Grant: [
          owner,
          { Grantee: group('global/AllUsers'), Permission: 'READ' },
          { Grantee: group('global/AllUsers'), Permission: 'READ_ACP' },
          { Grantee: group('global/AuthenticatedUsers'), Permission: 'READ' },
        ],
      }),
      {
        title:
          'ACL makes S3 bucket photos public: READ and READ_ACP to anybody, READ to any AWS account, by IAM user alice',
        severity: 'high',
      },
    ],
    'one grant, as an object instead of a list': [
      grants({ Grant: { Grantee: group('global/AllUsers'), Permission: 'WRITE' } }),
      {
        title: 'ACL makes S3 bucket photos public: WRITE to anybody, by IAM user alice',
        severity: 'critical',
      },
    ],
    'an ACL that the record leaves out': [
      acl({}),
      {
        title:
          'The ACL of S3 bucket photos changed by IAM user alice; the record does not say to what',
        severity: 'high',
        undo: null,
      },
    ],
    'a bucket that is created public': [
      bucketCallRecord('CreateBucket', {
        'x-amz-acl': 'public-read',
        'x-amz-object-ownership': 'ObjectWriter',
        CreateBucketConfiguration: { xmlns, LocationConstraint: 'eu-west-1' },
      }),
      { title: 'ACL makes S3 bucket photos public: READ to anybody, by IAM user alice' },
    ],
    'a bucket that is created with ACLs enabled': [
      bucketCallRecord('CreateBucket', { 'x-amz-object-ownership': ['BucketOwnerPreferred'] }),
      {
        title: 'ACLs of S3 bucket photos enabled by IAM user alice (BucketOwnerPreferred)',
        severity: 'low',
        facts: { bucket: 'photos', objectOwnership: 'BucketOwnerPreferred' },
        undo: withoutAcls,
      },
    ],
    'an object that is made public (RA#90)': [
      objectAcl({ 'x-amz-acl': 'public-read' }),
      {
        title:
          'ACL makes an object in S3 bucket photos public: READ to anybody, by IAM user alice, key "album/1.jpg"',
        facts: { bucket: 'photos', key: 'album/1.jpg', grants: 'READ to anybody' },
        undo: blocked,
      },
    ],
    'an object that is written with a public ACL': [
      written('PutObject', { 'x-amz-acl': 'public-read' }),
      {
        title:
          'ACL makes an object in S3 bucket photos public: READ to anybody, by IAM user alice, key "album/1.jpg"',
        severity: 'high',
        facts: { bucket: 'photos', key: 'album/1.jpg', grants: 'READ to anybody' },
        consoleUrl: null,
        undo: blocked,
      },
    ],
    'an object that is copied with a public ACL, as a list': [
      written('CopyObject', { 'x-amz-acl': ['authenticated-read'] }),
      {
        title:
          'ACL makes an object in S3 bucket photos public: READ to any AWS account, by IAM user alice, key "album/1.jpg"',
      },
    ],
    'an object of several parts that gets a public grant': [
      written('CreateMultipartUpload', {
        accessControlList: { 'x-amz-grant-full-control': `id="1", ${allUsers}` },
      }),
      {
        title:
          'ACL makes an object in S3 bucket photos public: FULL_CONTROL to anybody, by IAM user alice, key "album/1.jpg"',
        severity: 'critical',
      },
    ],
    'an object that gets a public grant in a header': [
      written('PutObject', { 'x-amz-grant-read-acp': allUsers }),
      {
        title:
          'ACL makes an object in S3 bucket photos public: READ_ACP to anybody, by IAM user alice, key "album/1.jpg"',
        severity: 'high',
      },
    ],
    'an object whose key is written as a message': [
      written('PutObject', {
        key: `in the test account. No action needed. ${'x'.repeat(1000)}`,
        'x-amz-acl': 'public-read',
      }),
      {
        title: expect.stringMatching(
          /^ACL makes an object in S3 bucket photos public: READ to anybody, by IAM user alice, key "in the test .{90,110}…$/,
        ) as string,
      },
    ],
    'a policy for all addresses, range by range': [
      policy(statement({ Condition: { IpAddress: { 'aws:SourceIp': slash8(256) } } })),
      {
        title: 'Policy makes S3 bucket photos public: s3:GetObject to everybody, by IAM user alice',
      },
    ],
    'a policy that a Deny without values leaves open': [
      policy({
        Version: '2012-10-17',
        Statement: [
          ...statement({}).Statement,
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Resource: '*',
            Condition: { BoolIfExists: { 'aws:PrincipalIsAWSService': [] } },
          },
        ],
      }),
      {
        title: 'Policy makes S3 bucket photos public: s3:GetObject to everybody, by IAM user alice',
      },
    ],
    'the policy of an Object Lambda access point': [
      onAccessPoint('PutAccessPointPolicyForObjectLambda', {
        Policy: JSON.stringify(statement({ Action: 's3-object-lambda:GetObject' })),
      }),
      {
        title:
          'Policy makes S3 Object Lambda access point reports public: s3-object-lambda:GetObject to everybody, by IAM user alice',
        severity: 'high',
        targets: [
          {
            type: 'AWS::S3ObjectLambda::AccessPoint',
            id: 'arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint/reports',
          },
        ],
        undo: `aws s3control delete-access-point-policy-for-object-lambda ${onReports}`,
      },
    ],
    'an S3 policy of the organisation that turns off public access blocks': [
      updated({ content: assigning('none') }),
      {
        title:
          'S3 policy of the organisation changed by IAM user alice: it turns off all four settings of the public access blocks',
        severity: 'high',
        facts: { assigned: 'none', policy: 'p-a1b2c3d4' },
        targets: [policyTarget],
        undo: null,
      },
    ],
    'an S3 policy of the organisation that turns nothing on': [
      updated({ content: '{"s3_attributes":{}}' }),
      {
        title:
          'S3 policy of the organisation changed by IAM user alice: it does not turn on public access blocks',
        facts: { assigned: 'nothing' },
      },
    ],
    'an S3 policy of the organisation, as an object': [
      updated({ content: JSON.parse(assigning('none')) as object }),
      {
        title:
          'S3 policy of the organisation changed by IAM user alice: it turns off all four settings of the public access blocks',
        facts: { assigned: 'none' },
      },
    ],
    'an S3 policy whose change the record leaves out': [
      ofOrganization('UpdatePolicy', {}, { requestParameters: null, ...s3Policy() }),
      {
        title:
          'The S3 policy of the organisation changed by IAM user alice; the record does not say to what',
        severity: 'high',
        targets: [policyTarget],
      },
    ],
    'an S3 policy whose change the record says was too large': [
      ofOrganization('UpdatePolicy', { omitted: true }, s3Policy()),
      {
        title:
          'The S3 policy of the organisation changed by IAM user alice; the record does not say to what',
        severity: 'high',
        targets: [policyTarget],
      },
    ],
    'an S3 policy whose change the record hides': [
      updated({ content: 'HIDDEN_DUE_TO_SECURITY_REASONS' }),
      {
        title:
          'The S3 policy of the organisation changed by IAM user alice; the record does not say to what',
        severity: 'high',
        targets: [policyTarget],
      },
    ],
    'a new S3 policy of the organisation that turns off public access blocks': [
      ofOrganization(
        'CreatePolicy',
        { type: 'S3_POLICY', name: 'open', description: '', content: assigning('none') },
        s3Policy(),
      ),
      {
        title:
          'S3 policy of the organisation created by IAM user alice: it turns off all four settings of the public access blocks',
        severity: 'medium',
        targets: [policyTarget],
      },
    ],
    'the S3 policies of the organisation, disabled': [
      ofOrganization('DisablePolicyType', { rootId: 'r-ab12', policyType: 'S3_POLICY' }),
      {
        title: 'S3 policies of the organisation disabled by IAM user alice',
        severity: 'high',
        facts: { root: 'r-ab12' },
        undo: 'aws organizations enable-policy-type --root-id r-ab12 --policy-type S3_POLICY',
      },
    ],
    'a policy of the organisation, detached': [
      ofOrganization('DetachPolicy', { policyId: 'p-a1b2c3d4', targetId: 'ou-ab12-11111111' }),
      {
        title:
          'Policy of the organisation detached by IAM user alice; the record does not say whether it blocks public access',
        severity: 'low',
        facts: { policy: 'p-a1b2c3d4', detachedFrom: 'ou-ab12-11111111' },
        targets: [policyTarget],
        undo: 'aws organizations attach-policy --policy-id p-a1b2c3d4 --target-id ou-ab12-11111111',
      },
    ],
    'a denied attempt on an S3 policy of the organisation': [
      updated(
        { content: assigning('none') },
        { errorCode: 'AccessDeniedException', errorMessage: 'not allowed', responseElements: null },
      ),
      {
        title:
          'Denied attempt: S3 policy of the organisation changed by IAM user alice: it turns off all four settings of the public access blocks',
        severity: 'medium',
        targets: [policyTarget],
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a policy that lets everybody read': [
      policy(statement({})),
      {
        title: 'Policy makes S3 bucket photos public: s3:GetObject to everybody, by IAM user alice',
        severity: 'high',
        facts: {
          bucket: 'photos',
          actions: 's3:GetObject',
          principals: 'everybody',
          resources: 'arn:aws:s3:::photos/*',
        },
        undo: blocked,
      },
    ],
    'a policy as text, with one statement that is no list': [
      policy(
        JSON.stringify({
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: ['*'] },
            Action: ['S3:PutObject', 's3:GetObject'],
            Resource: '*',
          },
        }),
      ),
      {
        title:
          'Policy makes S3 bucket photos public: S3:PutObject, s3:GetObject to everybody, by IAM user alice',
        severity: 'critical',
      },
    ],
    'a policy whose condition leaves everybody in': [
      policy(
        statement({
          Action: 's3:*',
          Condition: { StringLike: { 'aws:Referer': 'https://example.com/*' } },
        }),
      ),
      {
        title: 'Policy makes S3 bucket photos public: s3:* to everybody, by IAM user alice',
        severity: 'critical',
        facts: {
          bucket: 'photos',
          actions: 's3:*',
          principals: 'everybody',
          resources: 'arn:aws:s3:::photos/*',
          conditions: 'StringLike aws:Referer = https://example.com/*',
        },
      },
    ],
    'a policy that the record leaves out': [
      bucketCallRecord('PutBucketPolicy', { policy: '' }),
      {
        title:
          'The policy of S3 bucket photos changed by IAM user alice; the record does not say to what',
      },
    ],
    'the policy of an access point that lets everybody read': [
      onAccessPoint('PutAccessPointPolicy', { Policy: JSON.stringify(statement({})) }),
      {
        title:
          'Policy makes S3 access point reports public: s3:GetObject to everybody, by IAM user alice',
        severity: 'high',
        summary: expect.stringContaining('as far as the policy of the bucket leaves access'),
        targets: [accessPointTarget],
        undo: `aws s3control delete-access-point-policy ${onReports}`,
        suppression: { parameter: 'ignoredActors', item: 'arn:aws:iam::111122223333:user/alice' },
      },
    ],
    'the same as an object, beside the name': [
      bucketCallRecord(
        'PutAccessPointPolicy',
        {},
        { requestParameters: { name: 'reports', policy: statement({}) }, resources: undefined },
      ),
      {
        title:
          'Policy makes S3 access point reports public: s3:GetObject to everybody, by IAM user alice',
      },
    ],
    'the policy of a Multi-Region Access Point': [
      onAccessPoint('PutMultiRegionAccessPointPolicy', {
        ClientToken: 'x',
        Details: { Name: 'worldwide', Policy: JSON.stringify(statement({ Action: 's3:*' })) },
      }),
      {
        title:
          'Policy makes S3 Multi-Region Access Point worldwide public: s3:* to everybody, by IAM user alice',
        severity: 'critical',
        targets: [{ type: 'AWS::S3::MultiRegionAccessPoint', id: 'worldwide' }],
        undo: null,
      },
    ],
    'the policy of an access point that the record leaves out': [
      onAccessPoint('PutAccessPointPolicy', {}),
      {
        title:
          'The policy of S3 access point reports changed by IAM user alice; the record does not say to what',
        severity: 'medium',
      },
    ],
    'an access point that may become public': [
      newAccessPoint({ ...allOn, BlockPublicPolicy: 'false', RestrictPublicBuckets: false }),
      {
        title:
          'S3 access point reports of S3 bucket photos created by IAM user alice with BlockPublicPolicy, RestrictPublicBuckets off',
        severity: 'medium',
        facts: { bucket: 'photos', off: 'BlockPublicPolicy, RestrictPublicBuckets' },
        targets: [accessPointTarget, bucketTarget],
        undo: `aws s3control delete-access-point ${onReports}`,
      },
    ],
    'a Multi-Region Access Point that may become public': [
      onAccessPoint('CreateMultiRegionAccessPoint', {
        Details: { Name: 'worldwide', PublicAccessBlock: { ...allOn, BlockPublicPolicy: false } },
      }),
      {
        title:
          'S3 Multi-Region Access Point worldwide created by IAM user alice with BlockPublicPolicy off',
      },
    ],
    'a public access block that is removed': [
      bucketCallRecord('DeleteBucketPublicAccessBlock', { publicAccessBlock: '' }),
      {
        title: 'Public access block of S3 bucket photos removed by IAM user alice',
        severity: 'high',
        undo: blocked,
      },
    ],
    'a public access block with two settings off': [
      block({ ...allOn, BlockPublicPolicy: false, BlockPublicAcls: 'false' }),
      {
        title:
          'Public access block of S3 bucket photos weakened by IAM user alice: BlockPublicAcls, BlockPublicPolicy off',
        severity: 'high',
        facts: { bucket: 'photos', off: 'BlockPublicAcls, BlockPublicPolicy' },
        undo: blocked,
      },
    ],
    'a public access block that leaves settings out': [
      block({ xmlns, BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true }),
      {
        title:
          'Public access block of S3 bucket photos weakened by IAM user alice: RestrictPublicBuckets off',
      },
    ],
    'an empty public access block': [
      block(''),
      {
        title:
          'Public access block of S3 bucket photos weakened by IAM user alice: BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets off',
      },
    ],
    'a public access block that the record leaves out': [
      bucketCallRecord('PutBucketPublicAccessBlock', { publicAccessBlock: '' }),
      {
        title:
          'The public access block of S3 bucket photos changed by IAM user alice; the record does not say to what',
      },
    ],
    'the public access block of the account, removed': [
      account('DeleteAccountPublicAccessBlock'),
      {
        title:
          'Public access block of all buckets of account 111122223333 removed by IAM user alice',
        severity: 'high',
        targets: [{ type: 'AWS::Organizations::Account', id: '111122223333' }],
        undo: ofAccount,
        suppression: { parameter: 'ignoredActors', item: 'arn:aws:iam::111122223333:user/alice' },
      },
    ],
    'the public access block of the account, weakened': [
      account('PutAccountPublicAccessBlock', {
        PublicAccessBlockConfiguration: { ...allOn, IgnorePublicAcls: false },
      }),
      {
        title:
          'Public access block of all buckets of account 111122223333 weakened by IAM user alice: IgnorePublicAcls off',
        undo: ofAccount,
      },
      { parameters: { bucketFilter: 'photos' } },
    ],
    'ownership controls that enable ACLs': [
      ownership({ xmlns, Rule: { ObjectOwnership: 'ObjectWriter' } }),
      {
        title: 'ACLs of S3 bucket photos enabled by IAM user alice (ObjectWriter)',
        severity: 'medium',
        undo: withoutAcls,
      },
    ],
    'ownership controls that a deployment sets': [
      ownership({ Rule: { ObjectOwnership: 'ObjectWriter' } }, by.deployment),
      { title: expect.stringContaining('by role Developer'), severity: 'low' },
    ],
    'ownership controls as a list': [
      ownership({ Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] }),
      { title: 'ACLs of S3 bucket photos enabled by IAM user alice (BucketOwnerPreferred)' },
    ],
    'ownership controls that are removed': [
      bucketCallRecord('DeleteBucketOwnershipControls', { ownershipControls: '' }),
      {
        title: 'ACLs of S3 bucket photos enabled by IAM user alice',
        severity: 'medium',
        undo: withoutAcls,
      },
    ],
    'a bucket whose name only holds a filtered one': [
      acl({ 'x-amz-acl': 'public-read' }),
      { title: 'ACL makes S3 bucket photos public: READ to anybody, by IAM user alice' },
      { parameters: { bucketFilter: 'photo,' } },
    ],
    'a denied attempt': [
      acl({ 'x-amz-acl': 'public-read' }, deniedByS3('s3:PutBucketAcl')),
      {
        title:
          'Denied attempt: ACL makes S3 bucket photos public: READ to anybody, by IAM user alice',
        severity: 'medium',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a denied attempt whose parameters were left out': [
      policy(undefined, {
        ...deniedByS3('s3:PutBucketPolicy'),
        requestParameters: null,
        resources: null,
      }),
      {
        title:
          'Denied attempt: The policy of S3 bucket photos changed by IAM user alice; the record does not say to what',
        severity: 'medium',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  quiet: {
    'a private canned ACL': [acl({ 'x-amz-acl': 'private' })],
    'a canned ACL for the logs of S3, as a list': [acl({ 'x-amz-acl': ['log-delivery-write'] })],
    'grants to named accounts': [grants({ Grant: owner })],
    'a grant to the service that delivers logs': [
      grants({ Grant: [owner, { Grantee: group('s3/LogDelivery'), Permission: 'WRITE' }] }),
    ],
    'a header that grants to named accounts': [
      acl({ 'x-amz-grant-read': 'id="d25639", emailAddress="HIDDEN_DUE_TO_SECURITY_REASONS"' }),
    ],
    'an ACL without grants': [grants('')],
    'an ACL with an empty list of grants': [grants({})],
    'an ACL with an empty grant': [grants({ Grant: '' })],
    'an ACL without even the list': [grants(undefined)],
    'a new bucket': [bucketCallRecord('CreateBucket')],
    'a new bucket with a private ACL': [
      bucketCallRecord('CreateBucket', { 'x-amz-acl': 'private' }),
    ],
    'a new bucket with ACLs disabled': [
      bucketCallRecord('CreateBucket', { 'x-amz-object-ownership': 'BucketOwnerEnforced' }),
    ],
    'a denied attempt to create a bucket, whose parameters were left out': [
      bucketCallRecord(
        'CreateBucket',
        {},
        { ...deniedByS3('s3:CreateBucket'), requestParameters: null },
      ),
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'an object ACL for the owner of the bucket': [
      objectAcl({ 'x-amz-acl': 'bucket-owner-full-control' }),
    ],
    'an object that is written with a grant to a group that S3 does not have': [
      written('PutObject', {
        'x-amz-grant-read': 'id="d25639", uri="http://acs.amazonaws.com/groups/global/Nobody"',
      }),
    ],
    'a policy for private addresses': [
      policy(
        statement({
          Condition: { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '192.168.0.0/16'] } },
        }),
      ),
    ],
    'a policy for a key that has to be there': [
      policy(
        statement({
          Condition: {
            StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-exampleorgid' },
            Null: { 'aws:PrincipalOrgID': 'false' },
          },
        }),
      ),
    ],
    'an S3 policy of the organisation that turns on public access blocks': [
      updated({ content: assigning('all') }),
    ],
    'an S3 policy of the organisation with a new name': [updated({ name: 'guard' })],
    'a new S3 policy of the organisation': [
      ofOrganization('CreatePolicy', { type: 'S3_POLICY', content: assigning('all') }, s3Policy()),
    ],
    'the policy of an Object Lambda access point for a role': [
      onAccessPoint('PutAccessPointPolicyForObjectLambda', {
        Policy: JSON.stringify(
          statement({ Principal: { AWS: 'arn:aws:iam::111122223333:role/reader' } }),
        ),
      }),
    ],
    'a policy for a service of AWS': [
      policy(
        statement({
          Principal: { Service: 'cloudtrail.amazonaws.com' },
          Action: 's3:PutObject',
          Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
        }),
      ),
    ],
    'a policy for an account': [
      policy(statement({ Principal: { AWS: 'arn:aws:iam::444455556666:root' } })),
    ],
    'a policy for everybody of an organisation': [
      policy(
        statement({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } } }),
      ),
    ],
    'an access point whose settings are left as they are': [newAccessPoint()],
    'an access point with all settings on': [newAccessPoint(allOn)],
    'an access point of a VPC': [
      newAccessPoint(
        { BlockPublicPolicy: false },
        { VpcConfiguration: { VpcId: 'vpc-0123456789abcdef0' } },
      ),
    ],
    'the policy of an access point for a role': [
      onAccessPoint('PutAccessPointPolicy', {
        Policy: JSON.stringify(
          statement({ Principal: { AWS: 'arn:aws:iam::111122223333:role/reader' } }),
        ),
      }),
    ],
    'a policy that denies': [policy(statement({ Effect: 'Deny' }))],
    'a public access block with everything on': [block(allOn)],
    'a public access block whose settings are texts': [
      block(Object.fromEntries(Object.keys(allOn).map((name) => [name, 'TRUE']))),
    ],
    'the public access block of the account with everything on': [
      account('PutAccountPublicAccessBlock', { PublicAccessBlockConfiguration: allOn }),
    ],
    'ownership controls that disable ACLs': [
      ownership({ xmlns, Rule: { ObjectOwnership: 'BucketOwnerEnforced' } }),
    ],
    'a denied attempt': [acl({ 'x-amz-acl': 'public-read' }, deniedByS3('s3:PutBucketAcl'))],
    'a call that failed': [
      acl({ 'x-amz-acl': 'public-read' }, { errorCode: 'NoSuchBucket' }),
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  suppressed: {
    'a bucket that the filter names whole': [
      acl({ 'x-amz-acl': 'public-read' }),
      'photos',
      { parameters: { bucketFilter: 'logs, photos' } },
    ],
    'a public policy of a bucket that a regular expression matches whole': [
      policy(statement({})),
      'p.{5}',
      { parameters: { bucketFilter: 'p.{5}' } },
    ],
    'an access point of a bucket that the filter names': [
      newAccessPoint({ ...allOn, BlockPublicPolicy: false }),
      'photos',
      { parameters: { bucketFilter: 'photos' } },
    ],
    'an object of a bucket that the filter names': [
      objectAcl({ 'x-amz-acl': 'public-read' }),
      'photos',
      { parameters: { bucketFilter: 'photos' } },
    ],
  },
  refuses: {
    'a canned ACL that S3 does not have': [
      acl({ 'x-amz-acl': 'public' }),
      /expected the name of a canned ACL, found "public"/,
    ],
    'a header that is no text': [
      acl({ 'x-amz-grant-read': {} }),
      /expected a text in x-amz-grant-read, found \{\}/,
    ],
    'an ACL that is a text': [
      acl({ AccessControlPolicy: '<AccessControlPolicy/>' }),
      /expected an AccessControlPolicy with an AccessControlList, found "<Access/,
    ],
    'a grant without a grantee': [
      grants({ Grant: { Permission: 'READ' } }),
      /expected a Grant with a Grantee and a Permission/,
    ],
    'a policy that is no policy': [policy({}), /could not evaluate event .*Statement/],
    'an S3 policy of the organisation that is none': [
      updated({ content: '{"s3_attributes":' }),
      /expected the content of an S3 policy as JSON/,
    ],
    'the policy of an access point that is none': [
      onAccessPoint('PutAccessPointPolicy', { Policy: 'everybody' }),
      /could not evaluate event /,
    ],
    'a setting that is neither on nor off': [
      block({ ...allOn, BlockPublicAcls: 'perhaps' }),
      /expected true or false as BlockPublicAcls, found "perhaps"/,
    ],
    'a public access block that cannot be read': [
      block('on'),
      /expected a PublicAccessBlockConfiguration with its settings, found "on"/,
    ],
    'ownership controls without a rule': [ownership({ xmlns }), /expected OwnershipControls/],
    'an ownership that S3 does not have': [
      ownership({ Rule: { ObjectOwnership: 'Everybody' } }),
      /expected BucketOwnerEnforced, BucketOwnerPreferred or ObjectWriter .*found "Everybody"/,
    ],
    'a filter that would mute everything': [
      acl({ 'x-amz-acl': 'public-read' }),
      /bucketFilter: "\.\+" would mute most alerts/,
      { parameters: { bucketFilter: '.+' } },
    ],
  },
});

describeActors(rule, (userIdentity) => acl({ 'x-amz-acl': 'public-read' }, { userIdentity }));

describeHostile(rule, [
  acl({ 'x-amz-acl': ['public-read'] }),
  acl({ accessControlList: { 'x-amz-grant-read': allUsers } }),
  grants({ Grant: [owner, { Grantee: group('global/AllUsers'), Permission: 'READ' }] }),
  policy(statement({ Condition: { StringLike: { 'aws:Referer': 'https://example.com/*' } } })),
  block({ ...allOn, BlockPublicAcls: false }),
  account('PutAccountPublicAccessBlock', { PublicAccessBlockConfiguration: allOn }),
  ownership({ xmlns, Rule: { ObjectOwnership: 'ObjectWriter' } }),
  bucketCallRecord('CreateBucket', { 'x-amz-object-ownership': 'ObjectWriter' }),
  newAccessPoint({ ...allOn, BlockPublicPolicy: false }),
  onAccessPoint('PutAccessPointPolicy', { Policy: JSON.stringify(statement({})) }),
  written('PutObject', { 'x-amz-acl': 'public-read' }),
  written('CopyObject', { accessControlList: { 'x-amz-grant-read': allUsers } }),
  updated({ content: assigning('none') }),
  ofOrganization('DisablePolicyType', { rootId: 'r-ab12', policyType: 'S3_POLICY' }),
  ofOrganization('DetachPolicy', { policyId: 'p-a1b2c3d4', targetId: 'ou-ab12-11111111' }),
]);

describe('delivery', () => {
  test.each<[string, object]>([
    ['an object without an ACL', written('PutObject', {})],
    [
      'an object for the owner of the bucket',
      written('PutObject', { 'x-amz-acl': 'bucket-owner-full-control' }),
    ],
    [
      'an object with a grant to an account',
      written('PutObject', { 'x-amz-grant-read': 'id="d25639"' }),
    ],
    ['a copy', written('CopyObject', { 'x-amz-copy-source': 'photos/public-read' })],
    ['a part of an upload', written('UploadPart', { 'x-amz-acl': 'public-read' })],
    ['a service control policy', updated({ content: '{"Statement":[]}' }, {})],
    ['another type of policies', ofOrganization('DisablePolicyType', { policyType: 'TAG_POLICY' })],
  ])('leaves out %s', (_title, record) => {
    const event = wrapRecord(record as Parameters<typeof wrapRecord>[0]);
    expect(eventPatterns(rule).map((pattern) => matches(pattern, event))).toEqual([false]);
  });
});

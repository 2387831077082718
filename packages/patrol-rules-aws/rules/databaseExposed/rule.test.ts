import { apiCallRecord, describeRule, identities } from '@patrol/core/testing';
import rule from './rule.ts';

const rds = (eventName: string, requestParameters: object, fields = {}) =>
  apiCallRecord('rds.amazonaws.com', eventName, { requestParameters, ...fields });
const redshift = (eventName: string, requestParameters: object) =>
  apiCallRecord('redshift.amazonaws.com', eventName, {
    requestParameters: { clusterIdentifier: 'shop', ...requestParameters },
  });
const instance = { dBInstanceIdentifier: 'orders' };
const cluster = { dBClusterIdentifier: 'orders' };
const isPublic = { publiclyAccessible: true };
const masterUserPassword = 'HIDDEN_DUE_TO_SECURITY_REASONS';
const byService = { userIdentity: identities.serviceForUser };
const exposed = 'Database instance orders made reachable from the internet by IAM user alice';
const stream = 'arn:aws:rds:eu-west-1:111122223333:cluster:orders';
const undo =
  'aws rds modify-db-instance --db-instance-identifier orders --no-publicly-accessible --apply-immediately --region eu-west-1';

describeRule(rule, {
  alerts: {
    'a new instance that is public': [
      rds('CreateDBInstance', { ...instance, ...isPublic, masterUserPassword }),
      {
        title: exposed,
        severity: 'high',
        targets: [{ type: 'AWS::RDS::DBInstance', id: 'orders' }],
        undo,
      },
    ],
    'a public replica': [
      rds('CreateDBInstanceReadReplica', { ...instance, ...isPublic }),
      { title: exposed },
    ],
    'a snapshot that is restored to a public instance': [
      rds('RestoreDBInstanceFromDBSnapshot', { ...instance, ...isPublic }),
      { title: exposed },
    ],
    'an instance that is restored to a public one': [
      rds('RestoreDBInstanceToPointInTime', {
        sourceDBInstanceIdentifier: 'shop',
        targetDBInstanceIdentifier: 'orders',
        ...isPublic,
      }),
      { title: exposed },
    ],
    'a new cluster that is public': [
      rds('CreateDBCluster', { ...cluster, ...isPublic }),
      {
        title: 'Database cluster orders made reachable from the internet by IAM user alice',
        undo: null,
      },
    ],
    'an instance that becomes public': [
      rds('ModifyDBInstance', { ...instance, ...isPublic }),
      { title: exposed, undo },
    ],
    'a new master password': [
      rds('ModifyDBInstance', { ...instance, masterUserPassword }),
      {
        title: 'Database instance orders given a new master password by IAM user alice',
        severity: 'high',
        undo: null,
      },
    ],
    'a new master password from CloudFormation': [
      rds('ModifyDBInstance', { ...instance, masterUserPassword }, byService),
      {
        title:
          'Database instance orders given a new master password by IAM user alice, through cloudformation.amazonaws.com',
        severity: 'low',
      },
    ],
    'all at once': [
      rds('ModifyDBInstance', {
        ...instance,
        ...isPublic,
        masterUserPassword,
        enableIAMDatabaseAuthentication: false,
      }),
      {
        title:
          'Database instance orders made reachable from the internet and given a new master password and left without IAM authentication by IAM user alice',
        severity: 'high',
        undo: null,
      },
    ],
    'a cluster without IAM authentication': [
      rds('ModifyDBCluster', { ...cluster, enableIAMDatabaseAuthentication: false }),
      {
        title: 'Database cluster orders left without IAM authentication by IAM user alice',
        severity: 'medium',
      },
    ],
    'a security group for every address': [
      rds('AuthorizeDBSecurityGroupIngress', { dBSecurityGroupName: 'web', cIDRIP: '0.0.0.0/0' }),
      { title: 'Database security group web opened to every address by IAM user alice' },
    ],
    'an activity stream that is stopped': [
      rds('StopActivityStream', { resourceArn: stream, applyImmediately: true }),
      { title: `Activity stream of database ${stream} stopped by IAM user alice` },
    ],
    'an activity stream that is unlocked': [
      rds('ModifyActivityStream', { resourceArn: stream, auditPolicyState: 'unlocked' }),
      {
        title: `Activity stream of database ${stream} unlocked by IAM user alice`,
        severity: 'medium',
      },
    ],
    'a new Redshift cluster that is public': [
      redshift('CreateCluster', isPublic),
      { title: 'Redshift cluster shop made reachable from the internet by IAM user alice' },
    ],
    'a Redshift snapshot that is restored to a public cluster': [
      redshift('RestoreFromClusterSnapshot', isPublic),
      {
        title: 'Redshift cluster shop made reachable from the internet by IAM user alice',
        undo: 'aws redshift modify-cluster --cluster-identifier shop --no-publicly-accessible --region eu-west-1',
      },
    ],
    'a new master password of a Redshift cluster': [
      redshift('ModifyCluster', { masterUserPassword }),
      { title: 'Redshift cluster shop given a new master password by IAM user alice' },
    ],
    'a Redshift log that is turned off': [
      redshift('DisableLogging', {}),
      { title: 'Log of Redshift cluster shop turned off by IAM user alice', severity: 'medium' },
    ],
  },
  quiet: {
    'a new instance in a private network': [
      rds('CreateDBInstance', { ...instance, publiclyAccessible: false, masterUserPassword }),
    ],
    'a new cluster': [rds('CreateDBCluster', { ...cluster, masterUserPassword })],
    'a larger instance': [
      rds('ModifyDBInstance', { ...instance, dBInstanceClass: 'db.m6g.large' }),
    ],
    'IAM authentication that is turned on': [
      rds('ModifyDBCluster', { ...cluster, enableIAMDatabaseAuthentication: true }),
    ],
    'a security group for one network': [
      rds('AuthorizeDBSecurityGroupIngress', {
        dBSecurityGroupName: 'web',
        cIDRIP: '192.0.2.0/24',
      }),
    ],
    'an activity stream that is locked': [
      rds('ModifyActivityStream', { resourceArn: stream, auditPolicyState: 'locked' }),
    ],
    'a Redshift cluster with more nodes': [redshift('ModifyCluster', { numberOfNodes: 4 })],
  },
});

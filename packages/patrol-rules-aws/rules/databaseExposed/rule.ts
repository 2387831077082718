import {
  type Call,
  type CallReader,
  type Deed,
  defineCallRule,
  guardDuty,
  mitre,
  type Severity,
} from '@patrol/core';
import { unlessByService } from '../../lib/actor.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

/** What a call does to a database, each in the rule's words. */
type Changes = readonly (readonly [what: string, Severity])[];

const exposed = ({ request }: Call): Changes =>
  request.flag('publiclyAccessible') === true ? [['made reachable from the internet', 'high']] : [];

function changes(call: Call): Changes {
  const { request, record } = call;
  return [
    ...exposed(call),
    // CloudTrail writes stars in place of the password.
    ...(request.has('masterUserPassword')
      ? [['given a new master password', unlessByService({ record }, 'high')] as const]
      : []),
    ...(request.flag('enableIAMDatabaseAuthentication') === false
      ? [['left without IAM authentication', 'medium'] as const]
      : []),
  ];
}

/** A kind of database: how it is called, and the field that has its name. */
interface Kind {
  readonly what: string;
  readonly type: string;
  readonly field: string;
  /** The command that makes it private again. */
  readonly hide?: (id: string | undefined, region: string | undefined) => Deed['undo'];
}

const instance: Kind = {
  what: 'Database instance',
  type: 'AWS::RDS::DBInstance',
  field: 'dBInstanceIdentifier',
  hide: (id, region) =>
    awsCommand('rds modify-db-instance', {
      'db-instance-identifier': id,
      'no-publicly-accessible': true,
      'apply-immediately': true,
      region,
    }),
};
const cluster: Kind = {
  what: 'Database cluster',
  type: 'AWS::RDS::DBCluster',
  field: 'dBClusterIdentifier',
};
const redshift: Kind = {
  what: 'Redshift cluster',
  type: 'AWS::Redshift::Cluster',
  field: 'clusterIdentifier',
  hide: (id, region) =>
    awsCommand('redshift modify-cluster', {
      'cluster-identifier': id,
      'no-publicly-accessible': true,
      region,
    }),
};

const made = (kind: Kind): CallReader => found(kind, exposed);
const modified = (kind: Kind): CallReader => found(kind, changes);

const order: readonly Severity[] = ['high', 'medium', 'low'];

/** One finding for all that a call does to a database. */
function found({ what, type, field, hide }: Kind, changesOf: (call: Call) => Changes): CallReader {
  return (call) => {
    const done = changesOf(call);
    const id = call.request.text(field);
    // The command does not undo a new password.
    const isOnlyExposed = done.length === exposed(call).length;
    return done.length === 0
      ? undefined
      : {
          severity: order.find((severity) => done.some(([, one]) => one === severity)) ?? 'high',
          deed: `${withNames(what, id)} ${done.map(([change]) => change).join(' and ')}`,
          target: [type, id],
          undo: isOnlyExposed ? hide?.(id, call.region) : undefined,
        };
  };
}

export default defineCallRule({
  name: 'databaseExposed',
  title: 'Database exposed or taken over',
  description:
    'Alerts when a database of RDS or Redshift becomes reachable from the internet, or gets a new master password. ' +
    'It also alerts when IAM authentication, the activity stream or the log of a database is turned off. ' +
    'Passwords that CloudFormation sets have severity low.',
  severity: 'high',
  runbook:
    'Ask the actor whether this was planned. If nobody can say, turn public access off, set a new master password, and look in the log of the database at who signed in since. ' +
    'Treat the credentials that were used as stolen.',
  references: [
    mitre('T1556', 'Modify Authentication Process'),
    mitre('T1190', 'Exploit Public-Facing Application'),
    mitre('T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs'),
    guardDuty('RDSMasterPasswordReset'),
    guardDuty('RDSPubliclyAccessible'),
    guardDuty('RDSIAMAuthDisabled'),
  ],
  parameters: {},
  calls: {
    'rds.amazonaws.com': {
      CreateDBInstance: made(instance),
      CreateDBInstanceReadReplica: made(instance),
      RestoreDBInstanceFromDBSnapshot: made(instance),
      RestoreDBInstanceToPointInTime: made({ ...instance, field: 'targetDBInstanceIdentifier' }),
      CreateDBCluster: made(cluster),
      ModifyDBInstance: modified(instance),
      ModifyDBCluster: modified(cluster),
      AuthorizeDBSecurityGroupIngress: ({ request }) =>
        request.text('cIDRIP')?.endsWith('/0')
          ? {
              deed: `${withNames('Database security group', request.text('dBSecurityGroupName'))} opened to every address`,
              target: ['AWS::RDS::DBSecurityGroup', request.text('dBSecurityGroupName')],
            }
          : undefined,
      StopActivityStream: ({ request }) => ({
        deed: `${withNames('Activity stream of database', request.text('resourceArn'))} stopped`,
        meaning: 'What is asked of the database is no longer recorded.',
        target: ['AWS::RDS::DBCluster', request.text('resourceArn')],
      }),
      ModifyActivityStream: ({ request }) =>
        request.text('auditPolicyState') === 'unlocked'
          ? {
              severity: 'medium',
              deed: `${withNames('Activity stream of database', request.text('resourceArn'))} unlocked`,
              meaning: 'What the stream records can be changed in the database.',
              target: ['AWS::RDS::DBInstance', request.text('resourceArn')],
            }
          : undefined,
    },
    'redshift.amazonaws.com': {
      CreateCluster: made(redshift),
      RestoreFromClusterSnapshot: made(redshift),
      ModifyCluster: modified(redshift),
      DisableLogging: ({ request }) => ({
        severity: 'medium',
        deed: `${withNames('Log of Redshift cluster', request.text('clusterIdentifier'))} turned off`,
        meaning: 'Who signs in and what is asked of the database is no longer recorded.',
        target: ['AWS::Redshift::Cluster', request.text('clusterIdentifier')],
      }),
    },
  },
});

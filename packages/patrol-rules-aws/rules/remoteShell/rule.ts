import {
  type Call,
  type CallReader,
  type Deed,
  defineCallRule,
  guardDuty,
  mitre,
  number,
  stratus,
} from '@patrol/core';
import { isByAccessKey, unlessAutomated } from '../../lib/actor.ts';
import { requestOf } from '../../lib/ec2.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

const parameters = {
  manyInstances: number('From how many instances on a command is told as one to many.', {
    default: '3',
    minimum: 2,
    maximum: 50,
  }),
};

type P = typeof parameters;

const commands = () => import('../../lib/commands.ts');

export default defineCallRule({
  name: 'remoteShell',
  title: 'Shell or command on a machine',
  description:
    'Alerts when somebody opens a shell on an instance or in a container through AWS, or makes machines run commands: sessions and commands of Systems Manager, EC2 Instance Connect, serial consoles, ECS Exec. ' +
    'A single session or command is low, unless it uses a long-lived access key or a serial console.',
  severity: 'medium',
  runbook:
    'Ask the actor what they did there. If nobody can say, take the machine off the network, and treat its role and the credentials of the actor as stolen.',
  references: [
    mitre('T1651', 'Cloud Administration Command'),
    mitre('T1021.007', 'Remote Services: Cloud Services'),
    stratus('execution.ssm-send-command'),
    stratus('execution.ssm-start-session'),
    stratus('lateral-movement.ec2-instance-connect'),
    stratus('lateral-movement.ec2-serial-console-send-ssh-public-key'),
    guardDuty('EC2InstanceSSHKeyPushed'),
  ],
  parameters,
  calls: {
    'ssm.amazonaws.com': {
      async SendCommand(call) {
        const { request } = call;
        const command = call.response.text('command.commandId');
        return (await commands()).ran(
          call,
          request.texts('instanceIds'),
          `Command sent by ${withNames('document', request.text('documentName'))}`,
          {
            undo: awsCommand('ssm cancel-command', { 'command-id': command, region: call.region }),
          },
        );
      },
      async CreateAssociation(call) {
        const { request } = call;
        const association = call.response.text('associationDescription.associationId');
        return (await commands()).ran(
          call,
          request.texts('instanceId'),
          `Association made with ${withNames('document', request.text('name'))}`,
          {
            undo: awsCommand('ssm delete-association', {
              'association-id': association,
              region: call.region,
            }),
          },
        );
      },
      StartSession: session('Session started on', 'target', (call) => ({
        facts: known({ document: call.request.text('documentName') }),
        undo: awsCommand('ssm terminate-session', {
          'session-id': call.response.text('sessionId'),
          region: call.region,
        }),
      })),
      CreateActivation: (call) => ({
        severity: unlessAutomated(call, 'medium'),
        deed: 'Activation made for machines outside AWS',
        meaning: 'Whoever has its code can register machines and get the credentials of its role.',
        facts: known({
          role: call.request.text('iamRole'),
          activation: call.response.text('activationId'),
        }),
        target: ['AWS::IAM::Role', call.request.text('iamRole')],
        undo: awsCommand('ssm delete-activation', {
          'activation-id': call.response.text('activationId'),
          region: call.region,
        }),
      }),
    },
    'ec2-instance-connect.amazonaws.com': {
      SendSSHPublicKey: session('SSH key pushed to', 'instanceId', ({ request }) => ({
        facts: known({ user: request.text('instanceOSUser') }),
      })),
      SendSerialConsoleSSHPublicKey: session(
        'SSH key pushed to the serial console of',
        'instanceId',
        () => ({
          severity: 'high',
          meaning: 'The serial console is reached without a network: no security group stops it.',
        }),
      ),
    },
    'ecs.amazonaws.com': {
      ExecuteCommand: session('Command run in a container of', 'task', ({ request }) => ({
        facts: known({ cluster: request.text('cluster'), container: request.text('container') }),
        target: ['AWS::ECS::Service', request.text('task')],
      })),
    },
    'ec2.amazonaws.com': {
      // The shape is that of the API's model: no records were at hand.
      CreateInstanceConnectEndpoint: (call) => ({
        severity: unlessAutomated(call, 'medium'),
        deed: `Instance Connect endpoint made in ${withNames('subnet', requestOf(call).text('subnetId'))}`,
        target: ['AWS::EC2::Subnet', requestOf(call).text('subnetId')],
      }),
    },
  },
});

/** A shell on one machine: who works with such sessions opens many a day, but not with a long-lived key. */
function session(
  deed: string,
  idName: string,
  more: (call: Call<P>) => Partial<Deed>,
): CallReader<P> {
  return (call) => {
    const id = call.request.text(idName);
    return {
      severity: isByAccessKey(call) ? 'medium' : 'low',
      deed: withNames(deed, id ?? 'a machine'),
      target: ['AWS::EC2::Instance', id],
      ...more(call),
    };
  };
}

/** To which stack something belongs, from CloudFormation. */
import {
  CloudFormationClient,
  DescribeChangeSetCommand,
  DescribeStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import type { Answer, HealthPorts } from '../seen.ts';
import { ask, connection } from './ask.ts';

/** A resource that was deleted outside CloudFormation still belongs to its stack. */
export const stackWith: HealthPorts['stackWith'] = async (kind, id) => {
  const client = new CloudFormationClient(connection);
  return kind === 'resource'
    ? orNone(
        await ask('cloudformation:DescribeStackResources', id, async () => {
          const command = new DescribeStackResourcesCommand({ PhysicalResourceId: id });
          const { StackResources: [found] = [] } = await client.send(command);
          return found?.StackName;
        }),
      )
    : orNone(
        await ask('cloudformation:DescribeChangeSet', id, async () => {
          const command = new DescribeChangeSetCommand({ ChangeSetName: id });
          const { StackName } = await client.send(command);
          return StackName;
        }),
      );
};

/** CloudFormation answers with an error when no stack has what it is asked about. */
const orNone = (answer: Answer<string | undefined>): Answer<string | undefined> =>
  'value' in answer || !/^(ValidationError|ChangeSetNotFound)/.test(answer.error)
    ? answer
    : { value: undefined };

/** The account and region of the sandbox, and the names of resources in it. Pure. */
import { byName, expectation, type Fields, fields } from '../template/functions.ts';

/** The made-up account, region and stack of the sandbox. */
export const sandbox = {
  account: '111122223333',
  region: 'us-east-1',
  partition: 'aws',
  stackName: 'patrol-sandbox',
} as const;

const pseudoParameters = (stackName: string): Readonly<Record<string, unknown>> => ({
  'AWS::AccountId': sandbox.account,
  'AWS::NotificationARNs': [],
  'AWS::Partition': sandbox.partition,
  'AWS::Region': sandbox.region,
  'AWS::StackId': `arn:${sandbox.partition}:cloudformation:${sandbox.region}:${sandbox.account}:stack/${stackName}/00000000-0000-0000-0000-000000000000`,
  'AWS::StackName': stackName,
  'AWS::URLSuffix': 'amazonaws.com',
});

/** How the ARNs of resource types end, after `arn:PARTITION:`. `NAME` stands for the resource's name. */
const arns: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': `dynamodb:${sandbox.region}:${sandbox.account}:table/NAME`,
  'AWS::Events::Rule': `events:${sandbox.region}:${sandbox.account}:rule/NAME`,
  'AWS::IAM::Role': `iam::${sandbox.account}:role/NAME`,
  'AWS::Lambda::Function': `lambda:${sandbox.region}:${sandbox.account}:function:NAME`,
  'AWS::Logs::LogGroup': `logs:${sandbox.region}:${sandbox.account}:log-group:NAME:*`,
  // Secrets Manager adds a dash and six characters to every name.
  'AWS::SecretsManager::Secret': `secretsmanager:${sandbox.region}:${sandbox.account}:secret:NAME-000000`,
  'AWS::SNS::Topic': `sns:${sandbox.region}:${sandbox.account}:NAME`,
  'AWS::SQS::Queue': `sqs:${sandbox.region}:${sandbox.account}:NAME`,
};

/** Types of resources whose `Ref` is their ARN. */
const namedByArn = ['AWS::SecretsManager::Secret', 'AWS::SNS::Topic'];

/**
 * The value of a pseudo parameter, a resource or an attribute of a resource.
 *
 * @param name as the template refers to it: `AWS::Region`, `Topic`, `Topic.Arn`.
 * @param resources those of the template.
 * @returns an `Unknown` with the reason where the sandbox has no value.
 */
export function sandboxValue(name: string, resources: Fields, stackName: string): unknown {
  const pseudo = pseudoParameters(stackName);
  if (Object.hasOwn(pseudo, name)) return pseudo[name];
  const [id = '', ...path] = name.split('.');
  const attribute = path.join('.');
  const { Type: type } = fields(resources[id]);
  if (typeof type !== 'string') {
    const expected = 'the name of a parameter or a resource of the template';
    return byName(name, expectation(expected, JSON.stringify(id)));
  }
  const physical = `${stackName}-${id}`;
  const isSecret = type === 'AWS::SecretsManager::Secret';
  if (
    /^(Arn|TopicArn)$/.test(attribute) ||
    // The `Id` of a secret is its ARN.
    (isSecret && attribute === 'Id') ||
    (path.length === 0 && namedByArn.includes(type))
  ) {
    const end = arns[type];
    return end === undefined
      ? byName(name, expectation(`the ARN of one of ${Object.keys(arns).join(', ')}`, type))
      : `arn:${sandbox.partition}:${end.replace('NAME', physical)}`;
  }
  if (path.length === 0 && type === 'AWS::SQS::Queue') {
    return `https://sqs.${sandbox.region}.amazonaws.com/${sandbox.account}/${physical}`;
  }
  if (path.length === 0 || /^(TopicName|QueueName)$/.test(attribute)) return physical;
  return byName(
    name,
    expectation('the attribute Arn, TopicArn, TopicName or QueueName', attribute),
  );
}

/** What the templates of Patrol's own rules let somebody do, as `describe` tells it, is what the rules declare and nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest, RuleManifest } from '@patrol/core/contracts';
import { describe as describeTests, expect, test } from 'vitest';
import { describe } from '../packages/deployer/src/commands/describe.ts';
import type { World } from '../packages/deployer/src/commands/world.ts';

const root = join(import.meta.dirname, '..');

interface Told {
  readonly resource: string;
  readonly effect?: string;
  readonly says: Readonly<Record<string, string>>;
}

interface Described {
  readonly permissions: readonly Told[];
  readonly access: readonly Told[];
  readonly untold: readonly unknown[];
  readonly disagreements: readonly unknown[];
  readonly triggers: readonly unknown[];
  readonly memorySize: unknown;
  readonly timeout: unknown;
  readonly alarms: readonly { readonly actions: string }[];
}

/** What `patrol-deploy describe --json` says of a rule. */
function described(name: string): Described {
  let text = '';
  const stdout = { write: (part: string) => (text += part) };
  const world = { streams: { stdout }, cwd: root } as unknown as World;
  describe(name, { json: true }, world);
  return JSON.parse(text) as Described;
}

const only = 'kms:ViaService=sns.*.amazonaws.com*';
const keyOf = (topic: string): string =>
  `kms:Decrypt, kms:GenerateDataKey on * if StringEquals=(kms:EncryptionContext:aws:sns:topicArn=\${${topic}}) StringLike=(${only})`;

/** What the runtime itself needs: its log, topics, queue, secrets and table; and the boundary that an operator may name. */
const own = ({
  triggers,
  parameters,
  remindAfter,
  onceWithin,
}: RuleManifest): readonly string[] => [
  'within arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${PermissionsBoundary}',
  'logs:CreateLogStream, logs:PutLogEvents on ${LogGroup.Arn}',
  'sns:Publish on ${AlertTopic}, ${MachinesTopic} or ${AlertTopicArn}',
  keyOf('AlertTopicArn'),
  'sns:Publish on ${DispatchSnsArn}',
  keyOf('DispatchSnsArn'),
  ...(triggers.every(({ kind }) => kind === 'webhook')
    ? []
    : ['sqs:SendMessage on ${FailureQueue.Arn} or ${FailureQueueArn}']),
  ...(triggers.some(({ kind }) => kind === 'webhook')
    ? ['secretsmanager:GetSecretValue on ${WebhookSecret.Id} or ${WebhookSecretArn}']
    : []),
  ...(remindAfter === undefined ? [] : ['dynamodb:GetItem, dynamodb:PutItem on ${Memory.Arn}']),
  ...(onceWithin === undefined ? [] : ['dynamodb:PutItem on ${Memory.Arn}']),
  ...Object.entries(parameters)
    .filter(([, { kind }]) => kind === 'secret')
    .flatMap(([name]) => [
      `secretsmanager:GetSecretValue, ssm:GetParameter on \${${name}}`,
      'kms:Decrypt on arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/* if StringEquals=(kms:CallerAccount=${AWS::AccountId}) StringLike=(kms:ViaService=secretsmanager.*.amazonaws.com, ssm.*.amazonaws.com)',
    ]),
];

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const resourceWords = (resource: unknown): string =>
  [resource]
    .flat()
    .map((each: unknown) =>
      typeof each === 'string' ? each : (each as { readonly 'Fn::Sub': string })['Fn::Sub'],
    )
    .toSorted()
    .join(', ');

/** A statement as it is declared, in the words of this test. */
function declared({ Action, Resource, Condition = {} }: Statement): string {
  const conditions = Object.entries(Condition).map(
    ([operator, keys]) =>
      `${operator}=(${Object.entries(keys)
        .map(([key, value]) => `${key}=${resourceWords(value)}`)
        .join(' ')})`,
  );
  const limits = conditions.length > 0 ? ` if ${conditions.join(' ')}` : '';
  return `${Action.toSorted().join(', ')} on ${resourceWords(Resource)}${limits}`;
}

const inWords = ({ effect, says: { Action, Resource, Condition, Policy } }: Told): string =>
  effect === 'Boundary'
    ? `within ${Policy}`
    : `${Action} on ${Resource}${Condition === undefined ? '' : ` if ${Condition}`}`;

for (const name of ['aws', 'github']) {
  const file = join(root, `packages/patrol-rules-${name}/dist/rules.json`);
  const { rules } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  describeTests(`the rules of ${name}`, () => {
    test.each(rules.map((rule) => [rule.name, rule] as const))('%s', (ruleName, rule) => {
      const told = described(`${name}/${ruleName}`);
      const wanted = [...own(rule), ...(rule.permissions as readonly Statement[]).map(declared)];
      expect(told.permissions.map(inWords).toSorted()).toEqual(wanted.toSorted());
      expect(told).toMatchObject({ untold: [], disagreements: [] });
      expect(told.triggers).toEqual(rule.triggers);
      expect([told.memorySize, told.timeout]).toEqual([rule.memorySize, rule.timeout]);
      // Nobody but AWS's services, the own account and accounts that the operator names, and GitHub over the endpoint.
      for (const { says } of told.access) {
        const who = says['Principal'] ?? '';
        const isOpen =
          who === '*' && says['Action'] !== 'POST /' && says['Condition'] === undefined;
        expect([who, isOpen]).toEqual([who, false]);
      }
      expect(told.alarms.filter(({ actions }) => actions === '')).toEqual([]);
      expect(told.alarms.length).toBeGreaterThan(2);
    });
  });
}

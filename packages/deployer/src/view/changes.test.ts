import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { ResourceChange, ShownChanges, StatementChange } from '../notes/parts.ts';
import { changesLines } from './changes.ts';

const style = { colors: pc.createColors(false) };
const tags = { name: 'Tags' };
const modify = (resource: string, more: Partial<ResourceChange> = {}): ResourceChange => ({
  action: 'Modify',
  resource,
  type: 'AWS::SQS::Queue',
  replacement: 'False',
  properties: [tags],
  ...more,
});
const grant = (
  says: StatementChange['says'],
  more: Partial<StatementChange> = {},
): StatementChange => ({
  change: 'add',
  resource: 'Role',
  effect: 'Allow',
  says,
  ...more,
});
const shown = (some: Partial<ShownChanges>): ShownChanges => ({
  changes: [],
  statements: [],
  untold: [],
  ...some,
});

describe('an update', () => {
  const code = [
    { name: 'Code.S3Key', before: 'a.zip', after: 'b.zip' },
    { name: 'Code.S3ObjectVersion', before: '1', after: '2' },
  ];
  const follows = modify('EventRule', { properties: [{ name: 'Targets' }] });

  test('tags and what only follows are counted, and listed with --details', () => {
    const note = shown({
      changes: [
        modify('Function', { type: 'AWS::Lambda::Function', properties: [...code, tags] }),
        follows,
        ...['A', 'B', 'C'].map((name) => modify(name)),
      ],
    });
    expect(changesLines(note, style)).toEqual([
      '  ~ Function AWS::Lambda::Function: its code',
      '  ~ 1 resource because others change: EventRule',
      '  ~ tags of 4 resources',
    ]);
    const all = changesLines(note, { ...style, details: true });
    for (const line of [
      '  ~ C AWS::SQS::Queue',
      '      Tags',
      '      Targets',
      '      Code.S3Key: "a.zip" → "b.zip"',
    ]) {
      expect(all).toContain(line);
    }
  });

  test('what goes, is replaced, may be, or comes from another bucket is never folded', () => {
    const changes = [
      modify('Topic', { action: 'Remove', type: 'AWS::SNS::Topic', properties: [] }),
      modify('Alarm', { action: 'Remove', type: 'AWS::CloudWatch::Alarm', properties: [] }),
      modify('Queue', { replacement: 'True' }),
      modify('Permission', { replacement: 'Conditional', properties: [{ name: 'SourceArn' }] }),
      modify('Function', {
        properties: [{ name: 'Code.S3Bucket', before: 'ours', after: 'theirs' }],
      }),
      modify('Untold', { properties: [] }),
    ];
    expect(changesLines(shown({ changes }), style)).toEqual([
      '  - Topic AWS::SNS::Topic',
      '  - Alarm AWS::CloudWatch::Alarm',
      '  ~ Queue AWS::SQS::Queue REPLACED: its tags',
      '  ~ Permission AWS::SQS::Queue may be REPLACED',
      '      SourceArn',
      '  ~ Function AWS::SQS::Queue',
      '      Code.S3Bucket: "ours" → "theirs"',
      '  ~ Untold AWS::SQS::Queue',
    ]);
  });

  test('every permission is told, also within the stack; of one that gets wider what comes', () => {
    const own = grant({ Action: 'sns:Publish', Resource: '${Topic}' });
    const was = grant({ Action: 'a:One, a:Two', Resource: '*' }, { change: 'remove' });
    const is = grant({ Action: 'a:One, a:Two, iam:*', Resource: '*' });
    const other = grant({ Action: 'b:One', Resource: '*' }, { change: 'remove' });
    expect(changesLines(shown({ statements: [was, other, own, is] }), style)).toEqual([
      '  Permissions:',
      '    ~ Role: Allow Action: + "iam:*" (2 stay); Resource *',
      '    - Role: Allow Action b:One; Resource *',
      '    + Role: Allow Action sns:Publish; Resource ${Topic}',
    ]);
  });
});

describe('a creation', () => {
  const within = [
    grant({ Action: 'sns:Publish', Resource: '${AlertTopic}, ${MachinesTopic}' }),
    grant({
      Action: 'dynamodb:PutItem',
      Resource: 'arn:aws:dynamodb:eu-west-1:1:table/${AWS::StackName}-*',
    }),
    grant({ Principal: 'Service=lambda.amazonaws.com', Action: 'sts:AssumeRole' }),
    grant({
      Principal: 'Service=events.amazonaws.com',
      Action: 'sqs:SendMessage',
      Resource: '${Queue.Arn}',
      Condition: 'ArnEquals=(aws:SourceArn=${EventRule.Arn})',
    }),
    grant({ Principal: '*', Action: 'sqs:*', Resource: '*' }, { effect: 'Deny' }),
  ];
  const beyond = [
    grant({ Action: 'ec2:DescribeInstances', Resource: '*' }),
    grant({ Action: 'sns:Publish', Resource: '${AlertTopic}, arn:aws:sns:eu-west-1:1:theirs' }),
    grant({
      Action: 'iam:PassRole',
      Resource: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/x',
    }),
    grant({ Principal: 'AWS=111122223333', Action: 'sts:AssumeRole' }),
    grant({ Principal: 'Service=ec2.amazonaws.com', Action: 'sts:AssumeRole' }),
    grant({ Principal: '*', Action: 'sqs:SendMessage', Resource: '${Queue.Arn}' }),
    grant({
      Principal: 'Service=sns.amazonaws.com',
      Action: 'sqs:SendMessage',
      Resource: '${Queue.Arn}',
    }),
    grant({ NotResource: '${Topic}', Action: 'sns:Publish' }),
    grant({ Policy: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
    grant({ Action: '*' }),
  ];

  test('counts resources and what the stack may do to itself, and shows everything else', () => {
    const note = shown({
      isNew: true,
      changes: [modify('A', { action: 'Add' }), modify('B', { action: 'Add' })],
      statements: [...within, ...beyond],
    });
    const lines = changesLines(note, style);
    expect(lines[0]).toBe('  + 2 resources: 2 × SQS::Queue');
    expect(lines.slice(2, -1)).toEqual(
      beyond.map(
        ({ says }) =>
          `    + Role: Allow ${Object.entries(says)
            .map((each) => each.join(' '))
            .join('; ')}`,
      ),
    );
    expect(lines.at(-1)).toBe('    5 permissions within the stack');
    expect(changesLines(note, { ...style, details: true })).toHaveLength(2 + 1 + 15);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitArn } from './arn.ts';

describe('splitArn', () => {
  test.each([
    [
      'arn:aws:iam::111122223333:role/service-role/Deploy',
      ['aws', 'iam', '', '111122223333', 'role/service-role/Deploy', 'role', 'service-role/Deploy'],
    ],
    ['arn:aws:iam::111122223333:root', ['aws', 'iam', '', '111122223333', 'root', '', 'root']],
    [
      'arn:aws:iam::aws:policy/job-function/Billing',
      ['aws', 'iam', '', 'aws', 'policy/job-function/Billing', 'policy', 'job-function/Billing'],
    ],
    [
      'arn:aws:sts::111122223333:assumed-role/Deploy/bob@example.com',
      [
        'aws',
        'sts',
        '',
        '111122223333',
        'assumed-role/Deploy/bob@example.com',
        'assumed-role',
        'Deploy/bob@example.com',
      ],
    ],
    ['arn:aws:s3:::ledger', ['aws', 's3', '', '', 'ledger', '', 'ledger']],
    [
      'arn:aws:s3:::ledger/2026/03:04.csv',
      ['aws', 's3', '', '', 'ledger/2026/03:04.csv', 'ledger', '2026/03:04.csv'],
    ],
    [
      'arn:aws:lambda:eu-west-1:111122223333:function:payments:live',
      [
        'aws',
        'lambda',
        'eu-west-1',
        '111122223333',
        'function:payments:live',
        'function',
        'payments:live',
      ],
    ],
    [
      'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/x:*',
      [
        'aws',
        'logs',
        'eu-west-1',
        '111122223333',
        'log-group:/aws/lambda/x:*',
        'log-group',
        '/aws/lambda/x:*',
      ],
    ],
    [
      'arn:aws:sns:us-east-1:111122223333:alerts',
      ['aws', 'sns', 'us-east-1', '111122223333', 'alerts', '', 'alerts'],
    ],
    [
      'arn:aws:apigateway:us-east-1::/restapis/abc/stages/v1',
      [
        'aws',
        'apigateway',
        'us-east-1',
        '',
        '/restapis/abc/stages/v1',
        '',
        'restapis/abc/stages/v1',
      ],
    ],
    [
      'arn:aws-cn:cloudtrail:cn-north-1:111122223333:trail/main',
      ['aws-cn', 'cloudtrail', 'cn-north-1', '111122223333', 'trail/main', 'trail', 'main'],
    ],
    [
      'arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/main',
      ['aws-us-gov', 'cloudtrail', 'us-gov-west-1', '111122223333', 'trail/main', 'trail', 'main'],
    ],
    [
      'arn:aws-iso:ec2:us-iso-east-1:111122223333:vpc/vpc-1',
      ['aws-iso', 'ec2', 'us-iso-east-1', '111122223333', 'vpc/vpc-1', 'vpc', 'vpc-1'],
    ],
    [
      'arn:aws-iso-b:ec2:us-isob-east-1:111122223333:vpc/vpc-1',
      ['aws-iso-b', 'ec2', 'us-isob-east-1', '111122223333', 'vpc/vpc-1', 'vpc', 'vpc-1'],
    ],
    [
      'arn:aws-eusc:ec2:eusc-de-east-1:111122223333:vpc/vpc-1',
      ['aws-eusc', 'ec2', 'eusc-de-east-1', '111122223333', 'vpc/vpc-1', 'vpc', 'vpc-1'],
    ],
  ])('%s', (arn, [partition, service, region, account, resource, resourceType, resourceId]) => {
    expect(splitArn(arn)).toEqual({
      partition,
      service,
      region,
      account,
      resource,
      resourceType,
      resourceId,
    });
  });

  test('takes apart what was put together', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/);
    const maybe = fc.oneof(word, fc.constant(''));
    const resource = fc.string({
      unit: fc.constantFrom('a', 'Z', '0', '/', ':', '*', ' ', '\n', 'é', '\u{1F600}'),
      minLength: 1,
    });
    fc.assert(
      fc.property(
        word,
        word,
        maybe,
        maybe,
        resource,
        (partition, service, region, account, given) => {
          const arn = splitArn(`arn:${partition}:${service}:${region}:${account}:${given}`);
          expect(arn).toMatchObject({ partition, service, region, account, resource: given });
          // The type, its separator and the id are the resource.
          expect(given.endsWith(arn.resourceId)).toBe(true);
          expect(given.startsWith(arn.resourceType)).toBe(true);
          expect([0, 1]).toContain(given.length - arn.resourceType.length - arn.resourceId.length);
        },
      ),
    );
  });

  test.each([
    '',
    'arn',
    'arn:aws',
    'arn:aws:s3',
    'arn:aws:s3::',
    'arn:aws:s3:::',
    'arn::s3:::ledger',
    'arn:aws::::ledger',
    ' arn:aws:s3:::ledger',
    'ARN:aws:s3:::ledger',
    'urn:aws:s3:::ledger',
    's3://ledger',
    '111122223333',
  ])('%j is refused with a message that shows it', (given) => {
    expect(() => splitArn(given)).toThrow(TypeError);
    expect(() => splitArn(given)).toThrow(
      `Expected an ARN of the form arn:partition:service:region:account:resource, found ${JSON.stringify(given)}.`,
    );
  });

  test('garbage is a TypeError or an ARN, never anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('arn', ':', 'aws', '/') })),
        (given) => {
          let found: unknown;
          try {
            found = splitArn(given).partition;
          } catch (error) {
            found = error;
          }
          expect(found).not.toBe('');
          expect(typeof found === 'string' || found instanceof TypeError).toBe(true);
        },
      ),
    );
  });
});

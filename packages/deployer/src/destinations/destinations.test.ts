import { describe, expect, test } from 'vitest';
import { refuseEmail, refuseTopic } from '../cloud/addresses.ts';

const topic = 'arn:aws:sns:us-east-1:111122223333:alerts';

describe('destinations', () => {
  test.each(['a@b.cc', 'first.last+tag@sub.example.org', "o'neil@x.y"])('%s', (text) => {
    expect(refuseEmail(text)).toBeUndefined();
  });
  test.each([
    '',
    'a',
    'a@b',
    'a@b..c',
    'a b@c.de',
    'a@b.c,d@e.f',
    'Name <a@b.cc>',
    '@b.cc',
    `${'a'.repeat(320)}@b.cc`,
  ])('refuses the address %j', (text) =>
    expect(refuseEmail(text)).toContain('not an e-mail address'),
  );

  test('topics of any region of the partition, and nothing else', () => {
    expect(refuseTopic(topic, 'aws')).toBeUndefined();
    expect(refuseTopic('arn:aws-cn:sns:cn-north-1:111122223333:a', 'aws-cn')).toBeUndefined();
    expect(refuseTopic('alerts', 'aws')).toContain('not an ARN');
    expect(refuseTopic('arn:aws:sqs:us-east-1:111122223333:alerts', 'aws')).toContain(
      'not a topic',
    );
    expect(refuseTopic('arn:aws:sns:us-east-1:1:alerts', 'aws')).toContain('not a topic');
    expect(refuseTopic('arn:aws:sns:us-east-1:111122223333:al*', 'aws')).toContain('not a topic');
    expect(refuseTopic(`${topic}:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55`, 'aws')).toContain(
      'is a subscription',
    );
    expect(refuseTopic(`${topic}.fifo`, 'aws')).toContain('FIFO');
    expect(refuseTopic(topic, 'aws-us-gov')).toContain('partition');
  });
});

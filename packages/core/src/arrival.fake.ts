/** For tests of rules on other sources than EventBridge: what arrives, and who is behind it. */
import type { Actor } from './cloudtrail.ts';

/** What SNS gives a function for a message. */
export const notification = (fields: Readonly<Record<string, unknown>> = {}): unknown => ({
  Records: [
    {
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: 'arn:aws:sns:eu-west-1:111122223333:backups:0c6a',
      Sns: {
        Type: 'Notification',
        MessageId: '95df01b4-0000-4000-8000-000000000001',
        TopicArn: 'arn:aws:sns:eu-west-1:111122223333:backups',
        Subject: 'Backup failed',
        Message: '{"state":"FAILED"}',
        Timestamp: '2026-03-04T05:06:07.123Z',
        SignatureVersion: '1',
        Signature: 'EXAMPLE',
        MessageAttributes: { state: { Type: 'String', Value: 'FAILED' } },
        ...fields,
      },
    },
  ],
});

/** Who acts in a delivery of a webhook. */
export const gitHubAlice: Actor = {
  type: 'User',
  description: 'GitHub user alice',
  name: 'alice',
  arn: null,
  accountId: null,
  principal: 'alice',
};

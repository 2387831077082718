import type { AnyRule } from '../rule.ts';
import type { Part } from './merge.ts';

/** The table of a rule that reminds: what it told, and when. Without it the rule tells everything once more. */
export const memory = (rule: AnyRule): Part =>
  rule.remindAfter === undefined
    ? {}
    : {
        Resources: {
          Memory: {
            Type: 'AWS::DynamoDB::Table',
            DeletionPolicy: 'Delete',
            UpdateReplacePolicy: 'Delete',
            Properties: {
              BillingMode: 'PAY_PER_REQUEST',
              AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
              KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            },
          },
        },
      };

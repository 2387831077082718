import type { AnyRule } from '../rule.ts';
import type { Part, Resource } from './merge.ts';

/** Whether a rule remembers what it told. */
export const remembers = ({ remindAfter, onceWithin }: AnyRule): boolean =>
  remindAfter !== undefined || onceWithin !== undefined;

/** A table of items that have an `id`. Nothing in it outlives the stack. */
export const table = (further: Readonly<Record<string, unknown>> = {}): Resource => ({
  Type: 'AWS::DynamoDB::Table',
  DeletionPolicy: 'Delete',
  UpdateReplacePolicy: 'Delete',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    ...further,
  },
});

/** The table of a rule that remembers what it told. Without it the rule tells everything once more. */
export const memory = (rule: AnyRule): Part =>
  !remembers(rule)
    ? {}
    : {
        Resources: {
          // The function compares times itself: DynamoDB deletes what is over some days later.
          Memory: table(
            rule.onceWithin === undefined
              ? {}
              : { TimeToLiveSpecification: { AttributeName: 'forgetAt', Enabled: true } },
          ),
        },
      };

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { memoryTableVariable } from '../environment.ts';

let client: DynamoDBClient | undefined;

/**
 * The table of this function's stack, with the key `id`.
 *
 * @throws a TypeError where the environment names none.
 */
export function memoryTable(environment: Readonly<Record<string, string | undefined>>): {
  readonly client: DynamoDBClient;
  readonly TableName: string;
} {
  const TableName = environment[memoryTableVariable];
  if (!TableName) {
    throw new TypeError(
      `${memoryTableVariable}: expected the name of the table, found none. The stack's template sets it.`,
    );
  }
  return { client: (client ??= new DynamoDBClient({ maxAttempts: 5 })), TableName };
}

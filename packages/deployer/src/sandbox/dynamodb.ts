/** A DynamoDB table in memory, with what a rule that reminds uses: items with the key `id`. */
import { isObject } from '@patrol/core';
import { Refusal } from './http.ts';

/** Attributes by name, each with its type: `{ id: { S: 'x' } }`. */
export type Item = Readonly<Record<string, unknown>>;

/** A table, empty at first. */
export class Table {
  readonly #items = new Map<string, Item>();

  /**
   * Answers a call.
   *
   * @throws Refusal for what this table cannot do.
   */
  call(operation: string, input: Item): Readonly<Record<string, Item | undefined>> {
    const extra = Object.keys(input).filter((name) => !known[operation]?.includes(name));
    if (!known[operation] || extra.length > 0) {
      const what = extra.length > 0 && known[operation] ? ` with ${extra.join(', ')}` : '';
      throw new Refusal(
        'ValidationException',
        `The sandbox's table knows GetItem and PutItem, not ${operation}${what}.`,
      );
    }
    if (operation === 'GetItem') {
      const Item = this.#items.get(keyOf(input['Key']));
      return Item === undefined ? {} : { Item };
    }
    const item = input['Item'];
    this.#items.set(keyOf(item), isObject(item) ? item : {});
    return {};
  }
}

/** The parameters that each operation takes. */
const known: Readonly<Record<string, readonly string[]>> = {
  GetItem: ['TableName', 'Key', 'ConsistentRead'],
  PutItem: ['TableName', 'Item'],
};

function keyOf(attributes: unknown): string {
  const id = isObject(attributes) ? attributes['id'] : undefined;
  const text = isObject(id) ? id['S'] : undefined;
  if (typeof text === 'string' && text !== '') return text;
  throw new Refusal(
    'ValidationException',
    'One or more parameter values were invalid: Missing the key id in the item',
  );
}

/** A DynamoDB table in memory, with what a rule that remembers uses: items with the key `id`, written on a condition. */
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
   * @throws Refusal for what this table cannot do, and where a condition does not hold.
   */
  call(operation: string, input: Item): Readonly<Record<string, Item | undefined>> {
    const extra = Object.keys(input).filter((name) => !known[operation]?.includes(name));
    if (!known[operation] || extra.length > 0) {
      const what = extra.length > 0 && known[operation] ? ` with ${extra.join(', ')}` : '';
      throw invalid(`The sandbox's table knows GetItem and PutItem, not ${operation}${what}.`);
    }
    if (operation === 'GetItem') {
      const Item = this.#items.get(keyOf(input['Key']));
      return Item === undefined ? {} : { Item };
    }
    const item = input['Item'];
    const key = keyOf(item);
    const old = this.#items.get(key);
    if (!holds(input['ConditionExpression'], old ?? {}, input['ExpressionAttributeValues'])) {
      const Item = input['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD' ? { Item: old } : {};
      const message = 'The conditional request failed';
      throw new Refusal('ConditionalCheckFailedException', message, 400, Item);
    }
    this.#items.set(key, isObject(item) ? item : {});
    return {};
  }
}

const invalid = (message: string): Refusal => new Refusal('ValidationException', message);

/** The parameters that each operation takes. */
const known: Readonly<Record<string, readonly string[]>> = {
  GetItem: ['TableName', 'Key', 'ConsistentRead'],
  PutItem: [
    'TableName',
    'Item',
    'ConditionExpression',
    'ExpressionAttributeValues',
    'ReturnValuesOnConditionCheckFailure',
  ],
};

/**
 * Whether a condition holds for an item: one of its terms, which are joined by `OR`.
 *
 * @throws Refusal for a term that is neither `attribute_not_exists(name)`, `name = :value` nor `name <= :value`.
 */
function holds(condition: unknown, item: Item, values: unknown): boolean {
  if (typeof condition !== 'string') return true;
  const given: Item = isObject(values) ? values : {};
  return condition
    .split(' OR ')
    .map((term) => {
      const [, absent, name = '', operator, value = ''] =
        /^(?:attribute_not_exists\((\w+)\)|(\w+) (<?=) (:\w+))$/.exec(term) ?? [];
      if (absent !== undefined) return item[absent] === undefined;
      if (operator === undefined || given[value] === undefined) {
        throw invalid(`The sandbox's table does not know the condition ${term}.`);
      }
      return compares(item[name], operator, given[value]);
    })
    .includes(true);
}

/** Compares two attributes. Those of different types are neither equal nor less. */
function compares(one: unknown, operator: string, other: unknown): boolean {
  const [[type, left] = [], [otherType, right] = []] = [one, other].map(
    (attribute) => Object.entries(isObject(attribute) ? attribute : {})[0],
  );
  if (type === undefined || type !== otherType) return false;
  if (type === 'N') {
    return operator === '=' ? Number(left) === Number(right) : Number(left) <= Number(right);
  }
  return operator === '=' ? left === right : String(left) <= String(right);
}

function keyOf(attributes: unknown): string {
  const id = isObject(attributes) ? attributes['id'] : undefined;
  const text = isObject(id) ? id['S'] : undefined;
  if (typeof text === 'string' && text !== '') return text;
  throw invalid('One or more parameter values were invalid: Missing the key id in the item');
}

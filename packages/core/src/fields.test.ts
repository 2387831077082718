import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldsOf } from './fields.ts';

describe('fields of a request', () => {
  const fields = fieldsOf({
    userName: 'alice',
    maxCount: 3,
    port: '22',
    enable: 'false',
    empty: '',
    nothing: null,
    tags: {},
    LifecycleConfiguration: { Rule: { Status: 'Enabled' } },
    launchPermission: { add: { items: [{ userId: '444455556666' }, { group: 'all' }] } },
    names: ['a', 7, { no: 'text' }, ''],
  });

  test.each<[string, unknown, unknown]>([
    ['a text', fields.text('userName'), 'alice'],
    ['a number as a text', fields.text('maxCount'), '3'],
    ['an empty text as none', fields.text('empty'), undefined],
    ['the first letter in the other case', fields.text('UserName'), 'alice'],
    ['a path in the other case', fields.text('lifecycleConfiguration.rule.status'), 'Enabled'],
    ['a number written as a text', fields.number('port'), 22],
    ['no number in a word', fields.number('userName'), undefined],
    ['a flag written as a text', fields.flag('enable'), false],
    ['no flag in another text', fields.flag('userName'), undefined],
    ['a lone element as a list', fields.list('LifecycleConfiguration.Rule').length, 1],
    [
      'the items of EC2',
      fields.list('launchPermission.add').map((each) => each.text('group')),
      [undefined, 'all'],
    ],
    ['an empty list of EC2', fields.list('tags'), []],
    ['no list where there is nothing', fields.list('launchPermission.remove'), []],
    ['the texts of a list', fields.texts('names'), ['a', '7']],
    ['a text by itself as a list', fields.texts('userName'), ['alice']],
    ['false as something', fields.has('enable'), true],
    ['null as nothing', fields.has('nothing'), false],
    ['fields within', fields.at('launchPermission').list('add').length, 2],
    ['nothing that every object has', fields.value('constructor'), undefined],
  ])('has %s', (_what, found, expected) => {
    expect(found).toEqual(expected);
  });

  test('never throws, whatever is read', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (value, path) => {
        const read = fieldsOf(value);
        for (const by of [read.value, read.text, read.number, read.flag, read.list, read.texts]) {
          by(path);
        }
      }),
    );
  });
});

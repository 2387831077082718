import { expect, test } from 'vitest';
import { table } from './table.ts';

const lines = (title: string, width?: number): readonly string[] =>
  table(['RULE', 'TITLE'], [['aws/x', title]], width)
    .split('\n')
    .slice(1)
    .map((line) => line.slice(7));

test('only the last column is wrapped, and only in a terminal', () => {
  const title = 'Somebody stopped the log of everything';
  expect(lines(title)).toEqual([title]);
  expect(lines(title, 80)).toEqual([title]);
  expect(lines(title, 31)).toEqual(['Somebody stopped the log', 'of everything']);
});

test('where the last column would be too narrow, its cells are below their rows', () => {
  const rows = [
    ['ErrorsAlarm', 'OK', 'Threshold not crossed in the last period'],
    ['ThrottlesAlarmWithALongName', 'INSUFFICIENT_DATA', ''],
    ['a'.repeat(50), 'ALARM', 'It failed.'],
  ];
  const text = table(['ALARM', 'STATE', 'REASON'], rows, 40).split('\n');
  expect(text).toEqual([
    'ALARM',
    'ErrorsAlarm',
    '    OK',
    '    Threshold not crossed in the last',
    '    period',
    'ThrottlesAlarmWithALongName',
    '    INSUFFICIENT_DATA',
    'a'.repeat(40),
    'a'.repeat(10),
    '    ALARM',
    '    It failed.',
  ]);
  expect(table(['ALARM', 'STATE', 'REASON'], rows.slice(0, 2), 60).split('\n')).toEqual([
    'ALARM                        STATE',
    'ErrorsAlarm                  OK',
    '    Threshold not crossed in the last period',
    'ThrottlesAlarmWithALongName  INSUFFICIENT_DATA',
  ]);
});

test('a word that is longer than the column is broken: nothing of it is lost', () => {
  const arn = 'arn:aws:iam::111122223333:role/a-role-with-a-long-name';
  expect(lines(`Somebody assumed ${arn} today`, 31)).toEqual([
    'Somebody assumed',
    'arn:aws:iam::11112222333',
    '3:role/a-role-with-a-lon',
    'g-name today',
  ]);
});

test('nor of what takes two columns for a character', () => {
  const word = '漢'.repeat(30);
  expect(lines(word)).toEqual([word]);
  expect(lines(word, 31)).toEqual(['漢'.repeat(12), '漢'.repeat(12), '漢'.repeat(6)]);
  expect(lines('漢字 é 😀', 80)).toEqual(['漢字 é 😀']);
});

test('what would steer the terminal, or end the row, is shown as text', () => {
  expect(lines('a\u001b[2Jb\nc')).toEqual(['a\\x1b[2Jb c']);
});

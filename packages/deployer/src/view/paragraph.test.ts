import { expect, test } from 'vitest';
import { paragraph } from './table.ts';

test('a text is broken between words; a command is not', () => {
  const text = 'Nobody is subscribed. Run `aws sns subscribe --topic-arn arn:x` to change that.';
  expect(paragraph(text)).toBe(text);
  expect(paragraph(text, 24).split('\n')).toEqual([
    'Nobody is subscribed.',
    'Run',
    '`aws sns subscribe \\',
    '  --topic-arn arn:x` to',
    'change that.',
  ]);
});

test('line breaks stay, and what would steer the terminal is shown as text', () => {
  expect(paragraph('a b\n\nc\u001b[2J', 80)).toBe('a b\n\nc\\x1b[2J');
});

test('a word that is longer than a line stays whole', () => {
  expect(paragraph(`a ${'x'.repeat(30)} b`, 10).split('\n')).toEqual(['a', 'x'.repeat(30), 'b']);
});

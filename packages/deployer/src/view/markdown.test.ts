import { expect, test } from 'vitest';
import type { Note } from '../notes/tell.ts';
import { markdownOf } from './markdown.ts';

const place = { region: 'eu-west-1', account: '111122223333' };
const plan = (stack: string, more: object = {}): Note =>
  ({
    type: 'plan',
    do: 'update',
    stack,
    name: stack,
    ...place,
    because: 'code changed',
    differences: [],
    ...more,
  }) as Note;
const progress: Note = {
  type: 'progress',
  message: 'Fleet security (production): 1 stack to update.',
};
const changes = (stack: string, statements: number): Note => ({
  type: 'changes',
  stack,
  name: stack,
  ...place,
  changes: [],
  untold: [],
  statements: Array.from({ length: statements }, (_, index) => ({
    change: 'add' as const,
    resource: `Role${index}`,
    effect: 'Allow',
    says: { Action: 'iam:*', Resource: '*' },
  })),
});
const command = 'patrol-deploy plan';
const textOf = (...notes: readonly Note[]): string => markdownOf(notes, 'patrol.yaml', command);

/** What stands outside of fenced code. */
function outside(text: string): string {
  let fence: string | undefined;
  return text
    .split('\n')
    .filter((line) => {
      const marks = /^(`{3,})\w*$/.exec(line)?.[1];
      if (fence === undefined && marks !== undefined) {
        fence = marks;
        return false;
      }
      if (fence === undefined) return true;
      if (line === fence) fence = undefined;
      return false;
    })
    .join('\n');
}

test('what may not be overlooked comes first', () => {
  const warning: Note = { type: 'warning', message: 'The value of limit is lost.' };
  const text = textOf(plan('a'), plan('b', { do: 'delete' }), warning, changes('a', 1), progress);
  const at = (part: string): number => text.indexOf(part);
  expect(at('Fleet security (production)')).toBeGreaterThan(0);
  expect(at('The value of limit')).toBeGreaterThan(at('### Look at this first'));
  expect(at('Delete b')).toBeGreaterThan(at('### Look at this first'));
  expect(at('### Resources and permissions')).toBeGreaterThan(at('Delete b'));
  expect(at('Role0: Allow Action iam:*')).toBeGreaterThan(at('### Resources and permissions'));
  expect(at('Update a')).toBeGreaterThan(at('### Stacks'));
  expect(text).toBe(
    textOf(plan('a'), plan('b', { do: 'delete' }), warning, changes('a', 1), progress),
  );
});

test.each([
  '@acme/security',
  '[click](https://evil.example)',
  '![](https://evil.example/x.png)',
  '<img src=x>',
  '| a | b |',
  '```\n@acme\n```',
  '````\n# heading\n`````',
  '~~~',
  '-->',
])('what comes from elsewhere stays in its fence: %j', (foreign) => {
  const differences = [{ what: foreign, name: 'x', before: foreign, after: `${foreign}!` }];
  const text = textOf(
    plan('a', { because: foreign, differences }),
    { type: 'warning', message: foreign },
    { type: 'progress', message: foreign },
  );
  expect(outside(text).trim()).toBe(
    ['## Patrol: what would change', '### Look at this first', '### Stacks']
      .join('\n\n\n')
      .replace(/\n\n\n###/g, '\n\n\n###'),
  );
});

test('what has no room in a comment is counted, and permissions are the last to go', () => {
  const stacks = Array.from({ length: 3000 }, (_, index) =>
    plan(`stack-${index}`, { because: `reason ${index}` }),
  );
  const text = textOf(...stacks, changes('a', 500), progress);
  expect(text.length).toBeLessThanOrEqual(65_000);
  expect(text).toMatch(/> \d+ lines of "Stacks" left out/);
  expect(text).not.toMatch(/lines of "Resources/);
  expect(text).toContain('Role499: Allow');
  expect(text).toContain(command);
  const lines = [...text.matchAll(/^Update stack-/gm)].length;
  const left = Number(/> (\d+) lines of "Stacks"/.exec(text)?.[1]);
  expect(lines + left).toBe(3000);
  const more = textOf(changes('a', 5000), progress);
  expect(more.length).toBeLessThanOrEqual(65_000);
  expect(more).toMatch(/> \d+ lines of "Resources and permissions" left out/);
  expect(more.indexOf('left out')).toBeLessThan(more.indexOf('### Resources'));
});

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandLine } from './alert.ts';

describe('a command as a line', () => {
  /** What a shell makes of a line that prints its arguments, each on a line of its own. */
  const argumentsOf = (line: string): readonly string[] =>
    execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })
      .split('\n')
      .slice(0, -1);

  test('is read by a shell as the same arguments, whatever stands in them', () => {
    const argument = fc.oneof(
      fc.string({ minLength: 0, maxLength: 20 }),
      fc.string({
        unit: fc.constantFrom(...Array.from(`'"\\$\`!*?~#&|;<>(){}[]=%-^ ,:é`), '\u{1F600}', 'a'),
        maxLength: 20,
      }),
      fc.constantFrom(
        '',
        '```',
        '`````;id;````',
        '$(id)',
        '`id`',
        "'; id; '",
        '--',
        '-n',
        '~root',
        '=ls',
        '{a,b}',
        'a b',
      ),
    );
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 8 }), (command) => {
        const line = commandLine(command);
        expect(line).toMatch(/^[^\n\r]+$/);
        expect(line).not.toContain('```');
        expect(argumentsOf(line ?? '')).toEqual(command);
      }),
      { numRuns: 200 },
    );
  });

  test('is not quoted where nothing has to be', () => {
    expect(commandLine(['gh', 'repo', 'edit', 'acme/web.site', '--visibility', 'private'])).toBe(
      'gh repo edit acme/web.site --visibility private',
    );
    expect(commandLine(['a', 'Rules=[{X=1}]', "it's", ''])).toBe(`a 'Rules=[{X=1}]' 'it'\\''s' ''`);
  });

  test.each(['a\nb', 'a\tb', '\u0000', '\u001b[2J', '\u202eexe', '\u2028', '\ud800', 'a\u00a0b'])(
    'is none where an argument cannot be shown: %j',
    (argument) => {
      expect(commandLine(['rm', argument])).toBeNull();
      expect(commandLine([argument])).toBeNull();
    },
  );
});

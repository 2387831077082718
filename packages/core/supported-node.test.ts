/** Which releases of Node a command goes on with, and what the others are told. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';

const file = fileURLToPath(new URL('supported-node.cjs', import.meta.url));
const source = readFileSync(file, 'utf8');

/** Runs the check as a Node of another version would, with `engines` of a package.json. */
function check(version: string, engines: string): { code: number | undefined; stderr: string } {
  const ran: { code: number | undefined; stderr: string } = { code: undefined, stderr: '' };
  runInNewContext(source, {
    require: () => ({ engines: { node: engines } }),
    process: {
      versions: { node: version },
      execPath: '/opt/node',
      stderr: { write: (text: string) => (ran.stderr += text) },
      exit: (code: number) => (ran.code = code),
    },
  });
  return ran;
}

const engines = '^22.21.0 || ^24.5.0 || >=26.0.0';

test.each([
  '22.21.0',
  '22.21.1',
  '22.30.0',
  '24.5.0',
  '24.18.3',
  '26.0.0',
  '26.3.1',
  '27.0.0',
  '30.1.0',
])('Node %s runs the command', (version) => {
  expect(check(version, engines)).toEqual({ code: undefined, stderr: '' });
});

test.each(['0.12.18', '18.20.8', '20.20.2', '22.20.9', '22.3.0', '23.11.0', '24.4.9', '25.9.0'])(
  'Node %s does not',
  (version) => {
    expect(check(version, engines).code).toBe(1);
  },
);

test('the sentence says what is needed, what was found, and what to do', () => {
  expect(check('20.20.2', engines).stderr).toBe(
    'Patrol needs Node.js 22.21+, 24.5+ or 26+, but this is Node.js 20.20.2 (/opt/node). Install a supported version from https://nodejs.org, or put it first in your PATH.\n',
  );
});

test('one range is enough', () => {
  expect(check('26.1.0', '>=26.2.1').stderr).toContain('Patrol needs Node.js 26.2.1+, but');
  expect(check('26.2.1', '>=26.2.1').code).toBeUndefined();
});

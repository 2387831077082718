import { expect, test } from 'vitest';
import type { Assembly } from './assembly.ts';
import { runner } from './runner.ts';

const manifest: Assembly['manifest'] = {
  formatVersion: 1,
  package: { name: '@patrol/rules-demo', version: '1.0.0' },
  core: { version: '1.0.0' },
  rules: [],
};

test.each([
  ['pnpm/12.21.0 npm/? node/? linux x64', 'pnpm patrol-deploy', 'pnpm dlx @patrol/rules-demo'],
  [
    'npm/12.2.1 node/v24.21.0 linux x64 workspaces/false',
    'npx patrol-deploy',
    'npx @patrol/rules-demo',
  ],
  [
    'yarn/4.18.1 npm/? node/v24.21.0 linux x64',
    'yarn patrol-deploy',
    'yarn dlx @patrol/rules-demo',
  ],
  ['bun/1.4.5 npm/? node/v26.3.0 linux x64', 'bunx patrol-deploy', 'bunx @patrol/rules-demo'],
  ['constructor/1', 'patrol-deploy', 'patrol-deploy'],
  [undefined, 'patrol-deploy', 'patrol-deploy'],
])('%s', (userAgent, inProject, outside) => {
  expect(runner(userAgent, { origin: 'project', manifest })).toBe(inProject);
  expect(runner(userAgent, { origin: 'command', manifest })).toBe(outside);
  // Given by its path.
  expect(runner(userAgent, { manifest })).toBe(inProject);
});

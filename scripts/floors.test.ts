/** The sources of the deployer import downwards only. */
import { expect, test } from 'vitest';
import { faultsOf, floors } from './floors.ts';

/** Files that are on the floors of the deployer, where imports are named. */
const others = {
  'cli/main.ts': '',
  'view/table.ts': 'export interface Table {}',
  'plan/step.ts': 'export interface Step {}',
  'testing/cloud.ts': '',
  'cloud/cloud.ts': '',
  'cloud/aws/stacks.ts': '',
};

test.each([
  [
    'a static import that goes up',
    { 'plan/x.ts': "import { a } from '../plan/step.ts';\nimport { b } from '../view/table.ts';" },
    'plan/x.ts:2: plan imports view/table.ts, which is above it. Move what both need to plan or below it, or hand it in as an argument.',
  ],
  [
    'a type',
    { 'plan/x.ts': "import type { Table } from '../view/table.ts';" },
    'plan/x.ts:1: plan imports view/table.ts, which is above it.',
  ],
  [
    'a type that is imported where it is named',
    { 'plan/x.ts': "\nexport type X = import('../view/table.ts').Table;" },
    'plan/x.ts:2: plan imports view/table.ts, which is above it.',
  ],
  [
    'a module that is imported for what it does',
    { 'plan/x.ts': "import '../view/table.ts';" },
    'plan/x.ts:1: plan imports view/table.ts, which is above it.',
  ],
  [
    'a name that is exported again',
    { 'plan/x.ts': "export { type Table } from '../view/table.ts';" },
    'plan/x.ts:1: plan imports view/table.ts, which is above it.',
  ],
  [
    'a module that is exported again',
    { 'plan/x.ts': "export * from '../view/table.ts';" },
    'plan/x.ts:1: plan imports view/table.ts, which is above it.',
  ],
  [
    'a dynamic import',
    { 'cloud/x.ts': "export const x = () =>\n  import('./aws/stacks.ts');" },
    'cloud/x.ts:2: cloud imports cloud/aws/stacks.ts, which is above it.',
  ],
  [
    'a dynamic import of a template',
    { 'plan/x.ts': 'export const x = () => import(`../view/table.ts`);' },
    'plan/x.ts:1: plan imports view/table.ts, which is above it.',
  ],
  [
    'an import as CommonJS has it',
    { 'plan/x.ts': "import x = require('../view/table.ts');" },
    'plan/x.ts:1: plan imports view/table.ts, which is above it.',
  ],
  [
    'a fake',
    { 'cli/x.ts': "import type { FakeCloud } from '../testing/cloud.ts';" },
    'cli/x.ts:1: The program imports testing/cloud.ts, which is for tests. Move what both need to a floor.',
  ],
  [
    'a fake beside the code',
    { 'cli/x.ts': "import './x.fake.ts';" },
    'cli/x.ts:1: The program imports cli/x.fake.ts, which is for tests.',
  ],
  [
    'a test',
    { 'cli/x.ts': "import './x.test.ts';" },
    'cli/x.ts:1: The program imports cli/x.test.ts, which is for tests.',
  ],
  [
    'the SDK, by what is handed a cloud',
    { 'commands/x.ts': "import type { Sdk } from '../cloud/aws/stacks.ts';" },
    'commands/x.ts:1: Only cli and index.ts import cloud/aws. Take an interface as an argument.',
  ],
  [
    'the client of GitHub',
    { 'commands/x.ts': "import type { Sdk } from '../github/octokit.ts';" },
    'commands/x.ts:1: Only cli and index.ts import github/octokit.ts.',
  ],
  [
    'sources of another package',
    { 'cli/x.ts': "import '../../../core/src/index.ts';" },
    'cli/x.ts:1: ../../core/src/index.ts is outside of the sources. Import it by the name of its package.',
  ],
  [
    'a folder without a floor',
    { 'attic/x.ts': '' },
    'attic/x.ts:1: The file is on no floor. Move it to a floor, or add its folder to `floors` in scripts/floors.ts.',
  ],
  [
    'files of a folder that import each other',
    {
      'plan/x.ts': "\nimport { y } from './y.ts';",
      'plan/y.ts': "import { z } from './z.ts';",
      'plan/z.ts': "\nimport type { X } from './x.ts';",
    },
    'plan/z.ts:2: The files import each other: plan/x.ts -> plan/y.ts -> plan/z.ts -> plan/x.ts. Move what they share to a file of its own.',
  ],
])('refused: %s', (_, files, fault) => {
  expect(faultsOf({ ...others, ...files })).toEqual([expect.stringContaining(fault)]);
});

test('folders that import each other have an import that goes up', () => {
  const faults = faultsOf({
    'run/x.ts': "import '../plan/y.ts';",
    'plan/y.ts': "import '../run/z.ts';",
    'run/z.ts': '',
  });
  expect(faults).toEqual([expect.stringMatching(/^plan\/y\.ts:1: plan imports run\/z\.ts, which/)]);
});

test('the program may import what is below, and a test everything', () => {
  expect(
    faultsOf({
      ...others,
      'cli/x.ts':
        "import { y } from './y.ts';\nexport const x = () => import('../cloud/aws/stacks.ts');",
      'cli/y.ts': "import { a } from '@patrol/core';\nimport type { S } from '../plan/step.ts';",
      'index.ts': "export { s } from './cloud/aws/stacks.ts';",
      'cloud/aws/stacks.ts': "import { cloud } from '../cloud.ts';",
      'plan/step.test.ts':
        "import { table } from '../view/table.ts';\nimport { fake } from '../testing/cloud.ts';",
      'testing/cloud.ts': "import { main } from '../cli/main.ts';",
    }),
  ).toEqual([]);
});

test('a floor stands once', () => {
  expect(floors).toEqual([...new Set(floors)]);
});

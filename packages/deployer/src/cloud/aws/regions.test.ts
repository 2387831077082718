import { expect, test } from 'vitest';
import type { Answer } from '../../../../core/src/lambda/server.fake.ts';
import { fakeOperator } from '../../testing/operator.ts';
import { enabledRegions } from './regions.ts';

let answers: Answer[] = [];
const { asked } = fakeOperator(() => answers.shift());

const page = (region: string, NextToken?: string): Answer => [
  200,
  { Regions: [{ RegionName: region, RegionOptStatus: 'ENABLED' }], NextToken },
];

test('the enabled regions are listed over all pages', async () => {
  answers = [page('us-east-1', 'next'), page('eu-west-1')];
  expect(await enabledRegions({ region: 'eu-west-1' }, process.env)).toEqual([
    'eu-west-1',
    'us-east-1',
  ]);
  expect(asked.map(({ body }) => JSON.parse(body))).toEqual([
    { RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT'] },
    { RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT'], NextToken: 'next' },
  ]);
});

test('a refusal is told as that', async () => {
  answers = [[403, { __type: 'AccessDeniedException', message: 'No.' }]];
  await expect(enabledRegions({ region: 'eu-west-1' }, process.env)).rejects.toMatchObject({
    failure: 'denied',
    call: 'account:ListRegions',
  });
});

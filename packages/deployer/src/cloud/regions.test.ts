import { expect, test } from 'vitest';
import { refuseRegion, requireRegion } from './regions.ts';

test.each(['eu-west-1', 'us-gov-west-1', 'eusc-de-east-1', 'cn-northwest-1', 'us-isob-east-1'])(
  '%s is a region',
  (name) => expect(refuseRegion(name)).toBeUndefined(),
);

test.each([
  ['a new name', 'sa-west-1'],
  ['the next number of a known one', 'eu-west-4'],
])('%s may be one that AWS has opened since: %s', (_, name) => {
  expect(refuseRegion(name)).toBeUndefined();
});

test.each([
  ['eu-wst-1', 'eu-west-1'],
  ['us-esat-1', 'us-east-1'],
  ['eu-west-9', 'eu-west-1'],
  ['eu-west', 'eu-west-1'],
  ['EU-WEST-1', 'eu-west-1'],
  ['eu-west-1a', 'eu-west-1'],
  ['ap-southeast-0', 'ap-southeast-1'],
  ['Ireland', undefined],
])('%s is none, but perhaps %s', (name, like) => {
  const found = `expected a region, such as eu-west-1, found "${name}".`;
  expect(refuseRegion(name)).toBe(like ? `${found} Did you mean ${like}?` : found);
});

test('says where the wrong name stands', () => {
  expect(() => requireRegion('eu-wst-1', 'AWS_REGION')).toThrow(
    'AWS_REGION: expected a region, such as eu-west-1, found "eu-wst-1". Did you mean eu-west-1?',
  );
  expect(() => requireRegion('', '--region')).toThrow('--region: expected a region');
});

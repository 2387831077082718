/**
 * What is published has no `@patrol/source` in its exports: the sources that this condition leads to, for tests and
 * editors of this repository, are not in the tarball.
 */
const withoutSources = (value) =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([name]) => name !== '@patrol/source')
          .map(([name, inner]) => [name, withoutSources(inner)]),
      )
    : value;

export const hooks = {
  beforePacking: (manifest) => ({ ...manifest, exports: withoutSources(manifest.exports) }),
};

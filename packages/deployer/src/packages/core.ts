/** The `@patrol/core` that this deployer has. */
import { createRequire } from 'node:module';
import type { Artifact } from './assembly.ts';

const packageJson = createRequire(import.meta.url)('@patrol/core/package.json') as {
  readonly version: string;
};

/** Whether the zips of a package have the same `@patrol/core` in them. */
export const hasSameCore = ({ assembly }: Pick<Artifact, 'assembly'>): boolean =>
  assembly.manifest.core.version === packageJson.version;

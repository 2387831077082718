/** How the command is called once more: through the package manager that started it, if one did. */
import type { Assembly } from './assembly.ts';

/** What is typed before a command of the project, and before the name of a package that is in no project. */
const runners: ReadonlyMap<string, { readonly project: string; readonly once: string }> = new Map([
  ['pnpm', { project: 'pnpm', once: 'pnpm dlx' }],
  ['npm', { project: 'npx', once: 'npx' }],
  ['yarn', { project: 'yarn', once: 'yarn dlx' }],
  ['bun', { project: 'bunx', once: 'bunx' }],
]);

/**
 * What is typed before the arguments, for a rule of a package.
 *
 * @param userAgent how package managers introduce themselves in `npm_config_user_agent`: `pnpm/12.21.0 npm/? node/v24…`.
 *   Where a package comes from outside of the project, no command of the project has it: it is called by its own name.
 */
export function runner(
  userAgent: string | undefined,
  { origin, manifest }: Pick<Assembly, 'origin' | 'manifest'>,
): string {
  const found = runners.get(/^[^/]*/.exec(userAgent ?? '')?.[0] ?? '');
  if (found === undefined) return 'patrol-deploy';
  return origin === 'command'
    ? `${found.once} ${manifest.package.name}`
    : `${found.project} patrol-deploy`;
}

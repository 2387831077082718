/** Patrol as it was at a commit: what somebody has deployed who has not upgraded yet. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, path, root, run } from './tools.ts';

/**
 * The folder of a commit's workspace, installed and built. It is made once and kept in `e2e/.cache`, which git ignores.
 *
 * @throws Error when the clone does not have the commit.
 */
export async function builtAt(commit: string): Promise<string> {
  const folder = join(root, 'e2e/.cache', commit);
  const stamp = join(folder, '.built');
  if (existsSync(stamp)) return folder;
  await requireCommit(commit);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, 'sources.tar');
  await must('git', ['archive', '--output', archive, commit]);
  await must('tar', ['-xf', archive, '-C', folder]);
  rmSync(archive);
  await pnpm(folder, 'install', '--frozen-lockfile', '--prefer-offline');
  // Without turbo, which would look for its inputs in the repository around this folder, where git ignores them.
  await pnpm(folder, '-r', 'run', 'build');
  writeFileSync(stamp, '');
  return folder;
}

/** The path on which a workspace's own command comes before this repository's. */
export const pathOf = (folder: string): string => `${join(folder, 'node_modules/.bin')}:${path}`;

const pnpm = (cwd: string, ...args: readonly string[]): Promise<unknown> =>
  must('npx', ['-y', 'pnpm@12', ...args], { cwd, env: { ...process.env, PATH: pathOf(cwd) } });

async function requireCommit(commit: string): Promise<void> {
  const { code } = await run('git', ['cat-file', '-e', `${commit}^{commit}`]);
  if (code === 0) return;
  throw new Error(
    `The upgrade test deploys the packages of commit ${commit}, and this clone does not have it. ` +
      'Get the whole history: `git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout.',
  );
}

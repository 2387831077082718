/** A registry on the loopback address that has the packages of this repository as a release would publish them. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { background, freePort, must, npmTools, path, root, until } from './tools.ts';

/** Where the packages are published. */
export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

/** verdaccio asks for node-fetch by a tag that not every registry has. */
const verdaccio = {
  dependencies: { verdaccio: '^6.10.4' },
  overrides: { 'node-fetch': '^2.7.0' },
};

const publisher = { name: 'publisher', password: 'not-a-secret' };

/** Before this time everything has been published: package managers do not install what is only hours old. */
const publishedAt = '2026-01-31T09:00:00.000Z';

/** Starts a registry and publishes the packages to it. What is not of this repository it gets from the registry of this machine. */
export async function startRegistry(): Promise<Registry> {
  const modules = await npmTools(verdaccio);
  const folder = mkdtempSync(join(tmpdir(), 'patrol-registry-'));
  const port = await freePort();
  const config = join(folder, 'config.yaml');
  // JSON is YAML.
  writeFileSync(config, JSON.stringify(await configuration(folder)));
  const { child, output } = background(
    'node',
    [join(modules, 'verdaccio/bin/verdaccio'), '--config', config, '--listen', `127.0.0.1:${port}`],
    { ...process.env, PATH: path },
  );
  const url = `http://127.0.0.1:${port}/`;
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      // It waits for connections that the package managers keep open.
      const impatient = setTimeout(() => child.kill('SIGKILL'), 2000);
      await gone;
      clearTimeout(impatient);
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await until('verdaccio ready', async () => {
      if (child.exitCode !== null) throw new Error(output());
      return (await fetch(`${url}-/ping`)).ok || undefined;
    });
    await publish(url, join(folder, 'repository'));
    backdate(join(folder, 'storage'));
  } catch (error) {
    await close();
    throw error;
  }
  return { url, close };
}

const configuration = async (folder: string): Promise<unknown> => ({
  storage: join(folder, 'storage'),
  auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: 1 } },
  uplinks: {
    machine: {
      url: (await must('npm', ['config', 'get', 'registry'])).stdout.trim(),
      maxage: '1h',
      timeout: '60s',
      cache: true,
    },
  },
  packages: {
    '@patrol/*': { access: '$all', publish: '$authenticated' },
    '**': { access: '$all', proxy: 'machine' },
  },
  // npm's own registry takes more than verdaccio does by itself.
  max_body_size: '50mb',
  web: { enable: false },
  log: { type: 'file', path: join(folder, 'log'), level: 'warn' },
});

/** Does in a copy of the repository what a release does: versions and changelogs by the changesets, a build, `changeset publish`. */
async function publish(url: string, copy: string): Promise<void> {
  await copyRepository(copy);
  const userconfig = join(dirname(copy), 'npmrc');
  writeFileSync(
    userconfig,
    `registry=${url}\n${url.replace('http:', '')}:_authToken=${await token(url)}\n`,
  );
  const git = {
    GIT_AUTHOR_NAME: publisher.name,
    GIT_AUTHOR_EMAIL: 'publisher@example.com',
    GIT_COMMITTER_NAME: publisher.name,
    GIT_COMMITTER_EMAIL: 'publisher@example.com',
    GIT_CONFIG_GLOBAL: join(dirname(copy), 'no-gitconfig'),
  };
  const env = { ...process.env, ...git };
  // Changesets asks git which commit brought which changeset.
  await must('git', ['init', '--quiet'], { cwd: copy, env });
  await must('git', ['add', '--all'], { cwd: copy, env });
  await must('git', ['commit', '--quiet', '--message', 'The repository'], { cwd: copy, env });
  const pnpm = (...args: readonly string[]) => ['-y', 'pnpm@12', ...args];
  await must('npx', pnpm('install', '--frozen-lockfile', '--prefer-offline'), { cwd: copy, env });
  await must('npx', pnpm('run', 'version'), { cwd: copy, env });
  await must('npx', pnpm('run', 'release'), {
    cwd: copy,
    env: { ...env, npm_config_userconfig: userconfig, npm_config_registry: url },
  });
}

async function copyRepository(to: string): Promise<void> {
  const { stdout } = await must('git', ['ls-files', '-z', '-co', '--exclude-standard']);
  mkdirSync(to, { recursive: true });
  for (const file of stdout.split('\0')) {
    if (file !== '' && existsSync(join(root, file))) cpSync(join(root, file), join(to, file));
  }
}

/** Makes an account in the registry. */
async function token(url: string): Promise<string> {
  const answer = await fetch(`${url}-/user/org.couchdb.user:${publisher.name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(publisher),
  });
  const body: unknown = await answer.json();
  const given: unknown = Reflect.get(Object(body), 'token');
  if (typeof given === 'string') return given;
  throw new Error(`The registry gave no token: ${JSON.stringify(body)}`);
}

/** Makes the packages as old as those that a user finds. */
function backdate(storage: string): void {
  const names = ['core', 'deployer', 'build', 'rules-aws', 'rules-github'];
  for (const name of names) {
    const file = join(storage, '@patrol', name, 'package.json');
    const metadata: { time: Record<string, string> } = JSON.parse(readFileSync(file, 'utf8'));
    for (const key of Object.keys(metadata.time)) metadata.time[key] = publishedAt;
    writeFileSync(file, JSON.stringify(metadata));
  }
}

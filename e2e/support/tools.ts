/** What the end-to-end tests run on: Python tools in a virtual environment, programs, free ports, waiting. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireContract } from '../../packages/deployer/src/testing/notes.ts';

/** The root of the repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** Node 24, as the project runs on it, before everything else on the path. */
export const path: string = `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`;

/** What a program gave. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: string;
  timeout?: number;
}

/**
 * Runs a program to its end. Never throws for its exit code.
 *
 * @throws an Error when `patrol-deploy` writes for machines what its contract does not have.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  const ran = await ranOf(program, args, options);
  const words = [program, ...args];
  const command = words.lastIndexOf('patrol-deploy');
  if (command >= 0 && words.includes('--json')) {
    requireContract(words.slice(command + 1), ran.stdout);
  }
  return ran;
}

const ranOf = (program: string, args: readonly string[], options: RunOptions): Promise<Ran> =>
  new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      {
        cwd: options.cwd ?? root,
        env: options.env ?? { ...process.env, PATH: path },
        maxBuffer: 512 * 1024 * 1024,
        timeout: options.timeout ?? 300_000,
      },
      (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
        resolve({ code, stdout, stderr: error && code === 1 && !stderr ? error.message : stderr });
      },
    );
    // Not every program reads what it is given before it ends.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
  });

/** Runs a program that must succeed. */
export async function must(...args: Parameters<typeof run>): Promise<Ran> {
  const ran = await run(...args);
  if (ran.code !== 0) {
    throw new Error(
      `${args[0]} ${args[1].join(' ')} ended with ${ran.code}:\n${ran.stdout}\n${ran.stderr}`,
    );
  }
  return ran;
}

const packages = ['ministack==1.5.33', 'cfn-lint==1.58.0', 'moto[server]==5.2.5'];
const venv = join(root, 'e2e/.venv');

/** The path of a Python tool, in a virtual environment that is made when it is not there. */
export async function python(tool: string): Promise<string> {
  const stamp = join(venv, `${packages.join('+').replaceAll(/[^\w.+-]/g, '')}.done`);
  if (!existsSync(stamp)) {
    rmSync(venv, { recursive: true, force: true });
    mkdirSync(dirname(venv), { recursive: true });
    await must('python3', ['-m', 'venv', venv]);
    await must(join(venv, 'bin/pip'), [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      ...packages,
    ]);
    writeFileSync(stamp, '');
  }
  return join(venv, 'bin', tool);
}

/** Packages of npm, as a package.json names them. */
export interface NpmPackages {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
}

/** The `node_modules` with packages of npm, which are installed when they are not there. None of their install scripts runs. */
export async function npmTools(wanted: NpmPackages): Promise<string> {
  const names = Object.entries(wanted.dependencies).map((each) => each.join('@'));
  const folder = join(root, 'e2e/.cache/npm', names.join('+').replaceAll(/[^\w.@+-]/g, '_'));
  const stamp = join(folder, 'done');
  if (!existsSync(stamp)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, ...wanted }));
    await must('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
    writeFileSync(stamp, '');
  }
  return join(folder, 'node_modules');
}

/** A TCP port of the loopback address that is free now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** Asks again until there is an answer; throws after `seconds` without one. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  seconds = 30,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let problem: unknown = 'no answer';
  for (;;) {
    const answer = await ask().catch((error: unknown) => {
      problem = error;
      return undefined;
    });
    if (answer !== undefined) return answer;
    if (Date.now() > end)
      throw new Error(`${what} did not happen within ${seconds} s: ${String(problem)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Starts a program in the background; its output is kept for messages. */
export function background(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): { child: ChildProcess; output: () => string } {
  const chunks: Buffer[] = [];
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { child, output: () => Buffer.concat(chunks).toString('utf8') };
}

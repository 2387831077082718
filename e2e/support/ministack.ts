/** Starts ministack, the AWS emulator, for a run of the end-to-end tests: on a free loopback port, with its own folder. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { background, freePort, path, python, root, until } from './tools.ts';

declare module 'vitest' {
  interface ProvidedContext {
    endpoint: string;
    /** A folder: the functions of the stacks whose names its files have are not made yet. */
    held: string;
    /** A folder: the tables and topics whose names its files have are slow, or refuse. */
    faults: string;
  }
}

/** Starts it before the first test, tells the tests where it listens, and gives what stops it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const interpreter = await python('python');
  const folder = mkdtempSync(join(tmpdir(), 'patrol-ministack-'));
  const held = join(folder, 'held');
  const faults = join(folder, 'faults');
  for (const each of [held, faults]) mkdirSync(each);
  const port = await freePort();
  const { child, output } = background(interpreter, [join(root, 'e2e/support/emulator.py')], {
    PATH: path,
    HOME: folder,
    TMPDIR: folder,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    S3_DATA_DIR: join(folder, 's3'),
    LAMBDA_ASYNC_RETRY_BASE_SECONDS: '0.1',
    // Whose endpoints are asked by requests that are not signed.
    MINISTACK_ACCOUNT_ID: '111122223333',
    PATROL_HELD: held,
    PATROL_FAULTS: faults,
    // What runs the functions would write into their logs that it is out of date.
    NODE_OPTIONS: '--no-deprecation',
    // Lambda's runtime has the AWS SDK.
    NODE_PATH: join(root, 'packages/core/node_modules'),
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await until('ministack ready', async () => {
    if (child.exitCode !== null) throw new Error(output());
    return (await fetch(`${endpoint}/_ministack/health`)).ok || undefined;
  });
  project.provide('endpoint', endpoint);
  project.provide('held', held);
  project.provide('faults', faults);
  return async () => {
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
}

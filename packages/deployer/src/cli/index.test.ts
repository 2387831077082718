import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s interrupts', async (signal) => {
  // It asks, and gets no answer.
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cli = join(import.meta.dirname, 'index.ts');
  const argv = ['--conditions=@patrol/source', cli, 'info', 'nope/x', '--region', 'eu-west-1'];
  const child = spawn(process.execPath, argv, {
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'OPERATOR',
      AWS_SECRET_ACCESS_KEY: 'secret-of-the-operator',
    },
  });
  const ended = once(child, 'exit');
  await Promise.race([once(server, 'request'), ended]);
  child.kill(signal);
  expect(await ended).toEqual([130, null]);
  server.closeAllConnections();
  server.close();
});

/** The entry of `patrol-deploy`: the process around {@link main}. */
import { hostname } from 'node:os';
import { awsConnections } from '../cloud/aws/connections.ts';
import { main } from './main.ts';
import { ownClockwork } from '../library/outside.ts';
import { UsageError } from '../text/errors.ts';
import { isReaderGone } from '../text/streams.ts';
import type { Ask } from '../commands/world.ts';

const controller = new AbortController();
const { stdin, stdout, stderr } = process;

// A reader that goes away, as with `| head` or a terminal that is closed, must not end a deployment halfway.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error) => {
    if (!isReaderGone(error)) throw error;
  });
}

// readline sets a terminal back also when it was closed, which would end the process.
if (stdin.isTTY) {
  const setRawMode = stdin.setRawMode.bind(stdin);
  stdin.setRawMode = (mode) => {
    try {
      return setRawMode(mode);
    } catch (error) {
      if (!(error instanceof Error && isReaderGone(error))) throw error;
      return stdin;
    }
  };
}

// While nothing is in progress in AWS, an interrupt ends the process at once. Exit handlers still run.
let held = false;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // Both the kernel and the shell report a closed terminal: the second signal is not an impatient operator.
    const again = controller.signal.aborted && name !== 'SIGHUP';
    if (!held || again) process.exit(130);
    controller.abort();
  });
}

/** @throws UsageError where there is no terminal. What is asked goes where it disturbs no result. */
async function mfaCode(serial: string): Promise<string> {
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new UsageError(
      `The profile needs a code of the MFA device ${serial}, and there is no terminal to ask for it. Run the command in a terminal, or set the credentials of a session (\`aws sts get-session-token\`) as AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.`,
    );
  }
  const { terminalAsk } = await import('./ask.ts');
  return terminalAsk(stdin, controller.signal, stderr).text({
    message: `Code of the MFA device ${serial}`,
    refuse: (code) => (/^\d{6}$/.test(code) ? undefined : 'Expected the six digits that it shows.'),
  });
}

let asking: Promise<Ask> | undefined;
const code = await main(process.argv.slice(2), {
  streams: { stdin, stdout, stderr },
  environment: process.env,
  machine: { host: hostname(), pid: process.pid },
  cwd: process.cwd(),
  command: process.argv[1],
  signal: controller.signal,
  holdInterrupts: () => {
    held = true;
  },
  ...awsConnections(process.env, mfaCode),
  github: async (options) =>
    (await import('../github/octokit.ts')).octokitGitHub(options, process.env),
  ask: () =>
    (asking ??= import('./ask.ts').then(({ terminalAsk }) =>
      terminalAsk(stdin, controller.signal),
    )),
  ...ownClockwork,
});

// Calls to AWS that are still open do not matter any more. What was written is flushed first: only the end of a stream
// waits for all of it under bun.
await Promise.all([stdout, stderr].map((stream) => new Promise<void>((done) => stream.end(done))));
process.exit(code);

import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { terminalAsk } from './ask.ts';
import { InterruptedError } from '../text/errors.ts';

test('a terminal that is closed answers nothing, and keeps nobody waiting', async () => {
  const stdin = new PassThrough();
  const asked = terminalAsk(stdin, new AbortController().signal).confirm('Go ahead?');
  stdin.end();
  await expect(asked).rejects.toThrow(InterruptedError);
});

/** For tests of functions: what they write to their log. */
import { afterEach, beforeEach, vi } from 'vitest';

/** Keeps what is written to standard output in the tests of the file, so that none of it is shown. */
export function keptOutput(): { text: string } {
  const output = { text: '' };
  beforeEach(() => {
    output.text = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      output.text += String(chunk);
      return true;
    });
  });
  afterEach(() => void vi.restoreAllMocks());
  return output;
}

/** A terminal for commands, with somebody who types, and what there is to be read on it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import xterm from '@xterm/headless';
import { python, root, until } from './tools.ts';

/** What happens as soon as something is to be read: it is answered, or something else is done. */
export interface Step {
  readonly at: string | RegExp;
  readonly act: string | (() => Promise<void> | void);
}

/** A question of the command's, by its beginning, and the keys that it is answered with. */
export const asked = (question: string, keys: string): Step => ({
  at: `◆  ${question}`,
  act: keys,
});

/** Whole lines, and the rows that a terminal of this width makes of them. */
export const rowsOf = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) =>
    (line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? ['']).map((row) => row.trimEnd()),
  );

/** How wide the terminal is. */
export const columns = 80;
const rows = 40;

/** A terminal that breaks lines and scrolls, as wide as many people's. */
export class Terminal {
  readonly #screen = new xterm.Terminal({
    cols: columns,
    rows,
    scrollback: 10_000,
    allowProposedApi: true,
  });
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  #shown = '';

  /**
   * @param folder where commands run.
   * @param env what they find in the environment, beside the kind of the terminal.
   */
  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#env = { ...env, TERM: 'xterm-256color' };
  }

  /** Whether the cursor is to be seen. */
  get hasCursor(): boolean {
    return this.#shown.lastIndexOf('\u001B[?25h') >= this.#shown.lastIndexOf('\u001B[?25l');
  }

  /** Types a command, takes the steps in their order, and waits for its end. */
  async run(command: string, ...steps: readonly Step[]): Promise<void> {
    this.#show(`$ ${command}\r\n`);
    const script = join(root, 'e2e/support/terminal.py');
    const args = [script, String(columns), String(rows), 'sh', '-c', command];
    const child = spawn(await python('python'), args, { cwd: this.#folder, env: this.#env });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#show(text));
    child.stderr.pipe(process.stderr);
    try {
      for (const { at, act } of steps) {
        await Promise.race([this.#reads(at), ended.then(() => this.#requires(at))]);
        if (typeof act === 'string') child.stdin.write(act);
        else await act();
      }
      const code = await Promise.race([ended, this.#tooLate(command)]);
      this.#show(`[exit code ${code}]\r\n`);
    } finally {
      child.kill();
    }
  }

  /** What is to be read now, by scrolling too; a line that the terminal broke is one all the same. */
  async lines(): Promise<readonly string[]> {
    await new Promise<void>((resolve) => this.#screen.write('', resolve));
    const { active } = this.#screen.buffer;
    const lines: string[] = [];
    for (let index = 0; index < active.length; index += 1) {
      const row = active.getLine(index);
      const text = row?.translateToString() ?? '';
      if (row?.isWrapped) lines.push(`${lines.pop() ?? ''}${text}`);
      else lines.push(text);
    }
    const trimmed = lines.map((line) => line.trimEnd());
    return trimmed.slice(0, trimmed.findLastIndex((line) => line !== '') + 1);
  }

  /** Fails, where a command asks what nobody answers. */
  async #tooLate(command: string): Promise<never> {
    await setTimeout(60_000, undefined, { ref: false });
    throw new Error(`${command} does not end:\n${(await this.lines()).join('\n')}`);
  }

  #show(text: string): void {
    this.#shown += text;
    this.#screen.write(text);
  }

  #reads(at: Step['at']): Promise<unknown> {
    return until(`${at} in a terminal`, () => this.#requires(at));
  }

  /** Fails with what there is to be read when something is not among it. */
  async #requires(at: Step['at']): Promise<true> {
    const text = (await this.lines()).join('\n');
    if (typeof at === 'string' ? text.includes(at) : at.test(text)) return true;
    throw new Error(`Expected ${at} in a terminal, found:\n${text}`);
  }
}

import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import xterm from '@xterm/headless';
import { createLogUpdate } from 'log-update';
import { describe, expect, test } from 'vitest';
import { Block } from './block.ts';
import { type Foot, footOf } from './terminal.ts';
import type { Note } from '../notes/tell.ts';

/** A terminal that really breaks lines, scrolls and reflows. */
class Screen {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  readonly stdout: Writable & { isTTY: true; columns: number; rows: number };

  constructor(columns: number, rows: number) {
    const terminal = new xterm.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
      convertEol: true,
    });
    this.#terminal = terminal;
    this.stdout = Object.assign(
      new Writable({
        write: (chunk: Buffer, _encoding, done) => terminal.write(new Uint8Array(chunk), done),
      }),
      { isTTY: true as const, columns, rows },
    );
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#settled();
    this.#terminal.resize(columns, rows);
    Object.assign(this.stdout, { columns, rows });
  }

  /** Everything that was written and is to be seen, by scrolling too. */
  async lines(): Promise<readonly string[]> {
    await this.#settled();
    const { active } = this.#terminal.buffer;
    const rows = Array.from({ length: active.length }, (_, index) => active.getLine(index));
    return rows
      .reduce<string[]>((lines, row) => {
        const text = row?.translateToString(true) ?? '';
        // What a terminal broke is one line all the same.
        if (row?.isWrapped && lines.length > 0) lines.push(`${lines.pop() ?? ''}${text}`);
        else lines.push(text);
        return lines;
      }, [])
      .filter((line) => line !== '');
  }

  async #settled(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.stdout.write('', () => resolve());
    });
    await turn();
  }
}

const foot = (screen: Screen): Foot => footOf(createLogUpdate, screen.stdout, ({ text }) => text);
const text = (...lines: readonly string[]): readonly { text: string }[] =>
  lines.map((line) => ({ text: line }));

describe('the foot of a terminal', () => {
  test('is drawn anew in its place; what is written stands above it', async () => {
    const screen = new Screen(40, 10);
    const block = foot(screen);
    block.draw(text('one', 'two'));
    block.write('an event\n');
    block.draw(text('three'));
    block.write('another\n');
    block.draw(text('three', 'four'));
    expect(await screen.lines()).toEqual(['an event', 'another', 'three', 'four']);
    block.end();
    expect(await screen.lines()).toEqual(['an event', 'another']);
  });

  test.each([60, 41, 39, 20, 10, 8])(
    'leaves no traces when the terminal gets %i columns, and loses nothing above',
    async (columns) => {
      const screen = new Screen(40, 12);
      const block = foot(screen);
      const history = Array.from({ length: 5 }, (_, index) => `event ${index}`);
      block.write(`${history.join('\n')}\n`);
      block.draw(text('a'.repeat(39), 'b'.repeat(25), 'c'));
      await screen.resize(columns, 12);
      block.draw(text('x', 'y'));
      expect(await screen.lines()).toEqual([...history, 'x', 'y']);
      await screen.resize(40, 12);
      block.write('the end\n');
      block.end();
      expect(await screen.lines()).toEqual([...history, 'the end']);
    },
  );

  test('fits a terminal that is smaller than what there is to say', async () => {
    const screen = new Screen(20, 6);
    const painted = foot(screen);
    const block = new Block();
    block.take({ type: 'stacks', total: 40 }, 0);
    for (let index = 0; index < 20; index += 1) {
      const stack = `patrol-aws-rule${index}-production`;
      const note: Note = {
        type: 'status',
        stack,
        region: 'eu-west-1',
        done: 1,
        seconds: 0,
        waiting: ['Function'],
      };
      block.take(note, 0);
    }
    painted.write('before\n');
    for (let tick = 0; tick < 5; tick += 1) painted.draw(block.lines(tick * 1000, painted.room()));
    const lines = await screen.lines();
    expect(lines).toHaveLength(6);
    expect(lines[0]).toBe('before');
    expect(lines.filter((line) => line.includes('of 40'))).toHaveLength(1);
    painted.end();
    expect(await screen.lines()).toEqual(['before']);
  });
});

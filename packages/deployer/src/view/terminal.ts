/** The foot of a terminal that is drawn again and again, with log-update. */
import { clearScreenDown, moveCursor } from 'node:readline';
import type { createLogUpdate as CreateLogUpdate } from 'log-update';
import type { BlockLine, Room } from './block.ts';
import { columnsOf } from '../text/printable.ts';
import type { Streams } from '../text/streams.ts';

type Terminal = Streams['stdout'] & { rows?: number };

/** Lines at the foot of a terminal; what is written through it appears above them. */
export type Foot = ReturnType<typeof footOf>;

/** Loads log-update, and so only where there is a terminal to draw in. It gives the cursor back also when a signal ends the process. */
export const loadFoot = async (): Promise<typeof CreateLogUpdate> =>
  (await import('log-update')).createLogUpdate;

/** Makes the foot of a terminal. */
export function footOf(
  createLogUpdate: typeof CreateLogUpdate,
  stdout: Terminal,
  paint: (line: BlockLine) => string,
) {
  const update = createLogUpdate(stdout);
  let drawn: readonly string[] = [];
  let width = 0;
  const room = (): Room => ({ columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 });
  /** A terminal that became narrower has broken the lines that no longer fit in two or more; log-update does not count those. */
  const undoReflow = (): void => {
    const { columns } = room();
    if (drawn.length === 0 || columns >= width) return;
    const more = drawn.reduce(
      (sum, line) => sum + Math.max(0, Math.ceil(columnsOf(line) / columns) - 1),
      0,
    );
    update.clear();
    drawn = [];
    if (more === 0) return;
    moveCursor(stdout, 0, -more);
    clearScreenDown(stdout);
  };
  const erase = (): void => {
    undoReflow();
    if (drawn.length > 0) update.clear();
    drawn = [];
  };
  return {
    /** How much room there is now. */
    room,
    draw(lines: readonly BlockLine[]): void {
      undoReflow();
      update(lines.map(paint).join('\n'));
      drawn = lines.map(({ text }) => text);
      width = room().columns;
    },
    write(text: string): void {
      erase();
      stdout.write(text);
    },
    /** Takes the lines away and gives the cursor back. */
    end(): void {
      erase();
      update.done();
    },
  };
}

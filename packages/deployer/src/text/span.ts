/** Time spans as they are typed: `90s`, `30m`, `6h`, `2d`, `1w`. Pure. */

/** The seconds of each unit. */
const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** The seconds of a time span; `undefined` for what is none. */
export function secondsIn(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (units[unit] ?? 0);
}

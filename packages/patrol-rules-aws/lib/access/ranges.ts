/** Ranges of IP addresses in policies. */

/** A range of addresses: the first and the last, as numbers. */
interface Range {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Whether ranges let in few addresses, also taken together. S3 calls a range very broad that is wider than /8, or than /32 for
 * IPv6. Ranges that touch each other count as one, so that nobody gets round that with many small ones. IPv4 ranges with
 * gaps may hold a sixteenth of all addresses.
 *
 * @param values addresses and ranges as they stand in a policy. What cannot be read is not narrow.
 */
export function areNarrow(values: readonly string[]): boolean {
  const ranges = values.map(parseRange);
  return (
    ([32, 128] as const).every((bits) => {
      const merged: Range[] = [];
      const sorted = ranges
        .filter((range) => range?.bits === bits)
        .map((range) => range as Range)
        .toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
      for (const range of sorted) {
        const before = merged.at(-1);
        if (before && range.first <= before.last + 1n) {
          merged[merged.length - 1] = {
            ...before,
            last: range.last > before.last ? range.last : before.last,
          };
        } else merged.push(range);
      }
      const sizes = merged.map(({ first, last }) => last - first + 1n);
      return (
        sizes.every((size) => size <= 1n << (bits === 32 ? 24n : 96n)) &&
        sizes.reduce((sum, size) => sum + size, 0n) <= 1n << (bits === 32 ? 28n : 124n)
      );
    }) && ranges.every((range) => range !== undefined)
  );
}

function parseRange(text: string): Range | undefined {
  // No address is longer.
  if (text.length > 50) return undefined;
  const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bits = address.includes(':') ? 128 : 32;
  const parts = bits === 128 ? groupsOf(address) : octetsOf(address);
  const length = prefix === undefined ? bits : Number(prefix);
  if (!parts || length > bits) return undefined;
  const value = parts.reduce((sum, part) => (sum << (bits === 128 ? 16n : 8n)) | part, 0n);
  const free = BigInt(bits - length);
  const first = (value >> free) << free;
  return { bits, first, last: first + (1n << free) - 1n };
}

function octetsOf(address: string): readonly bigint[] | undefined {
  const parts = address.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)
    ? parts.map(BigInt)
    : undefined;
}

/** The groups of an IPv6 address. One with an IPv4 address in it cannot be read: it would stand for a range of IPv4. */
function groupsOf(address: string): readonly bigint[] | undefined {
  const halves = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [before = [], after] = halves;
  const missing = 8 - before.length - (after?.length ?? 0);
  if (halves.length > 2 || (after ? missing < 1 : missing !== 0)) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => '0'), ...(after ?? [])];
  return groups.every((group) => /^[\da-f]{1,4}$/i.test(group))
    ? groups.map((group) => BigInt(`0x${group}`))
    : undefined;
}

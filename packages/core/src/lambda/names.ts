/** Names of accounts and networks, and who answers for what is suppressed, as the operator gave them. A chunk of its own, loaded when there is something to say. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { basename } from 'node:path';
import { isObject } from '../cloudtrail.ts';
import type { Alert } from '../contracts/alert.ts';
import { log } from './log.ts';

/** What a deployment names, in a file beside the function. */
interface Names {
  /** By the ids of accounts. */
  readonly accounts: Readonly<Record<string, unknown>>;
  /** By ranges of addresses: `192.0.2.0/24`. */
  readonly networks: Readonly<Record<string, unknown>>;
  readonly suppressions: readonly Suppression[];
}

/** An item that the operator suppresses until a day. */
type Suppression = Readonly<Record<'parameter' | 'item' | 'owner' | 'reason' | 'until', string>>;

/** The suppressions of the file, for whoever counts what they keep from people; none where it cannot be read. */
export async function itemsIn(path: string): Promise<NonNullable<Alert['suppressions']>> {
  const { suppressions } = await namesIn(path).catch(() => ({ suppressions: [] }));
  return suppressions.map(({ parameter, item, until }) => ({ parameter, item, until }));
}

/**
 * The suppressions of the file that have no room in the environment of the function, by the parameters to which they belong.
 *
 * @param parameters the values that the environment says.
 * @throws an Error when the file cannot be read.
 */
export async function furtherItems(
  path: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { suppressions } = await namesIn(path);
  const further = suppressions.filter((each) => {
    const value = parameters[each.parameter];
    return (
      isObject(value) &&
      Array.isArray(value['written']) &&
      !value['written'].includes(written(each))
    );
  });
  return new Map(
    [...Map.groupBy(further, ({ parameter }) => parameter)].map(([parameter, all]) => [
      parameter,
      all.map(written),
    ]),
  );
}

/** So long reading the file may take, in milliseconds. */
const patience = 1000;

/** What was read lasts as long as the function: another file comes with another version of it. */
const read = new Map<string, Promise<Names>>();

/**
 * Alerts with the names of their accounts and of the networks of their addresses. Without the file they stay as they are, and
 * say so.
 *
 * @param path the file with the names, which has the SHA-256 of its content for its own name.
 */
export async function named(alerts: readonly Alert[], path: string): Promise<readonly Alert[]> {
  try {
    const names = await namesIn(path);
    return alerts.map((alert) => ({
      ...alert,
      accountName: accountName(names, alert.account),
      network: network(names, alert.sourceAddress),
      ...(alert.suppressed && { suppressed: answered(names, alert.suppressed) }),
    }));
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    log('ERROR', { verdict: 'trouble', what: 'The names of accounts and networks', because });
    const names = `missing: their file could not be read (${because}). Deploy the rule again.`;
    return alerts.map((alert) => ({ ...alert, facts: { ...alert.facts, names } }));
  }
}

/** What is in the file. Where it could not be read, it is tried again. */
function namesIn(path: string): Promise<Names> {
  const reading = read.get(path) ?? readNames(path);
  read.set(path, reading);
  reading.catch(() => read.delete(path));
  return reading;
}

async function readNames(path: string): Promise<Names> {
  const text = await readFile(path, { encoding: 'utf8', signal: AbortSignal.timeout(patience) });
  const sum = createHash('sha256').update(text).digest('hex');
  if (basename(path) !== `${sum}.json`) throw new Error(`${path}: its content is another one`);
  const names: unknown = JSON.parse(text);
  const part = (name: string): Readonly<Record<string, unknown>> => {
    const value = isObject(names) ? names[name] : undefined;
    if (!isObject(value)) throw new Error(`${path}: expected a map ${name}`);
    return value;
  };
  const listed =
    isObject(names) && Array.isArray(names['suppressions']) ? names['suppressions'] : [];
  const suppressions = listed.filter(isSuppression);
  return { accounts: part('accounts'), networks: part('networks'), suppressions };
}

const isSuppression = (value: unknown): value is Suppression =>
  isObject(value) &&
  ['parameter', 'item', 'owner', 'reason', 'until'].every(
    (name) => typeof value[name] === 'string',
  );

/** An item with its day, as it stands in a parameter. */
const written = ({ item, until }: Suppression): string => `${item} until ${until}`;

/** What suppresses an alert, with who answers for it and why. */
function answered(
  { suppressions }: Names,
  by: NonNullable<Alert['suppressed']>,
): NonNullable<Alert['suppressed']> {
  const found = suppressions.find(
    (each) => each.parameter === by.parameter && written(each) === by.item,
  );
  return found ? { ...by, owner: found.owner, reason: found.reason } : by;
}

const own = (values: Readonly<Record<string, unknown>>, name: string): string | null => {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
};

const accountName = ({ accounts }: Names, id: string | null): string | null =>
  id === null ? null : own(accounts, id);

/** The network of an address: of several, the smallest. */
function network({ networks }: Names, sourceAddress: string | null): Alert['network'] {
  const address = bitsOf(sourceAddress ?? '');
  if (!address) return null;
  const [smallest] = Object.keys(networks)
    .flatMap((range) => {
      const [start = '', length = ''] = range.split('/');
      const bits = bitsOf(start);
      const size = Number(length);
      const isWithin =
        bits?.length === address.length && bits.slice(0, size) === address.slice(0, size);
      return isWithin ? [{ range, size }] : [];
    })
    .toSorted((one, other) => other.size - one.size);
  const name = smallest ? own(networks, smallest.range) : null;
  return name === null ? null : { name, asn: null, country: null };
}

/** The 32 or 128 bits of an IP address, as a text of zeros and ones. */
function bitsOf(text: string): string | undefined {
  const address = text.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  if (isIP(address) === 4)
    return address
      .split('.')
      .map((part) => binary(Number(part), 8))
      .join('');
  if (isIP(address) !== 6 || address.includes('%')) return undefined;
  // The last 32 bits may be written as an IPv4 address.
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: readonly string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [before = [], after = []] = plain
    .split('::')
    .map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].map((part) => binary(parseInt(part, 16), 16)).join('');
}

const binary = (value: number, length: number): string => value.toString(2).padStart(length, '0');

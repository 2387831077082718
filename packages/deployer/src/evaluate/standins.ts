/**
 * Stand-ins for the clients of a rule that asks AWS or GitHub. They remember the first question and answer none. So it shows
 * which events need an answer, and which ones the rule decides by itself.
 */

import { cut } from '../text/words.ts';

/** Stand-ins for one event. */
export interface StandIns {
  /** What `evaluate` is given as its clients. */
  readonly clients: unknown;
  /** The first question, in short: `iam.simulate("arn:…")`; `undefined` when there was none. */
  readonly asked: () => string | undefined;
}

/** What every question throws. */
class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/** Creates stand-ins for any clients: every property can be called, and has properties itself. */
export function standIns(): StandIns {
  let first: string | undefined;
  const unanswered = (what: string): Unanswered => {
    first ??= what;
    return new Unanswered(`This is not known here: ${what}.`);
  };
  const port = (path: string): unknown =>
    new Proxy(function stub() {}, {
      get(_target, name) {
        // A client that is awaited is no promise.
        if (name === 'then') return undefined;
        if (typeof name === 'string') return port(path === '' ? name : `${path}.${name}`);
        // The rule converts the client to a text or a number, or iterates over it.
        if (conversions.includes(name)) {
          return () => {
            throw unanswered(path);
          };
        }
        return undefined;
      },
      apply(_target, _this, given: readonly unknown[]) {
        throw unanswered(`${path || 'clients'}(${short(given)})`);
      },
      construct(_target, given: readonly unknown[]) {
        throw unanswered(`new ${path}(${short(given)})`);
      },
    });
  return { clients: port(''), asked: () => first };
}

const conversions: readonly symbol[] = [Symbol.toPrimitive, Symbol.iterator, Symbol.asyncIterator];

const short = (given: readonly unknown[]): string => cut(given.map(json).join(', '), 200);

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

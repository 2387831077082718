/**
 * Stand-ins for the ports of a rule that asks AWS or GitHub: whatever is asked of them is remembered and not answered. They
 * tell the events that a rule decides about by itself from those that need an answer.
 */

/** Stand-ins for one event. */
export interface StandIns {
  /** What `evaluate` is given as its clients. */
  readonly clients: unknown;
  /** What was asked first, in short: `iam.simulate("arn:…")`; `undefined` when nothing was. */
  readonly asked: () => string | undefined;
}

/** Thrown at whoever asks. */
class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/** Makes stand-ins for whatever ports there are: every property of theirs can be called, and has properties itself. */
export function standIns(): StandIns {
  let first: string | undefined;
  const unanswered = (what: string): Unanswered => {
    first ??= what;
    return new Unanswered(`This is not known here: ${what}.`);
  };
  const port = (path: string): unknown =>
    new Proxy(function stub() {}, {
      get(_target, name) {
        // A port that is awaited is no promise.
        if (name === 'then') return undefined;
        if (typeof name === 'string') return port(path === '' ? name : `${path}.${name}`);
        // Its value is asked for: as a text, a number, or one after the other.
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

/** How many characters are shown of what was asked. */
const limit = 200;

function short(given: readonly unknown[]): string {
  const text = given.map(json).join(', ');
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

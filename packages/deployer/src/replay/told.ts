/** What a run has told once, as the table of the rule's stack would know it: by the times of the events. Pure but for what it keeps. */
export class Told {
  readonly #within: number;
  readonly #claims = new Map<string, { readonly eventId: string; readonly at: number }>();

  /** @param within for how many seconds something is told once. */
  constructor(within: number) {
    this.#within = within * 1000;
  }

  /**
   * Notes what an event tells, unless another one told it.
   *
   * @returns the id of the other event. The same event tells again, and so does one that does not say which it is or when.
   */
  toldBy(key: string, eventId: string | null, time: string | null): string | undefined {
    const at = Date.parse(time ?? '');
    if (eventId === null || Number.isNaN(at)) return undefined;
    const before = this.#claims.get(key);
    // Files need not be in the order of time.
    const isOpen = before !== undefined && Math.abs(at - before.at) < this.#within;
    if (isOpen && before.eventId !== eventId) return before.eventId;
    this.#claims.set(key, { eventId, at });
    return undefined;
  }
}

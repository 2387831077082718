/** Which calls of AWS event patterns watch, for documents that say what rules cover. */
import type { EventPattern } from '@patrol/core';
import { patternWays } from '@patrol/core/evaluation';
import { isRecorded, namesWith, type UnlistedNames } from './names.ts';
import { matching } from './values.ts';

/** A call that an event pattern watches. */
export interface WatchedCall {
  /** The service: `cloudtrail.amazonaws.com`. */
  readonly eventSource: string;
  /** The call, without a version of the API: `StopLogging`. */
  readonly eventName: string;
  /** Whether a recorded event has this name. Otherwise the models of AWS's API or its documents have it, and no record confirms it. */
  readonly confirmed: boolean;
}

/**
 * The calls that event patterns watch by their names. A pattern that names no calls, or all that there are, adds none.
 *
 * @param unlisted the names that the rule allows itself.
 * @returns each call once, by service and name.
 */
export function watchedCalls(
  patterns: readonly EventPattern[],
  unlisted?: UnlistedNames,
): readonly WatchedCall[] {
  const names = namesWith(unlisted);
  const found = new Map<string, WatchedCall>();
  for (const way of patterns.flatMap((pattern) => patternWays(pattern))) {
    const eventNames = way.get('detail.eventName');
    const eventSources = way.get('detail.eventSource');
    if (!eventNames || !eventSources) continue;
    for (const eventSource of matching(eventSources, names.eventSources)) {
      const calls = names.callsOf(eventSource);
      const forms = new Set(
        matching(
          eventNames,
          calls.map(({ eventName }) => eventName),
        ),
      );
      for (const { call, eventName } of calls) {
        if (!forms.has(eventName)) continue;
        const confirmed = isRecorded(eventSource, call);
        found.set(`${eventSource}:${call}`, { eventSource, eventName: call, confirmed });
      }
    }
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call);
}

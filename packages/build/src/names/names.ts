/** The names that a rule may use: those of the list, and those that it allows itself. */
import leven from 'leven';
import type { AnyRule } from '@patrol/core';
import { organizationEvents } from './github.ts';
import { nameList, undated } from './list.ts';

/** A call as it may stand in a record. */
export interface RecordedCall {
  readonly eventSource: string;
  /** The name of the call, without the version of the API. */
  readonly call: string;
  /** The name in the record: the same, or with a version behind it. */
  readonly eventName: string;
}

/** What a rule may name. */
export interface Names {
  readonly eventSources: readonly string[];
  /** The calls of a service, each by every name that records have for it; none for an eventSource that is not listed. */
  readonly callsOf: (eventSource: string) => readonly RecordedCall[];
  /** The names under which CloudTrail records a call of the API; `undefined` where that is its own. */
  readonly recordedAs: (eventSource: string, name: string) => readonly string[] | undefined;
  /** The actions of IAM: `s3:GetObject`. */
  readonly actions: readonly string[];
  /** The detail-types of what CloudTrail hands to EventBridge. */
  readonly cloudTrailTypes: readonly string[];
  /** The sources that send other events. */
  readonly sources: readonly string[];
  readonly detailTypesOf: (source: string) => readonly string[];
  /** The events that GitHub sends to webhooks of organisations. */
  readonly webhookEvents: readonly string[];
}

/** The field `unlisted` of a rule. */
export type UnlistedNames = NonNullable<AnyRule['unlisted']>;

/** What a name in `unlisted` is; `undefined` for one that has none of the forms. */
export const kindOf = (
  key: string,
): 'call' | 'action' | 'detailType' | 'webhookEvent' | undefined =>
  /^aws\.[\w.-]+:\S/.test(key)
    ? 'detailType'
    : /^[\w.-]+\.amazonaws\.com:\w+$/.test(key)
      ? 'call'
      : /^github:\w+$/.test(key)
        ? 'webhookEvent'
        : /^[\w-]+:\w+$/.test(key)
          ? 'action'
          : undefined;

/** Both parts of a name such as `s3:GetObject`. */
const parts = (key: string): readonly [of: string, name: string] => {
  const colon = key.indexOf(':');
  return [key.slice(0, colon), key.slice(colon + 1)];
};

type Lists = Readonly<Record<string, string>>;

const namesIn = (lists: Lists, key: string, separator = ' '): readonly string[] =>
  Object.hasOwn(lists, key) ? (lists[key] ?? '').split(separator) : [];

/** Whether the list has a name that has a form of `unlisted`. */
export function isListed(key: string): boolean {
  const [of, name] = parts(key);
  const { calls, actions, detailTypes } = nameList();
  switch (kindOf(key)) {
    case 'call':
      return namesIn(calls, of).includes(name);
    case 'action':
      return namesIn(actions, of).includes(name);
    case 'detailType':
      return namesIn(detailTypes, of, '|').includes(name);
    case 'webhookEvent':
      return organizationEvents.includes(name);
    case undefined:
      return false;
  }
}

/** The names of the list and those that a rule allows itself. */
export function namesWith(unlisted: UnlistedNames = {}): Names {
  const list = nameList();
  const keys = Object.keys(unlisted);
  const ofKind = (kind: ReturnType<typeof kindOf>): readonly string[] =>
    keys.filter((key) => kindOf(key) === kind);
  const owners = (lists: Lists, kind: ReturnType<typeof kindOf>): readonly string[] => [
    ...new Set([...Object.keys(lists), ...ofKind(kind).map((key) => parts(key)[0])]),
  ];
  const own = (owner: string): readonly string[] =>
    keys.map(parts).flatMap(([of, name]) => (of === owner ? [name] : []));
  return {
    eventSources: owners(list.calls, 'call'),
    callsOf: (eventSource) => {
      const version = Object.hasOwn(list.dated, eventSource) ? list.dated[eventSource] : undefined;
      const calls = [...namesIn(list.calls, eventSource), ...own(eventSource)];
      return calls.flatMap((eventName) => {
        const call = version === undefined ? eventName : undated(eventName);
        const forms = mayBeDated(eventSource, call)
          ? [eventName, `${call}${version}`]
          : [eventName];
        return [...new Set(forms)].map((form) => ({ eventSource, call, eventName: form }));
      });
    },
    recordedAs: (eventSource, name) => {
      const renamed = Object.hasOwn(list.renamed, eventSource) ? list.renamed[eventSource] : {};
      const recorded = namesIn(renamed ?? {}, name);
      return recorded.length > 0 ? recorded : undefined;
    },
    actions: [
      ...Object.keys(list.actions).flatMap((service) =>
        namesIn(list.actions, service).map((name) => `${service}:${name}`),
      ),
      ...ofKind('action'),
    ],
    cloudTrailTypes: list.cloudTrailTypes,
    sources: owners(list.detailTypes, 'detailType'),
    detailTypesOf: (source) => [...namesIn(list.detailTypes, source, '|'), ...own(source)],
    webhookEvents: [...organizationEvents, ...own('github')],
  };
}

/** Whether records of a call may have a version behind its name: they do in some services, unless all recorded ones have none. */
function mayBeDated(eventSource: string, call: string): boolean {
  const { dated, recorded } = nameList();
  if (!Object.hasOwn(dated, eventSource)) return false;
  const forms = namesIn(recorded, eventSource).filter((name) => undated(name) === call);
  return forms.length === 0 || forms.some((name) => name !== call);
}

/** Whether a recorded event has the name of a call, with or without a version. */
export const isRecorded = (eventSource: string, call: string): boolean =>
  namesIn(nameList().recorded, eventSource).some((name) => name === call || undated(name) === call);

/** The name that is most like a text; `undefined` where none is much like it. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(text.length / 4)) + 1;
  for (const name of names) {
    // It differs by at least as much as its length.
    if (Math.abs(name.length - text.length) >= least) continue;
    const distance = leven(text.toLowerCase(), name.toLowerCase());
    if (distance >= least) continue;
    best = name;
    least = distance;
  }
  return best;
}

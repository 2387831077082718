/** What has to be done with the base stack of an account and region. Pure. */
import { emailParameters } from '@patrol/core/contracts';
import { conditionOf } from '../cloud/states.ts';
import {
  baseContent,
  baseParameters,
  baseQueues,
  baseTopic,
  type TopicKind,
} from '../destinations/base.ts';
import { emailTexts } from '../destinations/emails.ts';
import type { Value } from '../destinations/values.ts';
import { roleArn } from '../identity/naming.ts';
import { compact, mapValues, type Texts } from '../text/records.ts';
import type { WantedBase } from '../want/fleet.ts';
import type { Remark } from '../view/sentences/remarks.ts';
import type { Wanted } from '../want/stack.ts';
import { heldIn, isUsed, type PlaceContext, planOne } from './context.ts';
import type { StackStep } from './step.ts';

/** The step of a base stack; `undefined` when there is nothing that it would hold. */
export function planBase(
  context: PlaceContext,
  {
    alertEmails,
    alarmEmails,
    alarmTopic = '',
    dispatchTopic = '',
    routes = [],
    organization = '',
    queueAlarms = '',
    boundary = '',
  }: WantedBase,
): StackStep | undefined {
  const { place, wanted, stacks = [] } = context;
  const { base: stack, fleet, environment } = wanted;
  const current = stacks.find(({ name }) => name === stack);
  const has = (name: string): string =>
    (conditionOf(current) === 'ready' && current?.parameters[name]) || '';
  const notes: Remark[] = [];
  let leaves = false;

  // What alerts or alarms are still sent to is not taken away before they go elsewhere.
  const emails = (
    wantedEmails: readonly string[],
    parameter: string,
    kind: TopicKind,
    ...more: TopicKind[]
  ): Texts => {
    const names = emailParameters(parameter);
    const kept = names.map(has).filter(Boolean);
    const isSentTo = [kind, ...more].some((each) => isUsed(context, baseTopic(place, stack, each)));
    const stays =
      wantedEmails.length === 0 && kept.length > 0 && (context.subscribedElsewhere || isSentTo);
    if (stays) {
      notes.push({ code: 'topicStays', kind });
      leaves = true;
    }
    return emailTexts(names, stays ? kept : wantedEmails);
  };
  // It is told once, when the topics are made.
  const isNew = current === undefined && alertEmails.length > 0;
  if (isNew && alarmEmails.length === 0 && alarmTopic === '') {
    notes.push({ code: 'alarmsToPeople' });
  }
  // Nor are queues that rules still write to, or that hold events.
  const queues = (): string => {
    const kept = has(baseParameters.queueAlarms);
    if (queueAlarms !== '' || kept === '') return queueAlarms;
    const isWritten = Object.values(baseQueues(place, stack)).some((arn) => isUsed(context, arn));
    if (!isWritten && heldIn(context, stack) === undefined) return '';
    notes.push({ code: 'queuesStay' });
    leaves ||= isWritten;
    return kept;
  };
  const texts: Record<string, string> = {
    ...emails(alertEmails, baseParameters.alertEmail, 'alerts', 'machines'),
    ...emails(alarmEmails, baseParameters.alarmEmail, 'alarms'),
    [baseParameters.queueAlarms]: queues(),
  };
  if (Object.values(texts).every((text) => text === '')) return undefined;
  // A base stack of an earlier version may have the bucket for the code.
  texts[baseParameters.bucket] = has(baseParameters.bucket);
  texts[baseParameters.boundary] = boundary;
  texts[baseParameters.organization] = organization;
  texts[baseParameters.alarmTopic] = alarmTopic;
  texts[baseParameters.dispatchTopic] = dispatchTopic;
  texts[baseParameters.routes] = routes.length > 0 ? JSON.stringify(routes) : '';
  texts[baseParameters.routeTopics] = routes.map(({ topic }) => topic).join();
  const values = mapValues(texts, (text): Value => ({ text, from: 'given' }));
  const { tags, run, isProtected } = wanted;
  const role = roleArn(place, wanted.role);
  const content = baseContent(fleet);
  const settings = { tags, run, isProtected, role, values };
  const about = compact<Wanted>({ content, stack, place, environment, fleet, ...settings });
  return compact({ ...planOne(context, about), notes, leaves: leaves || undefined });
}

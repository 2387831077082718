/** Messages of failure and dead-letter queues: the event in each, whom it was for, and why it is there. Pure. */
import { isObject, splitArn } from '@patrol/core';
import { compact, jsonIn, type Texts } from '../text/records.ts';

/** What a message holds. */
export interface QueuedEvent {
  /** What was to be delivered, as the function would have got it. */
  readonly event: unknown;
  /** Who wrote the message. */
  readonly from: 'lambda' | 'eventbridge' | 'sns' | 'unknown';
  /** The name of the function that it was for, or the ARN of the topic that it came through. */
  readonly target?: string;
  readonly reason: string;
}

/**
 * Reads a message.
 *
 * @param attributes its message attributes: EventBridge and SNS say there what went wrong.
 */
export function readQueued(body: string, attributes: Texts = {}): QueuedEvent {
  const value = jsonIn(body);
  const record = isObject(value) ? failureRecord(value) : undefined;
  if (record) return record;
  const { RULE_ARN: rule, TARGET_ARN: arn, ERROR_CODE, ERROR_MESSAGE, ...others } = attributes;
  if (rule !== undefined) {
    const reason = [ERROR_CODE, ERROR_MESSAGE].filter(Boolean).join(': ');
    const target = arn === undefined ? undefined : functionIn(arn);
    return compact<QueuedEvent>({
      event: value ?? body,
      from: 'eventbridge',
      target,
      reason: reason || 'EventBridge says no reason',
    });
  }
  if (isObject(value) && value['Type'] === 'Notification') {
    return {
      event: snsEvent(value),
      from: 'sns',
      target: String(value['TopicArn']),
      reason: others['ErrorMessage'] ?? others['ErrorCode'] ?? 'SNS says no reason',
    };
  }
  return { event: value ?? body, from: 'unknown', reason: 'nothing in the message says why' };
}

/** The name of a function, from its ARN with or without a version. */
const functionIn = (arn: string): string => splitArn(arn).resource.split(':')[1] ?? '';

/** What Lambda writes when it has given up an event. */
export function failureRecord(value: Readonly<Record<string, unknown>>): QueuedEvent | undefined {
  const { requestContext: context, requestPayload: event, responsePayload: answer } = value;
  if (!isObject(context) || typeof context['functionArn'] !== 'string') return undefined;
  const { errorMessage, errorType } = isObject(answer) ? answer : {};
  const said = [errorType, errorMessage].filter((part) => typeof part === 'string').join(': ');
  const reason = [said, context['condition']].filter(Boolean).map(String).join(', ');
  return { event, from: 'lambda', target: functionIn(context['functionArn']), reason };
}

/** A notification as Lambda gets it: SNS spells two fields otherwise there. */
function snsEvent({ SigningCertURL, UnsubscribeURL, ...rest }: Readonly<Record<string, unknown>>) {
  const spelled = compact<Record<string, unknown>>({
    SigningCertUrl: SigningCertURL,
    UnsubscribeUrl: UnsubscribeURL,
    MessageAttributes: rest['MessageAttributes'] ?? {},
  });
  return {
    Records: [{ EventVersion: '1.0', EventSource: 'aws:sns', Sns: { ...rest, ...spelled } }],
  };
}

/** The forms that a message may have: each for those who are subscribed to its topic. Pure. */
import { createHash } from 'node:crypto';
import type { Alert } from '../contracts/alert.ts';
import { type Form, forms } from '../contracts/forms.ts';
import { clean } from '../unseen.ts';
import { dispatchMessage } from './dispatch.ts';
import { deadLinks } from './links.ts';
import { cut, escaped, fenced } from './markdown.ts';
import {
  attributes,
  findingText,
  mayMute,
  message,
  type PublishInput,
  subject,
  subjectOf,
} from './message.ts';

/** Makes an alert a message for a topic. */
type Render = (
  alert: Alert,
  topicArn: string,
  environment?: Readonly<Record<string, string | undefined>>,
) => PublishInput;

/**
 * Renders an alert in a form.
 *
 * @throws an Error for a form that there is not, or what the form says is wrong in the environment.
 */
export function render(form: string, ...given: Parameters<Render>): PublishInput {
  const known = forms.find((each) => each === form);
  if (!known) {
    throw new TypeError(
      `There is no form ${JSON.stringify(form)} of an alert: expected one of ${forms.join(', ')}.`,
    );
  }
  return renderers[known](...given);
}

const renderers: Readonly<Record<Form, Render>> = {
  text: message,
  amazonQ: (alert, topicArn, environment = {}) => {
    const text = findingText(alert, mayMute(environment));
    return publishInput(alert, topicArn, subjectOf(alert), text, forAmazonQ(alert, text));
  },
  pagerDuty: (alert, topicArn, environment = {}) => {
    const text = findingText(alert, mayMute(environment));
    const title = subject(`ALARM: ${subjectOf(alert)}`, '');
    return publishInput(alert, topicArn, title, text, forPagerDuty(alert, text));
  },
  dispatch: dispatchMessage,
};

/** Those who are subscribed by e-mail get a text whatever the form is. */
const publishInput = (
  alert: Alert,
  TopicArn: string,
  Subject: string,
  text: string,
  form: unknown,
): PublishInput => ({
  TopicArn,
  Subject,
  Message: JSON.stringify({
    default: JSON.stringify(form),
    email: cut(text, mostText),
  }),
  MessageStructure: 'json',
  MessageAttributes: attributes(alert),
});

/** So long a text may be beside its form: no character takes more than three bytes of the 262,144 that SNS takes. */
const mostText = 50_000;

/** A key as it is, or what stands for one that is too long. */
const keyOf = (key: string): string =>
  key.length <= 200 ? clean(key) : createHash('sha256').update(key).digest('hex');

/** Text from elsewhere on one line of a chat: nothing in it is a mention, a link or code. */
const inline = (text: string, limit: number): string =>
  escaped(deadLinks(clean(text)).replaceAll('`', "'"), limit);

/** So many targets are named, each with so many characters. */
const targets = { most: 10, length: 256 } as const;

/**
 * What Amazon Q Developer shows in a chat (AWS, "Custom notifications using Amazon Q Developer in chat applications"). The
 * alerts of a group are one thread, where the channel's preferences allow threads.
 */
function forAmazonQ(alert: Alert, text: string): unknown {
  const { severity, rule, runbook, undo, runbookUrl, consoleUrl } = alert;
  const title = `${alert.test ? 'TEST ' : ''}[${severity}] ${inline(alert.title, 200) || rule}`;
  const steps = [
    cut(runbook, 350),
    // What is copied is whole and as it is, or is not shown.
    ...(undo && undo.length <= 340 && !/[<>&`]|:\/\//.test(undo) ? [`Undo: \`${undo}\``] : []),
    ...[runbookUrl, consoleUrl].filter((url) => url !== null && url.length <= 350),
  ];
  return {
    version: '1.0',
    source: 'custom',
    id: keyOf(alert.dedupKey),
    content: {
      textType: 'client-markdown',
      title,
      description: fenced(escaped(text, 7900), 7900),
      nextSteps: steps,
      keywords: [severity, rule, alert.accountName ?? alert.account ?? '', alert.region ?? '']
        .map((word) => inline(word, 75))
        .filter(Boolean),
    },
    metadata: {
      threadId: keyOf(alert.groupKey),
      summary: title,
      eventType: rule,
      relatedResources: alert.targets
        .slice(0, targets.most)
        .map(({ id }) => inline(id, targets.length)),
      enableCustomActions: false,
    },
  };
}

/**
 * What PagerDuty's integration "Amazon CloudWatch" takes: the message of an alarm, in JSON, with the state that the subject
 * names too. It makes one incident of all messages with one alarm name, as long as the incident is open: that of a group.
 */
function forPagerDuty(alert: Alert, text: string): unknown {
  const { severity, rule, groupKey, eventTime } = alert;
  const hash = createHash('sha256').update(groupKey).digest('hex').slice(0, 12);
  const where = alert.accountName ?? alert.account;
  const place = where === null ? '' : ` in ${clean(where, 60)}`;
  return {
    AlarmName: `${alert.test ? 'TEST ' : ''}${clean(rule, 100)}${place} [${hash}]`,
    AlarmDescription: cut(text, 8000),
    AWSAccountId: alert.account === null ? null : clean(alert.account, 64),
    Region: alert.region === null ? null : clean(alert.region, 64),
    NewStateValue: 'ALARM',
    OldStateValue: 'OK',
    NewStateReason: subjectOf(alert),
    StateChangeTime: eventTime === null ? null : clean(eventTime, 64),
    severity,
    rule: clean(rule, 100),
    dedupKey: keyOf(alert.dedupKey),
    groupKey: keyOf(groupKey),
    test: alert.test,
  };
}

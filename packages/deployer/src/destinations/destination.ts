/** Where alerts go: an e-mail address or a topic. Pure. */
import { stackNames } from '@patrol/core/contracts';
import type { Given, Ground, Question, Settings, Value } from '../template/values.ts';
import { refuseEmail, refuseTopic } from '../cloud/addresses.ts';
import { compact, mapValues } from '../text/records.ts';

const { parameters: common } = stackNames;

const nothing: Settings = { values: {}, questions: [], problems: [] };

/** Where alerts go: exactly one of an e-mail address and a topic. */
export function destination(
  { place, current }: Pick<Ground, 'place' | 'current'>,
  given: Given,
): Settings {
  const { alertEmail: email, alertTopicArn: topic } = given;
  const set = (address: string, arn: string, from: Value['from']): Settings => {
    const values = { [common.alertEmail]: address, [common.alertTopic]: arn };
    return { ...nothing, values: mapValues(values, (text) => ({ text, from })) };
  };
  const problem = (message: string, about?: string): Settings => ({
    ...nothing,
    problems: [compact({ code: 'destination', message, about })],
  });
  if (email !== undefined && topic !== undefined) {
    return problem('Give either --alert-email or --alert-topic-arn; found both.');
  }
  if (email !== undefined) {
    const wrong = refuseEmail(email.trim());
    return wrong ? problem(wrong, '--alert-email') : set(email.trim(), '', 'given');
  }
  if (topic !== undefined) {
    const wrong = refuseTopic(topic.trim(), place.partition);
    return wrong ? problem(wrong, '--alert-topic-arn') : set('', topic.trim(), 'given');
  }
  const has = [common.alertEmail, common.alertTopic].map((name) => current?.parameters[name] ?? '');
  if (has.some(Boolean)) return set(has[0] ?? '', has[1] ?? '', 'stack');
  const question: Question = {
    name: 'alerts',
    description:
      'Where to send alerts: an e-mail address, or the ARN of an SNS topic (--alert-email or --alert-topic-arn).',
    required: true,
    refuse: (answer) =>
      answer.startsWith('arn:') ? refuseTopic(answer, place.partition) : refuseEmail(answer),
  };
  return { ...nothing, questions: [question] };
}

/** A trial for people. Pure. */
import { isObject } from '@patrol/core';
import type { createColors } from 'picocolors';
import { patrolCommand } from '../text/command.ts';
import { jsonText, printable } from '../text/printable.ts';
import { counted } from '../text/words.ts';
import type { Message } from '../notes/objects.ts';
import { type Trial, verdicts } from '../sandbox/trial.ts';

/** What is shown around a trial. */
export interface Frame {
  readonly origin: string;
  readonly note: string;
  /** What to type to deploy it. */
  readonly next: string;
  /** What is typed for the rule. */
  readonly rule: string;
  /** Messages to it are not for people. */
  readonly dispatchTopic?: string | undefined;
  readonly colors: ReturnType<typeof createColors>;
}

type Colors = Frame['colors'];

const indented = (text: string): string => printable(text).replace(/^(?=.)/gm, '  ');
const heading = (text: string, { bold }: Colors): string => bold(`\n${printable(text)}\n`);

/** Renders a trial. */
export function render(trial: Trial, frame: Frame): string {
  const { colors } = frame;
  const { messages, logs, answer, error } = trial;
  const sections = messages.flatMap((message, index) => {
    const number = messages.length > 1 ? ` ${index + 1} of ${messages.length}` : '';
    return messageParts(message, number, frame);
  });
  if (answer) {
    sections.push(
      heading(`Answer to the HTTP request: ${answer.statusCode}`, colors),
      answer.body && `${indented(answer.body)}\n`,
    );
  }
  if (logs.length > 0) {
    sections.push(heading('Log of the function', colors), indented(logs.join('\n')), '\n');
  }
  return [
    `${colors.bold(printable(frame.rule))} on ${printable(frame.origin)}\n`,
    frame.note && colors.dim(`${printable(frame.note)}\n`),
    ...sections,
    '\n',
    verdict(trial, frame),
    error === undefined && trial.needs === undefined
      ? `\nTo deploy it:\n  ${printable(frame.next)}\n`
      : '',
  ].join('');
}

function messageParts(
  { topic, subject, email, json, attributes }: Message,
  number: string,
  { dispatchTopic, colors }: Frame,
): string[] {
  const isForDispatch = dispatchTopic !== undefined && topic === dispatchTopic;
  const list = Object.entries(attributes).map(([name, value]) => `${name}=${value}`);
  const forPeople = [
    heading(`Message${number} as e-mail`, colors),
    indented(`Subject: ${subject ?? 'AWS Notification Message'}\n\n${email.trimEnd()}\n`),
  ];
  return [
    ...(isForDispatch ? [] : forPeople),
    isForDispatch
      ? heading(`Message${number} as JSON, for Dispatch (${topic})`, colors)
      : heading(`Message${number} as JSON, for all other subscribers`, colors),
    indented(readable(json)),
    list.length > 0 ? `\n${colors.dim(indented(`Attributes: ${list.join(', ')}`))}` : '',
    '\n',
  ];
}

/** The result, in a line or two. */
function verdict(trial: Trial, { rule, colors }: Frame): string {
  const { green, red, yellow } = colors;
  const { messages, logs, durationMs, delivered, error, needs, suppressed = [] } = trial;
  if (needs !== undefined) {
    return `${yellow(`The rule must query something before it decides: ${printable(needs)}.`)}\nTo let it query with your own credentials: ${printable(patrolCommand(['try', rule], {}, ['--live']))}\n`;
  }
  const ran = durationMs === null ? '' : `The function ran for ${durationMs} ms.`;
  if (error !== undefined) {
    return `${red(printable(error))}${delivered && ran ? `\n${ran}` : ''}\n`;
  }
  const muted = suppressed
    .map(({ title, by }) => `${printable(by)} mutes: ${printable(title)}.\n`)
    .join('');
  if (messages.length > 0) {
    return `${muted}${green(`The rule alerted: ${counted(messages.length, 'message')}.`)} ${ran}\n`;
  }
  return `${muted}${yellow(`The rule stayed quiet: ${quietReason(logs)}.`)} ${ran}\n`;
}

/** The JSON of a message on several lines, without the event, which the e-mail shows already. */
function readable(json: unknown): string {
  if (typeof json === 'string') return json;
  const shown = isObject(json) && isObject(json['event']) ? { ...json, event: eventLeftOut } : json;
  return jsonText(shown, 2);
}

const eventLeftOut = 'the event shown above; --json includes it';

/** Why a rule did not alert, as its log says. */
function quietReason(logs: readonly string[]): string {
  const [reason] = verdicts(logs, 'quiet').flatMap(({ because }) =>
    typeof because === 'string' ? [because] : [],
  );
  return reason === undefined ? 'it sent nothing, and its log does not say why' : printable(reason);
}

/** Asking for the values of a stack. */
import type { Answers } from '../engine/rule.ts';
import type { Question, Settings } from '../destinations/values.ts';
import type { RuleManifest } from '@patrol/core/contracts';
import type { SecretOption } from '../want/settings.ts';
import { refuseSecret, type SecretTexts } from '../stage/secrets.ts';
import { UsageError } from '../text/errors.ts';
import { printable } from '../text/printable.ts';
import { readAll } from '../text/streams.ts';
import type { World } from './world.ts';

/**
 * Asks what there is to be asked.
 *
 * @param optional whether also what has a default is asked for.
 */
export async function answersTo(
  { questions }: Settings,
  optional: boolean,
  world: World,
): Promise<Answers> {
  const texts: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  for (const question of questions) {
    if (!question.required && !optional) continue;
    const answer = await answerTo(question, world);
    if ('secret' in answer) secrets[question.name] = answer.secret;
    else texts[question.name] = answer.text;
  }
  return { texts, secrets };
}

type Answer = { readonly text: string } | { readonly secret: string };

/** Asks; a secret may be answered with itself, which does not appear on the screen, or with the ARN of one. */
async function answerTo(question: Question, world: World): Promise<Answer> {
  const { name, description, reason, initial, refuse } = question;
  const why = reason === undefined ? '' : ` The current value is no longer allowed: ${reason}`;
  const title = name === 'alerts' ? description : `${name}: ${description}`;
  const ask = await world.ask();
  if (!question.secret) {
    return { text: await ask.text({ message: printable(`${title}${why}`), refuse, initial }) };
  }
  let wrong = '';
  for (;;) {
    const typed = await ask.secret(
      printable(
        `${wrong}${title}${why} Or enter the secret itself: it is not shown, and is stored in Secrets Manager.`,
      ),
    );
    const isArn = typed.startsWith('arn:');
    const refused = isArn ? refuse(typed) : refuseSecret(typed);
    if (refused === undefined) return isArn ? { text: typed } : { secret: typed };
    wrong = `${refused} `;
  }
}

/** The values of secrets that are not on the command line. */
export async function secretTexts(
  options: readonly SecretOption[],
  rule: RuleManifest,
  world: World,
  interactive: boolean,
): Promise<SecretTexts> {
  const texts: Record<string, string> = {};
  for (const { name, from } of options) {
    texts[name] = await (from === 'terminal'
      ? askedSecret(name, rule, world, interactive)
      : pipedSecret(name, world));
  }
  return texts;
}

async function askedSecret(name: string, rule: RuleManifest, world: World, interactive: boolean) {
  if (!interactive) {
    throw new UsageError(
      `There is no terminal to ask for the value of ${name}. Pass it on standard input, with --secret ${name}=-.`,
    );
  }
  const description = rule.parameters[name]?.description ?? '';
  const refuse = (): undefined => undefined;
  const asked = await answerTo({ name, description, required: true, secret: true, refuse }, world);
  if ('secret' in asked) return asked.secret;
  throw new UsageError(`--secret ${name} expects the secret itself. To give an ARN, use --param.`);
}

async function pipedSecret(name: string, { streams: { stdin } }: World): Promise<string> {
  if (Reflect.get(stdin, 'isTTY') === true) {
    throw new UsageError(
      `Standard input is a terminal, which would show the value of ${name}. Use --secret ${name} without =- to be asked for it.`,
    );
  }
  // `echo` and editors end a text with a line break.
  const text = (await readAll(stdin)).replace(/\r?\n$/, '');
  const wrong = refuseSecret(text);
  if (wrong) throw new UsageError(`--secret ${name}=-: ${wrong}`);
  return text;
}

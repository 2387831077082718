/** Asking whether something may be done. */
import { UsageError } from '../text/errors.ts';
import { isInteractive, type World } from './world.ts';

/** What decides whether somebody is asked. */
export interface Consent {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * @param what may be done, after "whether to".
 * @param instead what can be done instead, after "without asking".
 * @throws UsageError where nobody can be asked, and `--yes` is not given.
 */
export function requireConsent(world: World, consent: Consent, what: string, instead = ''): void {
  if (consent.yes || isInteractive(world, consent)) return;
  throw new UsageError(
    `There is no terminal to ask whether to ${what}. Add --yes to go ahead without asking${instead}.`,
  );
}

/** What can be done instead, where a command has `--dry-run`. */
export const orDryRun = ', or --dry-run to see what would change';

/**
 * Whether something may be done: `--yes` agrees, otherwise it is asked, and the default answer is no.
 *
 * @throws UsageError where there is neither; it says what `--yes` would do.
 */
export async function agreed(world: World, consent: Consent, question: string): Promise<boolean> {
  if (consent.yes) return true;
  if (isInteractive(world, consent)) return (await world.ask()).confirm(question);
  throw new UsageError(
    `There is no terminal to ask: ${question} Add --yes to go ahead without asking.`,
  );
}

/**
 * Whether an older version may take the place of a newer one: a question of its own, to which `--yes` is no answer.
 *
 * @returns `undefined` where nobody can be asked.
 */
export async function agreedDowngrade(
  world: World,
  consent: Consent & { readonly allowDowngrade?: boolean },
  question: string,
): Promise<boolean | undefined> {
  return consent.allowDowngrade === true ? true : inPerson(world, consent)?.(question);
}

/** The same for what `--yes` does not agree to; `undefined` where nobody can be asked. */
export const inPerson = (
  world: World,
  consent: Consent,
): ((question: string) => Promise<boolean>) | undefined =>
  !consent.yes && isInteractive(world, consent)
    ? async (question) => (await world.ask()).confirm(question)
    : undefined;

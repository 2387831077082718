/** Asking the operator. */

/** Somebody who can be asked. Every question throws {@link InterruptedError} when it is not answered but stopped. */
export interface Ask {
  text(question: TextQuestion): Promise<string>;
  /** Something that does not appear on the screen. */
  secret(message: string): Promise<string>;
  /** Yes or no; no when it is answered with Enter alone. */
  confirm(message: string): Promise<boolean>;
}

/** A question that is answered with a line of text. */
interface TextQuestion {
  readonly message: string;
  /** Stands in the line already. */
  readonly initial?: string | undefined;
  /** Says what is wrong with an answer; it is asked for again then. */
  readonly refuse: (answer: string) => string | undefined;
}

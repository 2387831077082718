/** The values of the parameters of a stack, and what is still to be decided about them. */
import type { RuleManifest } from '@patrol/core/contracts';
import type { Place, Stack } from '../cloud/cloud.ts';
import { type Fault, faultWords } from '../view/sentences/faults.ts';
import type { Template } from '../template/template.ts';

/** What the operator gave on the command line, or answered. */
export interface Given {
  readonly parameters: Readonly<Record<string, string>>;
  readonly alertEmails?: readonly string[] | undefined;
  readonly alertTopicArn?: string | undefined;
  /** Parameters whose value is given itself, to be stored in Secrets Manager, instead of the ARN of a secret. */
  readonly secrets?: readonly string[];
}

/** A value and where it is from. */
export interface Value {
  readonly text: string;
  readonly from: 'given' | 'stack' | 'default';
  /** Whether a secret will hold the value: what the parameter becomes is known once that is stored. */
  readonly inSecret?: true;
  /** What the stack has: the default of an earlier version, which the value follows. */
  readonly was?: string;
}

/** Something that the operator has to decide, or may want to. */
export interface Question {
  /** A parameter's name, or `alerts` for where alerts go. */
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** What the stack has, or the default. */
  readonly initial?: string;
  /** Why the stack's value cannot stay. */
  readonly reason?: string;
  /** It may be answered with a value that is to be hidden, instead of a reference to one. */
  readonly secret?: true;
  /** Says what is wrong with an answer. */
  readonly refuse: (answer: string) => string | undefined;
}

/** What is wrong with what was given. */
export interface SettingProblem {
  readonly fault: Fault;
  /** The parameter or option; absent where it is about several. */
  readonly about?: string;
}

/** A problem as a sentence. */
export const settingProblemText = ({ about, fault }: SettingProblem): string =>
  `${about === undefined ? '' : `${about}: `}${faultWords(fault)}`;

/** The values of a stack as far as they are known. */
export interface Settings {
  readonly values: Readonly<Record<string, Value>>;
  readonly questions: readonly Question[];
  readonly problems: readonly SettingProblem[];
}

/** What settling starts from. */
export interface Ground {
  readonly rule: RuleManifest;
  readonly template: Template;
  readonly stack: string;
  readonly place: Place;
  readonly current: Stack | undefined;
  /**
   * The defaults of the template that the stack has, by parameter; absent where that is the template that is wanted, or
   * cannot be read.
   */
  readonly defaults?: Readonly<Record<string, string>>;
}

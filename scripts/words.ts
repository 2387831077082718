/** How Patrol speaks, as far as a program can check it: turns that no text has, and how long a sentence may be. */
import { type ArrayExpression, type Expression, Visitor } from 'oxc-parser';
import { lineAt, parsed } from './source.ts';

/** A text that people may read, and where it is. */
export interface Text {
  readonly line: number;
  /** A value that the program puts in is `…`; of two alternatives it is the longer one. */
  readonly text: string;
}

/**
 * Turns that are hard to read, with what to write instead. Most are old, poetic or legal, or leave open who does what. Where a
 * word has a technical meaning as well, the expression lets that through.
 */
export const bannedTurns: readonly (readonly [turn: RegExp, instead: string])[] = [
  [/\bstands?\b(?! for\b)/i, '"is", "exists", "is in"'],
  [/\bstanding\b/i, '"current", "existing"'],
  [/\bstood\b/i, '"was"'],
  [/\bpast CloudFormation\b/i, '"outside CloudFormation"'],
  [/\bis in for\b/i, 'what will happen'],
  [/\b(nobody|somebody|anybody) (hears?|need)\b/i, '"nobody receives", "not needed"'],
  [/\b(un)?heard\b/i, '"receives", "confirmed"'],
  [/\bbut for\b/i, '"except"'],
  [/\bgo(es)? before\b/i, '"overrides"'],
  [/, so that\b/i, '", so", or a sentence of its own'],
  [/\bwhoever\b/i, 'who it is'],
  [/\b(lies?|lay) (in|outside|with)\b/i, '"is in"'],
  [/\bmend(s|ed|ing)?\b/i, '"fix"'],
  [/\banew\b/i, '"again", "recreate"'],
  [/\b(put|puts|putting) (\S+ )?back\b/i, '"roll back"'],
  [/\bstumbled?\b/i, '"failed on"'],
  [/\btake(s|n)? up\b/i, '"continue"'],
  [/\bonce more\b/i, '"again"'],
  [/\bfor good\b|\bfor ever\b/i, '"permanently", "never expires"'],
  [/\b(so|such) as to\b|\bthere(of|in|by)\b|\bwhere(of|in|by|upon)\b|\bhence\b/i, 'a plain clause'],
  [/\bunder way\b/i, '"in progress"'],
  [/\bset(s|ting)? (it |that |this )?going\b/i, '"start"'],
  [/\b(is|are|was|were) told of\b/i, '"shows"'],
  [/\btells? (it|them|that|neither|nobody|how|what|of|the|their)\b/i, '"shows", "returns", "says"'],
  [/\b(does not|doesn't|do not|cannot) tell\b/i, '"does not return", "does not say"'],
  [/\b(has|have|had) (somebody|nobody) told\b/i, '"notifies"'],
  [/\bwhat became of\b/i, '"the result of"'],
  [/\bof use\b|\bof no use\b/i, '"useful"'],
  [/\b(has|have) to be (\w+ly )?\w+(ed|en|wn|ne|ilt|de|ut|et)\b/i, 'an instruction: "Confirm …"'],
  [/\bis meant\b|\bmeant (as|for)\b/i, 'what it is'],
  [/\bbeforehand\b/i, '"in advance"'],
  [/\bof somebody else's\b|\bof (their|your|its|his) own making\b/i, '"of another account"'],
  [/\blooked at\b/i, '"checked", "read"'],
  [/\blet(s)? through\b/i, '"matches", "allows"'],
  [/\bring(s|ing)?\b|\brang\b/i, '"goes off", "alarms"'],
  [/\bof the name(s)? it can\b|\bnames it can\b/i, '"the allowed names"'],
  [/\bheld against\b|\bhold(s|ing)? against\b/i, '"compared with", "checked against"'],
  [/\bhold(s|ing)? (no|what|one|every|all|the|a|an|itself|true|nothing)\b/i, '"contains"'],
  [/\bnone at all\b/i, '"none"'],
  [/\bgives? away\b/i, '"exposes"'],
  [/\bto come\b/i, 'when it happens'],
  [/\bas it (stands|lies|is)\b/i, 'what it is'],
];

/** Words for people are for people at three in the morning: with more words than these, a sentence has more than one thought. */
export const longestSentence = 20;

const value = '…';

/** What an expression gives, as far as the source says. */
function said(expression: Expression): string {
  if (expression.type === 'Literal') {
    return typeof expression.value === 'string' ? expression.value : value;
  }
  if (expression.type === 'TemplateLiteral') {
    return expression.quasis
      .flatMap(({ value: { cooked } }, index) => {
        const inner = expression.expressions[index];
        return [cooked ?? '', inner === undefined ? '' : said(inner)];
      })
      .join('');
  }
  if (expression.type === 'ConditionalExpression') {
    return longer(said(expression.consequent), said(expression.alternate));
  }
  return value;
}

const longer = (one: string, other: string): string => (other.length > one.length ? other : one);

/** Whether a text is read as words: three of them in a row at least. */
const isProse = (text: string): boolean => /\p{L}+[,:;]? \p{L}+[,:;]? \p{L}+/u.test(text);

/** The texts of a source file: strings and templates of several words. */
export function textsOf(source: string, file: string): readonly Text[] {
  const texts: Text[] = [];
  const take = (node: Expression & { readonly start: number }): void => {
    const text = said(node);
    if (isProse(text)) texts.push({ line: lineAt(source, node.start), text });
  };
  new Visitor({ Literal: take, TemplateLiteral: take }).visit(parsed(source, file));
  return texts;
}

/** The arguments of the calls of a function that are lists: the texts in them, and `X` for what the program puts in. */
export function callsOf(
  name: string,
  source: string,
  file: string,
): readonly (readonly (readonly string[] | undefined)[])[] {
  const calls: (readonly string[] | undefined)[][] = [];
  new Visitor({
    CallExpression: ({ callee, arguments: given }) => {
      if (callee.type !== 'Identifier' || callee.name !== name) return;
      calls.push(
        given.map((each) => (each.type === 'ArrayExpression' ? wordsOf(each) : undefined)),
      );
    },
  }).visit(parsed(source, file));
  return calls;
}

/** The elements of a list. Those that another list gives are left out. */
const wordsOf = ({ elements }: ArrayExpression): readonly string[] =>
  elements.flatMap((element) =>
    element === null || element.type === 'SpreadElement'
      ? []
      : [said(element).replaceAll(value, 'X')],
  );

/** The sentences of a text; in a command and in a list there are none. */
const sentencesOf = (text: string): readonly string[] =>
  text.split(/\n+|(?<=[.?!])\s+(?=[\p{Lu}`"<…-])/u).filter((sentence) => sentence.trim() !== '');

/** How many words a sentence has. A command or a name in backticks is read as one. */
const wordsIn = (sentence: string): number =>
  sentence.replace(/`[^`]*`/g, 'x').match(/[\p{L}\p{N}…][^\s]*/gu)?.length ?? 0;

/** What is hard to read in a text. */
export function faultsOf(text: string): readonly string[] {
  const turns = bannedTurns.flatMap(([turn, instead]) => {
    const [found] = turn.exec(text) ?? [];
    return found === undefined ? [] : [`"${found}": write ${instead}`];
  });
  const long = sentencesOf(text)
    .filter((sentence) => wordsIn(sentence) > longestSentence)
    .map((sentence) => `${wordsIn(sentence)} words, at most ${longestSentence}: ${sentence}`);
  const brackets = /\([^()]*\([^()]*\)[^()]*\)/.exec(text.replace(/`[^`]*`/g, 'x'));
  return [...turns, ...long, ...(brackets ? [`a bracket in a bracket: ${brackets[0]}`] : [])];
}

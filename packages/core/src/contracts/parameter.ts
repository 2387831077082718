/** Parameters of rules in `rules.json`: what the operator reads and types. */
import * as v from 'valibot';
import { parseParameter } from '../values.ts';
import { expected, form, line, object, set, text, together } from './schema.ts';

/** A field that parameters of a kind do not have. */
const absent = v.exactOptional(v.never('does not belong to a parameter of this kind'));

/** The fields that only some kinds have. */
const none = {
  suppresses: absent,
  ignoreCase: absent,
  anywhere: absent,
  halves: absent,
  actsOutside: absent,
  among: absent,
  form: absent,
  minimum: absent,
  maximum: absent,
};

const flag = (description: string) =>
  v.exactOptional(v.pipe(v.boolean(), v.description(description)));

const suppresses = flag(
  'The items mute alerts. Items that would mute most alerts, or most of it, are refused.',
);
const ignoreCase = flag('Whether letter case makes no difference.');
const words = (description: string) => set(line('One of them.'), 1, description);
const limit = (description: string) =>
  v.exactOptional(
    v.pipe(v.number(), v.finite(expected('a finite number')), v.description(description)),
  );

const valueForm = v.exactOptional(
  v.pipe(
    object({
      pattern: v.pipe(
        v.string(),
        v.check(isExpression, expected('a regular expression')),
        v.description('A regular expression that the whole of the value must match.'),
      ),
      words: line('The same in words: "a role name or a role ARN".'),
    }),
    v.description('The form of a value, or of each item of a list.'),
  ),
);

function isExpression(pattern: string): boolean {
  try {
    return /\S/.test(pattern) && Boolean(new RegExp(pattern));
  } catch {
    return false;
  }
}

/** The form of a parameter's name. It names a variable of the function too: Lambda takes none of one letter. */
export const parameterNameForm: RegExp = /^[a-z][A-Za-z0-9]{1,254}$/;

/** What every object has in JavaScript. */
const taken: readonly string[] = Object.getOwnPropertyNames(Object.prototype);

/** The name of a parameter. */
export const parameterNameSchema = v.pipe(
  form(
    parameterNameForm,
    'a name in camelCase: letters and digits, at least 2',
    'A name in camelCase.',
  ),
  v.check(
    (name) => !taken.includes(name),
    ({ input }) => `the name ${input} is taken; expected another`,
  ),
);

const common = {
  description: text('A sentence for the operator.'),
  default: v.exactOptional(
    v.pipe(
      v.string(),
      v.description(
        'The text that is used when the operator gives none. Without it the parameter is required.',
      ),
    ),
  ),
  example: v.exactOptional(
    v.pipe(
      v.string(),
      v.description('A value that `try` and the documentation use where there is no default.'),
    ),
  ),
  formerly: v.exactOptional(
    set(
      parameterNameSchema,
      1,
      'The names that it had before. A value that a stack or a `patrol.yaml` still has under one of them is taken for it.',
    ),
  ),
};

const kind = <const K extends string>(name: K, description: string) =>
  v.pipe(v.literal(name), v.description(description));

/** Each kind says which fields it has besides those that all have. */
const kinds = v.variant('kind', [
  v.object({
    kind: kind('text', 'A line of text.'),
    ...common,
    ...none,
    form: valueForm,
    actsOutside: flag(
      'What is given makes the rule do something outside. `try` and `replay` leave it empty, so the default is empty.',
    ),
  }),
  v.object({
    kind: kind('names', 'A list of names, each exact or with `*` for any characters.'),
    ...common,
    ...none,
    suppresses,
    ignoreCase,
    among: v.exactOptional(words('Each item must match at least one of these.')),
    form: valueForm,
  }),
  v.object({
    kind: kind('patterns', 'A list of regular expressions.'),
    ...common,
    ...none,
    suppresses,
    ignoreCase,
    anywhere: flag(
      'Whether they are searched for anywhere in the value, rather than matched against the whole of it.',
    ),
  }),
  v.object({
    kind: kind('pairs', 'A list of pairs of regular expressions, `first:second`.'),
    ...common,
    ...none,
    suppresses,
    ignoreCase,
    halves: v.pipe(
      v.strictTuple(
        [line('The first half.'), line('The second half.')],
        expected('a list of two texts'),
      ),
      v.description('What the two halves are matched against, in words.'),
    ),
  }),
  v.object({
    kind: kind('number', 'A number.'),
    ...common,
    ...none,
    minimum: limit('The smallest value.'),
    maximum: limit('The largest value.'),
  }),
  v.object({
    kind: kind('choice', 'One of a few words.'),
    ...common,
    ...none,
    among: words('The allowed values.'),
  }),
  v.object({
    kind: kind('secret', 'A reference to a secret: an ARN, never the secret itself.'),
    ...common,
    ...none,
  }),
]);

/** A parameter. */
export const parameterSchema = v.pipe(
  kinds,
  together((spec) => {
    const { default: standard, example, minimum = -Infinity, maximum = Infinity } = spec;
    if (minimum > maximum)
      return [['minimum', `${minimum} is larger than the maximum, ${maximum}`]];
    if (spec.actsOutside && standard !== '') {
      return [['actsOutside', 'expected the default to be empty, as `try` and `replay` use it']];
    }
    if (standard === undefined && example === undefined) {
      return [['', 'expected a default or an example; found neither']];
    }
    return [
      ...(standard === undefined ? [] : valueProblems('default', spec, standard)),
      ...(example === undefined ? [] : valueProblems('example', spec, example)),
    ];
  }),
);

/** A parameter's own value that it would refuse from the operator. */
function valueProblems(
  field: string,
  spec: v.InferOutput<typeof kinds>,
  value: string,
): readonly (readonly [string, string])[] {
  try {
    parseParameter(spec, value);
    return [];
  } catch (error) {
    return [[field, error instanceof Error ? error.message : String(error)]];
  }
}

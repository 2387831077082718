/** Parameters of rules in `rules.json`: what the operator reads and types. */
import * as v from 'valibot';
import { parseParameter } from '../parameter.ts';
import { expected, form, line, object, set, text, together } from './schema.ts';
import { stackNames } from './stack-names.ts';

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
  'The items mute alerts. Items that would match everything, or most of it, are refused.',
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
    return pattern !== '' && Boolean(new RegExp(pattern));
  } catch {
    return false;
  }
}

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
};

const kind = <const K extends string>(name: K, description: string) =>
  v.pipe(v.literal(name), v.description(description));

/** A parameter. Each kind says which fields it has besides those that all have. */
export const parameterSchema = v.pipe(
  v.variant('kind', [
    v.object({
      ...none,
      kind: kind('text', 'A line of text.'),
      ...common,
      form: valueForm,
      actsOutside: flag(
        'What is given makes the rule do something outside. `try` and `replay` leave it empty, so the default is empty.',
      ),
    }),
    v.object({
      ...none,
      kind: kind('names', 'A list of names, each exact or with `*` for any characters.'),
      ...common,
      suppresses,
      ignoreCase,
      among: v.exactOptional(words('Each item must match at least one of these.')),
      form: valueForm,
    }),
    v.object({
      ...none,
      kind: kind('patterns', 'A list of regular expressions.'),
      ...common,
      suppresses,
      ignoreCase,
      anywhere: flag(
        'Whether they are searched for anywhere in the value, rather than matched against the whole of it.',
      ),
    }),
    v.object({
      ...none,
      kind: kind('pairs', 'A list of pairs of regular expressions, `first:second`.'),
      ...common,
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
      ...none,
      kind: kind('number', 'A number.'),
      ...common,
      minimum: limit('The smallest value.'),
      maximum: limit('The largest value.'),
    }),
    v.object({
      ...none,
      kind: kind('choice', 'One of a few words.'),
      ...common,
      among: words('The allowed values.'),
    }),
    v.object({
      ...none,
      kind: kind('secret', 'A reference to a secret: an ARN, never the secret itself.'),
      ...common,
    }),
  ]),
  together((spec) => {
    const given = [
      ...(spec.default === undefined ? [] : [['default', undefined] as const]),
      ...(spec.example === undefined ? [] : [['example', spec.example] as const]),
    ];
    return [
      ...(given.length === 0
        ? [['', 'expected a default or an example; found neither'] as const]
        : []),
      ...((spec.minimum ?? -Infinity) > (spec.maximum ?? Infinity)
        ? [['minimum', `${spec.minimum} is larger than the maximum, ${spec.maximum}`] as const]
        : []),
      ...(spec.actsOutside && spec.default !== ''
        ? [
            [
              'actsOutside',
              'expected the default to be empty, as `try` and `replay` use it',
            ] as const,
          ]
        : []),
      ...given.flatMap(([field, value]) => {
        try {
          parseParameter(spec, value);
          return [];
        } catch (error) {
          return [[field, error instanceof Error ? error.message : String(error)] as const];
        }
      }),
    ];
  }),
);

/** The form of a parameter's name. It names a variable of the function too: Lambda takes none of one letter. */
export const parameterNameForm: RegExp = /^[a-z][A-Za-z0-9]{1,254}$/;

const taken: readonly string[] = [
  ...Object.values(stackNames.parameters),
  ...Object.getOwnPropertyNames(Object.prototype),
];

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

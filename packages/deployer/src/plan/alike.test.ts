/** A template means the same to the sandbox, to whatever shows it before a deployment, and to a stack set. */
import fc, { type Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import { resolveEnvironment } from '../evaluate/environment.ts';
import { sandbox } from '../evaluate/sandbox.ts';
import { bodyOf } from '../template/access.ts';
import { regionalTemplate } from '../template/regional.ts';
import { readRule } from '../template/rule.ts';
import type { Known } from '../template/scope.ts';
import type { Template } from '../template/template.ts';
import { creationOf } from './changes.ts';

const values = { Name: 'n', Path: 'p/q', Choice: 'on' };
const list = 'Names';
const names = ['one', 'two'];
const mapping = { on: { size: '1', label: 'small' }, off: { size: '2', label: 'large' } };

/** What only a deployment knows, by the name that is shown instead, and what it is in the sandbox. */
const later: Readonly<Record<string, string>> = {
  'AWS::Region': sandbox.region,
  'AWS::StackName': sandbox.stackName,
  Topic: `arn:aws:sns:us-east-1:111122223333:${sandbox.stackName}-Topic`,
  'Queue.Arn': `arn:aws:sqs:us-east-1:111122223333:${sandbox.stackName}-Queue`,
};

/** A text as a template has it, and what it comes to when some conditions hold. */
interface Text {
  readonly written: unknown;
  readonly means: (holds: readonly boolean[]) => string;
}

/** A condition made of those before it. */
interface Condition {
  readonly written: unknown;
  readonly means: (holds: readonly boolean[]) => boolean;
}

const word = fc.constantFrom('', 'a', 'b-c', '1', 'on', 'n');
const conditionNames = ['First', 'Second', 'Third', 'Fourth'];
const index = fc.nat(conditionNames.length - 1);
const isThis = (name: string): string => (name.includes('.') ? 'Fn::GetAtt' : 'Ref');

/** @param leaves what a text is made of, beside words and parameters. */
const textOf = (leaves: readonly Arbitrary<Text>[], parts?: Arbitrary<Text>): Arbitrary<Text> =>
  fc.letrec<{ text: Text }>((tie) => {
    const part = fc.array(tie('text'), { minLength: 1, maxLength: 3 });
    const known = fc.array(parts ?? tie('text'), { minLength: 1, maxLength: 3 });
    return {
      text: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        word.map((text): Text => ({ written: text, means: () => text })),
        fc
          .constantFrom(...Object.entries(values))
          .map(([name, text]): Text => ({ written: { Ref: name }, means: () => text })),
        ...leaves,
        fc.tuple(word, part).map(([between, inner]): Text => ({
          // An item without a value is none.
          written: {
            'Fn::Join': [
              between,
              [...inner.map(({ written }) => written), { Ref: 'AWS::NoValue' }],
            ],
          },
          means: (holds) => inner.map(({ means }) => means(holds)).join(between),
        })),
        part.map((inner): Text => ({
          written: {
            'Fn::Sub': [
              `\${Local0}+\${!Kept}${inner.map((_, at) => `<\${Local${at}}>`).join('')}`,
              Object.fromEntries(inner.map(({ written }, at) => [`Local${at}`, written])),
            ],
          },
          means: (holds) => {
            const texts = inner.map(({ means }) => means(holds));
            return `${texts[0]}+\${Kept}${texts.map((text) => `<${text}>`).join('')}`;
          },
        })),
        fc.tuple(index, tie('text'), tie('text')).map(([at, one, other]): Text => ({
          written: { 'Fn::If': [conditionNames[at], one.written, other.written] },
          means: (holds) => (holds[at] ? one : other).means(holds),
        })),
        fc.tuple(known, fc.nat(2)).map(([items, at]): Text => {
          const chosen = at % items.length;
          return {
            written: { 'Fn::Select': [chosen, items.map(({ written }) => written)] },
            means: (holds) => items[chosen]?.means(holds) ?? '',
          };
        }),
        known.map((items): Text => ({
          // The first of what stands between the signs.
          written: {
            'Fn::Select': [
              '0',
              {
                'Fn::Split': ['%', { 'Fn::Join': ['%', items.map(({ written }) => written)] }],
              },
            ],
          },
          means: (holds) => items[0]?.means(holds) ?? '',
        })),
        fc.constantFrom('size' as const, 'label' as const).map((key): Text => ({
          written: { 'Fn::FindInMap': ['Sizes', { Ref: 'Choice' }, key] },
          means: () => mapping.on[key],
        })),
        fc.constant<Text>({
          written: { 'Fn::Join': ['+', { Ref: list }] },
          means: () => names.join('+'),
        }),
      ),
    };
  }).text;

const certain = textOf([]);
/** Texts in which parts stand that only a deployment knows. */
const open = textOf(
  [
    fc
      .constantFrom(...Object.keys(later))
      .chain((name) =>
        fc.constantFrom<Text>(
          { written: { [isThis(name)]: name }, means: () => later[name] ?? '' },
          { written: { 'Fn::Sub': `=\${${name}}` }, means: () => `=${later[name]}` },
        ),
      ),
  ],
  certain,
);

/** A condition, made of texts without choices and of the conditions before it. */
const conditionAt = (at: number): Arbitrary<Condition> =>
  fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small' },
      fc.tuple(fc.constantFrom(...Object.keys(values)), word).map(([name, text]): Condition => ({
        written: { 'Fn::Equals': [{ Ref: name }, text] },
        means: () => Reflect.get(values, name) === text,
      })),
      word.map((text): Condition => ({
        written: { 'Fn::Equals': [text, { 'Fn::Select': [0, { Ref: list }] }] },
        means: () => text === names[0],
      })),
      tie('condition').map(({ written, means }): Condition => ({
        written: { 'Fn::Not': [written] },
        means: (holds) => !means(holds),
      })),
      fc
        .tuple(tie('condition'), tie('condition'), fc.boolean())
        .map(([one, other, isAnd]): Condition => ({
          written: { [isAnd ? 'Fn::And' : 'Fn::Or']: [one.written, other.written] },
          means: (holds) =>
            isAnd ? one.means(holds) && other.means(holds) : one.means(holds) || other.means(holds),
        })),
      ...(at === 0
        ? []
        : [
            fc.nat(at - 1).map((before): Condition => ({
              written: { Condition: conditionNames[before] },
              means: (holds) => holds[before] === true,
            })),
          ]),
    ),
  })).condition;

const conditions = fc.tuple(...conditionNames.map((_, at) => conditionAt(at)));

/** Which conditions hold: each knows those before it. */
const truths = (all: readonly Condition[]): readonly boolean[] =>
  all.reduce<readonly boolean[]>((holds, { means }) => [...holds, means(holds)], []);

function templateOf(text: Text, all: readonly Condition[]): Template {
  const parameters = {
    Name: { Type: 'String' },
    Path: { Type: 'String', Default: values.Path },
    Choice: { Type: 'String', Default: values.Choice },
    [list]: { Type: 'CommaDelimitedList', Default: names.join(', ') },
  };
  const resources = {
    Topic: { Type: 'AWS::SNS::Topic' },
    Queue: { Type: 'AWS::SQS::Queue' },
    ...Object.fromEntries(
      conditionNames.map((name) => [
        `If${name}`,
        { Type: 'AWS::CloudWatch::Alarm', Condition: name },
      ]),
    ),
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: { Environment: { Variables: { X: text.written } } },
    },
  };
  const sections = {
    Conditions: Object.fromEntries(all.map(({ written }, at) => [conditionNames[at], written])),
    Mappings: { Sizes: mapping },
    Parameters: parameters,
    Resources: resources,
  };
  return { text: JSON.stringify(sections), parameters, resources };
}

const given = { Name: values.Name };
const sandboxed = (template: Template): string | undefined =>
  resolveEnvironment(template, given)['X'];
const shown = (template: Template, known: Partial<Known> = {}): string | undefined =>
  readRule(bodyOf(template, { values: given, defaults: true, ...known })).environment['X'];
/** What is shown, with what it is in the sandbox for each name that stands for it. */
const filled = (text = ''): string =>
  Object.entries(later).reduce(
    (whole, [name, value]) => whole.replaceAll(`\${${name}}`, value),
    text,
  );

/** The template as a stack set has it: each parameter has another value in another region. */
const inStackSet = (template: Template): Template =>
  regionalTemplate(
    template,
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        { [sandbox.region]: value, 'eu-west-1': `not ${value}` },
      ]),
    ),
  );

test('whatever a template is made of, it means the same in the sandbox, before a deployment and in a stack set', () => {
  fc.assert(
    fc.property(open, conditions, (text, all) => {
      const template = templateOf(text, all);
      const expected = text.means(truths(all));
      const ofStackSet = inStackSet(template);
      const inRegion = (name: string): unknown =>
        name === 'AWS::Region' ? sandbox.region : undefined;
      expect({
        sandbox: sandboxed(template),
        shown: filled(shown(template)),
        inStackSet: sandboxed(ofStackSet),
        shownOfStackSet: filled(shown(ofStackSet, { other: inRegion })),
      }).toEqual({
        sandbox: expected,
        shown: expected,
        inStackSet: expected,
        shownOfStackSet: expected,
      });
    }),
    { numRuns: 500 },
  );
});

test('whatever conditions are made of, they hold alike', () => {
  fc.assert(
    fc.property(conditions, (all) => {
      const holds = truths(all);
      const expected = conditionNames.filter((_, at) => holds[at]);
      const made = conditionNames.map((name) => ({
        'Fn::If': [name, name, { Ref: 'AWS::NoValue' }],
      }));
      const template = templateOf({ written: { 'Fn::Join': [',', made] }, means: () => '' }, all);
      const created = creationOf(template, given).changes.map(({ resource }) => resource);
      expect({
        sandbox: sandboxed(template),
        inStackSet: sandboxed(inStackSet(template)),
        created: conditionNames.filter((name) => created.includes(`If${name}`)).join(),
      }).toEqual({
        sandbox: expected.join(),
        inStackSet: expected.join(),
        created: expected.join(),
      });
    }),
    { numRuns: 300 },
  );
});

import type { ParameterSpec } from '@patrol/core/evaluation';
import type { RuleManifest } from '@patrol/core/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Stack } from '../cloud/cloud.ts';
import { UsageError } from '../text/errors.ts';
import type { TemplateParameter } from '../notes/objects.ts';
import { answered, parseParams, requireSettled, settle } from './settings.ts';
import { fakeParameters, fakeTemplate } from '../testing/world.ts';
import {
  type Given,
  type Ground,
  settingProblemText,
  type Settings,
} from '../destinations/values.ts';

/** The problems of what is settled, in words. */
const problemsOf = ({ problems }: Settings): readonly string[] => problems.map(settingProblemText);

const ground = (
  options: {
    parameters?: Record<string, ParameterSpec>;
    present?: Record<string, string>;
    status?: string;
    /** Further parameters of the template, and further variables of the function. */
    stackParameters?: Record<string, TemplateParameter>;
    variables?: Record<string, unknown>;
  } = {},
): Ground => {
  const { parameters = fakeParameters, present, status = 'CREATE_COMPLETE' } = options;
  const made = JSON.parse(
    fakeTemplate(parameters, { stackParameters: options.stackParameters ?? {} }),
  );
  Object.assign(made.Resources.Function.Properties.Environment.Variables, options.variables);
  const text = JSON.stringify(made);
  const { Parameters, Resources } = made;
  const current = present && ({ status, parameters: present } as unknown as Stack);
  return {
    rule: { name: 'watch', parameters } as unknown as RuleManifest,
    template: { text, parameters: Parameters, resources: Resources },
    stack: 'patrol-demo-watch-production',
    place: { account: '111122223333', region: 'eu-west-1', partition: 'aws' },
    current,
  };
};
const given = (parameters: Record<string, string> = {}, rest: Partial<Given> = {}): Given => ({
  parameters,
  ...rest,
});
const email = { alertEmails: ['a@b.cc'] };
const topic = 'arn:aws:sns:us-east-1:111122223333:alerts';

describe('a topic of another region', () => {
  const far = 'arn:aws:sns:us-east-1:111122223333:alerts';
  const near = 'arn:aws:sns:eu-west-1:111122223333:alarms';

  test('needs a topic of this region for the alarms, which CloudWatch could not send there', () => {
    expect(problemsOf(settle(ground(), given({ actions: 'x' }, { alertTopicArn: far })))).toEqual([
      expect.stringMatching(/^AlertTopicArn: the topic is in us-east-1, .*--param AlarmTopicArn=/),
    ]);
    const settled = settle(
      ground(),
      given({ actions: 'x', AlarmTopicArn: near }, { alertTopicArn: far }),
    );
    expect(problemsOf(settled)).toEqual([]);
    expect(settled.values['AlarmTopicArn']).toEqual({ text: near, from: 'given' });
  });

  test('is no topic for alarms', () => {
    expect(
      problemsOf(
        settle(ground(), given({ actions: 'x', AlarmTopicArn: far }, { alertEmails: ['a@b.cc'] })),
      ),
    ).toEqual([expect.stringMatching(/^AlarmTopicArn: the topic is in us-east-1/)]);
    expect(
      problemsOf(
        settle(
          ground(),
          given({ actions: 'x', AlarmTopicArn: 'alarms' }, { alertEmails: ['a@b.cc'] }),
        ),
      ),
    ).toEqual(['AlarmTopicArn: "alarms" is not allowed; it must be empty or an ARN.']);
  });
});

describe('Dispatch and publishers', () => {
  const stackParameters = {
    DispatchSnsArn: { Type: 'String', Default: '' },
    PublisherAccounts: {
      Type: 'String',
      Default: '',
      AllowedPattern: '([0-9]{12}(,[0-9]{12})*)?',
      ConstraintDescription: 'must be empty or account ids',
    },
  };
  const dispatch = 'arn:aws:sns:us-east-1:444455556666:dispatch';
  const parameters = { actions: 'x' };
  const full = ground({ stackParameters });

  test('a topic of another region and account is allowed, and needs no other topic for alarms', () => {
    const { values, problems } = settle(
      full,
      given({ ...parameters, DispatchSnsArn: dispatch }, email),
    );
    expect(problems).toEqual([]);
    expect(values['DispatchSnsArn']).toEqual({ text: dispatch, from: 'given' });
  });

  test.each(['dispatch', 'arn:aws:sqs:eu-west-1:111122223333:x', `${dispatch}.fifo`])(
    '%s is no topic for Dispatch',
    (text) => {
      expect(
        problemsOf(settle(full, given({ ...parameters, DispatchSnsArn: text }, email))),
      ).toEqual([expect.stringMatching(/^DispatchSnsArn: ".*expected the ARN of an SNS topic/)]);
    },
  );

  test('accounts are a list, with spaces or without', () => {
    const set = (text: string): Settings =>
      settle(full, given({ ...parameters, PublisherAccounts: text }, email));
    expect(set('111122223333, 444455556666').values['PublisherAccounts']?.text).toBe(
      '111122223333,444455556666',
    );
    expect(problemsOf(set(''))).toEqual([]);
    expect(problemsOf(set('1234'))).toEqual([
      'PublisherAccounts: "1234" is not allowed; it must be empty or account ids.',
    ]);
  });

  test('what the stack has stays on an update, and can be taken away', () => {
    const present = { actions: 'x', AlertEmail: 'a@b.cc', DispatchSnsArn: dispatch };
    const current = ground({ stackParameters, present });
    expect(settle(current, given()).values['DispatchSnsArn']).toEqual({
      text: dispatch,
      from: 'stack',
    });
    expect(settle(current, given({ DispatchSnsArn: '' })).values['DispatchSnsArn']).toEqual({
      text: '',
      from: 'given',
    });
  });

  test('a rule that no topic runs takes no publishers', () => {
    expect(
      problemsOf(settle(ground(), given({ ...parameters, PublisherAccounts: '1' }, email))),
    ).toEqual([expect.stringMatching(/^PublisherAccounts: watch has no trigger topic/)]);
  });

  test('count for the size of the environment, as do the names of what the stack makes', () => {
    const room = (variables: Record<string, unknown>): Ground =>
      ground({ stackParameters, variables });
    const most = { actions: 'x'.repeat(3880) };
    expect(problemsOf(settle(room({}), given(most, email)))).toEqual([]);
    const dispatched = room({ DISPATCH_SNS_ARN: { Ref: 'DispatchSnsArn' } });
    expect(problemsOf(settle(dispatched, given(most, email)))).toEqual([]);
    const far = `arn:aws:sns:us-east-1:444455556666:${'d'.repeat(200)}`;
    expect(problemsOf(settle(dispatched, given({ ...most, DispatchSnsArn: far }, email)))).toEqual([
      expect.stringContaining('Lambda allows 4096'),
    ]);
    const named = room({ A: { Ref: 'Topic' }, B: { Ref: 'Topic' } });
    expect(problemsOf(settle(named, given(most, email)))).toHaveLength(1);
  });
});

describe('pairs', () => {
  const ignored = {
    kind: 'pairs',
    description: 'Whose changes are quiet.',
    halves: ['role', 'policy'],
    suppresses: true,
    default: '',
  } as const;
  const set = (text: string): Settings =>
    settle(ground({ parameters: { ignored } }), given({ ignored: text }, email));

  test('are taken as they are, with colons in the second half', () => {
    const text = 'Admin.*:arn:aws:iam::111122223333:policy/x, Deploy:.*';
    expect(set(text).values['ignored']).toEqual({ text, from: 'given' });
  });

  test.each([
    ['.*:.*', /^ignored: "\.\*:\.\*" would mute most alerts/],
    ['Admin:x,[^ ]+:.+', /would mute most alerts/],
    ['Admin', /is not a pair; expected role:policy/],
    ['Admin:', /is not a pair/],
    ['(:x', /is not a regular expression/],
  ])('%s is refused with the reason', (text, reason) => {
    expect(problemsOf(set(text))).toEqual([expect.stringMatching(reason)]);
  });

  test('are asked for in words', () => {
    const { default: _, ...required } = ignored;
    const { questions } = settle(ground({ parameters: { ignored: required } }), given({}, email));
    expect(questions[0]?.description).toBe(
      'Whose changes are quiet. Pairs role:policy, separated by commas; each half is a regular expression that matches the whole value. This parameter mutes alerts.',
    );
  });
});

describe('--param', () => {
  test('splits at the first =; values may be empty or hold further =', () => {
    expect(parseParams(['a=1', 'b=', 'c=x=y=z', ' d = e '])).toEqual({
      a: '1',
      b: '',
      c: 'x=y=z',
      d: ' e ',
    });
  });

  test('refuses all that is not name=value, and names given twice, in one message', () => {
    expect(() => parseParams(['a', '=x', 'b=1', 'b=2', ' =3'])).toThrow(
      new UsageError(
        'Expected --param name=value, each name once.\n  - "a" is not of that form.\n  - "=x" is not of that form.\n  - b is given twice.\n  - " =3" is not of that form.',
      ),
    );
  });

  test('whatever is typed is either parsed as typed or refused as wrong usage', () => {
    const options = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom('__proto__=x', 'constructor=1', 'toString', 'hasOwnProperty='),
      ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(options, (typed) => {
        let values: Readonly<Record<string, string>>;
        try {
          values = parseParams(typed);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          return;
        }
        expect(Object.keys(values)).toHaveLength(typed.length);
        for (const option of typed) {
          const at = option.indexOf('=');
          const name = option.slice(0, at).trim();
          expect(Object.getOwnPropertyDescriptor(values, name)?.value).toBe(option.slice(at + 1));
        }
        // And settling them never crashes, whatever the names are.
        expect(() => settle(ground(), { parameters: values })).not.toThrow();
      }),
    );
  });
});

describe('settle', () => {
  test('a new stack: given values, defaults, and questions for what is open', () => {
    const { values, questions, problems } = settle(ground(), given());
    expect(problems).toEqual([]);
    expect(values).toEqual({ mode: { text: 'quiet', from: 'default' } });
    expect(questions.map(({ name, required, initial }) => ({ name, required, initial }))).toEqual([
      { name: 'actions', required: true, initial: undefined },
      { name: 'mode', required: false, initial: 'quiet' },
      { name: 'alerts', required: true, initial: undefined },
    ]);
  });

  test('a new stack is not asked for what all rules have, but takes it', () => {
    const common: Record<string, ParameterSpec> = {
      deniedAttempts: {
        kind: 'choice',
        description: 'Denied?',
        among: ['quiet', 'alert'],
        default: 'quiet',
      },
      ignoredActors: { kind: 'names', description: 'Ignored.', default: '' },
    };
    const { values, questions } = settle(
      ground({ parameters: common }),
      given({ deniedAttempts: 'alert' }, email),
    );
    expect(questions).toEqual([]);
    expect(values).toMatchObject({
      deniedAttempts: { text: 'alert', from: 'given' },
      ignoredActors: { text: '', from: 'default' },
    });
  });

  test('an update: what the stack has stays, what it lacks takes the default, and nothing is asked', () => {
    const present = { actions: 'StopLogging', AlertEmail: 'a@b.cc', AlertTopicArn: '' };
    const { values, questions } = settle(ground({ present }), given({ actions: ' DeleteTrail ' }));
    expect(questions).toEqual([]);
    expect(values).toMatchObject({
      actions: { text: 'DeleteTrail', from: 'given' },
      mode: { text: 'quiet', from: 'default' },
      AlertEmail: { text: 'a@b.cc', from: 'stack' },
    });
    expect(settle(ground({ present }), given()).values['actions']).toEqual({
      text: 'StopLogging',
      from: 'stack',
    });
  });

  test('a value of the stack that is no longer allowed becomes a question, with the reason', () => {
    const present = { actions: 'x', mode: 'silent', AlertEmail: 'a@b.cc' };
    const settled = settle(ground({ present }), given());
    expect(settled.questions).toMatchObject([
      {
        name: 'mode',
        required: true,
        initial: 'silent',
        reason: expect.stringContaining('expected one of quiet, loud'),
      },
    ]);
    expect(() => requireSettled(settled, '')).toThrow(
      `mode: the current value "silent" is no longer allowed`,
    );
  });

  test('a hidden value is not taken over from a former name, since CloudFormation shows no more than stars', () => {
    const parameters: Record<string, ParameterSpec> = {
      token: { kind: 'text', description: 'A token.', default: 'none', formerly: ['key'] },
    };
    const present = { key: '****', AlertEmail: 'a@b.cc', AlertTopicArn: '' };
    const { values, questions } = settle(ground({ parameters, present }), given());
    expect(values).not.toHaveProperty('token');
    expect(questions).toMatchObject([
      { name: 'token', required: true, reason: 'CloudFormation does not return hidden values.' },
    ]);
    const { values: shown } = settle(
      ground({ parameters, present: { ...present, key: 'k' } }),
      given(),
    );
    expect(shown['token']).toEqual({ text: 'k', from: 'stack' });
  });

  test('a hidden value stays where it stands, unread; for a stack that is created anew it is asked for', () => {
    const parameters = { token: { kind: 'choice', description: 'T', among: ['a'] } } as const;
    for (const [status, asked] of [
      ['UPDATE_COMPLETE', 0],
      ['ROLLBACK_COMPLETE', 1],
    ] as const) {
      const base = ground({ parameters, present: { token: '****', AlertEmail: 'a@b.cc' }, status });
      const template = {
        ...base.template,
        parameters: { ...base.template.parameters, token: { NoEcho: true } },
      };
      expect(settle({ ...base, template }, given()).questions).toHaveLength(asked);
    }
  });

  test('every problem at once: unknown names with the known ones, bad values, what is missing', () => {
    const settled = settle(
      ground(),
      given({ Actions: 'x', mode: 'shrill', AlertEmail: 'x', nope: '1', LogRetentionInDays: '7' }),
    );
    expect(() => requireSettled(settled, 'hint')).toThrow(UsageError);
    expect(() => requireSettled(settled, 'hint')).toThrow(
      [
        'These settings cannot be used:',
        '  - Actions: watch has no such parameter; did you mean actions?',
        '  - AlertEmail: give it with --alert-email.',
        '  - nope: watch has no such parameter; it has actions, mode, AlertForm, AlarmTopicArn, LogRetentionInDays.',
        '  - mode: "shrill" is not allowed; expected one of quiet, loud.',
        '  - LogRetentionInDays: "7" is not allowed; expected one of 30, 90, 365.',
        '  - actions: is required and was not given (--param actions=…). Which calls. Names, separated by commas; * matches any characters.',
        '  - No destination for alerts is given; expected --alert-email or --alert-topic-arn.',
        'hint',
      ].join('\n'),
    );
  });

  test('alerts go to exactly one place; giving the other clears the one before', () => {
    const both = settle(ground(), given({ actions: 'x' }, { ...email, alertTopicArn: topic }));
    expect(problemsOf(both)).toEqual([
      'Give either --alert-email or --alert-topic-arn; found both.',
    ]);
    const present = { actions: 'x', AlertEmail: 'old@b.cc', AlertTopicArn: '' };
    expect(settle(ground({ present }), given({}, { alertTopicArn: topic })).values).toMatchObject({
      AlertEmail: { text: '', from: 'given' },
      AlertTopicArn: { text: topic, from: 'given' },
    });
    expect(problemsOf(settle(ground({ present }), given({}, { alertEmails: [''] })))).toHaveLength(
      1,
    );
  });

  test('answers are taken as if given', () => {
    const first = given({ mode: 'loud' });
    expect(answered(first, { actions: 'x', alerts: 'a@b.cc' })).toEqual({
      parameters: { mode: 'loud', actions: 'x' },
      alertEmails: ['a@b.cc'],
    });
    expect(answered(first, { alerts: topic })).toMatchObject({ alertTopicArn: topic });
  });

  test('refuses an environment that Lambda would not take, measured as Lambda does', () => {
    const fits = settle(ground(), given({ actions: 'x'.repeat(3800) }, email));
    expect(problemsOf(fits)).toEqual([]);
    const [problem = ''] = problemsOf(
      settle(ground(), given({ actions: 'x'.repeat(4050) }, email)),
    );
    expect(problem).toContain('Lambda allows 4096');
    expect(problem).toContain('actions (4050 bytes)');
    // Of the stack's own topic the longest ARN counts, of a given one its own.
    const most = given({ actions: 'x'.repeat(3960) }, email);
    expect(problemsOf(settle(ground(), most))).toHaveLength(1);
    const near = topic.replace('us-east-1', 'eu-west-1');
    expect(problemsOf(settle(ground(), given(most.parameters, { alertTopicArn: near })))).toEqual(
      [],
    );
    // A quote takes two bytes in JSON.
    expect(problemsOf(settle(ground(), given({ actions: '"'.repeat(2000) }, email)))).toHaveLength(
      1,
    );
    expect(problemsOf(settle(ground(), given({ actions: 'ä'.repeat(2050) }, email)))[0]).toContain(
      '4100 bytes; CloudFormation allows',
    );
  });
});

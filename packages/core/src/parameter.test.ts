import fc from 'fast-check';
import { afterEach, describe, expect, expectTypeOf, test, vi } from 'vitest';
import {
  allowed,
  choice,
  type Matchers,
  matchesName,
  names,
  number,
  type Pairs,
  pairs,
  type Parameter,
  ParametersError,
  patterns,
  secret,
  type SecretReference,
  text,
  type Values,
} from './parameter.ts';
import { parseParameter, readParameters } from './values.ts';

/** Parses one parameter with the type that its declaration has. */
const parse = <T>(parameter: Parameter<T>, given?: string): T =>
  readParameters({ parameter }, () => given).parameter as T;

/** The message of the error that a value leads to. */
function refusal(parameter: Parameter<unknown>, given?: string): string {
  const error = thrown(() => parse(parameter, given));
  expect([given, error]).toEqual([given, expect.any(ParametersError)]);
  return (error as ParametersError).message;
}

/** What a function throws; `undefined` when it does not. */
function thrown(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('text', () => {
  test('is trimmed, takes its default, and is required without one', () => {
    expect(parse(text('A title.'), '  Ledger \n')).toBe('Ledger');
    expect(parse(text('A title.', { default: 'none' }))).toBe('none');
    expect(parse(text('A title.', { default: '' }), ' ')).toBe('');
    expect(refusal(text('A title.'))).toBe('parameter: is required and was not given. A title.');
    expect(refusal(text('A title.'), ' ')).toBe(
      'parameter: is required and must not be empty. A title.',
    );
  });

  test('has a form, of the whole value', () => {
    const account = text('An account.', {
      default: '',
      form: { pattern: '\\d{12}|none', words: 'an account id' },
    });
    expect(parse(account, '111122223333')).toBe('111122223333');
    expect(parse(account, '')).toBe('');
    for (const given of ['x111122223333', '1111222233334', 'none of it', '111122223333\n1']) {
      expect(refusal(account, given)).toBe(
        `parameter: ${JSON.stringify(given)} is not allowed; expected an account id.`,
      );
    }
  });
});

describe('number', () => {
  const limited = number('A limit.', { minimum: 1, maximum: 10 });

  test.each([
    ['1', 1],
    ['10', 10],
    [' 2.5 ', 2.5],
  ])('%j is %d', (given, expected) => {
    expect(parse(limited, given)).toBe(expected);
  });

  test.each([
    '0',
    '0.999',
    '10.001',
    '11',
    '-1',
    'NaN',
    'Infinity',
    '-Infinity',
    '1e309',
    'five',
    '1,5',
    '1 2',
    '0x',
  ])('%j is refused with what is allowed', (given) => {
    expect(refusal(limited, given)).toBe(
      `parameter: ${JSON.stringify(given)} is not allowed; expected a number from 1 to 10.`,
    );
  });

  test('takes any finite number without limits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parse(number('Any.'), String(value))).toBe(value === 0 ? 0 : value);
      }),
    );
    expect(refusal(number('Any.'), 'Infinity')).toContain('not allowed');
    expect(refusal(number('Any.'), '')).toContain('required');
  });

  test('checks its default too', () => {
    expect(refusal(number('A limit.', { default: '11', maximum: 10 }))).toContain(
      '"11" is not allowed',
    );
  });
});

describe('choice', () => {
  const mode = choice('What to do.', ['quiet', 'alert'], { default: 'quiet' });

  test('is one of its words, exactly', () => {
    expect(parse(mode, 'alert')).toBe('alert');
    expect(parse(mode)).toBe('quiet');
    for (const given of ['Alert', 'alerts', 'quiet,alert', 'toString', '*']) {
      expect(refusal(mode, given)).toBe(
        `parameter: ${JSON.stringify(given)} is not allowed; expected one of quiet, alert.`,
      );
    }
  });

  test('given as nothing is refused, not defaulted', () => {
    expect(refusal(mode, '')).toContain('required');
  });
});

describe('names', () => {
  test.each([
    ['', []],
    [',', []],
    [' , ,\n,\t', []],
    ['a', ['a']],
    ['a,', ['a']],
    [',a', ['a']],
    [' a , b\n,,c ', ['a', 'b', 'c']],
    ['a b', ['a b']],
  ])('%j has the items %j', (given, items) => {
    expect(parse(names('Names.', { default: '' }), given).items).toEqual(items);
  });

  test('an empty list matches nothing, and a trailing comma adds nothing', () => {
    for (const given of ['', 'a,', ' ,a, ']) {
      const list = parse(names('Names.', { default: '' }), given);
      for (const value of ['', ' ', 'b', undefined, null]) expect(list.find(value)).toBeUndefined();
    }
  });

  test('a list that may not be empty is refused when it has no items', () => {
    expect(refusal(names('Roles.'), ' , ')).toBe(
      'parameter: has no items; expected at least one. Roles.',
    );
    expect(refusal(names('Roles.', { default: 'a' }), ' , ')).toContain('has no items');
  });

  test('match whole values', () => {
    const list = parse(names('Roles.'), 'Admin, Break*, arn:aws:iam::111122223333:role/Ops');
    expect(list.find('Admin')).toBe('Admin');
    expect(list.find('Break')).toBe('Break*');
    expect(list.find('BreakGlass')).toBe('Break*');
    expect(list.find('arn:aws:iam::111122223333:role/Ops')).toBe(
      'arn:aws:iam::111122223333:role/Ops',
    );
    for (const value of [
      'NonAdminReader',
      'Admin2',
      'XAdmin',
      'admin',
      'aBreak',
      'Ops',
      'arn:aws:iam::111122223333:role/Ops2',
      '',
    ]) {
      expect(list.find(value)).toBeUndefined();
    }
  });

  test('find the first item that matches any of the values', () => {
    const list = parse(names('Names.'), 'b*,a');
    expect(list.find('a', 'bob')).toBe('b*');
    expect(list.find(null, undefined, 'a')).toBe('a');
    expect(list.find()).toBeUndefined();
  });

  test('special characters of regular expressions are themselves', () => {
    const list = parse(names('Names.'), 'a.b, c+d, (e), [f], g?, ^h$, i|j, \\k');
    for (const item of list.items) expect(list.find(item)).toBe(item);
    for (const value of ['axb', 'ccd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'])
      expect(list.find(value)).toBeUndefined();
  });

  test('ignore case when told to', () => {
    expect(parse(names('Names.', { ignoreCase: true }), 'Admin*').find('ADMINISTRATOR')).toBe(
      'Admin*',
    );
    expect(parse(names('Names.'), 'Admin*').find('ADMINISTRATOR')).toBeUndefined();
  });

  test('among: each must match one of the known names', () => {
    const calls = names('Calls.', { among: ['StopLogging', 'DeleteTrail', 'DeleteChannel'] });
    expect(parse(calls, 'StopLogging, Delete*').items).toEqual(['StopLogging', 'Delete*']);
    for (const given of ['StopLoging', 'stoplogging', 'Stop', 'Put*']) {
      expect(refusal(calls, `DeleteTrail, ${given}`)).toBe(
        `parameter: ${JSON.stringify(given)} matches none of the allowed names: StopLogging, DeleteTrail, DeleteChannel.`,
      );
    }
    expect(
      parse(names('Calls.', { among: ['StopLogging'], ignoreCase: true }), 'stoplogging').find(
        'StopLogging',
      ),
    ).toBe('stoplogging');
  });

  test('form: each must have it', () => {
    const roles = names('Roles.', { form: { pattern: '[\\w*]+', words: 'a role name' } });
    expect(parse(roles, 'a, b*').items).toEqual(['a', 'b*']);
    expect(refusal(roles, 'a, b c')).toBe('parameter: "b c" is not allowed; expected a role name.');
  });
});

describe('matchesName', () => {
  /** The plain way: every place where a `*` could end. */
  const reference = (item: string, name: string): boolean => {
    if (item === '') return name === '';
    if (item.startsWith('*')) {
      return Array.from({ length: name.length + 1 }, (_, from) => name.slice(from)).some((rest) =>
        reference(item.slice(1), rest),
      );
    }
    return name !== '' && item[0] === name[0] && reference(item.slice(1), name.slice(1));
  };

  test('agrees with trying out everything', () => {
    const item = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 10 });
    fc.assert(
      fc.property(item, name, (one, other) => {
        expect(matchesName(one, other)).toBe(reference(one, other));
      }),
      { numRuns: 3000 },
    );
  });

  test('matches what it was made from', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string(), { minLength: 1, maxLength: 6 }),
        fc.string(),
        (parts, filler) => {
          expect(matchesName(parts.join('*'), parts.join(filler))).toBe(true);
        },
      ),
    );
  });

  test.each([
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*a*', 'a', true],
    ['ab*ba', 'aba', false],
    ['*', '', true],
    ['**', 'x', true],
    ['', '', true],
    ['', 'x', false],
    ['a*b*c', 'abbc', true],
    ['a*b*c', 'acbc', true],
    ['a*bb*b', 'abbb', true],
    ['a*bb*b', 'abb', false],
  ])('%j and %j: %j', (item, name, expected) => {
    expect(matchesName(item, name)).toBe(expected);
  });

  test('takes no exponential time on hostile names', () => {
    const started = performance.now();
    expect(matchesName(`${'a*'.repeat(500)}b`, 'a'.repeat(100_000))).toBe(false);
    expect(matchesName(`*${'ab*'.repeat(500)}c*`, 'ab'.repeat(50_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('patterns', () => {
  test.each([
    ['a{1,3}', ['a{1,3}']],
    ['a{1,3},b', ['a{1,3}', 'b']],
    ['(a,b),c', ['(a,b)', 'c']],
    ['[,;],b', ['[,;]', 'b']],
    ['[(],b', ['[(]', 'b']],
    ['[\\]],b', ['[\\]]', 'b']],
    ['a\\,b,c', ['a\\,b', 'c']],
    ['\\(,b', ['\\(', 'b']],
    ['\\[,b', ['\\[', 'b']],
    ['a\\\\,b', ['a\\\\', 'b']],
    ['(?:a{1,2},[,)]),c', ['(?:a{1,2},[,)])', 'c']],
    [' a , , b, ', ['a', 'b']],
    [',', []],
  ])('%j has the items %j', (given, items) => {
    expect(parse(patterns('Patterns.', { default: '' }), given).items).toEqual(items);
  });

  test('match whole values', () => {
    const list = parse(patterns('Buckets.'), 'logs, [a-z]+-logs, a\\,b, a|b');
    expect(list.find('logs')).toBe('logs');
    expect(list.find('prod-logs')).toBe('[a-z]+-logs');
    expect(list.find('a,b')).toBe('a\\,b');
    expect(list.find('a')).toBe('a|b');
    for (const value of ['prod-logs-secrets', 'xlogs', 'logs\n', 'ab', 'ba', 'Logs', '']) {
      expect(list.find(value)).toBeUndefined();
    }
  });

  test('keep no state between values', () => {
    const list = parse(patterns('Names.'), 'a.*');
    expect([1, 2, 3].map(() => list.find('abc'))).toEqual(['a.*', 'a.*', 'a.*']);
  });

  test('ignore case when told to', () => {
    expect(parse(patterns('Names.', { ignoreCase: true }), 'ci-.*').find('CI-main')).toBe('ci-.*');
  });

  test.each(['(', '[a', 'a**', '+', 'a)|(?:b', 'x)|(.*', ')(', '(?<n>a'])(
    '%j is no regular expression',
    (given) => {
      expect(refusal(patterns('Patterns.'), `ok,${given}`)).toContain(
        `parameter: ${JSON.stringify(given)} is not a regular expression:`,
      );
    },
  );
});

describe('regular expressions', () => {
  const muted = patterns('Muted.', { default: '', suppresses: true });

  test('that JavaScript would match for hours have their answer', () => {
    const list = parse(muted, '(a+)+b, (a|a)*c, ^(\\w+\\s?)*d$, a*a*a*a*e');
    expect(list.find('a'.repeat(1024))).toBeUndefined();
    expect(list.find('aaaaab')).toBe('(a+)+b');
    const both = parse(pairs('Muted.', ['role', 'policy'], { suppresses: true }), '(a+)+b:(c+)+d');
    expect(both.find(['a'.repeat(1024)], ['c'.repeat(1024)])).toBeUndefined();
    expect(both.find(['ab'], ['ccd'])).toBe('(a+)+b:(c+)+d');
  });

  test('see 1,024 characters of a value, and mute none that is longer', () => {
    const watched = parse(patterns('Watched.', { anywhere: true }), 'bad, c$');
    expect(watched.find(`${'x'.repeat(1021)}bad`)).toBe('bad');
    expect(watched.find(`${'x'.repeat(1022)}bad`)).toBeUndefined();
    expect(watched.find(`${'x'.repeat(1023)}cx`)).toBe('c$');
    const list = parse(muted, 'aa.*');
    expect(list.find('a'.repeat(1024))).toBe('aa.*');
    expect(list.find('a'.repeat(1025))).toBeUndefined();
  });

  test('that refer back are refused with what to write instead', () => {
    expect(refusal(muted, 'ok,(a)\\1')).toBe(
      'parameter: "(a)\\\\1" cannot be matched in linear time: at character 4, \\1 refers back to a group. Write out what can stand there.',
    );
  });

  test('that are too long are refused, each by itself and all together', () => {
    expect(refusal(muted, '(ab){600}')).toContain('"(ab){600}" is too long: at most 1000');
    const long = Array.from({ length: 7 }, (_, index) => `${index}{900}`).join(',');
    expect(refusal(muted, long)).toBe(
      'parameter: "5{900}" is one too many: the list may have 5000 characters, with all repeats written out. Use * and + instead of numbers in {}.',
    );
  });
});

describe('patterns anywhere', () => {
  test('are searched for in the value', () => {
    const list = parse(patterns('Principals.', { anywhere: true }), 'Admin, ^arn:aws:iam');
    expect(list.find('arn:aws:sts::111122223333:assumed-role/AdminRole/alice')).toBe('Admin');
    expect(list.find('arn:aws:iam::111122223333:user/alice')).toBe('^arn:aws:iam');
    expect(list.find('x arn:aws:iam', 'admin')).toBeUndefined();
    const folded = parse(patterns('Principals.', { anywhere: true, ignoreCase: true }), 'Admin');
    expect(folded.find('my-admin-role')).toBe('Admin');
  });

  test('that mute are refused when they are found in everything', () => {
    const muted = patterns('Muted.', { anywhere: true, suppresses: true });
    for (const given of ['.', '.*', 'x*', '(?:)', '^', '$', '[^]', '^.+$']) {
      expect(refusal(muted, given)).toContain('would mute most alerts');
    }
    expect(parse(muted, 'ci-').find('my-ci-role')).toBe('ci-');
  });
});

describe('pairs', () => {
  const muted: Parameter<Pairs> = pairs('Muted.', ['role', 'policy'], {
    suppresses: true,
    ignoreCase: true,
    default: '',
  });

  test('match when both halves do, whole and without regard to case', () => {
    const list = parse(muted, 'ci-.*:deploy, bob:x');
    expect(list.items).toEqual(['ci-.*:deploy', 'bob:x']);
    expect(list.find(['CI-main'], ['Deploy'])).toBe('ci-.*:deploy');
    expect(list.find(['bob'], ['y', 'x'])).toBe('bob:x');
    expect(list.find([undefined, 'bob'], [null, 'x'])).toBe('bob:x');
    expect(list.find(['ci-main'], ['x'])).toBeUndefined();
    expect(list.find(['my-ci-main'], ['deploy'])).toBeUndefined();
    expect(list.find(['ci-main'], ['deployment'])).toBeUndefined();
    const exact = parse(pairs('Muted.', ['role', 'policy']), 'bob:x');
    expect(exact.find(['Bob'], ['x'])).toBeUndefined();
  });

  test('values that are absent match nothing', () => {
    const list = parse(pairs('Any.', ['role', 'policy']), '.*:.*');
    expect(list.find([], ['x'])).toBeUndefined();
    expect(list.find(['bob'], [undefined, null])).toBeUndefined();
    expect(list.find(['bob'], ['x'])).toBe('.*:.*');
  });

  test.each(['R', 'bob:x,R', ':', ':x', 'R:', ' : ', 'R,:x'])(
    'without both halves are refused: %j',
    (given) => {
      expect(refusal(muted, given)).toMatch(/is not a pair; expected role:policy, neither empty/);
    },
  );

  test.each(['bob:x,', ',bob:x', 'bob:x,,', ' bob:x , '])(
    'an empty item mutes nothing: %j',
    (given) => {
      const list = parse(muted, given);
      expect(list.items).toEqual(['bob:x']);
      expect(list.find(['bob'], ['x'])).toBe('bob:x');
      expect(list.find(['alice'], ['y'])).toBeUndefined();
      expect(list.find([''], [''])).toBeUndefined();
    },
  );

  test('keep the whole of the second half, colons and all', () => {
    const list = parse(muted, 'R:arn:aws:iam::1:policy/GOOD');
    expect(list.find(['R'], ['arn:aws:iam::1:policy/GOOD'])).toBe('R:arn:aws:iam::1:policy/GOOD');
    expect(list.find(['R'], ['arn:aws:iam::1:policy/EVIL'])).toBeUndefined();
    expect(list.find(['R'], ['arn'])).toBeUndefined();
  });

  test('find a policy by either of its names', () => {
    const list = parse(muted, 'R:GOOD');
    expect(list.find(['R'], ['arn:aws:iam::1:policy/GOOD', 'GOOD'])).toBe('R:GOOD');
  });

  test('commas inside brackets do not separate', () => {
    const list = parse(muted, 'r{1,3}:[a,b],(bob|a,b):x\\,y');
    expect(list.items).toEqual(['r{1,3}:[a,b]', '(bob|a,b):x\\,y']);
    expect(list.find(['rr'], [','])).toBe('r{1,3}:[a,b]');
    expect(list.find(['a,b'], ['x,y'])).toBe('(bob|a,b):x\\,y');
  });

  test.each([
    '.*:.*',
    '.+:.+',
    '.*:[^]*',
    '[\\s\\S]+:.{0,999}',
    '(.*):(?:.*)',
    '.*|x:.*',
    '\\S+:\\S+',
    'bob:x,.*:.*',
    '.*:arn:.*',
    '.*:arn:aws.*',
    '[^,]*:.*',
    'a?.*:b*.*',
    '[^x]*:[^y]*',
    '\\w+:.*',
    '[A-Z].*:.*',
    '.*:[\\w-]*',
    '[A-M].*:.*,[N-Z].*:.*',
    '.*:[A-M].*,.*:[^A-M].*',
  ])('that would mute everything are refused: %j', (given) => {
    expect(refusal(muted, given)).toContain('would mute most alerts');
    expect(parse(pairs('Watched.', ['role', 'policy']), given).items).not.toHaveLength(0);
  });

  test.each(['R:.*', '.*:P', 'ci-.*:.*', '.*:arn:aws:iam::aws:policy/ReadOnly.*'])(
    'that mute a role or a policy pass: %j',
    (given) => {
      expect(parse(muted, given).items).toEqual([given]);
    },
  );

  test.each([
    'user/alice:.*',
    'user/.*:.*',
    'Dep.*:.*,ci-.*:.*,dev-.*:.*,.*Role:inline-.*',
    'Admin:.*,Developer:.*,ReadOnly:.*,ops:.*,ci-.*:.*',
    'AWSReservedSSO_Admin.*:.*,.*:ReadOnly.*,.*:.*-logs',
  ])('lists of which each mutes a few pass: %j', (given) => {
    expect(parse(muted, given).items).toEqual(given.split(','));
  });

  test.each(['(:x', 'x:(', 'a)|(b:x', 'x:a)|(.*', '+:x', '(?:a|b):x'])(
    'of what is no regular expression are refused: %j',
    (given) => {
      expect(refusal(muted, given)).toContain('is not a regular expression');
    },
  );
});

describe('suppressions refuse what mutes everything', () => {
  test.each([
    '*',
    '**',
    '***',
    'a,*',
    ' * ',
    'arn*',
    'arn:*',
    'arn:aws:*',
    '*:*',
    'arn:*:*',
    '*/*',
    '*/*/*',
    '*-*/*/*',
    '*e*',
    '*a*,*o*',
    'd*,q*,x*,0*',
  ])('names: %j', (given) => {
    expect(refusal(names('Muted.', { suppresses: true, default: '' }), given)).toContain(
      'would mute most alerts',
    );
    expect(parse(names('Watched.'), given).items).not.toHaveLength(0);
  });

  test('a list that does so together is named as a whole', () => {
    const muted = patterns('Buckets.', { suppresses: true, default: '' });
    expect(refusal(muted, '[a-p].*, [q-z].*')).toBe(
      'parameter: "[a-p].*, [q-z].*" would mute most alerts. Name more precisely what to mute.',
    );
    expect(refusal(muted, 'ci, .+')).toContain('parameter: ".+" would mute');
  });

  test.each([
    'ci',
    'ci-*',
    '*-ci',
    'a*',
    'b*',
    '*b*',
    '*r*',
    'arn:aws:iam::111122223333:role/*',
    'arn:aws:iam::*:role/ci',
    'arn:aws:s3:::*',
    'logs-*',
    '*-logs',
    '*bot*',
    'us-*',
    'EC2/*',
    'us-west-1/*',
    '*/VPC/*',
    'acme/site',
  ])('names that are sensible pass: %j', (given) => {
    expect(parse(names('Muted.', { suppresses: true, default: '' }), given).items).toEqual([given]);
  });

  test.each([
    '.*',
    '.+',
    '.*.*',
    '.*?',
    '^.*$',
    '(.*)',
    '.*|ci',
    'ci|.*',
    '[^]*',
    '[^,]*',
    '[\\s\\S]+',
    '\\S+',
    '(?:.|x)*',
    '[\\w.-]+',
    '[A-Za-z0-9_.@+-]+',
    '.{1,}',
    '.{0,200}',
    '.?.*',
    '(?!x{9}).*',
    'arn:.*',
    'arn.*',
    'arn:[^ ]+',
    '..+',
    '.{2,}',
    '.*/.*',
    'ci,.*',
    '[a-z].*',
    '[^.]+',
    '[^x]*',
    '\\w+',
    '.*e.*',
    '.*-.*',
    '[a-p].*,[q-z].*',
  ])('patterns: %j', (given) => {
    expect(refusal(patterns('Muted.', { suppresses: true, default: '' }), given)).toContain(
      'would mute most alerts',
    );
    expect(parse(patterns('Watched.'), given).items).not.toHaveLength(0);
  });

  test.each([
    'deploy-.*',
    'a.*',
    'ci',
    '[a-z]+-logs',
    '.*-logs',
    '\\d{12}',
    'arn:aws:iam::111122223333:role/.*',
    'arn:aws[\\w-]*:iam::\\d+:role/ci',
    '[a-z]{1,4}',
    '(?:alice|bob)',
    'logs-.*',
    'dev-.*',
    'cdk-.*',
    '.*-(?:logs|sandbox)',
    '.*\\d{12}.*',
    '.*Role',
  ])('patterns that are sensible pass: %j', (given) => {
    expect(parse(patterns('Muted.', { suppresses: true, default: '' }), given).items).toEqual([
      given,
    ]);
  });

  test('a list of many sensible ones passes', () => {
    const given =
      'acme-.*,cdk-.*,eu-.*,dev-.*,www\\..*,.*-logs,.*-state,.*-assets,.*-archive,[ab].*';
    const muted = { suppresses: true, default: '' };
    expect(parse(patterns('Muted.', muted), given).items).toHaveLength(10);
    const named = given.replaceAll('.*', '*').replace('\\.', '.').replace('[ab]', 'a');
    expect(parse(names('Muted.', muted), named).items).toHaveLength(10);
  });

  test('an empty item mutes nothing', () => {
    const list = parse(patterns('Muted.', { suppresses: true, default: '' }), 'ci,');
    expect(list.find('anything')).toBeUndefined();
    expect(list.find('')).toBeUndefined();
  });
});

describe('an item with a last day', () => {
  afterEach(() => vi.useRealTimers());
  const at = (time: string): unknown => vi.useFakeTimers({ now: new Date(time) });
  const lastMoment = '2026-12-31T23:59:59.999Z';
  const over = '2027-01-01T00:00:00.000Z';
  const muting = { default: '', suppresses: true } as const;

  test('of names mutes until that day is over, in a function that goes on', () => {
    const list = parseParameter(
      names('Who.', muting),
      'role/Deploy until 2026-12-31, role/Build',
    ) as Matchers;
    at(lastMoment);
    expect(list.find('role/Deploy')).toBe('role/Deploy until 2026-12-31');
    expect(list.items).toEqual(['role/Deploy', 'role/Build']);
    at(over);
    expect(list.find('role/Deploy')).toBeUndefined();
    expect(list.find('role/Build')).toBe('role/Build');
    expect(list.items).toEqual(['role/Build']);
    expect(list.written).toEqual(['role/Deploy until 2026-12-31', 'role/Build']);
  });

  test('of patterns and of pairs as well', () => {
    const patterned = parseParameter(
      patterns('Who.', muting),
      'dep(loy|art) until 2026-12-31,build',
    ) as Matchers;
    const paired = parseParameter(
      pairs('Who.', ['role', 'policy'], muting),
      'dep.*:Adm.* until 2026-12-31',
    ) as Pairs;
    at(lastMoment);
    expect(patterned.find('deploy')).toBe('dep(loy|art) until 2026-12-31');
    expect(paired.find(['deploy'], ['Admin'])).toBe('dep.*:Adm.* until 2026-12-31');
    expect(paired.items).toEqual(['dep.*:Adm.*']);
    at(over);
    expect(patterned.find('deploy')).toBeUndefined();
    expect(paired.find(['deploy'], ['Admin'])).toBeUndefined();
    expect(paired.items).toEqual([]);
  });

  test('that is over gives way to another that matches as well', () => {
    const list = parseParameter(
      names('Who.', muting),
      'role/Deploy until 2026-12-31, role/Dep* until 2027-01-31',
    ) as Matchers;
    at(over);
    expect(list.find('role/Deploy')).toBe('role/Dep* until 2027-01-31');
  });

  test('takes the form of the parameter without the day', () => {
    const form = { pattern: 'role/[A-Za-z]+', words: 'a role' };
    const spec = names('Who.', { ...muting, form });
    expect(() => parseParameter(spec, 'role/Deploy until 2026-12-31')).not.toThrow();
    expect(() => parseParameter(spec, 'Deploy until 2026-12-31')).toThrow('"Deploy"');
  });

  test('that would mute most alerts is refused all the same', () => {
    at(lastMoment);
    expect(() => parseParameter(names('Who.', muting), '* until 2026-12-31')).toThrow(
      'most alerts',
    );
  });

  test('is a name like any other where the parameter does not mute', () => {
    const list = parseParameter(names('Who.', { default: '' }), 'a until 2026-12-31') as Matchers;
    at(over);
    expect(list.find('a until 2026-12-31')).toBe('a until 2026-12-31');
    expect(list.find('a')).toBeUndefined();
  });
});

describe('the item that mutes one value', () => {
  const options = { default: '', suppresses: true } as const;
  const halves = ['role', 'policy'] as const;

  test('is the value itself, as the kind of the list writes it', () => {
    const form = { pattern: '[\\w*-]+', words: 'a login' };
    const of = <T>(parameter: Parameter<T>): T =>
      readParameters({ muted: parameter }, () => undefined).muted as T;
    expect(of(names('Names.', options)).suppression('acme/web.site')).toEqual({
      parameter: 'muted',
      item: 'acme/web.site',
    });
    expect(of(names('Names.', { ...options, form })).suppression('acme/web')).toBeUndefined();
    expect(of(patterns('Patterns.', options)).suppression('my.bucket')).toEqual({
      parameter: 'muted',
      item: 'my\\.bucket',
    });
    expect(of(patterns('Patterns.', { ...options, anywhere: true })).suppression('a(b')).toEqual({
      parameter: 'muted',
      item: '^a\\(b$',
    });
    expect(
      of(pairs('Pairs.', halves, options)).suppression('Deploy', 'arn:aws:iam::1:policy/a,b'),
    ).toEqual({ parameter: 'muted', item: 'Deploy:arn:aws:iam::1:policy/a\\,b' });
  });

  test.each(['a*', '*', 'a,b', ',', ' a', 'a ', '', null, undefined])(
    'is none where a name cannot be written: %j',
    (value) => {
      expect(parse(names('Names.', options)).suppression(value)).toBeUndefined();
    },
  );

  test.each([
    ['user/alice:x', 'P'],
    ['', 'P'],
    ['R', ''],
    [null, 'P'],
    ['R', undefined],
    [' R', 'P'],
  ])('is none where a pair cannot be written: %j', (role, policy) => {
    expect(parse(pairs('Pairs.', halves, options)).suppression(role, policy)).toBeUndefined();
  });

  /** Texts that a hostile name may hold. */
  const value = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(...Array.from('aB.*,:+?()[]{}|\\^$ /-')), maxLength: 8 }),
  );

  test.each([
    ['names', names('Names.', options)],
    ['names without regard to case', names('Names.', { ...options, ignoreCase: true })],
    ['patterns', patterns('Patterns.', options)],
    ['patterns anywhere', patterns('Patterns.', { ...options, anywhere: true })],
  ])(
    'put behind the others of its list, mutes this value and no other: %s',
    async (_, parameter) => {
      let written = 0;
      await fc.assert(
        fc.asyncProperty(value, value, async (one, other) => {
          const item = (await parse(parameter).suppression(one))?.item;
          if (item === undefined) return;
          written += 1;
          const list = parse(parameter, `benign, ${item}`);
          expect(list.items).toEqual(['benign', item]);
          expect(list.find(one)).toBe(item);
          for (const near of [
            other,
            `${one}x`,
            `x${one}`,
            one.slice(1),
            one.replace(/[^a]/, 'a'),
          ]) {
            if (near.toLowerCase() !== one.toLowerCase()) expect(list.find(near)).toBeUndefined();
          }
        }),
        { numRuns: 1000 },
      );
      expect(written).toBeGreaterThan(300);
    },
  );

  test('put behind the others of its list, mutes this pair and no other', async () => {
    const parameter = pairs('Pairs.', halves, { ...options, ignoreCase: true });
    let written = 0;
    await fc.assert(
      fc.asyncProperty(value, value, value, async (role, policy, other) => {
        const item = (await parse(parameter).suppression(role, policy))?.item;
        if (item === undefined) return;
        written += 1;
        const list = parse(parameter, `benign:x, ${item}`);
        expect(list.items).toEqual(['benign:x', item]);
        expect(list.find([role], [policy])).toBe(item);
        for (const near of [other, `${role}x`, role.slice(1)])
          if (near.toLowerCase() !== role.toLowerCase())
            expect(list.find([near], [policy])).toBeUndefined();
        for (const near of [other, `${policy}x`, policy.slice(1)])
          if (near.toLowerCase() !== policy.toLowerCase())
            expect(list.find([role], [near])).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
    expect(written).toBeGreaterThan(300);
  });
});

describe('secret, of which the stack holds the ARN alone', () => {
  const token = secret('The token.');

  test.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-eusc'])(
    'references in the partition %s',
    (partition) => {
      const stored = `arn:${partition}:secretsmanager:eu-west-1:111122223333:secret:github/token-AbCdEf`;
      expect(parse(token, ` ${stored}\n`)).toEqual({
        service: 'secretsmanager',
        arn: stored,
        region: 'eu-west-1',
      });
      const parameter = `arn:${partition}:ssm:us-east-2:111122223333:parameter/github/token`;
      expect(parse(token, parameter)).toEqual({
        service: 'ssm',
        arn: parameter,
        region: 'us-east-2',
      });
    },
  );

  test.each([
    'ghp_veryveryverysecret',
    'hunter2',
    'arn:aws:secretsmanager:eu-west-1:111122223333:secret:',
    'arn:aws:secretsmanager::111122223333:secret:x',
    'arn:aws:secretsmanager:eu-west-1:1111:secret:x',
    'arn:aws:ssm:eu-west-1:111122223333:parametertoken',
    'arn:aws:ssm:eu-west-1:111122223333:document/hunter2',
    'arn:aws:kms:eu-west-1:111122223333:key/hunter2',
    'arn:aws:ssm:eu-west-1:111122223333:parameter/a hunter2',
    'https://hunter2@example.com',
  ])('%j is refused and not repeated: it may be the secret itself', (given) => {
    const message = refusal(token, given);
    expect(message).toContain('the value is not the ARN of a secret');
    expect(message).not.toContain(given);
  });

  test('no error repeats any value', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z0-9]{8,40}$/), (given) => {
        expect(refusal(token, given)).not.toContain(given);
      }),
    );
  });

  test('is required', () => {
    expect(refusal(token)).toContain('required');
    expect(refusal(token, '')).toContain('required');
  });
});

describe('readParameters', () => {
  const declared = {
    roles: names('Roles.'),
    limit: number('A limit.', { default: '3', maximum: 5 }),
    mode: choice('A mode.', ['quiet', 'alert'], { default: 'quiet' }),
    token: secret('A token.'),
    muted: patterns('Muted.', { suppresses: true, default: '' }),
    note: text('A note.', { default: 'none' }),
    ignored: pairs('Muted.', ['role', 'policy'], { suppresses: true, default: '' }),
    found: patterns('Found.', { anywhere: true, ignoreCase: true, default: '' }),
  };

  test('gives typed values', () => {
    const values = readParameters(
      declared,
      (name) => ({ roles: 'a', token: 'arn:aws:ssm:eu-west-1:111122223333:parameter/t' })[name],
    );
    expect(values).toMatchObject({ limit: 3, mode: 'quiet', note: 'none' });
    expect(values.roles.items).toEqual(['a']);
    expectTypeOf(values).toEqualTypeOf<Values<typeof declared>>();
    expectTypeOf<Values<typeof declared>>().toEqualTypeOf<{
      readonly roles: Matchers;
      readonly limit: number;
      readonly mode: 'quiet' | 'alert';
      readonly token: SecretReference;
      readonly muted: Matchers;
      readonly note: string;
      readonly ignored: Pairs;
      readonly found: Matchers;
    }>();
  });

  test('says all problems at once, each with its name', () => {
    const given: Record<string, string> = {
      limit: '9',
      mode: 'loud',
      token: 'hunter2',
      muted: '.*',
      note: '',
      ignored: '.*:.*',
      found: '(',
    };
    const error = thrown(() => readParameters(declared, (name) => given[name])) as ParametersError;
    expect(error).toBeInstanceOf(ParametersError);
    expect(error.problems.map((problem) => problem.split(':')[0])).toEqual([
      'roles',
      'limit',
      'mode',
      'token',
      'muted',
      'note',
      'ignored',
      'found',
    ]);
    expect(error.message.split('\n')).toEqual([...error.problems]);
    expect(error.message).not.toContain('hunter2');
  });

  test('takes hostile texts without any other error, and in no time', () => {
    const started = performance.now();
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(declared)),
        fc.string({
          unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
          maxLength: 200,
        }),
        (spec, given) => {
          const error = thrown(() => parseParameter(spec, given));
          expect([undefined, 'Error']).toContain(error instanceof Error ? error.name : error);
        },
      ),
      { numRuns: 500 },
    );
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

test.each([
  [text('A text.'), []],
  [text('A text.', { form: { pattern: 'a+', words: 'a name' } }), ['Expected: a name.']],
  [
    names('Names.', { among: ['a', 'b'], suppresses: true }),
    [
      'Names, separated by commas; * matches any characters.',
      'Each of a, b.',
      'This parameter mutes alerts.',
    ],
  ],
  [
    patterns('Patterns.'),
    ['Regular expressions that match the whole of the value, separated by commas.'],
  ],
  [
    patterns('Patterns.', { anywhere: true }),
    ['Regular expressions that match any part of the value, separated by commas.'],
  ],
  [
    pairs('Pairs.', ['role', 'policy'], { suppresses: true }),
    [
      'Pairs role:policy, separated by commas; each half is a regular expression that matches the whole value.',
      'This parameter mutes alerts.',
    ],
  ],
  [
    text('A URL.', { default: '', actsOutside: true }),
    ['try and replay leave it empty, since they send nothing.'],
  ],
  [number('A number.'), ['A number.']],
  [number('A number.', { minimum: 1 }), ['A number from 1.']],
  [number('A number.', { maximum: 5 }), ['A number up to 5.']],
  [number('A number.', { minimum: 1, maximum: 5 }), ['A number from 1 to 5.']],
  [choice('A mode.', ['on', 'off']), ['One of on, off.']],
])('what is allowed is said in sentences: %#', (spec, sentences) => {
  expect(allowed(spec)).toEqual(sentences);
});

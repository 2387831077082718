/** The manifests that `patrol-build` wrote, each with one field made wrong: nothing of it is taken that the field does not mean. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestProblems } from '@patrol/core/contracts';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const packages = join(import.meta.dirname, '../packages');
const schema: object = JSON.parse(
  readFileSync(join(packages, 'core/schemas/rules.schema.json'), 'utf8'),
);
const fits = new Ajv({ strict: false }).compile(schema);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Key = string | number;

const isText = (value: unknown): boolean => typeof value === 'string' && /\S/.test(value);
const isLine = (value: unknown): boolean => isText(value) && !/[\r\n]/.test(String(value));
const isFlag = (value: unknown): boolean => typeof value === 'boolean' || value === undefined;
const isWithin = (from: number, to: number) => (value: unknown) =>
  Number.isInteger(value) && Number(value) >= from && Number(value) <= to;
const isForm = (form: RegExp) => (value: unknown) => typeof value === 'string' && form.test(value);
const isListOf =
  (item: (value: unknown) => boolean, least = 0) =>
  (value: unknown): boolean =>
    Array.isArray(value) &&
    value.length >= least &&
    value.every(item) &&
    new Set(value).size === value.length;
const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isRegion = isForm(/^(af|ap|ca|eu|il|me|mx|sa|us)(-[a-z]+)+-\d+$/);
const isAction = isForm(/^[a-z0-9-]+:[A-Za-z0-9]+$/);
const isRuleName = isForm(/^[a-z][A-Za-z0-9]+$/);
const isSemver = isForm(/^\d+\.\d+\.\d+(-|\+|$)/);

/**
 * What a field may be besides what it is, by the end of its path: the values that its meaning allows by itself. What is
 * not here may be nothing else. `undefined`: it may be left out.
 */
const meanings: readonly (readonly [
  path: RegExp,
  allows: (value: unknown, beside: unknown) => boolean,
])[] = [
  [/^package\.name$/, isForm(/^[@a-z0-9~/._-]+$/)],
  [/\bversion$/, isSemver],
  [/^rules$/, (value) => Array.isArray(value) && value.length === 0],
  [/^rules\.0\.name$/, isRuleName],
  [/^areas$/, (value) => value === undefined || (Array.isArray(value) && value.length === 0)],
  [/^sets$/, (value) => value === undefined || JSON.stringify(value) === '{}'],
  [/^sets\.\w+$/, (value) => value === undefined],
  [/^(areas\.\d+|sets\.\w+)\.rules$/, isListOf(isRuleName, 1)],
  [/^(areas\.\d+|sets\.\w+)\.rules\.\d+$/, isRuleName],
  [/\.(title|references\.\d+|form\.words|halves\.\d+|among\.\d+)$/, isLine],
  [/\.(description|runbook)$/, isText],
  [/\.severity$/, isForm(/^(low|medium|high|critical)$/)],
  [/\.runbookUrl$/, (value) => value === null || isForm(/^https?:\/\/\S+$/)(value)],
  [/\.references$/, isListOf(isLine)],
  [/\.asks$/, (value) => typeof value === 'boolean'],
  [/\.(remindAfter|onceWithin)$/, (value) => value === undefined || isWithin(1, Infinity)(value)],
  [
    /^rules\.0\.triggers\.\d+\.state$/,
    isForm(/^ENABLED(_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS)?$/),
  ],
  // What stands in a pattern is the pattern's; its own tests say what EventBridge refuses.
  [/\.pattern\./, () => true],
  [/\.everySeconds$/, isWithin(60, 518_400)],
  [/\.services$/, isListOf(isForm(/\.amazonaws\.com$/))],
  [
    /\.(events|also)(\.\d+)?$/,
    (value) => value === undefined || isListOf(isText, 1)(value) || isForm(/^[a-z_]+$/)(value),
  ],
  [/^rules\.0\.parameters$/, (value) => JSON.stringify(value) === '{}'],
  [/^rules\.0\.parameters\.\w+$/, (value) => value === undefined],
  [/\.kind$/, isForm(/^(text|names|patterns|pairs|number|choice|secret)$/)],
  [
    /\.default$/,
    (value, beside) =>
      typeof value === 'string' ||
      (value === undefined && Object.hasOwn(Object(beside), 'example')),
  ],
  [
    /\.example$/,
    (value, beside) =>
      typeof value === 'string' ||
      (value === undefined && Object.hasOwn(Object(beside), 'default')),
  ],
  [/\.(suppresses|ignoreCase|anywhere|actsOutside)$/, isFlag],
  [
    /\.among$/,
    (value, beside) =>
      isListOf(isLine, 1)(value) ||
      (value === undefined && Reflect.get(Object(beside), 'kind') === 'names'),
  ],
  [/\.form$/, (value) => value === undefined],
  [/\.form\.pattern$/, isText],
  [/\.(minimum|maximum)$/, (value) => value === undefined || typeof value === 'number'],
  [/\.permissions$/, (value) => Array.isArray(value) && value.every(isObject)],
  [
    /\.triggers$/,
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every(isObject) &&
      new Set(value.map((each) => JSON.stringify(each))).size === value.length,
  ],
  [/\.Action$/, isListOf(isAction, 1)],
  [/\.Action\.\d+$/, isAction],
  [/\.Resource(\.\d+)?$/, (value) => Array.isArray(value) || isForm(/^(\*$|arn:)/)(value)],
  [/\.Resource(\.\d+)?\.(Ref|Fn::\w+)/, (value) => value !== undefined],
  [/\.Condition/, (value) => !Array.isArray(value)],
  [/\.regions$/, (value) => value === null || isListOf(isRegion, 1)(value)],
  [/\.regions\.\d+$/, isRegion],
  [/\.memorySize$/, isWithin(128, 10_240)],
  [/\.timeout$/, isWithin(1, 900)],
  [/\.bytes$/, isWithin(1, 262_144_000)],
  [/\.handler$/, isForm(/^[\w/-]+\.[\w$]+$/)],
  [/\.code\.path$/, isForm(/^[\w@-][\w@./-]*\.zip$/)],
  [/\.(template|sample)\.path$/, isForm(/^[\w@-][\w@./-]*\.json$/)],
  [/\.sha256$/, isForm(/^[0-9a-f]{64}$/)],
];

/** The places of everything in a value. */
const placesIn = (value: Json, path: readonly Key[] = []): readonly (readonly Key[])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => {
        const place = [...path, Array.isArray(value) ? Number(key) : key];
        return [place, ...placesIn(inner, place)];
      })
    : [];

const at = (value: Json, path: readonly Key[]): unknown =>
  path.reduce((inner: unknown, key) => Reflect.get(Object(inner), key), value);

/** Another value, by the type of the one that is there; `undefined` for none. */
function other(value: unknown): fc.Arbitrary<Json | undefined> {
  const ofOtherType = fc.constantFrom<Json | undefined>(
    undefined,
    null,
    true,
    7,
    'x',
    [],
    ['x'],
    {},
    { x: 1 },
  );
  if (typeof value === 'string') {
    return fc.oneof(
      ofOtherType,
      fc.string(),
      fc.constantFrom('', ' ', '*', '../x', `../${value}`, `/${value}`, `..\\${value}`),
      fc.constantFrom(
        `${value}\n`,
        ` ${value}`,
        value.toUpperCase(),
        value.slice(1),
        `${value}${value}`,
      ),
    );
  }
  if (typeof value === 'number') {
    return fc.oneof(ofOtherType, fc.integer(), fc.constantFrom(0, -1, value + 0.5, -value, 1e9));
  }
  if (typeof value === 'boolean') return fc.oneof(ofOtherType, fc.constant(!value));
  if (Array.isArray(value)) {
    return fc.oneof(
      ofOtherType,
      fc.constantFrom<Json>([...value, null], [...value, value[0] ?? 7], value.slice(1)),
    );
  }
  return ofOtherType;
}

describe.each(readdirSync(packages).filter((name) => name.startsWith('patrol-rules-')))(
  '%s',
  (name) => {
    const whole: { rules: { [key: string]: Json }[]; [key: string]: Json } = JSON.parse(
      readFileSync(join(packages, name, 'dist/rules.json'), 'utf8'),
    );

    test('its manifest fits the schema that is published', () => {
      expect([fits(whole), fits.errors]).toEqual([true, null]);
      expect(manifestProblems(whole)).toEqual([]);
    });

    test.each(whole.rules)(
      'a field of $name that is not what it means is refused where it stands',
      (rule) => {
        const rules = [rule['name'] ?? ''];
        const manifest: Json = {
          ...whole,
          rules: [rule],
          areas: [{ title: 'Everything', rules }],
          sets: { few: { description: 'A few.', rules } },
        };
        const counts = { refused: 0, taken: 0 };
        const change = fc
          .constantFrom(...placesIn(manifest))
          .chain((path) => other(at(manifest, path)).map((value) => ({ path, value })));
        fc.assert(
          fc.property(change, ({ path, value }) => {
            const text = JSON.stringify(manifest);
            const changed: Json = JSON.parse(text);
            const beside = at(changed, path.slice(0, -1));
            const last = path.at(-1) ?? '';
            if (value !== undefined) Reflect.set(Object(beside), last, value);
            else if (Array.isArray(beside)) beside.splice(Number(last), 1);
            else Reflect.deleteProperty(Object(beside), last);
            if (JSON.stringify(changed) === text) return;
            // Of a list without one of its items, the list is what changed.
            const place = value === undefined && Array.isArray(beside) ? path.slice(0, -1) : path;
            const [found, near] = [at(changed, place), at(changed, place.slice(0, -1))];
            const meaning = meanings.find(([pattern]) => pattern.test(place.join('.')));
            const isMeant = meaning?.[1](found, near) ?? false;
            const problems = manifestProblems(changed);
            counts[problems.length > 0 ? 'refused' : 'taken'] += 1;
            if (!isMeant)
              expect([place.join('.'), value, problems]).not.toEqual([place.join('.'), value, []]);
            // It is told where it is, or at the object that it is a part of.
            const parent = place
              .slice(0, -1)
              .filter((key) => typeof key === 'string')
              .slice(0, 2)
              .join('.');
            for (const problem of problems) {
              expect(problem.replace(/\[\d+\]/g, '')).toMatch(
                new RegExp(`^(${parent}|rules|the whole)`),
              );
            }
            // What the published schema refuses is refused.
            if (problems.length === 0)
              expect([changed, fits(changed), fits.errors]).toEqual([changed, true, null]);
          }),
          { numRuns: 400 },
        );
        expect(counts.refused).toBeGreaterThan(100);
      },
    );
  },
);

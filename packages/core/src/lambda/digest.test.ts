import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../contracts/alert.ts';
import { defineRule, severities } from '../rule.ts';
import { schedule } from '../trigger.ts';
import { tellings } from './digest.ts';
import { type DispatchMessage, dispatchMessage } from './dispatch.ts';
import { expectAlert } from '../testing/index.ts';
import { anyText, alert, sizeOf } from './alert.fake.ts';
import { clean } from '../unseen.ts';
import { message } from './message.ts';

const rule = defineRule({
  name: 'untidy',
  title: 'Room untidy',
  description: 'Alerts when a room is untidy.',
  severity: 'low',
  runbook: 'Tidy up.',
  triggers: [schedule('rate(1 hour)')],
  parameters: {},
  evaluate: () => undefined,
});

const finding = (id: unknown, fields: Partial<Alert> = {}): Alert =>
  alert({
    title: `Room ${String(id)} is untidy`,
    dedupKey: `untidy:1:${String(id)}`,
    ...fields,
  });

const many = (count: number, fields: Partial<Alert> = {}): Alert[] =>
  Array.from({ length: count }, (_, index) => finding(index, fields));

describe('findings of a run', () => {
  test('are told one by one while they are few', () => {
    const alerts = [...many(10, { severity: 'high' }), ...many(10, { severity: 'low' })];
    expect(tellings(rule, alerts)).toEqual(
      alerts.map((alert) => ({ message: alert, findings: [alert] })),
    );
  });

  test('are one list when they are many, those of another severity apart', () => {
    const other = finding('x', { severity: 'high' });
    const alerts = [other, ...many(11, { severity: 'medium' })];
    const [one, list, ...more] = tellings(rule, alerts);
    expect(more).toEqual([]);
    expect(one).toEqual({ message: other, findings: [other] });
    expect(list?.findings).toEqual(alerts.slice(1));
    expect(list?.message).toMatchObject({
      title: '11 findings, the first: Room 0 is untidy',
      severity: 'medium',
      facts: { findings: 11, 'untidy:1:0': 'Room 0 is untidy', 'untidy:1:10': 'Room 10 is untidy' },
    });
    expect(Object.keys(list?.message.facts ?? {})).toHaveLength(12);
  });

  test('are a list that says no more than they do: good news is not titled like the rule', () => {
    const [list] = tellings(rule, many(11, { title: 'Room tidied up' }));
    expect(list?.message.title).toBe('11 findings, the first: Room tidied up');
  });

  test('are a list with a title also when the first has none that anybody sees', () => {
    const [list] = tellings(rule, many(11, { title: '' }));
    expect(list?.message.title).toBe('11 findings, the first: (no title)');
  });

  test('are a list about the targets of all of them, in a group of its own, with nothing that undoes or mutes one', () => {
    const alerts = many(11, {
      undo: 'rm room',
      before: { tidy: true },
      suppression: { parameter: 'rooms', item: 'one' },
    }).map((each, index) => ({ ...each, targets: [{ type: 'Room::Room', id: `r${index}` }] }));
    const [list] = tellings(rule, alerts);
    expect(list?.message).toMatchObject({
      targets: alerts.flatMap(({ targets }) => targets),
      before: null,
      undo: null,
      suppression: null,
      groupKey: 'untidy:111122223333:arn:aws:iam::111122223333:user/alice:digest',
    });
    expectAlert(list?.message);
  });

  test('without a key of their own are all listed', () => {
    const alerts = Array.from({ length: 11 }, (_, index) =>
      finding('same', { title: `T${index}` }),
    );
    const [list] = tellings(rule, alerts);
    expect(Object.values(list?.message.facts ?? {}).slice(1)).toEqual(
      alerts.map(({ title }) => title),
    );
  });

  test('about long targets are as many lists as have room for all of them', () => {
    const id = 'x'.repeat(2000);
    const alerts = many(200, { targets: [{ type: 'Room::Room', id }] });
    const told = tellings(rule, alerts);
    expect(told.length).toBeGreaterThan(5);
    for (const { message: list, findings } of told) {
      const { Message } = message(list, 'arn:aws:sns:us-east-1:111122223333:alerts');
      const sent = JSON.parse(JSON.parse(Message).default) as Alert;
      expect(sent.targets).toHaveLength(findings.length);
      expect(sent.facts).toMatchObject({ findings: findings.length });
      expect(Object.keys(sent.facts)).toHaveLength(findings.length + 1);
    }
  });

  test('none are nothing', () => {
    expect(tellings(rule, [])).toEqual([]);
  });

  test('are each told once, in messages that SNS takes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            severity: fc.constantFrom(...severities),
            title: anyText(400),
            key: anyText(100),
            target: anyText(100),
          }),
          { maxLength: 60 },
        ),
        fc.constantFrom(1, 40),
        (found, times) => {
          const alerts = Array.from({ length: times }, () => found)
            .flat()
            .map(({ severity, title, key, target: id }, index) =>
              alert({
                severity,
                title,
                dedupKey: `untidy:${index}:${key}`,
                targets: [{ type: 'Room::Room', id }],
              }),
            );
          const told = tellings(rule, alerts);
          expect(new Set(told.flatMap(({ findings }) => findings))).toEqual(new Set(alerts));
          expect(told.flatMap(({ findings }) => findings)).toHaveLength(alerts.length);
          expect(told.length).toBeLessThanOrEqual(Math.max(40, alerts.length / 10));
          for (const { message: alert, findings } of told) {
            const input = message(alert, 'arn:aws:sns:us-east-1:111122223333:alerts');
            expect(sizeOf(input)).toBeLessThanOrEqual(262_144);
            if (findings.length === 1) continue;
            // Each finding is in the message, and none is cut off on the way to Dispatch.
            expect(Object.keys(alert.facts)).toHaveLength(findings.length + 1);
            const forDispatch = dispatchMessage(alert, 'arn:aws:sns:us-east-1:111122223333:d', {});
            const { body } = JSON.parse(forDispatch.Message) as DispatchMessage;
            for (const key of Object.keys(alert.facts)) {
              const shown = clean(key).replace(/`{3,}/g, (run) => "'".repeat(run.length));
              expect(body.github.body).toContain(shown);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

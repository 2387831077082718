/** What the built rules send about their own samples, as `try` shows it: it fits the published JSON schema of the alert. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectAlert } from '@patrol/core/testing';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
// The deployer's own modules: its tests use them as well.
import { readAssembly } from '../packages/deployer/src/packages/assembly.ts';
import { tryRule } from '../packages/deployer/src/commands/try.ts';
import { fakeStreams } from '../packages/deployer/src/testing/artifact.ts';

const packages = join(import.meta.dirname, '../packages');
const schema: object = JSON.parse(
  readFileSync(join(packages, 'core/schemas/alert.schema.json'), 'utf8'),
);
const fits = new Ajv({ strict: false }).compile(schema);

const artifacts = ['patrol-rules-aws', 'patrol-rules-github'].flatMap((name) => {
  const assembly = readAssembly(join(packages, name));
  return assembly.manifest.rules.map((rule) => ({ name: rule.name, assembly, rule }));
});

describe.concurrent('the alerts of', () => {
  // What a rule that asks would find is in nobody's sample.
  test.each(artifacts.filter(({ rule }) => !rule.asks))('$name', async (artifact) => {
    const streams = fakeStreams();
    const asked = { artifact, parameters: {}, json: true, cwd: packages };
    expect(await tryRule(asked, streams)).toBe(0);
    const { messages } = JSON.parse(streams.written.stdout) as {
      messages: readonly { readonly json: unknown }[];
    };
    expect(messages.length).toBeGreaterThan(0);
    for (const { json } of messages) {
      expectAlert(json);
      expect([fits(json), fits.errors]).toEqual([true, null]);
    }
  });
});

test('the JSON schema refuses what is no alert', () => {
  expect(fits({ version: 1 })).toBe(false);
});

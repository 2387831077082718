import { describe, expect, test } from 'vitest';
import type { Artifact } from '../packages/assembly.ts';
import { previousValue, type Stack } from '../cloud/cloud.ts';
import { planStack } from './stack.ts';
import { type Action, actionOf } from '../testing/plans.ts';
import { ruleContent, type Template } from '../template/template.ts';
import type { Wanted } from '../want/stack.ts';

const artifact = {
  assembly: {
    shortName: 'demo',
    folder: '/x',
    manifest: {
      formatVersion: 1,
      core: { version: '1.0.0' },
      package: { name: '@patrol/rules-demo', version: '1.1.0' },
      rules: [],
    },
  },
  rule: {
    name: 'watch',
    parameters: {},
    regions: null,
    code: { sha256: 'c0de' },
    template: { sha256: 'fe11' },
  },
} as unknown as Artifact;

const template: Template = {
  text: '{}',
  resources: {},
  parameters: Object.fromEntries(
    [
      'CodeS3Bucket',
      'CodeS3Key',
      'CodeS3ObjectVersion',
      'AlertEmail',
      'AlertTopicArn',
      'LogRetentionInDays',
      'actions',
    ].map((name) => [name, {}]),
  ),
};

/** What is wanted, with the template of it. */
type Asked = Omit<Wanted, 'content'> & { readonly template: Template };

const wanted = (changes: Partial<Asked> = {}): Asked => ({
  stack: 'patrol-demo-watch-production',
  place: { account: '111122223333', region: 'eu-west-1', partition: 'aws' },
  environment: 'production',
  template,
  values: {
    actions: { text: 'Stop', from: 'stack' },
    AlertEmail: { text: 'a@b.cc', from: 'stack' },
    AlertTopicArn: { text: '', from: 'stack' },
  },
  ...changes,
});

const plan = (asked: Asked, built: Artifact, current: Stack | undefined): Action =>
  actionOf(planStack({ ...asked, content: ruleContent(built, asked.template) }, current));

const current = (changes: Partial<Stack> = {}): Stack => ({
  id: 'arn:stack',
  name: 'patrol-demo-watch-production',
  status: 'CREATE_COMPLETE',
  parameters: {
    CodeS3Bucket: 'patrol-artifacts-111122223333-eu-west-1',
    CodeS3Key: 'patrol/demo/watch/c0de.zip',
    CodeS3ObjectVersion: 'v1',
    AlertEmail: 'a@b.cc',
    AlertTopicArn: '',
    LogRetentionInDays: '30',
    actions: 'Stop',
  },
  outputs: {},
  tags: {
    'patrol:package': '@patrol/rules-demo',
    'patrol:rule': 'watch',
    'patrol:environment': 'production',
    'patrol:version': '1.0.0',
    'patrol:template': 'fe11',
  },
  created: new Date(0),
  terminationProtected: false,
  ...changes,
});

describe('plan', () => {
  test('creates what is not there, with every value spelled out', () => {
    const values = {
      actions: { text: 'Stop', from: 'given' },
      AlertEmail: { text: 'a@b.cc', from: 'given' },
      AlertTopicArn: { text: '', from: 'given' },
    } as const;
    expect(plan(wanted({ values }), artifact, undefined)).toMatchObject({
      do: 'create',
      because: 'it does not exist yet',
      parameters: {
        CodeS3Bucket: 'patrol-artifacts-111122223333-eu-west-1',
        CodeS3Key: 'patrol/demo/watch/c0de.zip',
        actions: 'Stop',
        AlertEmail: 'a@b.cc',
        AlertTopicArn: '',
      },
      tags: { 'patrol:version': '1.1.0', 'patrol:template': 'fe11' },
    });
  });

  test('keeps what is as wanted: also when only the version of the package is another', () => {
    expect(plan(wanted(), artifact, current())).toMatchObject({ do: 'keep' });
    const same = { ...wanted().values, actions: { text: 'Stop', from: 'given' } } as const;
    expect(plan(wanted({ values: same }), artifact, current())).toMatchObject({ do: 'keep' });
  });

  test('updates a changed value and keeps the others by reference', () => {
    const values = { ...wanted().values, actions: { text: 'Delete', from: 'given' } } as const;
    expect(plan(wanted({ values }), artifact, current())).toMatchObject({
      do: 'update',
      because: 'actions changed',
      parameters: {
        CodeS3Bucket: previousValue,
        CodeS3Key: previousValue,
        CodeS3ObjectVersion: previousValue,
        LogRetentionInDays: previousValue,
        AlertEmail: previousValue,
        actions: 'Delete',
      },
      differences: [
        { what: '@patrol/rules-demo', before: '1.0.0', after: '1.1.0', reason: 'newer' },
        { what: 'actions', before: 'Stop', after: 'Delete' },
      ],
    });
  });

  test('never keeps a value by reference that the stack does not have', () => {
    const { actions, ...parameters } = current().parameters;
    expect(actions).toBe('Stop');
    const values = { ...wanted().values, actions: { text: 'All', from: 'default' } } as const;
    const step = plan(wanted({ values }), artifact, current({ parameters }));
    expect(step).toMatchObject({
      do: 'update',
      parameters: { actions: 'All' },
      because: 'actions changed',
    });
  });

  test('tells of a new parameter of every rule where it is more than its default', () => {
    const parameters = { ...template.parameters, AlertForm: { Default: 'text' } };
    const old = current({ tags: { ...current().tags, 'patrol:template': 'old' } });
    const asked = (text: string): Action => {
      const values = { ...wanted().values, AlertForm: { text, from: 'default' } } as const;
      return plan(wanted({ template: { ...template, parameters }, values }), artifact, old);
    };
    expect(asked('text')).toMatchObject({
      parameters: { AlertForm: 'text' },
      because: 'template changed',
    });
    expect(asked('json').because).toBe('form of alerts and template changed');
  });

  test('sends no parameter that the new template no longer has', () => {
    const parameters = { ...current().parameters, old: 'x' };
    const tags = { ...current().tags, 'patrol:template': 'other' };
    const step = plan(wanted(), artifact, current({ parameters, tags }));
    expect(step).toMatchObject({ do: 'update', because: 'template changed' });
    expect(step).not.toHaveProperty('parameters.old');
  });

  test('updates for new code and a new template, and says so', () => {
    const old = current({
      parameters: { ...current().parameters, CodeS3Key: 'patrol/demo/watch/old.zip' },
      tags: { ...current().tags, 'patrol:template': 'old' },
    });
    expect(plan(wanted(), artifact, old)).toMatchObject({
      do: 'update',
      because: 'code and template changed',
      parameters: { CodeS3Key: 'patrol/demo/watch/c0de.zip' },
    });
    // Where it lies is known once it is uploaded: never the version of other code.
    expect(plan(wanted(), artifact, old)).not.toHaveProperty('parameters.CodeS3ObjectVersion');
  });

  test('keeps a stack whose code is in no version', () => {
    const parameters = { ...current().parameters, CodeS3ObjectVersion: '' };
    expect(plan(wanted(), artifact, current({ parameters }))).toMatchObject({ do: 'keep' });
  });

  test('sends the tags of others again, but not those of AWS', () => {
    const tags = { ...current().tags, 'patrol:template': 'old', team: 'red', 'aws:x': 'y' };
    const step = plan(wanted(), artifact, current({ tags }));
    expect(step).toMatchObject({ tags: { team: 'red', 'patrol:rule': 'watch' } });
    expect(step).not.toHaveProperty(['tags', 'aws:x']);
  });

  test('after a rollback the change set decides, not what is echoed', () => {
    const step = plan(wanted(), artifact, current({ status: 'UPDATE_ROLLBACK_COMPLETE' }));
    expect(step).toMatchObject({ do: 'update', differences: [] });
  });

  test.each([
    ['ROLLBACK_COMPLETE', 'it could not be created, and is empty (No)'],
    ['CREATE_FAILED', 'it could not be created'],
    ['ROLLBACK_FAILED', 'it could not be created'],
    ['DELETE_FAILED', 'it could not be deleted completely (No)'],
  ])('deletes a stack in %s and creates it anew with the values that it had', (status, words) => {
    const broken = current({ status, reason: 'No.' });
    expect(plan(wanted(), artifact, broken)).toMatchObject({
      do: 'recreate',
      because: expect.stringContaining(`${status}: ${words}`),
      parameters: { actions: 'Stop', AlertEmail: 'a@b.cc' },
    });
    expect(plan(wanted(), artifact, { ...broken, terminationProtected: true })).toMatchObject({
      do: 'refuse',
      because: expect.stringContaining('`patrol-deploy delete demo/watch --region eu-west-1`'),
    });
  });

  test('an empty stack counts as none: without tags, or with ours', () => {
    for (const tags of [{}, current().tags]) {
      const shell = current({ status: 'REVIEW_IN_PROGRESS', tags, parameters: {} });
      expect(plan(wanted(), artifact, shell)).toMatchObject({
        do: 'create',
        because: expect.stringContaining('it is empty'),
      });
    }
    const foreign = current({ status: 'REVIEW_IN_PROGRESS', tags: { team: 'x' } });
    expect(plan(wanted(), artifact, foreign)).toMatchObject({ do: 'refuse' });
  });

  test.each([
    ['UPDATE_IN_PROGRESS', 'recover', 'is being updated. Somebody'],
    ['DELETE_IN_PROGRESS', 'recover', 'is being deleted. Somebody'],
    ['UPDATE_ROLLBACK_IN_PROGRESS', 'recover', 'being rolled back'],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'recover', 'are being deleted'],
    ['SOMETHING_NEW_IN_PROGRESS', 'recover', 'waits until it ends'],
    [
      'UPDATE_ROLLBACK_FAILED',
      'recover',
      '`patrol-deploy demo/watch --region eu-west-1` continues the rollback',
    ],
    ['UPDATE_FAILED', 'recover', '`patrol-deploy demo/watch --region eu-west-1` rolls it back'],
    ['IMPORT_ROLLBACK_FAILED', 'refuse', 'in the console'],
    ['SOMETHING_NEW', 'refuse', 'does not know'],
  ])('in the state %s it does nothing but %s, and says what to do', (status, what, words) => {
    const step = plan(wanted(), artifact, current({ status }));
    expect(step).not.toHaveProperty('parameters');
    expect(step).toMatchObject({ do: what, because: expect.stringContaining(words) });
    expect(step.because).toContain(status);
  });

  test.each([
    [{}, 'does not have the tags'],
    [
      { ...current().tags, 'patrol:package': '@other/patrol-rules' },
      'another rule: its tag patrol:package is @other/patrol-rules',
    ],
    [{ ...current().tags, 'patrol:environment': 'x-y' }, 'patrol:environment'],
  ])('leaves alone a stack that is not this rule’s', (tags, words) => {
    for (const status of ['CREATE_COMPLETE', 'ROLLBACK_COMPLETE']) {
      const step = plan(wanted(), artifact, current({ tags, status }));
      expect(step).toMatchObject({ do: 'refuse', because: expect.stringContaining(words) });
    }
  });

  test('refuses where the events never come, in the partition aws alone', () => {
    const global = { ...artifact, rule: { ...artifact.rule, regions: ['us-east-1'] } };
    expect(plan(wanted(), global, undefined)).toEqual({
      do: 'refuse',
      stack: 'patrol-demo-watch-production',
      differences: [],
      because:
        'AWS delivers the events of demo/watch only in us-east-1; in eu-west-1 it would never alert. Deploy it with --region us-east-1.',
    });
    const china = { account: '1', region: 'cn-north-1', partition: 'aws-cn' };
    expect(plan(wanted({ place: china }), global, undefined)).toMatchObject({ do: 'create' });
    const home = { account: '1', region: 'us-east-1', partition: 'aws' };
    expect(plan(wanted({ place: home }), global, undefined)).toMatchObject({ do: 'create' });
  });
});

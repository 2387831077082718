/** For tests: built rules made of a few lines, and streams that remember. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { RuleManifest } from '@patrol/core/contracts';
import { zipSync } from 'fflate';
import { type Artifact, findArtifact } from '../packages/assembly.ts';
import type { Streams } from '../text/streams.ts';

/** What a fake rule is made of; what is left out is a rule on StopLogging. */
export interface FakeRule extends Partial<
  Pick<
    RuleManifest,
    | 'triggers'
    | 'parameters'
    | 'permissions'
    | 'regions'
    | 'timeout'
    | 'memorySize'
    | 'asks'
    | 'onceWithin'
  >
> {
  /** The text of `index.mjs`. */
  readonly index?: string;
  readonly variables?: unknown;
  readonly sample?: unknown;
  /** Further resources of the template. */
  readonly resources?: Readonly<Record<string, unknown>>;
  /** Instead of the zip of `index`. */
  readonly zip?: Uint8Array;
}

/** A CloudTrail record. */
export const record = (eventName: string, eventID = 'e-1'): Record<string, unknown> => ({
  eventVersion: '1.11',
  eventID,
  eventTime: '2026-01-02T03:04:05Z',
  eventSource: 'cloudtrail.amazonaws.com',
  eventName,
  awsRegion: 'eu-west-1',
  eventType: 'AwsApiCall',
  recipientAccountId: '111122223333',
  userIdentity: { type: 'IAMUser', userName: 'mallory' },
});

/** A function that publishes without the AWS SDK: `publish({ Subject, Message })`. */
export const publisher: string = `
  const publish = async (fields) => {
    const answer = await fetch(process.env.AWS_ENDPOINT_URL_SNS, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'Publish', TopicArn: process.env.ALERT_TOPIC_ARN, ...fields }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
`;

/** A rule whose alerts have the call's name as their title. */
export const alerting: string = `${publisher}
  export const evaluate = async ({ detail }) => ({
    alerts: [{
      severity: 'high', title: detail.eventName, summary: 'By ' + detail.userIdentity.userName,
      eventId: detail.eventID, eventTime: detail.eventTime,
    }],
    because: 'alert',
  });
  export const handler = async (event) => {
    const { alerts } = await evaluate(event);
    for (const alert of alerts) {
      await publish({
        Subject: alert.title,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: JSON.stringify({ ...alert, event }), email: 'Dear reader,\\n' + alert.summary }),
      });
    }
    console.log('published', alerts.length);
    return { alerts: alerts.length };
  };
`;

const folders: string[] = [];

/** Removes every fake package. */
export function removeFakes(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Writes a package with one rule, `rule`, to a folder for temporary files. */
export function fakeArtifact(fake: FakeRule = {}): Artifact {
  const folder = mkdtempSync(join(tmpdir(), 'patrol-fake-'));
  folders.push(folder);
  const put = (
    path: string,
    bytes: Uint8Array,
  ): { path: string; sha256: string; bytes: number } => {
    writeFileSync(join(folder, path), bytes);
    return { path, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
  };
  const text = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
  const parameters = fake.parameters ?? {};
  const rule: RuleManifest = {
    name: 'rule',
    title: 'Fake',
    description: 'Alerts in tests.',
    severity: 'high',
    runbook: 'Nothing.',
    runbookUrl: null,
    references: [],
    asks: fake.asks ?? false,
    triggers: fake.triggers ?? [
      {
        kind: 'event',
        state: 'ENABLED',
        pattern: {
          source: ['aws.cloudtrail'],
          detail: { eventName: [{ prefix: 'Stop' }, { prefix: 'Get' }] },
        },
      },
    ],
    parameters,
    permissions: fake.permissions ?? [],
    regions: fake.regions ?? null,
    ...(fake.onceWithin !== undefined && { onceWithin: fake.onceWithin }),
    memorySize: fake.memorySize ?? 128,
    timeout: fake.timeout ?? 20,
    code: {
      ...put('code.zip', fake.zip ?? zipSync({ 'index.mjs': Buffer.from(fake.index ?? alerting) })),
      handler: 'index.handler',
    },
    template: put(
      'template.json',
      text({
        Parameters: {
          AlertEmail: { Type: 'String', Default: '' },
          AlertTopicArn: { Type: 'String', Default: '' },
          DispatchSnsArn: { Type: 'String', Default: '', AllowedPattern: '(arn:.+)?' },
          ...Object.fromEntries(Object.keys(parameters).map((name) => [name, { Type: 'String' }])),
        },
        Conditions: { OwnTopic: { 'Fn::Equals': [{ Ref: 'AlertTopicArn' }, ''] } },
        Resources: {
          ...fake.resources,
          Topic: { Type: 'AWS::SNS::Topic' },
          Function: {
            Type: 'AWS::Lambda::Function',
            Properties: {
              Environment: {
                Variables: fake.variables ?? {
                  ALERT_TOPIC_ARN: {
                    'Fn::If': ['OwnTopic', { Ref: 'Topic' }, { Ref: 'AlertTopicArn' }],
                  },
                  ...Object.fromEntries(
                    Object.keys(parameters).map((name) => [name, { Ref: name }]),
                  ),
                },
              },
            },
          },
        },
      }),
    ),
    sample: put('sample.json', text(fake.sample ?? record('StopLogging'))),
  };
  put(
    'rules.json',
    text({
      formatVersion: 1,
      package: { name: 'patrol-rules-fake', version: '1.2.3' },
      core: { version: '1.0.0' },
      rules: [rule],
    }),
  );
  return findArtifact(`${folder}/rule`, { cwd: folder });
}

/** Streams in memory. */
export interface FakeStreams extends Streams {
  readonly written: { readonly stdout: string; readonly stderr: string };
}

/** Streams that remember what is written; `stdin` is what can be read. */
export function fakeStreams(
  stdin: string | Uint8Array = '',
  terminal: { readonly isTTY?: boolean; readonly columns?: number } = {},
): FakeStreams {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const collect = (into: Buffer[]): Writable =>
    Object.assign(
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          into.push(chunk);
          done();
        },
      }),
      terminal,
    );
  return {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: collect(chunks.stdout),
    stderr: collect(chunks.stderr),
    written: {
      get stdout() {
        return Buffer.concat(chunks.stdout).toString('utf8');
      },
      get stderr() {
        return Buffer.concat(chunks.stderr).toString('utf8');
      },
    },
  };
}

/** For tests of the edge to AWS: an operator with keys in the environment and a profile in the configuration. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import {
  type Answer,
  type Asked,
  fakeAws,
  type FakeAws,
  xml,
} from '../../../core/src/lambda/server.fake.ts';
import type { Place } from '../cloud/cloud.ts';

/**
 * Has the operator ask a server of our own in all tests of the file.
 *
 * @param profiles more sections of the configuration.
 */
export function fakeOperator(
  answer: (asked: Asked) => Answer | undefined,
  profiles = '',
): {
  readonly aws: FakeAws;
  readonly asked: readonly Asked[];
  /** The folder of the configuration, which has the profile `far`. */
  readonly home: string;
} {
  const home = mkdtempSync(join(tmpdir(), 'patrol-aws-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  // The SDK reads it once.
  writeFileSync(
    join(home, 'config'),
    `[profile far]\nregion = ap-south-1\naws_access_key_id = OFTHEPROFILE\naws_secret_access_key = secret-of-the-profile\n${profiles}`,
  );
  const aws = fakeAws(answer, {
    AWS_ACCESS_KEY_ID: 'OPERATOR',
    AWS_SECRET_ACCESS_KEY: 'secret-of-the-operator',
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
  });
  return { aws, asked: aws.asked, home };
}

/** Whose the credentials are, as STS says it. */
export const identity = ({
  account = '111122223333',
  partition = 'aws',
}: Partial<Pick<Place, 'account' | 'partition'>> = {}): Answer =>
  xml(
    'GetCallerIdentity',
    `<Arn>arn:${partition}:sts::${account}:assumed-role/a/b</Arn><UserId>u</UserId><Account>${account}</Account>`,
  );

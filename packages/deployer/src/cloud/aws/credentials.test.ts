import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Answer, type Asked, refused, xml } from '../../../../core/src/lambda/server.fake.ts';
import { fakeOperator, identity } from '../../testing/operator.ts';
import { InterruptedError, OperatorError } from '../../text/errors.ts';
import { awsConnections } from './connections.ts';

let answer: (asked: Asked) => Answer | undefined = () => identity();
const { asked } = fakeOperator(
  (each) => answer(each),
  `
[profile failing]
region = eu-west-1
credential_process = /bin/sh -c "echo no vault today >&2; exit 3"
[profile signedOut]
region = eu-west-1
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
[profile bare]
region = eu-west-1
${['asked', 'wrong', 'stopped', 'nobody']
  .map(
    (name) => `[profile ${name}]
region = eu-west-1
role_arn = arn:aws:iam::111122223333:role/${name}
source_profile = far
mfa_serial = arn:aws:iam::111122223333:mfa/carol
`,
  )
  .join('')}`,
);
beforeEach(() => {
  answer = () => identity();
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_PROFILE', undefined);
});
afterEach(() => vi.unstubAllEnvs());

const place = async (
  options: { region?: string; profile?: string },
  mfaCode?: (serial: string) => Promise<string>,
) => (await awsConnections(process.env, mfaCode).cloud(options)).place();

const keyOf = (each: Asked | undefined): string | undefined =>
  /Credential=([^/]+)\//.exec(each?.headers.authorization ?? '')?.[1];

describe('whose credentials', () => {
  test('keys in the environment win over AWS_PROFILE, whose region is taken, and lose to --profile', async () => {
    vi.stubEnv('AWS_PROFILE', 'far');
    expect(await place({})).toMatchObject({ region: 'ap-south-1' });
    expect(keyOf(asked[0])).toBe('OPERATOR');
    await place({ profile: 'far' });
    expect(keyOf(asked[1])).toBe('OFTHEPROFILE');
  });

  test('without keys AWS_PROFILE says it', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    vi.stubEnv('AWS_PROFILE', 'far');
    await place({});
    expect(keyOf(asked[0])).toBe('OFTHEPROFILE');
  });

  test('a profile that there is not is told with those that there are, and the nearest', async () => {
    const missing = place({ profile: 'signdOut', region: 'eu-west-1' });
    await expect(missing).rejects.toThrow(OperatorError);
    await expect(missing).rejects.toThrow(
      'There is no profile "signdOut" in ~/.aws/config or ~/.aws/credentials. Did you mean signedOut? There are: asked, bare, failing, far, nobody, signedOut, stopped and wrong.',
    );
    vi.stubEnv('AWS_PROFILE', 'gone');
    await expect(place({ region: 'eu-west-1' })).rejects.toThrow('There is no profile "gone"');
    expect(asked).toEqual([]);
  });
});

describe('why a profile gives none', () => {
  test.each([
    [
      'failing',
      'The profile failing gives no credentials: Command failed: /bin/sh -c "echo no vault today >&2; exit 3": no vault today',
    ],
    [
      'signedOut',
      "The profile signedOut gives no credentials: The SSO session token associated with profile=signedOut was not found or is invalid. To refresh this SSO session run 'aws sso login' with the corresponding profile.",
    ],
    ['bare', 'Could not load credentials from any providers'],
  ])('%s', async (profile, message) => {
    await expect(place({ profile })).rejects.toMatchObject({ failure: 'credentials', message });
  });
});

describe('a profile with an MFA device', () => {
  const session = xml(
    'AssumeRole',
    `<Credentials><AccessKeyId>OFTHESESSION</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/a/b</Arn><AssumedRoleId>a:b</AssumedRoleId></AssumedRoleUser>`,
  );
  const isAssuming = ({ body }: Asked): boolean => body.includes('Action=AssumeRole');

  test('asks for the code once, for all clients and regions', async () => {
    answer = (each) => (isAssuming(each) ? session : identity());
    const code = vi.fn<(serial: string) => Promise<string>>().mockResolvedValue('123456');
    await Promise.all([
      place({ profile: 'asked' }, code),
      place({ profile: 'asked', region: 'eu-north-1' }, code),
    ]);
    await place({ profile: 'asked' }, code);
    expect(code.mock.calls).toEqual([['arn:aws:iam::111122223333:mfa/carol']]);
    const [assuming] = asked.filter(isAssuming);
    expect(assuming?.body).toMatch(/TokenCode=123456/);
    expect(keyOf(assuming)).toBe('OFTHEPROFILE');
    expect(keyOf(asked.at(-1))).toBe('OFTHESESSION');
  });

  test('a wrong code is told as that', async () => {
    answer = (each) =>
      isAssuming(each)
        ? refused(
            'AccessDenied',
            'MultiFactorAuthentication failed with invalid MFA one time pass code.',
          )
        : identity();
    await expect(place({ profile: 'wrong' }, async () => '000000')).rejects.toMatchObject({
      failure: 'credentials',
      message:
        'The profile wrong gives no credentials: MultiFactorAuthentication failed with invalid MFA one time pass code.',
    });
  });

  test('a question that is stopped stops the run, and without anybody to ask it says so', async () => {
    const stopped = place({ profile: 'stopped' }, () => Promise.reject(new InterruptedError()));
    await expect(stopped).rejects.toThrow(InterruptedError);
    await expect(place({ profile: 'nobody' })).rejects.toMatchObject({
      failure: 'credentials',
      message: expect.stringContaining('requires multi-factor authentication'),
    });
  });
});

describe('regions', () => {
  test('one that the account has not enabled is told as that', async () => {
    answer = ({ headers }) =>
      headers.authorization?.includes('/us-east-1/')
        ? identity()
        : refused('InvalidClientTokenId', 'The security token included in the request is invalid');
    await expect(place({ region: 'ap-east-1' })).rejects.toThrow(
      'The region ap-east-1 is not enabled in this account. Choose another one with --region, or enable it: `aws account enable-region --region-name ap-east-1`.',
    );
  });

  test('where the credentials are wrong everywhere, they are', async () => {
    answer = () => refused('InvalidClientTokenId', 'The security token is invalid');
    await expect(place({ region: 'ap-east-1' })).rejects.toMatchObject({ failure: 'credentials' });
  });

  test.each(['AWS_REGION', 'AWS_DEFAULT_REGION'])('%s is checked as --region is', async (name) => {
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv(name, 'eu-wset-1');
    await expect(place({})).rejects.toThrow(
      `${name}: expected a region, such as eu-west-1, found "eu-wset-1". Did you mean eu-west-1?`,
    );
    expect(asked).toEqual([]);
  });
});

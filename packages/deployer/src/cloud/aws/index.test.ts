import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Answer, refused, serve, xml } from '../../../../core/src/lambda/server.fake.ts';
import { agents } from '../agents.ts';
import { connect } from './connection.ts';
import { fakeOperator, identity } from '../../testing/operator.ts';
import { awsCloud } from './index.ts';
import { previousValue } from '../cloud.ts';
import { OperatorError } from '../../text/errors.ts';

/** What AWS answers, in turn. */
let answers: Answer[] = [];
const { aws, asked, home } = fakeOperator(() => answers.shift());
beforeEach(() => {
  answers = [];
});

describe('the way to AWS', () => {
  test('account, region and partition', async () => {
    answers = [identity({ partition: 'aws-us-gov' })];
    const cloud = await awsCloud({ region: 'us-gov-west-1' }, process.env);
    expect(await cloud.place()).toEqual({
      account: '111122223333',
      region: 'us-gov-west-1',
      partition: 'aws-us-gov',
    });
    await cloud.place();
    expect(asked).toHaveLength(1);
  });

  test('the region: the option, then the environment, then the profile; without any, what to do', async () => {
    // Set to nothing, as scripts do, is not set.
    vi.stubEnv('AWS_REGION', '');
    await expect(connect({}, process.env)).rejects.toThrow(OperatorError);
    await expect(connect({}, process.env)).rejects.toThrow(
      'Use --region, such as --region eu-west-1',
    );
    expect(await connect({ profile: 'far' }, { ...process.env })).toMatchObject({
      region: 'ap-south-1',
      profile: 'far',
    });
    vi.stubEnv('AWS_DEFAULT_REGION', 'eu-west-3');
    vi.stubEnv('AWS_REGION', '');
    expect(await connect({}, process.env)).toMatchObject({
      region: 'eu-west-3',
      maxAttempts: 10,
      retryMode: 'adaptive',
    });
    vi.stubEnv('AWS_REGION', 'eu-west-2');
    expect(await connect({}, process.env)).toMatchObject({ region: 'eu-west-2' });
    expect(await connect({ region: 'eu-west-1' }, process.env)).toMatchObject({
      region: 'eu-west-1',
    });
  });

  test('with --profile, keys in the environment neither matter nor make the SDK warn', async () => {
    vi.stubEnv('AWS_SESSION_TOKEN', 'test');
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    answers = [identity()];
    await (await awsCloud({ profile: 'far' }, process.env)).place();
    expect(asked[0]?.headers.authorization).toContain('Credential=OFTHEPROFILE/');
    expect(asked[0]?.headers).not.toHaveProperty('x-amz-security-token');
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  test.each([
    ['AWS_ENDPOINT_URL', 'localhost:4566'],
    ['AWS_ENDPOINT_URL_S3', 'here'],
    ['AWS_ENDPOINT_URL_SNS', 'http://'],
  ])('%s=%s is refused by its name', async (name, value) => {
    vi.stubEnv(name, value);
    await expect(connect({ region: 'eu-west-1' }, process.env)).rejects.toThrow(
      `${name} must be a URL, such as http://localhost:4566; found "${value}"`,
    );
  });

  test('a proxy is gone through, except for what NO_PROXY names', async () => {
    const through: string[] = [];
    const proxy = await serve((incoming, outgoing) => {
      through.push(incoming.url ?? '');
      const { method, headers } = incoming;
      incoming.pipe(
        request(incoming.url ?? '', { method, headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        }),
      );
    });
    vi.stubEnv('HTTP_PROXY', proxy.url);
    answers = [identity()];
    await (await awsCloud({ region: 'eu-west-1' }, process.env)).place();
    expect(through).toEqual([`${aws.url}/`]);
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    answers = [identity()];
    await (await awsCloud({ region: 'eu-west-1' }, process.env)).place();
    expect(through).toHaveLength(1);
    await proxy.close();
  });

  describe('a proxy for calls over TLS', () => {
    const asked: IncomingMessage[] = [];
    const proxy = createServer();
    let port = 0;
    beforeAll(async () => {
      // It is asked for a tunnel and refuses: that much shows what went to it.
      proxy.on('connect', (incoming, socket) => {
        asked.push(incoming);
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      ({ port } = proxy.address() as AddressInfo);
    });
    afterEach(() => asked.splice(0));
    afterAll(() => proxy.close());

    test.each([
      ['HTTPS_PROXY', (at: number) => `http://127.0.0.1:${at}`, undefined],
      ['https_proxy', (at: number) => `http://127.0.0.1:${at}`, undefined],
      ['ALL_PROXY', (at: number) => `127.0.0.1:${at}`, undefined],
      [
        'HTTPS_PROXY',
        (at: number) => `http://carol:secret@127.0.0.1:${at}`,
        `Basic ${Buffer.from('carol:secret').toString('base64')}`,
      ],
    ])('%s is asked for a tunnel', async (variable, url, authorization) => {
      vi.stubEnv('AWS_ENDPOINT_URL', undefined);
      vi.stubEnv(variable, url(port));
      const cloud = await awsCloud({ region: 'eu-west-1' }, process.env);
      await expect(cloud.place()).rejects.toMatchObject({
        failure: 'unreachable',
        message: expect.not.stringContaining('secret'),
      });
      expect(asked[0]?.url).toBe('sts.eu-west-1.amazonaws.com:443');
      expect(asked[0]?.headers['proxy-authorization']).toBe(authorization);
    });

    test('which of two counts: lower case, and the proxy of the protocol over the one for all', () => {
      const chosen = (environment: Record<string, string>): unknown =>
        Reflect.get(Reflect.get(agents(environment)['httpsAgent'] ?? {}, 'options'), 'proxyEnv');
      expect(
        chosen({ https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2', all_proxy: 'http://c:3' }),
      ).toEqual({ HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://c:3' });
      expect(chosen({ HTTP_PROXY: '', ALL_PROXY: 'c:3', no_proxy: 'localhost' })).toEqual({
        HTTPS_PROXY: 'http://c:3',
        HTTP_PROXY: 'http://c:3',
        NO_PROXY: 'localhost',
      });
    });

    test.each([
      'socks5://carol:secret@localhost:1080',
      'pac+http://localhost/proxy.pac',
      'http://',
    ])('%s is refused by the name of the variable, without its password', (url) => {
      const refused = (): unknown => agents({ HTTPS_PROXY: url });
      expect(refused).toThrow(
        'HTTPS_PROXY must be the URL of an HTTP proxy, such as http://proxy.example.com:8080; found',
      );
      expect(refused).not.toThrow('secret');
    });
  });

  test('AWS_CA_BUNDLE adds to what is trusted; one that cannot be read is named', async () => {
    expect(agents({})).toEqual({});
    const file = join(home, 'ca.pem');
    const bundle = '-----BEGIN CERTIFICATE-----\nPRIVATE CA\n-----END CERTIFICATE-----\n';
    writeFileSync(file, bundle);
    const { httpsAgent } = agents({ AWS_CA_BUNDLE: file });
    const trusted: unknown = Reflect.get(Reflect.get(httpsAgent ?? {}, 'options'), 'ca');
    expect(trusted).toContain(bundle);
    expect(Array.isArray(trusted) && trusted.length > 50).toBe(true);
    expect(() => agents({ AWS_CA_BUNDLE: join(home, 'none.pem') })).toThrow(
      'AWS_CA_BUNDLE must name',
    );
  });

  test('AWS_CA_BUNDLE that names something else is refused with its path', async () => {
    const file = join(home, 'ca.der');
    writeFileSync(file, 'not PEM');
    expect(() => agents({ AWS_CA_BUNDLE: file })).toThrow(
      `AWS_CA_BUNDLE must name a file with certificates in PEM format; it names ${file}, but it does not contain -----BEGIN`,
    );
  });

  test('credentials that AWS does not know', async () => {
    answers = [refused('InvalidClientTokenId', 'The security token is invalid.')];
    const cloud = await awsCloud({ region: 'eu-west-1' }, process.env);
    await expect(cloud.place()).rejects.toMatchObject({
      failure: 'credentials',
      call: 'sts:GetCallerIdentity',
    });
  });
});

describe('calls', () => {
  test('a stack that is not there is no error, any other refusal is', async () => {
    answers = [
      refused('ValidationError', 'Stack with id x does not exist'),
      refused('AccessDenied', 'No.'),
    ];
    const cloud = await awsCloud({ region: 'eu-west-1' }, process.env);
    expect(await cloud.stack('x')).toBeUndefined();
    await expect(cloud.stack('x')).rejects.toMatchObject({
      failure: 'denied',
      call: 'cloudformation:DescribeStacks',
    });
  });

  test('a change set of a creation: capability, token, removal on failure, previous values', async () => {
    answers = [xml('CreateChangeSet', '<Id>arn:c</Id><StackId>arn:s</StackId>')];
    const cloud = await awsCloud({ region: 'eu-west-1' }, process.env);
    const request = {
      stack: 's',
      name: 'patrol-1',
      kind: 'CREATE',
      template: { body: '{}' },
      tags: { a: 'b' },
    } as const;
    expect(
      await cloud.createChangeSet({ ...request, parameters: { A: '1', B: previousValue } }),
    ).toEqual({ id: 'arn:c', stackId: 'arn:s' });
    expect(asked[0]?.form).toMatchObject({
      ChangeSetType: 'CREATE',
      OnStackFailure: 'DELETE',
      ClientToken: 'patrol-1',
      'Capabilities.member.1': 'CAPABILITY_IAM',
      'Parameters.member.1.ParameterValue': '1',
      'Parameters.member.2.UsePreviousValue': 'true',
    });
  });

  test('a change set whose creation was answered with "exists" is ours', async () => {
    answers = [
      refused('AlreadyExistsException', 'ChangeSet patrol-1 already exists'),
      xml('DescribeChangeSet', '<ChangeSetId>arn:c</ChangeSetId><StackId>arn:s</StackId>'),
    ];
    const cloud = await awsCloud({ region: 'eu-west-1' }, process.env);
    const request = {
      stack: 's',
      name: 'patrol-1',
      kind: 'UPDATE',
      template: { url: 'https://x' },
      parameters: {},
      tags: {},
    } as const;
    expect(await cloud.createChangeSet(request)).toEqual({ id: 'arn:c', stackId: 'arn:s' });
  });

  test('events are read page by page until the known one, and given oldest first', async () => {
    const page = (ids: readonly string[], token = ''): Answer =>
      xml(
        'DescribeStackEvents',
        `<StackEvents>${ids.map((id) => `<member><EventId>${id}</EventId></member>`).join('')}</StackEvents>${token}`,
      );
    answers = [
      page(['e5', 'e4'], '<NextToken>t</NextToken>'),
      page(['e3', 'e2', 'e1'], '<NextToken>u</NextToken>'),
    ];
    const cloud = await awsCloud({ region: 'eu-west-1' }, process.env);
    expect((await cloud.events('arn:s', 'e2')).map(({ id }) => id)).toEqual(['e3', 'e4', 'e5']);
  });

  test('buckets: named in the path of an endpoint, with their owner; absent, foreign, bare', async () => {
    // By an address the SDK names buckets in the path anyway.
    vi.stubEnv('AWS_ENDPOINT_URL', aws.url.replace('127.0.0.1', 'localhost'));
    const cloud = await awsCloud({ region: 'eu-west-1' }, process.env);
    answers = [identity(), [404], [403]];
    expect(await cloud.bucket('b')).toBe('absent');
    expect(await cloud.bucket('b')).toBe('foreign');
    expect(asked[1]).toMatchObject({
      method: 'HEAD',
      path: '/b/',
      headers: { 'x-amz-expected-bucket-owner': '111122223333' },
    });
    answers = [[200], ...Array<Answer>(5).fill([404, '<Error><Code>NoSuchX</Code></Error>'])];
    expect(await cloud.bucket('b')).toEqual({
      encrypted: false,
      versioned: false,
      private: false,
      ownerEnforced: false,
    });
    answers = [[403]];
    expect(await cloud.object({ bucket: 'b', key: 'k' })).toBeUndefined();
    answers = [[200]];
    await cloud.put({ bucket: 'b', key: 'k' }, Buffer.from('x'), 'ff');
    expect(asked.at(-1)?.headers).toMatchObject({
      'x-amz-checksum-sha256': '/w==',
      'x-amz-expected-bucket-owner': '111122223333',
    });
  });

  test('an announcement is written over the one before; that it may not be is a denial', async () => {
    const cloud = await awsCloud({ region: 'eu-west-1' }, process.env);
    answers = [
      [200, { Version: 2 }],
      [400, { __type: 'AccessDeniedException', message: 'No.' }],
    ];
    await cloud.announce('/patrol/announcement', '{}');
    expect(asked.map(({ body }) => JSON.parse(body))).toEqual([
      { Name: '/patrol/announcement', Value: '{}', Type: 'String', Overwrite: true },
    ]);
    await expect(cloud.announce('/patrol/announcement', '{}')).rejects.toMatchObject({
      failure: 'denied',
      call: 'ssm:PutParameter',
    });
  });

  test('a subscription without an ARN is not confirmed', async () => {
    const member = (arn: string): string =>
      `<member><Protocol>email</Protocol><Endpoint>a</Endpoint><SubscriptionArn>${arn}</SubscriptionArn></member>`;
    answers = [
      xml(
        'ListSubscriptionsByTopic',
        `<Subscriptions>${member('PendingConfirmation')}${member('arn:aws:sns:x')}</Subscriptions>`,
      ),
    ];
    const cloud = await awsCloud({ region: 'eu-west-1' }, process.env);
    expect(
      (await cloud.subscriptions('arn:aws:sns:us-east-1:111122223333:t')).map(
        ({ confirmed }) => confirmed,
      ),
    ).toEqual([false, true]);
  });

  test('a subscription that was confirmed by a link alone can be cancelled by one', async () => {
    const member = (
      protocol: string,
      endpoint: string,
      arn = `arn:aws:sns:x:${endpoint}`,
    ): string =>
      `<member><Protocol>${protocol}</Protocol><Endpoint>${endpoint}</Endpoint><SubscriptionArn>${arn}</SubscriptionArn></member>`;
    const attributes = (entries: string): ReturnType<typeof xml> =>
      xml('GetSubscriptionAttributes', `<Attributes>${entries}</Attributes>`);
    const confirmed = (value: string): string =>
      `<entry><key>ConfirmationWasAuthenticated</key><value>${value}</value></entry>`;
    answers = [
      xml(
        'ListSubscriptionsByTopic',
        `<Subscriptions>${member('email', 'pending', 'PendingConfirmation')}${member('lambda', 'function')}${member('email', 'safe')}${member('email', 'linked')}${member('email-json', 'silent')}</Subscriptions>`,
      ),
      attributes(confirmed('true')),
      attributes(confirmed('false')),
      attributes(''),
    ];
    const cloud = await awsCloud({ region: 'eu-west-1' }, process.env);
    const topic = 'arn:aws:sns:us-east-1:111122223333:t';
    expect(await cloud.cancellable(topic)).toEqual(['linked', 'silent']);
    expect(asked.slice(1).map(({ form }) => form['SubscriptionArn'])).toEqual([
      'arn:aws:sns:x:safe',
      'arn:aws:sns:x:linked',
      'arn:aws:sns:x:silent',
    ]);
  });

  test('all subscriptions are listed over all pages, each with its topic', async () => {
    const page = (topic: string, more: string): string =>
      `<Subscriptions><member><TopicArn>${topic}</TopicArn><Protocol>email</Protocol><Endpoint>a</Endpoint><SubscriptionArn>PendingConfirmation</SubscriptionArn></member></Subscriptions>${more}`;
    answers = [
      xml('ListSubscriptions', page('arn:1', '<NextToken>next</NextToken>')),
      xml('ListSubscriptions', page('arn:2', '')),
    ];
    const cloud = await awsCloud({ region: 'eu-west-1' }, process.env);
    const pending = { protocol: 'email', endpoint: 'a', confirmed: false };
    expect(await cloud.allSubscriptions()).toEqual([
      { topic: 'arn:1', ...pending },
      { topic: 'arn:2', ...pending },
    ]);
    expect(asked.at(-1)?.body).toContain('NextToken=next');
  });
});

import { fakeAws, refused, xml } from '@patrol/core/testing';
import { expect, test } from 'vitest';

const aws = fakeAws(({ form }) =>
  form['Action'] === 'GetUser' ? xml('GetUser', '<User/>') : refused('AccessDenied', 'No.', 403),
);

test('the server of the test answers what asks AWS', async () => {
  const ask = (Action: string): Promise<Response> =>
    fetch(process.env['AWS_ENDPOINT_URL'] ?? '', {
      method: 'POST',
      body: new URLSearchParams({ Action }),
    });
  expect(await (await ask('GetUser')).text()).toContain('<GetUserResult><User/></GetUserResult>');
  expect((await ask('DeleteUser')).status).toBe(403);
  expect(aws.asked.map(({ form }) => form)).toEqual([
    { Action: 'GetUser' },
    { Action: 'DeleteUser' },
  ]);
});

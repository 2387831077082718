import { expect, test } from 'vitest';
import { type Answer, fakeAws, refused, xml } from '@patrol/core/testing';
import { simulate } from './client.ts';
import type { SimulationRequest } from './simulator.ts';

/** What IAM answers, in turns; the last answer stays. */
let answers: Answer[] = [];
const { asked } = fakeAws(() => (answers.length > 1 ? answers.shift() : answers[0]));

const request: SimulationRequest = {
  region: 'us-east-1',
  principal: 'arn:aws:iam::111122223333:role/teams/Developer',
  actions: ['iam:GetUser', 's3:GetObject'],
  resources: ['*', 'arn:aws:s3:::a/*'],
  context: [{ key: 'aws:SourceIp', type: 'ip', value: '192.0.2.17' }],
};

interface Result {
  readonly action: string;
  readonly resource: string;
  readonly decision: string;
  readonly more?: string;
}

const result = ({ action, resource, decision, more = '' }: Result): string =>
  `<member><EvalActionName>${action}</EvalActionName><EvalResourceName>${resource}</EvalResourceName><EvalDecision>${decision}</EvalDecision><MatchedStatements/>${more}</member>`;

const page = (results: readonly Result[], marker?: string): Answer =>
  xml(
    'SimulatePrincipalPolicy',
    `<IsTruncated>${marker !== undefined}</IsTruncated>${marker === undefined ? '' : `<Marker>${marker}</Marker>`}<EvaluationResults>${results.map(result).join('')}</EvaluationResults>`,
  );

const all: readonly Result[] = request.actions.flatMap((action) =>
  request.resources.map((resource) => ({ action, resource, decision: 'allowed' })),
);

test('asks about every action on every resource, and reads all pages', async () => {
  answers = [
    page(all.slice(0, 3), 'more'),
    page([
      {
        action: 's3:getobject',
        resource: 'arn:aws:s3:::a/*',
        decision: 'explicitDeny',
        more: '<MissingContextValues><member>aws:PrincipalTag/team</member></MissingContextValues>',
      },
    ]),
  ];
  const decisions = await simulate(request);
  expect(decisions).toEqual([
    { action: 'iam:GetUser', resource: '*', isAllowed: true, missing: [] },
    { action: 'iam:GetUser', resource: 'arn:aws:s3:::a/*', isAllowed: true, missing: [] },
    { action: 's3:GetObject', resource: '*', isAllowed: true, missing: [] },
    {
      action: 's3:GetObject',
      resource: 'arn:aws:s3:::a/*',
      isAllowed: false,
      missing: ['aws:PrincipalTag/team'],
    },
  ]);
  expect(asked[0]?.form).toEqual({
    Action: 'SimulatePrincipalPolicy',
    Version: '2010-05-08',
    PolicySourceArn: request.principal,
    'ActionNames.member.1': 'iam:GetUser',
    'ActionNames.member.2': 's3:GetObject',
    'ResourceArns.member.1': '*',
    'ResourceArns.member.2': 'arn:aws:s3:::a/*',
    'ContextEntries.member.1.ContextKeyName': 'aws:SourceIp',
    'ContextEntries.member.1.ContextKeyType': 'ip',
    'ContextEntries.member.1.ContextKeyValues.member.1': '192.0.2.17',
    MaxItems: '1000',
  });
  expect(asked[1]?.form['Marker']).toBe('more');
  expect(asked).toHaveLength(2);
});

test('reads one result for all resources of an action, with details', async () => {
  const detail = (resource: string, decision: string): string =>
    `<member><EvalResourceName>${resource}</EvalResourceName><EvalResourceDecision>${decision}</EvalResourceDecision></member>`;
  answers = [
    page([
      { action: 'iam:GetUser', resource: '*', decision: 'allowed' },
      {
        action: 's3:GetObject',
        resource: '*',
        decision: 'implicitDeny',
        more: `<ResourceSpecificResults>${detail('*', 'implicitDeny')}${detail('arn:aws:s3:::a/*', 'allowed')}</ResourceSpecificResults>`,
      },
    ]),
  ];
  expect(await simulate(request)).toMatchObject(
    [true, true, false, true].map((isAllowed) => ({ isAllowed })),
  );
});

test('a question without an answer is not taken for a yes', async () => {
  answers = [page([])];
  await expect(simulate(request)).rejects.toThrow(
    'IAM gave no decision on iam:GetUser on *; expected one for each',
  );
});

test.each([
  [404, 'NoSuchEntity', 'The role with name Developer cannot be found.'],
  [400, 'InvalidInput', 'Invalid action'],
  [400, 'ValidationError', '1 validation error detected'],
  [500, 'PolicyEvaluation', 'A policy could not be evaluated'],
])('%d %s is an answer', async (status, code, message) => {
  answers = [refused(code, message, status)];
  expect(await simulate(request)).toEqual({ refused: message });
});

test('waits and asks again when IAM is asked too often', async () => {
  answers = [refused('Throttling', 'Rate exceeded'), page(all)];
  expect(await simulate({ ...request, region: 'us-gov-west-1' })).toHaveLength(4);
  expect(asked.map(({ service, region }) => [service, region])).toEqual([
    ['iam', 'us-gov-west-1'],
    ['iam', 'us-gov-west-1'],
  ]);
});

test('throws when it may not ask', async () => {
  answers = [
    refused('AccessDenied', 'not authorized to perform: iam:SimulatePrincipalPolicy', 403),
  ];
  await expect(simulate(request)).rejects.toThrow(
    'not authorized to perform: iam:SimulatePrincipalPolicy',
  );
});

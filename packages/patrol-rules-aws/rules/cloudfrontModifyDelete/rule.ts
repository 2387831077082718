import { actor, apiCall, type CloudTrailRecord, defineRule, mitre, names } from '@patrol/core';
import { field, listOf, texts } from '../../lib/request.ts';

/** The calls of CloudFront that change what a distribution serves, or delete it. A test compares them with those that the AWS SDK knows. */
export const writeCalls = [
  'AssociateAlias',
  'AssociateDistributionTenantWebACL',
  'AssociateDistributionWebACL',
  'CopyDistribution',
  'CreateContinuousDeploymentPolicy',
  'DeleteContinuousDeploymentPolicy',
  'DeleteDistribution',
  'DeleteDistributionTenant',
  'DisassociateDistributionTenantWebACL',
  'DisassociateDistributionWebACL',
  'UpdateContinuousDeploymentPolicy',
  'UpdateDistribution',
  'UpdateDistributionTenant',
  'UpdateDistributionWithStagingConfig',
  'UpdateDomainAssociation',
] as const;

/** The calls that name the distribution which gets an alias, and not the one which loses it. */
const moves: ReadonlySet<string> = new Set<(typeof writeCalls)[number]>([
  'AssociateAlias',
  'UpdateDomainAssociation',
]);

/** Records name a call with or without the version of the API behind it: `UpdateDistribution2020_05_31`. */
const patterns = writeCalls
  .filter((name) => !writeCalls.some((other) => other !== name && name.startsWith(other)))
  .map((name) => `${name}*` as const);

type Request = Readonly<Record<string, unknown>>;

export default defineRule({
  name: 'cloudfrontModifyDelete',
  title: 'CloudFront distribution changed',
  description:
    'Alerts when somebody changes or deletes a protected CloudFront distribution and, at low severity, when an alias moves between others.',
  severity: 'high',
  runbook:
    'Ask the actor whether the change was planned. If it was not, put the previous configuration back (the record holds the new one; AWS Config may hold the ' +
    'old), above all origins, aliases, functions, the web ACL and whether it is enabled; treat the credentials that were used as stolen, and look in CloudTrail ' +
    'at what else they did.',
  references: [
    mitre('T1489', 'Service Stop'),
    mitre('T1491.002', 'Defacement: External Defacement'),
  ],
  triggers: [apiCall<Request, Request>('cloudfront.amazonaws.com', patterns)],
  parameters: {
    protectedActions: names(
      'The calls of CloudFront that are alerted on, without the version of the API.',
      {
        among: writeCalls,
        // The others make something that serves nothing yet.
        default: writeCalls.filter((name) => !/^(Copy|Create)/.test(name)).join(', '),
      },
    ),
    protectedDistributions: names(
      'The distributions that are protected, by their ids; a distribution tenant by its own.',
      {
        example: 'EDFDVBD6EXAMPLE',
        form: {
          pattern: '[\\w*-]+',
          words: 'the id of a distribution (EDFDVBD6EXAMPLE), with * for any characters',
        },
      },
    ),
  },
  evaluate({ detail }, { parameters }) {
    const call = detail.eventName.replace(/\d{4}_\d{2}_\d{2}$/, '');
    if (parameters.protectedActions.find(call) === undefined) return undefined;
    const ids = distributions(detail, call);
    const distribution = ids.find((id) => parameters.protectedDistributions.find(id));
    // A record that names no distribution may be about a protected one.
    const isMove = moves.has(call);
    const isOther = distribution === undefined && ids.length > 0;
    if (isOther && !isMove) return undefined;
    const who = actor(detail.userIdentity).description;
    const known = distribution ?? ids[0];
    const what =
      known === undefined
        ? 'a CloudFront distribution that the record does not name'
        : `CloudFront distribution ${known}`;
    return {
      title: `${call} on ${what} by ${who}`,
      summary: `${call} was called on ${what} by ${who}.${isMove ? ' It takes an alias over from another distribution, which the record does not name.' : ''}`,
      ...(isOther ? { severity: 'low' as const } : {}),
      facts: {
        action: call,
        ...(known === undefined ? {} : { distribution: known }),
        ...changes(detail.requestParameters),
      },
      // The ids of tenants begin with `dt_`.
      targets: [
        {
          type: `AWS::CloudFront::Distribution${known?.startsWith('dt_') ? 'Tenant' : ''}`,
          id: known,
        },
      ],
      group: call,
    };
  },
});

/** The ids of all distributions, and of tenants of distributions, that the record of a call names. */
function distributions(
  {
    requestParameters: request,
    responseElements: response,
    errorMessage,
  }: CloudTrailRecord<Request, Request>,
  call: string,
): readonly string[] {
  const target = field(request, 'targetResource');
  const named = [
    // Calls on policies of continuous deployment have the id of the policy in `id`.
    call.endsWith('Policy') ? undefined : field(request, 'id'),
    ...['targetDistributionId', 'primaryDistributionId', 'stagingDistributionId'].map((name) =>
      field(request, name),
    ),
    ...['distributionId', 'distributionTenantId'].flatMap((name) => [
      field(request, name),
      field(target, name),
      field(field(response, 'distributionTenant'), name),
    ]),
    field(field(response, 'distribution'), 'id'),
    // A denied call has no parameters; its message names the distribution.
    ...(/:cloudfront::\d*:distribution(?:-tenant)?\/([\w-]+)/
      .exec(String(errorMessage))
      ?.slice(1) ?? []),
  ];
  return [...new Set(named.flatMap(texts))];
}

/** The parts of a new configuration that help at first sight. */
function changes(request: unknown): Readonly<Record<string, string | boolean>> {
  const configuration = field(request, 'distributionConfig');
  const enabled = field(configuration, 'enabled');
  const itemsOf = (name: string): readonly unknown[] =>
    listOf(field(field(configuration, name), 'items'));
  const found = {
    alias: texts(field(request, 'alias')),
    domain: texts(field(request, 'domain')),
    aliases: itemsOf('aliases').flatMap(texts),
    origins: itemsOf('origins').flatMap((origin) => texts(field(origin, 'domainName'))),
    webAcl: [
      ...texts(field(configuration, 'webACLId') === '' ? 'none' : field(configuration, 'webACLId')),
      ...texts(field(request, 'webACLArn')),
    ],
  };
  return {
    ...(typeof enabled === 'boolean' ? { enabled } : {}),
    ...Object.fromEntries(
      Object.entries(found).flatMap(([name, list]) =>
        list.length > 0 ? [[name, list.join(', ')]] : [],
      ),
    ),
  };
}

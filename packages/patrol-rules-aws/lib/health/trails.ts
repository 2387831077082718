/** Says what is wrong with the trails that record in the region. */
import { trailScope } from '@patrol/core/trail';
import type { HealthFinding, Ignored } from './finding.ts';
import { type Answer, type SeenTrail, valueOf } from './seen.ts';

/** A finding about trails. The operator can ignore it by the ARN of any of them. */
interface TrailFinding extends HealthFinding {
  readonly arns: readonly string[];
}

/**
 * One trail that records all calls which change something is enough. Then it does not matter what of the other trails cannot
 * be read.
 */
export function ofTrails(
  trails: readonly SeenTrail[] | undefined,
  ignored: Ignored,
): {
  readonly found: readonly TrailFinding[];
  readonly unread: readonly {
    readonly answer: Answer<unknown>;
    readonly ignoredBy: string | undefined;
  }[];
} {
  if (!trails) return { found: [], unread: [] };
  const scopes = trails.map(({ status, selectors, listed }) =>
    trailScope(valueOf(status), valueOf(selectors), listed),
  );
  if (scopes.includes('all')) return { found: trails.flatMap(ofDelivery), unread: [] };
  const unread = trails.flatMap(({ arn, status, selectors }, index) =>
    scopes[index] === undefined
      ? [status, selectors].map((answer) => ({ answer, ignoredBy: ignored(arn) }))
      : [],
  );
  const words = trails.map(({ arn }, index) => `${arn} records ${scopes[index]} of them`);
  const isPartial = scopes.includes('some');
  const recording: TrailFinding = {
    key: 'trails',
    arns: trails.map(({ arn }) => arn),
    severity: isPartial ? 'high' : 'critical',
    title: isPartial
      ? 'CloudTrail records only some of the API calls in this region'
      : 'CloudTrail records no API calls in this region',
    summary: `EventBridge is only given the API calls that a trail records: rules on others are blind here. ${words.join('; ') || 'There is no trail'}.`,
    facts: { trails: trails.length },
    targets: trails.map(({ arn: id }) => ({ type: 'AWS::CloudTrail::Trail', id })),
    group: 'trails',
  };
  return {
    found: [...(unread.length > 0 ? [] : [recording]), ...trails.flatMap(ofDelivery)],
    unread,
  };
}

function ofDelivery({ arn, status }: SeenTrail): readonly TrailFinding[] {
  const { isLogging = false, deliveryError = '' } = valueOf(status) ?? {};
  if (!isLogging || deliveryError === '') return [];
  return [
    {
      key: `delivery:${arn}`,
      arns: [arn],
      severity: 'medium',
      title: `CloudTrail cannot deliver the logs of ${arn}`,
      summary: `Rules still get their events, but the trail's own logs are not kept: its last delivery failed with ${deliveryError}. Mend the policy of its bucket or of its key.`,
      facts: { trail: arn, error: deliveryError },
      targets: [{ type: 'AWS::CloudTrail::Trail', id: arn }],
      group: 'delivery',
    },
  ];
}

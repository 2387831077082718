/**
 * The parts of an Amazon Resource Name, as AWS's "Identify AWS resources with ARNs" describes them.
 * `region` and `account` are empty strings where the service leaves them out (IAM has no region, S3 has neither).
 */
export interface Arn {
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** Everything after the fifth colon, slashes and colons included. */
  readonly resource: string;
  /** What stands before the first `/` or `:` of the resource (`role`, `function`, `trail`); empty when there is neither. */
  readonly resourceType: string;
  /** What stands after it (`service-role/Deploy`, `payments:live`); the whole resource when there is no type. */
  readonly resourceId: string;
}

/**
 * Splits an ARN of any partition into its parts.
 *
 * @throws a TypeError that shows the value when it is not an ARN.
 *
 * @example
 * ```ts
 * const { service, account, resourceType, resourceId } = splitArn(
 *   'arn:aws:iam::111122223333:role/service-role/Deploy',
 * );
 * service; // → 'iam'
 * account; // → '111122223333'
 * resourceType; // → 'role'
 * resourceId; // → 'service-role/Deploy'
 * ```
 */
export function splitArn(arn: string): Arn {
  const match = /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$/s.exec(arn);
  if (!match) {
    throw new TypeError(
      `Expected an ARN of the form arn:partition:service:region:account:resource, found ${JSON.stringify(arn)}.`,
    );
  }
  const [, partition = '', service = '', region = '', account = '', resource = ''] = match;
  const [, resourceType = '', resourceId = resource] = /^([^/:]*)[/:](.*)$/s.exec(resource) ?? [];
  return { partition, service, region, account, resource, resourceType, resourceId };
}

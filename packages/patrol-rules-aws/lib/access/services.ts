/**
 * Principals of AWS itself that look like accounts. Facts are those of the user guides of Elastic Load Balancing ("Attach a
 * policy to your S3 bucket") and of CloudFront ("Use an origin access identity").
 */

/** The accounts by which Elastic Load Balancing writes access logs, region by region. */
const loadBalancing = new Set(
  (
    '009996457667 027434742980 033677994240 037604701340 048591011584 054676820928 076674570225 098369216593 114774131450 ' +
    '127311923021 156460612806 190560391635 383597477331 507241528517 582318560864 589379963580 600734575887 635631232127 ' +
    '638102146993 652711504416 718504428378 754344448648 783225319266 797873946194 897822967062 985666609251'
  ).split(' '),
);

/** What AWS itself is behind a principal, for a sentence; `undefined` where it is an account of a customer. */
export function serviceBehind(id: string, account: string | undefined): string | undefined {
  if (account !== undefined && loadBalancing.has(account))
    return `Elastic Load Balancing (${account})`;
  const [, identity] =
    /^arn:[^:]*:iam::cloudfront:user\/CloudFront Origin Access Identity (\S+)$/.exec(id) ?? [];
  // The canonical user ids of accounts have 64 characters.
  return identity !== undefined || /^[\da-f]{96}$/.test(id)
    ? `the CloudFront origin access identity ${identity ?? id}`
    : undefined;
}

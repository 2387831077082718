/** The partitions of AWS. Pure. */

/** The partitions besides `aws`, by how the names of their regions begin ("partitions.json" of the AWS SDKs). */
const partitions: Readonly<Record<string, string>> = {
  'cn-': 'aws-cn',
  'us-gov-': 'aws-us-gov',
  'us-iso-': 'aws-iso',
  'us-isob-': 'aws-iso-b',
  'eu-isoe-': 'aws-iso-e',
  'us-isof-': 'aws-iso-f',
  'eusc-': 'aws-eusc',
};

/** The partition that a region lies in. */
export const partitionOf = (region: string): string =>
  Object.entries(partitions).find(([beginning]) => region.startsWith(beginning))?.[1] ?? 'aws';

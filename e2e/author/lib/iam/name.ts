/** The name of a user or role. */
export const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

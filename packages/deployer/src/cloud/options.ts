/** Where in AWS a command acts, and as whom. */

/** Where in AWS, and as whom. */
export interface CloudOptions {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** Asks the operator for the code of an MFA device that a profile names, by its serial number. */
  readonly mfaCode?: ((serial: string) => Promise<string>) | undefined;
  /** Whether CloudFormation works in express mode. */
  readonly express?: boolean | undefined;
  /** The KMS key that encrypts what is stored in S3. */
  readonly kmsKey?: string | undefined;
  /** A role to assume, with the credentials that are found otherwise. */
  readonly role?: Role;
}

/** A role of another account. */
export interface Role {
  readonly account: string;
  /** With its path, if it has one. */
  readonly name: string;
  readonly externalId?: string;
}

/** Where stack sets are managed, and as whom. */
export interface StackSetsOptions extends CloudOptions {
  /** Whether the credentials are of a delegated administrator instead of the management account. */
  readonly delegatedAdministrator: boolean;
}

import type { Finding, Severity } from '@patrol/core';

/** A finding: always with a key, since every run finds it again. */
export type HealthFinding = Finding & {
  readonly key: string;
  readonly severity: Severity;
  readonly group: string;
};

/** The item by which the operator ignores something, given all its names. */
export type Ignored = (...names: readonly string[]) => string | undefined;

import type { Finding, Severity } from '@patrol/core';

/** A finding. It always has a key, since every run finds it again. */
export type HealthFinding = Finding & {
  readonly key: string;
  readonly severity: Severity;
  readonly group: string;
};

/** The item of the parameter by which the operator ignores something, given all of its names. */
export type Ignored = (...names: readonly string[]) => string | undefined;

/**
 * A control of the CIS AWS Foundations Benchmark, section 4 ("Monitoring") of its versions 1.4 to 5.0; versions 6.0 and
 * 7.0 have the same controls in section 5.
 *
 * @param control the second part of its number: 5 for 4.5.
 *
 * @example
 * ```ts
 * cis(5); // → 'CIS AWS Foundations Benchmark 4.5 (v1.4 to v5.0), 5.5 (v6.0, v7.0)'
 * ```
 */
export const cis = (control: number): string =>
  `CIS AWS Foundations Benchmark 4.${control} (v1.4 to v5.0), 5.${control} (v6.0, v7.0)`;

/**
 * A recommendation of the CIS GitHub Benchmark.
 *
 * @param recommendation its number, such as `1.2.6`.
 *
 * @example
 * ```ts
 * cisGitHub('1.2.6'); // → 'CIS GitHub Benchmark 1.2.6 (v1.0.0)'
 * ```
 */
export const cisGitHub = (recommendation: string): string =>
  `CIS GitHub Benchmark ${recommendation} (v1.0.0)`;

/**
 * A technique of MITRE ATT&CK.
 *
 * @param technique its id, such as `T1562.008`.
 * @param name its name there, such as `Disable or Modify Cloud Logs`.
 *
 * @example
 * ```ts
 * mitre('T1530', 'Data from Cloud Storage'); // → 'MITRE ATT&CK T1530 Data from Cloud Storage'
 * ```
 */
export const mitre = (technique: string, name: string): string =>
  `MITRE ATT&CK ${technique} ${name}`;

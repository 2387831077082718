/**
 * A control of the CIS AWS Foundations Benchmark, section 4 ("Monitoring") of its versions 1.4 to 5.0; versions 6.0 and
 * 7.0 have the same controls in section 5.
 *
 * @param control the second part of its number: 5 for 4.5.
 * @param missing what of the control the rule does not watch, where it does not watch all of it.
 *
 * @example
 * ```ts
 * cis(5); // → 'CIS AWS Foundations Benchmark 4.5 (v1.4 to v5.0), 5.5 (v6.0, v7.0): fully'
 * cis(8, 'CORS'); // → 'CIS AWS Foundations Benchmark 4.8 (v1.4 to v5.0), 5.8 (v6.0, v7.0): in part, without CORS'
 * ```
 */
export const cis = (control: number, missing?: string): string =>
  `CIS AWS Foundations Benchmark 4.${control} (v1.4 to v5.0), 5.${control} (v6.0, v7.0): ${missing === undefined ? 'fully' : `in part, without ${missing}`}`;

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

/**
 * An attack of Stratus Red Team that the rule alerts on: on the attack itself, not on what prepares it.
 *
 * @param technique its id without the cloud: `defense-evasion.cloudtrail-stop`.
 *
 * @example
 * ```ts
 * stratus('defense-evasion.cloudtrail-stop'); // → 'Stratus Red Team aws.defense-evasion.cloudtrail-stop'
 * ```
 */
export const stratus = (technique: string): string => `Stratus Red Team aws.${technique}`;

/**
 * A signal of the custom detection rules of Amazon GuardDuty that the rule alerts on as well.
 *
 * @param signal its name in the user guide: `VPCFlowLogsDeleted`.
 *
 * @example
 * ```ts
 * guardDuty('VPCFlowLogsDeleted'); // → 'Amazon GuardDuty signal VPCFlowLogsDeleted'
 * ```
 */
export const guardDuty = (signal: string): string => `Amazon GuardDuty signal ${signal}`;

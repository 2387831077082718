/** docs/coverage.md: which controls and attacks the rules watch, by the references that each rule gives. */
import { type WatchedCall, watchedCalls } from '@patrol/build';
import { type AnyRule, cis, guardDuty, stratus } from '@patrol/core';
import type { Manifest } from '@patrol/core/contracts';

/** The controls of CIS AWS Foundations, section "Monitoring", that a recorded call can show, by the second part of their number. */
const controls: readonly (readonly [number, string])[] = [
  [1, 'Unauthorised API calls'],
  [2, 'Sign-in to the console without MFA'],
  [3, 'Use of the root user'],
  [4, 'Changes of IAM policies'],
  [5, 'Changes of CloudTrail'],
  [6, 'Failed sign-in to the console'],
  [7, 'Keys of KMS disabled or scheduled for deletion'],
  [8, 'Changes of the policies and settings of S3 buckets'],
  [9, 'Changes of AWS Config'],
  [10, 'Changes of security groups'],
  [11, 'Changes of network ACLs'],
  [12, 'Changes of network gateways'],
  [13, 'Changes of route tables'],
  [14, 'Changes of VPCs'],
  [15, 'Changes of AWS Organizations'],
];

/** The attacks of Stratus Red Team on AWS, with why one recorded call does not show some of them. */
const attacks: readonly (readonly [string, string?])[] = [
  ['credential-access.ec2-get-password-data'],
  ['credential-access.ec2-steal-instance-credentials', 'needs to know which addresses are yours'],
  ['credential-access.secretsmanager-batch-retrieve-secrets'],
  ['credential-access.secretsmanager-retrieve-secrets', 'needs a count of calls'],
  ['credential-access.ssm-retrieve-securestring-parameters'],
  ['defense-evasion.cloudtrail-delete'],
  ['defense-evasion.cloudtrail-event-selectors'],
  ['defense-evasion.cloudtrail-lifecycle-rule'],
  ['defense-evasion.cloudtrail-stop'],
  ['defense-evasion.dns-delete-logs'],
  ['defense-evasion.organizations-leave'],
  ['defense-evasion.vpc-remove-flow-logs'],
  ['discovery.ec2-download-user-data'],
  ['discovery.ec2-enumerate-from-instance', 'needs a count of calls'],
  ['discovery.ses-enumerate', 'needs a count of calls'],
  ['execution.ec2-launch-unusual-instances'],
  ['execution.ec2-user-data'],
  ['execution.sagemaker-update-lifecycle-config'],
  ['execution.ssm-send-command'],
  ['execution.ssm-start-session'],
  ['exfiltration.ec2-security-group-open-port-22-ingress'],
  ['exfiltration.ec2-share-ami'],
  ['exfiltration.ec2-share-ebs-snapshot'],
  ['exfiltration.rds-share-snapshot'],
  ['exfiltration.s3-backdoor-bucket-policy'],
  ['impact.bedrock-invoke-model'],
  ['impact.ec2-deregister-ami'],
  ['impact.s3-ransomware-batch-deletion', 'needs data events'],
  ['impact.s3-ransomware-client-side-encryption', 'needs data events'],
  ['impact.s3-ransomware-individual-deletion', 'needs data events'],
  ['initial-access.console-login-without-mfa'],
  ['lateral-movement.ec2-instance-connect'],
  ['lateral-movement.ec2-serial-console-send-ssh-public-key'],
  ['persistence.iam-backdoor-role'],
  ['persistence.iam-backdoor-user'],
  ['persistence.iam-create-admin-user'],
  ['persistence.iam-create-backdoor-role'],
  ['persistence.iam-create-user-login-profile'],
  ['persistence.lambda-backdoor-function'],
  ['persistence.lambda-layer-extension'],
  ['persistence.lambda-overwrite-code'],
  ['persistence.rolesanywhere-create-trust-anchor'],
  ['persistence.sts-federation-token'],
  ['privilege-escalation.iam-update-user-login-profile'],
];

/** The signals of GuardDuty's custom detection rules (GuardDuty user guide, "Custom Detection Rules finding types"). */
const signals = [
  'AMIExternalAccess',
  'AdminPolicyAttachedToRole',
  'AdminPolicyAttachedToUser',
  'BedrockServiceCredentialCreated',
  'ConsoleLoginWithoutMFA',
  'DNSQueryLogsDeleted',
  'EBSSnapshotExternalAccess',
  'EC2InstanceSSHKeyPushed',
  'EC2PasswordDataRetrieved',
  'EC2SecurityGroupPublicSSH',
  'EC2TerminationProtectionEnabled',
  'EC2UserDataModified',
  'IAMAccessKeyCreated',
  'IAMRoleTrustPolicyModified',
  'IAMUserLoginProfileCreated',
  'IAMUserLoginProfileUpdated',
  'LambdaFunctionPublicAccess',
  'LambdaFunctionUrlPublicAccess',
  'OrganizationLeaveAttempt',
  'OrganizationPolicyDisabled',
  'RDSIAMAuthDisabled',
  'RDSMasterPasswordReset',
  'RDSPubliclyAccessible',
  'RDSSnapshotPubliclyShared',
  'RolesAnywhereTrustAnchorCreated',
  'S3BucketPolicyExternalAccess',
  'S3CustomerProvidedKeysEnabled',
  'S3LifecycleRapidExpiration',
  'SESAccountSendingEnabled',
  'SESDomainIdentityVerified',
  'SESFullAccessPolicyAttachedToRole',
  'SESFullAccessPolicyAttachedToUser',
  'SESProductionAccessEnabled',
  'SageMakerLifecycleConfigModified',
  'VPCFlowLogsDeleted',
];

type Rules = Manifest['rules'];

/** The names of the rules that give a reference, or one that begins so. */
const rulesWith = (rules: Rules, isIt: (reference: string) => boolean): readonly string[] =>
  rules.filter(({ references }) => references.some(isIt)).map(({ name }) => `\`${name}\``);

const list = (names: readonly string[], gap = ''): string =>
  names.length > 0 ? names.join(', ') : gap || '**no rule**';

function cisRow(rules: Rules, [control, title]: readonly [number, string]): string {
  const begins = cis(control).replace(/: fully$/, ': ');
  const missing = rules.flatMap(({ name, references }) =>
    references
      .filter((reference) => reference.startsWith(begins))
      .map((reference) =>
        reference === cis(control)
          ? `\`${name}\``
          : `\`${name}\` (without ${reference.replace(/^.*without /, '')})`,
      ),
  );
  const isWhole = rulesWith(rules, (reference) => reference === cis(control)).length > 0;
  return `| 4.${control} | 5.${control} | ${title} | ${isWhole ? 'fully' : missing.length > 0 ? 'in part' : 'no'} | ${list(missing)} |`;
}

/** The techniques of MITRE ATT&CK among the references, in order. */
const techniques = (rules: Rules): readonly string[] =>
  [
    ...new Set(
      rules.flatMap(({ references }) =>
        references.filter((reference) => reference.startsWith('MITRE ATT&CK ')),
      ),
    ),
  ].toSorted();

/** The names that rules allow themselves, by rule: they are in no manifest. */
type Unlisted = Readonly<Record<string, AnyRule['unlisted']>>;

/** Reads from the rules of `@patrol/rules-aws` which names they allow themselves. */
export const unlistedNames = async (rules: Rules): Promise<Unlisted> =>
  Object.fromEntries(
    await Promise.all(
      rules.map(async ({ name }): Promise<[string, AnyRule['unlisted']]> => {
        const { default: rule } = (await import(
          `../packages/patrol-rules-aws/rules/${name}/rule.ts`
        )) as { readonly default: AnyRule };
        return [name, rule.unlisted];
      }),
    ),
  );

/** The calls of a rule, by service. Those that no record confirms are in italics. */
function callsRow(name: string, calls: readonly WatchedCall[]): string {
  const byService = Map.groupBy(calls, ({ eventSource }) =>
    eventSource.replace('.amazonaws.com', ''),
  );
  const services = [...byService].map(
    ([service, ofService]) =>
      `${service}: ${ofService
        .map(({ eventName, confirmed }) => (confirmed ? eventName : `_${eventName}_`))
        .join(', ')}`,
  );
  return `| \`${name}\` | ${services.join('; ')} |`;
}

/** What is wrong with references to Stratus and GuardDuty: they name something that there is not. */
export function unknownReferences(rules: Rules): readonly string[] {
  const known = new Set([
    ...attacks.map(([attack]) => stratus(attack)),
    ...signals.map((signal) => guardDuty(signal)),
  ]);
  return rules.flatMap(({ name, references }) =>
    references
      .filter((reference) => /^(Stratus|Amazon GuardDuty)/.test(reference) && !known.has(reference))
      .map((reference) => `${name}: ${reference}`),
  );
}

/** The whole document. */
export function coverage(rules: Rules, unlisted: Unlisted): string {
  const watched = rules
    .map(({ name, triggers }) => ({
      name,
      calls: watchedCalls(
        triggers.flatMap((trigger) => (trigger.kind === 'event' ? [trigger.pattern] : [])),
        unlisted[name],
      ),
    }))
    .filter(({ calls }) => calls.length > 0);
  const names = new Map(
    watched.flatMap(({ calls }) =>
      calls.map(({ eventSource, eventName, confirmed }): [string, boolean] => [
        `${eventSource}:${eventName}`,
        confirmed,
      ]),
    ),
  );
  const confirmed = [...names.values()].filter(Boolean).length;
  const attackRows = attacks.map(([attack, why]) => {
    const found = rulesWith(rules, (reference) => reference === stratus(attack));
    return { found, row: `| ${attack} | ${list(found, why)} |` };
  });
  const signalRows = signals.map((signal) => {
    const found = rulesWith(rules, (reference) => reference === guardDuty(signal));
    return { found, row: `| ${signal} | ${list(found)} |` };
  });
  const count = (rows: readonly { readonly found: readonly string[] }[]): string =>
    `${rows.filter(({ found }) => found.length > 0).length} of ${rows.length}`;
  return [
    '# Coverage',
    '',
    'What the rules of `@patrol/rules-aws` watch, by the catalogues that their references name. `pnpm generate` writes this page.',
    '',
    '## CIS AWS Foundations Benchmark, monitoring',
    '',
    'The first number is that of versions 1.4 to 5.0, the second that of versions 6.0 and 7.0.',
    '',
    '| | | Control | Watched | Rules |',
    '| --- | --- | --- | --- | --- |',
    ...controls.map((control) => cisRow(rules, control)),
    '',
    '## Stratus Red Team',
    '',
    `Rules alert on ${count(attackRows)} attacks, on the attack itself and not on what prepares it. For the others the table says why one recorded call does not show them.`,
    '',
    '| Attack | Rules |',
    '| --- | --- |',
    ...attackRows.map(({ row }) => row),
    '',
    '## Amazon GuardDuty, custom detection rules',
    '',
    `Rules alert on ${count(signalRows)} signals.`,
    '',
    '| Signal | Rules |',
    '| --- | --- |',
    ...signalRows.map(({ row }) => row),
    '',
    '## MITRE ATT&CK',
    '',
    '| Technique | Rules |',
    '| --- | --- |',
    ...techniques(rules).map(
      (technique) =>
        `| ${technique.replace('MITRE ATT&CK ', '')} | ${list(rulesWith(rules, (reference) => reference === technique))} |`,
    ),
    '',
    '## Calls',
    '',
    `The rules watch ${names.size} calls by name. A recorded event confirms the names of ${confirmed}. The others are _in italics_: AWS's models or documents have them, and we have seen no event with them.`,
    '',
    '| Rule | Calls |',
    '| --- | --- |',
    ...watched.map(({ name, calls }) => callsRow(name, calls)),
    '',
  ].join('\n');
}

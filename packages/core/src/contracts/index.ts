/**
 * `@patrol/core/contracts`: what Patrol's parts say to each other and to other programs as JSON. Each contract is one
 * schema, which gives the types, the checks, the JSON schema in `schemas/` and the table in docs/contracts.md.
 *
 * @module
 */
export { type Alert, alertContract, alertVersion } from './alert.ts';
export type { Contract, Immutable } from './contract.ts';
export { type Form, forms } from './forms.ts';
export type { Route } from './route.ts';
export { severities } from '../rule.ts';
export {
  type Manifest,
  manifestProblems,
  manifestVersion,
  parseManifest,
  ruleFields,
  type RuleManifest,
  ruleNameForm,
  rulesContract,
  type TriggerManifest,
} from './manifest.ts';
export { parameterNameForm } from './parameter.ts';
export {
  type AnnouncedStack,
  type Announcement,
  announcementBytes,
  announcementName,
  longestAnnouncement,
  stackSetPrefix,
} from './announcement.ts';
export { muteAlias, muteRefused } from '../environment.ts';
export { emailParameters, mostEmails, severityWords, stackNames } from './stack-names.ts';
export { canaryAlone, canaryField, testField } from './test-field.ts';
export { isWebhookEvent, patternLimit, serviceForm, webhookEventWords } from './trigger.ts';

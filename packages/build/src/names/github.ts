/**
 * The events of GitHub's webhooks, as GitHub's OpenAPI description of 2026-11 has them (`@octokit/openapi-webhooks` 12.1.0). A
 * test holds them against it.
 */

const names = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Those that a webhook of an organisation can subscribe to. */
export const organizationEvents: readonly string[] = names(`
  branch_protection_configuration branch_protection_rule check_run check_suite code_scanning_alert commit_comment create
  custom_property custom_property_values delete dependabot_alert deploy_key deployment deployment_status discussion
  discussion_comment fork gollum issue_comment issue_dependencies issues label member membership meta milestone org_block
  organization package page_build personal_access_token_request project project_card project_column projects_v2
  projects_v2_item projects_v2_status_update public pull_request pull_request_review pull_request_review_comment
  pull_request_review_thread push registry_package release repository repository_advisory repository_import
  repository_ruleset repository_vulnerability_alert secret_scanning_alert secret_scanning_alert_location
  secret_scanning_scan security_and_analysis star status sub_issues team team_add watch workflow_job workflow_run
`);

/** Those that GitHub sends to apps, sponsors and the marketplace, and to no webhook of an organisation. */
export const otherEvents: readonly string[] = names(`
  deployment_protection_rule deployment_review github_app_authorization installation installation_repositories
  installation_target marketplace_purchase merge_group repository_dispatch security_advisory sponsorship
  workflow_dispatch
`);

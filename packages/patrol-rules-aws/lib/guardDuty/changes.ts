/** The calls that can switch GuardDuty off or blind it. */
export const guardDutyChanges = [
  'CreateFilter',
  'CreateIPSet',
  'CreateTrustedEntitySet',
  'DeleteCustomDetectionRuleAssociation',
  'DeleteCustomDetectionRuleOrgConfiguration',
  'DeleteDetector',
  'DeleteMalwareProtectionPlan',
  'DeleteMembers',
  'DeletePublishingDestination',
  'DisableOrganizationAdminAccount',
  'DisassociateFromAdministratorAccount',
  'DisassociateFromMasterAccount',
  'DisassociateMembers',
  'StopMonitoringMembers',
  'UpdateCustomDetectionRuleAssociation',
  'UpdateCustomDetectionRuleOrgConfiguration',
  'UpdateDetector',
  'UpdateFilter',
  'UpdateIPSet',
  'UpdateMalwareProtectionPlan',
  'UpdateMemberDetectors',
  'UpdateOrganizationConfiguration',
  'UpdateTrustedEntitySet',
] as const;

export type GuardDutyChange = (typeof guardDutyChanges)[number];

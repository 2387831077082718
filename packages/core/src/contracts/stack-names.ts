/**
 * The names by which whoever deploys a template of this format gives it what it needs and finds what it made. They are
 * part of the format: every template of a version has those that it has a use for. `publishers` and `sourceTopic` are of
 * rules on a topic's messages, `webhookUrl` and `webhookSecret` of rules on a webhook; of rules on nothing else there
 * are no queues of `failures` and `undelivered`, and a stack that is given queues has none either. A stack that is given a topic
 * for its alerts has no `machinesTopic`. All others are in every template. What begins with `base` is of a notifier: base
 * stacks have one, and so has the stack of a rule with an own topic. The name of a metric has the name of the stack before it.
 */
export const stackNames = {
  parameters: {
    codeBucket: 'CodeS3Bucket',
    codeKey: 'CodeS3Key',
    codeVersion: 'CodeS3ObjectVersion',
    alertEmail: 'AlertEmail',
    alertTopic: 'AlertTopicArn',
    alertForm: 'AlertForm',
    alarmTopic: 'AlarmTopicArn',
    dispatchTopic: 'DispatchSnsArn',
    dispatchForm: 'DispatchForm',
    dispatchType: 'DispatchType',
    dispatchUsers: 'DispatchUsers',
    publishers: 'PublisherAccounts',
    logRetention: 'LogRetentionInDays',
    failureQueue: 'FailureQueueArn',
    deadLetterQueue: 'DeadLetterQueueArn',
    names: 'NamesSha256',
    boundary: 'PermissionsBoundary',
    webhookSecret: 'WebhookSecretArn',
  },
  outputs: {
    function: 'FunctionName',
    topic: 'AlertTopicArn',
    machinesTopic: 'MachinesTopicArn',
    log: 'LogGroupName',
    failures: 'FailureQueueUrl',
    undelivered: 'DeadLetterQueueUrl',
    sourceTopic: 'SourceTopicArn',
    webhookUrl: 'WebhookUrl',
    webhookSecret: 'WebhookSecretArn',
  },
  baseOutputs: { notifier: 'NotifierFunctionName' },
  baseResources: { held: 'NotifierHeldQueue', role: 'NotifierRole' },
  basePolicies: { notifier: 'Notifier', routes: 'FurtherTopics' },
  metrics: { namespace: 'Patrol', accounted: 'NotifierAccounted' },
  resources: { function: 'Function', names: 'Names' },
  policies: { rule: 'Rule', encryptedTopic: 'EncryptedTopic', dispatchTopic: 'DispatchTopic' },
} as const;

/** So many e-mail addresses a topic of a stack can have. */
export const mostEmails = 5;

/**
 * The parameters for the addresses of a topic, by the first: `AlertEmail`, `AlertEmail2` … `AlertEmail5`. Each address has a
 * parameter and a subscription of its own, so that no other address ends it.
 */
export const emailParameters = (first: string): readonly string[] =>
  Array.from({ length: mostEmails }, (_, index) => (index === 0 ? first : `${first}${index + 1}`));

/** What the description of a rule's template begins with, before its severity. */
export const severityWords = 'Patrol, severity ';

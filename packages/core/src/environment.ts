/** The environment variables that the template sets and the function reads. */

/** The topic of the alerts. */
export const topicVariable = 'ALERT_TOPIC_ARN';
/** The secret that GitHub signs the deliveries of a webhook with. */
export const webhookSecretVariable = 'WEBHOOK_SECRET_ARN';
/** The table that keeps what a rule with `remindAfter` or `onceWithin` told. */
export const memoryTableVariable = 'MEMORY_TABLE';
/** The queue of the notifier, in which alerts wait for the next list. */
export const heldQueueVariable = 'HELD_QUEUE_URL';
/** The topic for people, to which the notifier alone sends. */
export const peopleTopicVariable = 'PEOPLE_TOPIC_ARN';
/** The form that the topic of the alerts takes. */
export const alertFormVariable = 'ALERT_FORM';
/** The form that the second topic takes, which is Dispatch's unless the operator says so. */
export const dispatchFormVariable = 'DISPATCH_FORM';
/** The topic of Dispatch; empty where there is none. */
export const dispatchTopicVariable = 'DISPATCH_SNS_ARN';
/** The further topics of the notifier, as JSON; empty where there are none. */
export const routesVariable = 'ROUTES';
/** The type that every alert has for Dispatch; `bySeverity` or absent: by the alert's severity. */
export const dispatchTypeVariable = 'DISPATCH_TYPE';
/** The file with the names of accounts and networks and the suppressions of the rule; empty where there is none. */
export const namesVariable = 'NAMES_FILE';
/** Whom Dispatch shall ask and tell: `SLACKID:github`, separated by commas; empty: its default channel and user. */
export const dispatchUsersVariable = 'DISPATCH_USERS';

/** The alias of the notifier through which it mutes. */
export const muteAlias = 'mute';
/** The type of the errors by which it refuses to. Their message is for people; any other error is a failure. */
export const muteRefused = 'MuteRefused';

/** The environment variable that names the topic of the alerts: the template sets it, the function reads it. */
export const topicVariable = 'ALERT_TOPIC_ARN';

import { storedCode } from './function.ts';
import { ref } from './intrinsics.ts';
import type { Part } from './merge.ts';
import { notifier } from './notifier.ts';
import { notifierTellsDispatch, ownAlarmTopicArn, ownsTopic } from './topic.ts';

/** The entry of the notifier in every rule's zip. */
export const notifierEntry = 'notifier.handler';

/**
 * The notifier of a stack with topics of its own. It is the one of base stacks, in a function of its own. Its code comes
 * from the zip of the rule, so that the template does not hold it.
 */
export const ownNotifier = (): Part =>
  notifier({
    code: storedCode,
    handler: notifierEntry,
    condition: ownsTopic,
    machines: ref('MachinesTopic'),
    people: ref('AlertTopic'),
    form: ref('AlertForm'),
    alarms: ownAlarmTopicArn,
    isOfRule: true,
    dispatch: { parameter: 'DispatchSnsArn', condition: notifierTellsDispatch },
  });

/** The lines of NDJSON: what commands do and what happens, as data. */
import * as v from 'valibot';
import {
  cause,
  cautionEntries,
  difference,
  drift,
  instanceCounts,
  leaseHolder,
  ok,
  placeEntries,
  reasons,
  seconds,
  shownChangesEntries,
  troubledInstance,
  unconfirmed,
  ownValue,
  whereEntries,
} from './parts.ts';
import {
  byName,
  count,
  described,
  flag,
  list,
  oneOf,
  only,
  text,
  time,
  type Told,
} from './schema.ts';
import { outputVersion } from './version.ts';

const stackEntry = text("The stack's name, or the stack set's.");
const because = text('Why, in words for people.');
const message = text('What there is to say, in words for people.');

/** What is done with a stack. */
const actions = ['create', 'update', 'recreate', 'recover', 'keep', 'refuse'] as const;
/** What may be done with a stack of a fleet. */
export const fleetActions = [...actions, 'delete', 'orphaned'] as const;
const actionWords =
  '`recreate` deletes the stack first. `recover` takes it out of a state in which nothing can be done with it. `refuse`: it is left alone, as `because` says. `orphaned`: `patrol.yaml` no longer lists it, and it stays.';

const plan = v.object({
  type: only('plan', 'What will be done with one stack.'),
  do: oneOf(fleetActions, actionWords),
  stack: stackEntry,
  ...placeEntries,
  because,
  reasons: v.exactOptional(reasons),
  differences: list(difference, 'What differs. Empty where everything is new, or nothing is.'),
});

/** What may be done with a stack set. */
export const stackSetActions = [
  'create',
  'update',
  'keep',
  'delete',
  'orphaned',
  'refuse',
] as const;

const stackSet = v.object({
  type: only('stackSet', 'What will be done with one stack set, and how its instances are.'),
  do: oneOf(stackSetActions, actionWords),
  stack: text("The stack set's name."),
  region: text('The region in which it is managed.'),
  account: text('The id of the account that manages it.'),
  because,
  reasons,
  differences: list(difference, 'What differs.'),
  instances: described(instanceCounts, 'How its instances are.'),
  regions: byName(instanceCounts, 'The same for each region.'),
  troubled: list(troubledInstance, 'The instances that are not as they should be.'),
});

const changes = v.object({
  type: only('changes', 'What becomes of the resources and permissions of one stack.'),
  stack: stackEntry,
  ...whereEntries,
  ...shownChangesEntries,
});

const hook = v.object({
  type: only('hook', 'What will be done with the webhook of an organisation.'),
  do: oneOf(['create', 'update', 'keep'], 'What will be done.'),
  org: text('The GitHub organisation.'),
  url: text('Where GitHub delivers to.'),
  because,
  differences: list(difference, 'What differs.'),
});

const aboutStack = {
  stack: v.exactOptional(text('The name of the stack or stack set that it is about.')),
  ...whereEntries,
};

const progress = v.object({
  type: only('progress', 'Something was done, or begins.'),
  message,
  ...aboutStack,
  uploaded: v.exactOptional(
    described(
      v.object({
        bucket: text('The bucket.'),
        key: text('The key.'),
        bytes: count('The size.'),
      }),
      'What was uploaded.',
    ),
  ),
  stored: v.exactOptional(
    described(
      v.object({
        parameter: text("The stack's parameter."),
        secret: text('The name of the secret in Secrets Manager.'),
      }),
      'The secret that was stored.',
    ),
  ),
  redelivering: v.exactOptional(
    described(
      v.object({
        event: text("GitHub's name of the event."),
        guid: text('The id of the delivery, as in `X-GitHub-Delivery`.'),
        deliveredAt: time('When GitHub tried.'),
        statusCode: count('What the function answered. 0 where it did not answer.'),
      }),
      'The failed delivery that GitHub is asked to send again.',
    ),
  ),
});

const warning = v.object({
  type: only('warning', 'Something needs attention. It stops nothing.'),
  message,
  ...aboutStack,
  unconfirmed: v.exactOptional(
    described(
      unconfirmed,
      'Topics without a confirmed subscription: nobody receives what is sent.',
    ),
  ),
  lost: v.exactOptional(
    described(unconfirmed, 'A topic that does not exist: what is sent to it is lost.'),
  ),
  drift: v.exactOptional(described(drift, 'Resources were changed outside CloudFormation.')),
  ...cautionEntries,
  undecided: v.exactOptional(
    list(
      ownValue,
      'Values that may be defaults of the deployed version, whose template cannot be read. They stay.',
    ),
  ),
  renamed: v.exactOptional(
    described(
      v.object({ former: text('The name that was used.'), name: text("Today's name.") }),
      'A parameter that was given by a former name.',
    ),
  ),
  duplicates: v.exactOptional(
    list(
      count('The id of a webhook.'),
      'Further webhooks with the same URL: GitHub delivers everything several times.',
    ),
  ),
});

const lease = v.object({
  type: only('lease', 'Whether this run of `apply` may change the fleet.'),
  state: oneOf(
    ['held', 'waiting', 'takenOver', 'lost', 'unguarded'],
    '`held`: another run is changing the fleet, and this run ends. `waiting`: this run waits for the other one. `takenOver`: the other run stopped renewing its lease, and this run took it. `lost`: another run took over; no further stack is begun. `unguarded`: the lease cannot be written, and this run goes on without one.',
  ),
  fleet: text('The name of the fleet.'),
  environment: text('The environment of the fleet.'),
  holder: v.exactOptional(described(leaseHolder, 'The other run.')),
  until: v.exactOptional(
    time('`held`, `waiting`: when the lease ends, unless the other run renews it.'),
  ),
  message,
});

const event = v.object({
  type: only('event', 'A CloudFormation event of a stack or of one of its resources.'),
  stack: stackEntry,
  ...whereEntries,
  id: text('The id of the event.'),
  time: time('When it happened.'),
  resource: text('The logical id of the resource.'),
  resourceType: text('Its type.'),
  physicalId: v.exactOptional(text('Its physical id, once there is one.')),
  status: text('Its status, such as `CREATE_COMPLETE`.'),
  reason: v.exactOptional(text('What AWS says.')),
  hook: v.exactOptional(text('The CloudFormation hook that refused it, and why.')),
});

const ended = v.object({
  type: only('ended', 'CloudFormation finished an operation on a stack.'),
  stack: stackEntry,
  ...whereEntries,
  ok,
  status: text('The status of the stack.'),
  seconds,
});

const stacks = v.object({
  type: only('stacks', 'Work on several stacks begins.'),
  total: count('How many stacks and stack sets are worked on.'),
});

const begin = v.object({
  type: only('begin', 'Work on one of several stacks begins.'),
  stack: stackEntry,
  ...placeEntries,
});

const did = oneOf(
  ['create', 'update', 'recreate', 'keep', 'delete', 'apply', 'recover', 'secrets', 'none'],
  'What was done, or is in progress; with `dryRun` what would be done. `recover`: a stack was rolled back, and nothing else was done. `secrets`: values of secrets were stored, and nothing else was done. `keep`: there was nothing to do. `apply`: stacks of a fleet were changed. `none`: nothing was done.',
);

const finished = v.object({
  type: only('finished', 'Work on one of several stacks is over.'),
  stack: stackEntry,
  ...placeEntries,
  ok,
  did,
  message,
  cause: v.exactOptional(
    described(cause, 'Why it failed: the first failure that no other failure caused.'),
  ),
});

/** How work on a stack of a fleet may end. */
const endings = ['done', 'kept', 'failed', 'refused', 'running', 'skipped'] as const;
/** How work on a stack of a fleet ends. */
export type Ending = (typeof endings)[number];

const outcome = v.object({
  kind: oneOf(['stack', 'stack set'], 'What it is.'),
  name: text('What you type for it: `aws/cloudTrail`, or `base/<fleet>` for a base stack.'),
  stack: stackEntry,
  ...placeEntries,
  did: oneOf(fleetActions, 'What was to be done.'),
  ended: oneOf(
    endings,
    '`running`: AWS goes on by itself. `skipped`: not begun. `kept`: there was nothing to do.',
  ),
  message,
  cause: v.exactOptional(
    described(cause, 'Why it failed: the first failure that no other failure caused.'),
  ),
  instances: v.exactOptional(described(instanceCounts, 'Of a stack set: how its instances are.')),
  troubled: v.exactOptional(
    list(troubledInstance, 'Of a stack set: the instances that are not as they should be.'),
  ),
});
/** What became of one of several stacks. */
export type Outcome = Told<typeof outcome>;

const summary = v.object({
  type: only('summary', 'The results for the stacks of a fleet.'),
  stacks: list(outcome, 'The result for each stack that was to be changed.'),
});

const eventPlace = {
  file: text('The file that contains the event. `-` is standard input.'),
  line: count('The line in it.'),
  eventId: described(v.nullable(v.string()), 'The id of the event. `null`: it has none.'),
};

const alert = v.object({
  type: only('alert', 'An event on which the rule alerts.'),
  rule: text('The name of the rule in its package: `cloudTrail`.'),
  ...eventPlace,
  time: described(v.nullable(v.string()), 'The time of the event. `null`: it has none.'),
  severity: text('`low`, `medium`, `high` or `critical`.'),
  title: text("The alert's title."),
  summary: text("The alert's summary."),
});

const suppressed = v.object({
  type: only('suppressed', 'An event whose alert a parameter suppresses.'),
  ...eventPlace,
  title: text('The title of what was found.'),
  by: text('The item of a parameter that suppresses it.'),
});

const needs = v.object({
  type: only('needs', 'An event without a verdict: the rule must ask AWS or GitHub first.'),
  ...eventPlace,
  what: text('What the rule asks first. With `--live` it asks.'),
});

const error = v.object({
  type: only('error', 'An event that could not be read or evaluated.'),
  ...eventPlace,
  message,
});

const replaySummary = v.object({
  type: only('summary', 'What a replay came to.'),
  events: count('Events that were read.'),
  delivered: count('Events that AWS or GitHub would deliver to the rule.'),
  alerts: count('Alerts.'),
  suppressed: count('Alerts that a parameter suppresses.'),
  needs: count('Events about which the rule must ask first.'),
  errors: count('Events that could not be read or evaluated.'),
  bytes: count('Bytes that were read, unpacked.'),
  seconds: described(v.number(), 'How long it took.'),
});

const log = v.object({
  type: only('log', "A line of the function's log."),
  time: time('When it was written.'),
  stream: text('The log stream: one for each instance of the function.'),
  line: described(
    v.union([v.string(), v.record(v.string(), v.unknown())]),
    'The line: an object where it is one as JSON, otherwise its text.',
  ),
});

const failure = v.object({
  kind: oneOf(
    ['usage', 'refused', 'held', 'interrupted', 'aws', 'github', 'mistake'],
    '`usage`: the command line or a file is wrong. `refused`: the command leaves it alone, as `message` says. `held`: another run of `apply` is changing the fleet. `aws`, `github`: they refused a call, or could not be reached. `mistake`: an error in `patrol-deploy` itself.',
  ),
  failure: v.exactOptional(
    text(
      'What AWS or GitHub refuse: `credentials`, `denied`, `throttled`, `unreachable`, `token`, `forbidden`, `limited`, `missing`, `invalid`, `conflict`, `taken` or `other`.',
    ),
  ),
  call: v.exactOptional(
    text('The call: `cloudformation:CreateChangeSet`, or `GET /orgs/acme/hooks`.'),
  ),
});

/** What a command found out or did, beside what every result says. */
const resultEntries = {
  stack: v.exactOptional(text("The stack's name.")),
  stackId: v.exactOptional(text('The ARN of the stack.')),
  status: v.exactOptional(text('The status of the stack.')),
  outputs: v.exactOptional(byName(v.string(), 'The outputs of the stack.')),
  dryRun: v.exactOptional(flag('Whether this was a dry run: nothing was changed.')),
  hook: v.exactOptional(count('The id of the webhook at GitHub.')),
  ping: v.exactOptional(
    described(
      v.object({
        statusCode: count('What the function answered. 0 where it did not answer.'),
        status: text("GitHub's words for it."),
      }),
      'The result of the ping that GitHub sent.',
    ),
  ),
  redelivered: v.exactOptional(
    described(
      v.object({
        asked: count('How many failed deliveries GitHub was to send again.'),
        answered: count('How many of them were answered with success then.'),
      }),
      'The result of sending failed deliveries again.',
    ),
  ),
  failed: v.exactOptional(
    described(
      v.object({
        operation: oneOf(
          ['creation', 'update', 'deletion', 'import', 'operation'],
          'What failed. `operation`: none of the others.',
        ),
        began: time('When it began.'),
        status: text('The status of the stack in which it ended.'),
      }),
      'The last operation that failed, as `diagnose` finds it.',
    ),
  ),
  recovered: v.exactOptional(
    list(v.string(), 'The stacks that were rolled back first, whatever was done with them then.'),
  ),
  stored: v.exactOptional(
    list(
      v.object({
        parameter: text("The stack's parameter."),
        secret: text('The name of the secret in Secrets Manager.'),
      }),
      'The values that were stored in Secrets Manager, whatever became of the stack.',
    ),
  ),
  underWay: v.exactOptional(
    described(
      v.object({
        operation: oneOf(['create', 'update', 'delete', 'rollback'], 'What it is.'),
        stack: text("The stack's name."),
        stackId: text('The ARN of the stack.'),
      }),
      'The operation that AWS goes on with although the command ended.',
    ),
  ),
  left: v.exactOptional(
    list(
      v.object({
        resource: text('The logical id.'),
        type: text('The type.'),
        physicalId: v.exactOptional(text('The physical id.')),
      }),
      'Resources that a deletion left in the account.',
    ),
  ),
  secrets: v.exactOptional(
    list(v.string(), 'The ARNs of secrets that a deletion left in the account.'),
  ),
  counts: v.exactOptional(
    described(
      v.object({
        done: count('They were changed.'),
        kept: count('There was nothing to do.'),
        failed: count('They could not be changed.'),
        refused: count('They are left alone.'),
        running: count('AWS goes on by itself.'),
        skipped: count('They were not begun.'),
      }),
      'How many stacks and stack sets of a fleet ended how.',
    ),
  ),
  lines: v.exactOptional(count('How many lines of the log there were.')),
  error: v.exactOptional(described(failure, 'Why the command gave up.')),
  cause: v.exactOptional(
    described(cause, 'Why it failed: the first failure that no other failure caused.'),
  ),
};

const result = v.object({
  type: only(
    'result',
    'How the command ended: always the last line. A command that writes an object writes this instead when it fails.',
  ),
  version: only(outputVersion, 'The version of this contract.'),
  ok,
  did,
  ...resultEntries,
  message,
});

/** A line of NDJSON, told apart by its `type`. */
export const note = v.pipe(
  v.variant('type', [
    plan,
    stackSet,
    changes,
    hook,
    progress,
    warning,
    lease,
    event,
    ended,
    stacks,
    begin,
    finished,
    summary,
    alert,
    suppressed,
    needs,
    error,
    replaySummary,
    log,
    result,
  ]),
  v.title('A line of `patrol-deploy … --json`'),
  v.description(
    'What a command does and what happens, one JSON object on each line (NDJSON). The last line is of the type `result`.',
  ),
);
/** A line of NDJSON. */
export type Note = Told<typeof note>;
/** The lines of some types. */
export type NoteOf<Type extends Note['type']> = Extract<Note, { readonly type: Type }>;

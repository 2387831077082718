/** The lines of NDJSON: what commands do and what happens, as data. */
import type { Contract } from '@patrol/core/contracts';
import * as v from 'valibot';
import * as parts from './parts.ts';
import * as is from './schema.ts';
import { outputVersion } from './version.ts';

/** A line of a type. */
const line = <const Type extends string, const Entries extends v.ObjectEntries>(
  type: Type,
  says: string,
  entries: Entries,
) => v.object({ type: is.only(type, says), ...entries });

const named = v.exactOptional(
  is.text('What you type for it: `aws/cloudTrail`, or `base/<fleet>` for a base stack.'),
);
const stackEntry = is.text("The stack's name, or the stack set's.");
const because = is.text('Why, in words for people.');
const message = is.text('What there is to say, in words for people.');

const seconds = is.count('Seconds since it began.');
const ok = is.flag('Whether it went well.');

/** What is done with a stack. */
const actions = ['create', 'update', 'recreate', 'recover', 'keep', 'refuse'] as const;
/** What may be done with a stack of a fleet. */
export const fleetActions = [...actions, 'delete', 'orphaned'] as const;
const actionWords =
  '`recreate` deletes the stack first. `recover` takes it out of a state in which nothing can be done with it. `refuse`: it is left alone, as `because` says. `orphaned`: `patrol.yaml` no longer lists it, and it stays.';

/** What may be done with a stack set. */
export const stackSetActions = [
  'create',
  'update',
  'keep',
  'delete',
  'orphaned',
  'refuse',
] as const;

const storedSecret = {
  parameter: is.text("The stack's parameter."),
  secret: is.text('The name of the secret in Secrets Manager.'),
};

const aboutStack = {
  stack: v.exactOptional(is.text('The name of the stack or stack set that it is about.')),
  ...parts.where.entries,
};

const did = is.oneOf(
  ['create', 'update', 'recreate', 'keep', 'delete', 'apply', 'recover', 'secrets', 'none'],
  'What was done, or is in progress; with `dryRun` what would be done. `recover`: a stack was rolled back, and nothing else was done. `secrets`: values of secrets were stored, and nothing else was done. `keep`: there was nothing to do. `apply`: stacks of a fleet were changed. `none`: nothing was done.',
);

/** How work on a stack of a fleet may end. */
const endings = ['done', 'kept', 'failed', 'refused', 'running', 'skipped'] as const;
/** How work on a stack of a fleet ends. */
export type Ending = (typeof endings)[number];

const outcome = v.object({
  kind: is.oneOf(['stack', 'stack set'], 'What it is.'),
  name: is.text('What you type for it: `aws/cloudTrail`, or `base/<fleet>` for a base stack.'),
  stack: stackEntry,
  ...parts.placeEntries,
  did: is.oneOf(fleetActions, 'What was to be done.'),
  ended: is.oneOf(
    endings,
    '`running`: AWS goes on by itself. `skipped`: not begun. `kept`: there was nothing to do.',
  ),
  message,
  cause: v.exactOptional(parts.cause),
  instances: v.exactOptional(
    is.described(parts.instanceCounts, 'Of a stack set: how its instances are.'),
  ),
  troubled: v.exactOptional(
    is.list(
      parts.troubledInstance,
      'Of a stack set: the instances that are not as they should be.',
    ),
  ),
});
/** What became of one of several stacks. */
export type Outcome = is.Told<typeof outcome>;

const eventPlace = {
  file: is.text('The file that contains the event. `-` is standard input.'),
  line: is.count('The line in it.'),
  eventId: is.orNull(v.string(), 'The id of the event. `null`: it has none.'),
};

/** What a command found out or did, beside what every result says. */
const resultEntries = is.optional({
  stack: is.text("The stack's name."),
  stackId: is.text('The ARN of the stack.'),
  status: is.text('The status of the stack.'),
  outputs: is.byName(v.string(), 'The outputs of the stack.'),
  dryRun: is.flag('Whether this was a dry run: nothing was changed.'),
  hook: is.count('The id of the webhook at GitHub.'),
  ping: is.object('The result of the ping that GitHub sent.', {
    statusCode: is.count('What the function answered. 0 where it did not answer.'),
    status: is.text("GitHub's words for it."),
  }),
  redelivered: is.object('The result of sending failed deliveries again.', {
    asked: is.count('How many failed deliveries GitHub was to send again.'),
    answered: is.count('How many of them were answered with success then.'),
  }),
  failed: is.object('The last operation that failed, as `diagnose` finds it.', {
    operation: is.oneOf(
      ['creation', 'update', 'deletion', 'import', 'operation'],
      'What failed. `operation`: none of the others.',
    ),
    began: is.time('When it began.'),
    status: is.text('The status of the stack in which it ended.'),
  }),
  recovered: is.texts('The stacks that were rolled back first, whatever was done with them then.'),
  stored: is.objects(
    'The values that were stored in Secrets Manager, whatever became of the stack.',
    storedSecret,
  ),
  underWay: is.object('The operation that AWS goes on with although the command ended.', {
    operation: is.oneOf(['create', 'update', 'delete', 'rollback'], 'What it is.'),
    stack: is.text("The stack's name."),
    stackId: is.text('The ARN of the stack.'),
  }),
  left: is.objects('Resources that a deletion left in the account.', {
    resource: is.text('The logical id.'),
    type: is.text('The type.'),
    physicalId: v.exactOptional(is.text('The physical id.')),
  }),
  secrets: is.texts('The ARNs of secrets that a deletion left in the account.'),
  counts: is.object('How many stacks and stack sets of a fleet ended how.', {
    done: is.count('They were changed.'),
    kept: is.count('There was nothing to do.'),
    failed: is.count('They could not be changed.'),
    refused: is.count('They are left alone.'),
    running: is.count('AWS goes on by itself.'),
    skipped: is.count('They were not begun.'),
  }),
  lines: is.count('How many lines of the log there were.'),
  error: is.object('Why the command gave up.', {
    kind: is.oneOf(
      ['usage', 'refused', 'held', 'interrupted', 'aws', 'github', 'mistake'],
      '`usage`: the command line or a file is wrong. `refused`: the command leaves it alone, as `message` says. `held`: another run of `apply` is changing the fleet. `aws`, `github`: they refused a call, or could not be reached. `mistake`: an error in `patrol-deploy` itself.',
    ),
    ...is.optional({
      failure: is.text(
        'What AWS or GitHub refuse: `credentials`, `denied`, `throttled`, `unreachable`, `token`, `forbidden`, `limited`, `missing`, `invalid`, `conflict`, `taken` or `other`.',
      ),
      call: is.text('The call: `cloudformation:CreateChangeSet`, or `GET /orgs/acme/hooks`.'),
    }),
  }),
  cause: parts.cause,
});

const lines = v.variant('type', [
  line('plan', 'What will be done with one stack.', {
    do: is.oneOf(fleetActions, actionWords),
    stack: stackEntry,
    name: named,
    ...parts.placeEntries,
    because,
    description: v.exactOptional(is.text('Of what is created: what the rule alerts on.')),
    reasons: v.exactOptional(parts.reasons),
    differences: is.list(
      parts.difference,
      'What differs. Empty where everything is new, or nothing is.',
    ),
  }),
  line('stackSet', 'What will be done with one stack set, and how its instances are.', {
    do: is.oneOf(stackSetActions, actionWords),
    stack: is.text("The stack set's name."),
    name: named,
    region: is.text('The region in which it is managed.'),
    account: is.text('The id of the account that manages it.'),
    because,
    reasons: parts.reasons,
    differences: is.list(parts.difference, 'What differs.'),
    instances: is.described(parts.instanceCounts, 'How its instances are.'),
    regions: is.byName(parts.instanceCounts, 'The same for each region.'),
    troubled: is.list(parts.troubledInstance, 'The instances that are not as they should be.'),
  }),
  line('changes', 'What becomes of the resources and permissions of one stack.', {
    stack: stackEntry,
    name: named,
    ...parts.where.entries,
    ...parts.shownChanges.entries,
  }),
  line('hook', 'What will be done with the webhook of an organisation.', {
    do: is.oneOf(['create', 'update', 'keep'], 'What will be done.'),
    org: is.text('The GitHub organisation.'),
    url: is.text('Where GitHub delivers to.'),
    because,
    differences: is.list(parts.difference, 'What differs.'),
  }),
  line('progress', 'Something was done, or begins.', {
    message,
    ...aboutStack,
    ...is.optional({
      uploaded: is.object('What was uploaded.', {
        bucket: is.text('The bucket.'),
        key: is.text('The key.'),
        bytes: is.count('The size.'),
      }),
      stored: is.object('The secret that was stored.', storedSecret),
      redelivering: is.object('The failed delivery that GitHub is asked to send again.', {
        event: is.text("GitHub's name of the event."),
        guid: is.text('The id of the delivery, as in `X-GitHub-Delivery`.'),
        deliveredAt: is.time('When GitHub tried.'),
        statusCode: is.count('What the function answered. 0 where it did not answer.'),
      }),
    }),
  }),
  line('warning', 'Something needs attention. It stops nothing.', {
    message,
    ...aboutStack,
    ...is.optional({
      unconfirmed: is.described(
        parts.unconfirmed,
        'Topics without a confirmed subscription: nobody receives what is sent.',
      ),
      pending: is.described(
        parts.unconfirmed,
        'Topics with a confirmed subscription and others that are not: these addresses receive nothing.',
      ),
      lost: is.described(
        parts.unconfirmed,
        'A topic that does not exist: what is sent to it is lost.',
      ),
      hook: is.object('A webhook that has received nothing yet. Its sender may not know it.', {
        command: is.text('The command that registers it, or shows what to enter at the sender.'),
      }),
      drift: parts.drift,
      remark: is.described(parts.remark, 'The same as data.'),
    }),
    ...parts.cautions.entries,
    ...is.optional({
      undecided: is.list(
        parts.ownValue,
        'Values that may be defaults of the deployed version, whose template cannot be read. They stay.',
      ),
      renamed: is.object('A parameter that was given by a former name.', {
        former: is.text('The name that was used.'),
        name: is.text("Today's name."),
      }),
      duplicates: is.list(
        is.count('The id of a webhook.'),
        'Further webhooks with the same URL: GitHub delivers everything several times.',
      ),
    }),
  }),
  line('lease', 'Whether this run of `apply` may change the fleet.', {
    state: is.oneOf(
      ['held', 'waiting', 'takenOver', 'lost', 'unguarded'],
      '`held`: another run is changing the fleet, and this run ends. `waiting`: this run waits for the other one. `takenOver`: the other run stopped renewing its lease, and this run took it. `lost`: another run took over; no further stack is begun. `unguarded`: the lease cannot be written, and this run goes on without one.',
    ),
    fleet: is.text('The name of the fleet.'),
    environment: is.text('The environment of the fleet.'),
    ...is.optional({
      holder: is.described(parts.leaseHolder, 'The other run.'),
      until: is.time('`held`, `waiting`: when the lease ends, unless the other run renews it.'),
    }),
    message,
  }),
  line('event', 'A CloudFormation event of a stack or of one of its resources.', {
    stack: stackEntry,
    ...parts.where.entries,
    id: is.text('The id of the event.'),
    time: is.time('When it happened.'),
    resource: is.text('The logical id of the resource.'),
    resourceType: is.text('Its type.'),
    physicalId: v.exactOptional(is.text('Its physical id, once there is one.')),
    status: is.text('Its status, such as `CREATE_COMPLETE`.'),
    reason: v.exactOptional(is.text('What AWS says.')),
    hook: v.exactOptional(is.text('The CloudFormation hook that refused it, and why.')),
  }),
  line('ended', 'CloudFormation finished an operation on a stack.', {
    stack: stackEntry,
    ...parts.where.entries,
    ok,
    status: is.text('The status of the stack.'),
    seconds,
  }),
  line('stacks', 'Work on several stacks begins.', {
    total: is.count('How many stacks and stack sets are worked on.'),
  }),
  line('begin', 'Work on one of several stacks begins.', {
    stack: stackEntry,
    ...parts.placeEntries,
  }),
  line('finished', 'Work on one of several stacks is over.', {
    stack: stackEntry,
    ...parts.placeEntries,
    ok,
    did,
    message,
    cause: v.exactOptional(parts.cause),
  }),
  line('summary', 'The results for the stacks of a fleet.', {
    stacks: is.list(outcome, 'The result for each stack that was to be changed.'),
  }),
  line('alert', 'An event on which the rule alerts.', {
    rule: is.text('The name of the rule in its package: `cloudTrail`.'),
    ...eventPlace,
    time: is.orNull(v.string(), 'The time of the event. `null`: it has none.'),
    severity: is.text('`low`, `medium`, `high` or `critical`.'),
    title: is.text("The alert's title."),
    summary: is.text("The alert's summary."),
  }),
  line('suppressed', 'An event whose alert a parameter suppresses.', {
    ...eventPlace,
    title: is.text('The title of what was found.'),
    by: is.text('The item of a parameter that suppresses it.'),
  }),
  line('repeated', 'An event whose alert is not sent: another event told the same.', {
    ...eventPlace,
    title: is.text('The title of what was found.'),
    toldBy: is.text('The id of the event that told it.'),
  }),
  line('needs', 'An event without a verdict: the rule must ask AWS or GitHub first.', {
    ...eventPlace,
    what: is.text('What the rule asks first. With `--live` it asks.'),
  }),
  line('error', 'An event that could not be read or evaluated.', {
    ...eventPlace,
    message,
  }),
  line('summary', 'What a replay came to.', {
    events: is.count('Events that were read.'),
    delivered: is.count('Events that AWS or GitHub would deliver to the rule.'),
    alerts: is.count('Alerts.'),
    suppressed: is.count('Alerts that a parameter suppresses.'),
    repeated: v.exactOptional(
      is.count(
        'Alerts that are not sent, since another event told the same. Only for rules that tell some things once.',
      ),
    ),
    needs: is.count('Events about which the rule must ask first.'),
    errors: is.count('Events that could not be read or evaluated.'),
    bytes: is.count('Bytes that were read, unpacked.'),
    seconds: is.described(v.number(), 'How long it took.'),
  }),
  line('log', "A line of the function's log.", {
    time: is.time('When it was written.'),
    // Only where there are several.
    ...parts.where.entries,
    stream: is.text('The log stream: one for each instance of the function.'),
    line: is.described(
      v.union([v.string(), v.record(v.string(), v.unknown())]),
      'The line: an object where it is one as JSON, otherwise its text.',
    ),
  }),
  line(
    'result',
    'How the command ended: always the last line. A command that writes an object writes this instead when it fails.',
    {
      version: is.only(outputVersion, 'The version of this contract.'),
      ok,
      did,
      ...resultEntries,
      message,
    },
  ),
]);

/** A line of NDJSON, told apart by its `type`. */
export const note = v.pipe(
  lines,
  v.title('A line of `patrol-deploy … --json`'),
  v.description(
    'What a command does and what happens, one JSON object on each line (NDJSON). The last line is of the type `result`.',
  ),
);
/** A line of NDJSON. */
export type Note = is.Told<typeof note>;
/** The lines of some types. */
export type NoteOf<Type extends Note['type']> = Extract<Note, { readonly type: Type }>;

/** The lines of NDJSON, as a contract. */
export const notesContract: Contract = { name: 'notes', version: outputVersion, schema: note };

/** `patrol.yaml`: what a fleet is to be. Reads its text, with every problem at once. Pure. */
import { forms, mostEmails, severities } from '@patrol/core/contracts';
import { readNodes } from './nodes.ts';
import { type Path, type Position, type Problem, sorted } from './problem.ts';
import {
  about,
  dictionary,
  digits,
  either,
  flag,
  integer,
  list,
  oneOf,
  type Read,
  Reading,
  record,
  text,
  textOrNumber,
} from './shape.ts';
import { refuseEmail, refuseRange, refuseTopic } from '../cloud/addresses.ts';
import { refuseRegion } from '../cloud/regions.ts';
import { tagName, tagValue } from '../identity/naming.ts';
import { isRange } from '../packages/versions.ts';
import { quoted } from '../text/words.ts';

/** A fleet, and where everything in it is. */
export interface FleetFile {
  readonly fleet: Fleet;
  /** Where a value is, or else what it is a part of. */
  readonly where: (path: Path) => Position;
}

/** `true` or `false`, and which of them counts when it is left out. */
const toggle = (description: string, standard: boolean) =>
  about(flag, description, { default: standard });

const region = text('a region, such as eu-west-1', {
  pattern: '^[a-z]+(-[a-z]+)+-[0-9]+$',
  refuse: refuseRegion,
});
const regions = list('a list of regions, such as [eu-west-1]', region);
const sentence = (words: string) => text(words, { pattern: '\\S', maxLength: 1000 });

const arn = text('the ARN of an SNS topic', {
  pattern: '^arn:',
  maxLength: 400,
  // Which partition it must be of, only the credentials tell.
  refuse: (found) => refuseTopic(found, found.split(':')[1] ?? ''),
});
const email = text('an e-mail address, such as security@example.com', {
  pattern: '@',
  maxLength: 320,
  refuse: refuseEmail,
});
const emails = either(
  `an e-mail address, or a list of at most ${mostEmails}`,
  email,
  list('a list of e-mail addresses', email, { most: mostEmails }),
);
const topics = either(
  'the ARN of an SNS topic, or one for each region',
  arn,
  dictionary(
    'the ARN of a topic for each region',
    { words: 'a region', pattern: region.schema['pattern'] as string },
    arn,
  ),
);

/** The name of a parameter, as CloudFormation takes it. */
const parameterName = { words: 'the name of a parameter', pattern: '^[A-Za-z][A-Za-z0-9]*$' };
// What a value must be, its parameter says; a secret's value that was pasted here is never repeated in a message.
const item = textOrNumber(text('a text', { pattern: '\\S' }));
const parameterValue = either(
  'a text, a number or a list of texts',
  textOrNumber(text('a text')),
  list('a list of texts', item, { empty: true, repeats: true }),
);
const parameters = (description: string) =>
  about(
    dictionary('values by the names of parameters', parameterName, parameterValue, { empty: true }),
    description,
  );

const day = text('a day, such as 2027-03-31', {
  pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
  refuse: (found) =>
    // A 31st of April becomes the 1st of May.
    new Date(`${found}T00:00:00Z`).toISOString().startsWith(found)
      ? undefined
      : `there is no ${found} in the calendar`,
});

const suppression = record('a suppression', {
  required: {
    parameter: about(
      text('the name of the parameter that the item is added to', parameterName),
      'The parameter that the item is added to. It must be one that mutes alerts.',
    ),
    item: about(item, 'What is muted, in the form that the parameter takes.'),
    owner: about(sentence('who answers for it'), 'Who answers for it.'),
    reason: about(sentence('why this is muted'), 'Why this is muted.'),
    expires: about(
      day,
      'The last day (UTC) on which it applies. What should stay muted belongs in the parameter itself.',
    ),
  },
});

const settings = record('the settings of a rule', {
  optional: {
    enabled: toggle('Whether the rule is deployed.', true),
    regions: about(regions, "The regions of this rule, instead of the fleet's."),
    parameters: parameters(
      "The rule's parameters. A list is the same as its items with commas between them.",
    ),
    suppressions: about(
      list('a list of suppressions', suppression, { empty: true, repeats: true }),
      'Items that mute alerts until a day, each with an owner and a reason.',
    ),
  },
});

const accountNumber = digits('the 12 digits of an account, in quotes if the first is 0', 12);

const form = about(
  oneOf(`one of ${forms.join(', ')}`, forms),
  'What the topic gets. `text`: a text for e-mail and JSON for all others. `amazonQ`: what Amazon Q Developer shows in Slack or Teams. `pagerDuty`: what its integration "Amazon CloudWatch" takes. `dispatch`: what Dispatch takes.',
  { default: 'text' },
);

/** A name as `list` shows it, `aws/cloudTrail` or `@acme/patrol-rules/x`, also with `*` for any characters; or a set, `aws:essential`. */
const ruleName = {
  words:
    '<package>/<rule> of an installed package, such as aws/cloudTrail, a pattern such as aws/*, or a set such as aws:essential',
  pattern: '^(@[^@/\\s]+/)?[^@./\\s][^/:\\s]*(/[^/:\\s]+|:[^/:*\\s]+)$',
  maxLength: 256,
};

/** What an account or a network is called in alerts. */
const displayName = text('a name of at most 64 characters', {
  pattern: '^[^\\p{C}\\p{Z}]([^\\p{C}]*[^\\p{C}\\p{Z}])?$',
  maxLength: 64,
});

/** A further topic of the notifier. */
const furtherTopic = record('a topic, and which alerts it gets', {
  required: { topic: about(arn, 'The ARN of an existing SNS topic, in any region.') },
  optional: {
    form,
    severity: about(
      oneOf(`one of ${severities.join(', ')}`, severities),
      'The lowest severity that the topic gets.',
    ),
    rules: about(
      list('a list of rules', text(ruleName.words, ruleName)),
      'The rules whose alerts the topic gets: names, patterns or sets, as under `rules`. Without it, those of all rules.',
    ),
    accounts: about(
      list(
        'a list of accounts',
        either('the id or the name of an account', displayName, accountNumber),
      ),
      'The accounts whose alerts the topic gets, by id or name. Without it, those of all accounts.',
    ),
  },
});

const alerts = record('where alerts go', {
  optional: {
    email: about(
      emails,
      'The e-mail address that gets the alerts, or a list of them. Each must confirm each topic once.',
    ),
    shared: toggle(
      'Whether the rules of an account and region share one topic, in the base stack. Then there is one subscription to confirm instead of one for each rule.',
      false,
    ),
    topic: about(topics, 'The ARN of an existing SNS topic, or one for each region.'),
    form,
    dispatch: about(arn, 'The ARN of the topic of Dispatch, which gets the alerts as well.'),
    topics: about(
      list('a list of topics', furtherTopic, { repeats: true }),
      'Further topics that the notifier sends to what it tells people. Needs `shared: true` or an organisation.',
    ),
  },
  one: ['email', 'topic'],
  needs: [
    ['shared', 'email'],
    ['form', 'topic'],
    ['topics', 'email'],
  ],
});

const alarms = record('where alarms go', {
  optional: {
    email: about(
      emails,
      'The e-mail address that gets the alarms, or a list of them, through a topic of the base stack.',
    ),
    topic: about(
      topics,
      'The ARN of an existing SNS topic, or one for each region. CloudWatch alarms reach only topics of their own region.',
    ),
  },
  one: ['email', 'topic'],
});

const defaults = record('what holds for all rules', {
  optional: {
    enabled: toggle('Whether rules that are installed but not named here are deployed.', false),
    parameters: parameters('Values for every rule that has a parameter of that name.'),
  },
});

const accountId = either(
  accountNumber.words,
  text(accountNumber.words, { pattern: '^[0-9]{12}$' }),
  accountNumber,
);

const account = record('an account', {
  required: { id: about(accountId, "The account's id.") },
  optional: {
    role: about(
      text('the name of a role, such as patrol-deployer', {
        pattern: '^([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}$',
        maxLength: 512,
      }),
      'The name of the role to assume in the account, with its path if it has one. Without it the credentials must be of that account.',
    ),
    externalId: about(
      text('an external id', { pattern: '^[\\w+=,.@:/-]{2,1224}$' }),
      'The external id that the role asks for.',
    ),
    regions: about(regions, "The regions of this account, instead of the fleet's."),
  },
  needs: [['externalId', 'role']],
});

const share = (description: string, minimum: 0 | 1) =>
  about(
    either(
      'a number of accounts, or a share of them such as 10%',
      integer('a number of accounts', { minimum }),
      text('a share of the accounts, such as 10%', {
        pattern: `^([${minimum}-9]|[1-9][0-9]|100)%$`,
      }),
    ),
    description,
  );

/** The id of an organisational unit or of the root. */
export const unitPattern = '^(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|r-[0-9a-z]{4,32})$';

const organization = record('an organisation', {
  required: {
    organizationalUnits: about(
      list(
        'a list of organisational units',
        text('the id of an organisational unit (ou-…) or of the root (r-…)', {
          pattern: unitPattern,
        }),
      ),
      'The organisational units whose accounts get the fleet. The root stands for all accounts.',
    ),
  },
  optional: {
    id: about(
      text('the id of the organisation, such as o-a1b2c3d4e5', { pattern: '^o-[a-z0-9]{10,32}$' }),
      'The id of the organisation. Its accounts may read the artifact buckets and publish to the topics. Without it, Patrol asks AWS Organizations.',
    ),
    regions: about(regions, "The regions of its accounts, instead of the fleet's."),
    failureTolerance: share(
      'In how many accounts of a region a deployment may fail before it stops there.',
      0,
    ),
    maxConcurrency: share('In how many accounts of a region to deploy at a time.', 1),
    autoDeployment: toggle('Whether accounts that join a unit get the fleet by themselves.', true),
    retainStacks: toggle('Whether the stacks stay in an account that leaves its unit.', false),
    parallelRegions: toggle(
      'Whether all regions are deployed at once; otherwise one after the other.',
      true,
    ),
    delegatedAdministrator: toggle(
      'Whether the credentials are of a delegated administrator instead of the management account.',
      false,
    ),
    home: about(
      region,
      'The region in which the stack sets are managed: by default us-east-1, in other partitions their first region. Stack sets exist in that region only.',
    ),
  },
});

/** Letters and digits with single dashes between them: names that stand in the names of stacks. */
const dashed = (start: string): string => `^${start}[A-Za-z0-9]*(-[A-Za-z0-9]+)*$`;

const rule = either('true, false, or the settings of the rule', flag, settings);

/** The name of a package, as npm takes it. */
const packageName = {
  words: 'the name of a rule package, such as @patrol/rules-aws',
  pattern: '^(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*$',
  maxLength: 214,
};
const versionRange = text('a version such as 1.4.0, or a range such as ^1.4.0', {
  pattern: '\\S',
  refuse: (found) =>
    isRange(found)
      ? undefined
      : `expected a version such as 1.4.0, or a range such as ^1.4.0; found ${quoted(found)}`,
});

/** A stack has 50 tags at most; six are Patrol's own. */
const mostTags = 44;

/** What every environment has of its own, or shares with the others. */
const shared = {
  regions: about(regions, 'The regions that the rules watch.', {
    examples: [['us-east-1', 'eu-west-1']],
  }),
  alerts: about(alerts, 'Where alerts go.'),
  rules: about(
    dictionary('the rules to deploy', ruleName, rule, { empty: true }),
    'The rules to deploy, by <package>/<rule>. `aws/*` stands for all rules of the package aws, and `aws:essential` for its set essential. Later lines override earlier ones.',
  ),
};

/** The same that may be left out. */
const sharedOptions = {
  tags: about(
    dictionary(
      'tags, by name',
      {
        words:
          'a tag of letters, digits, spaces and _.:/=+-@, which begins neither with aws: nor with patrol:',
        pattern: tagName.source,
        maxLength: 128,
      },
      textOrNumber(
        text('a text of letters, digits, spaces and _.:/=+-@', {
          pattern: tagValue.source,
          maxLength: 256,
        }),
      ),
      { empty: true, most: mostTags },
    ),
    'Tags of all stacks. CloudFormation gives them to their resources too.',
  ),
  alarms: about(
    alarms,
    'Where alarms about the rules themselves go. Without it, they go where the alerts go.',
  ),
  logRetention: about(
    integer('a number of days', { minimum: 1 }),
    'How long the logs of the functions are kept, in days.',
  ),
  cloudFormationRole: about(
    text('the name of a role, with its path, and not an ARN', {
      pattern: '^([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]+$',
    }),
    'The role with which CloudFormation works on the stacks, instead of with your own permissions. It must exist in each account. CloudFormation keeps it until another role is named. Stack sets have roles of their own.',
  ),
  terminationProtection: about(
    flag,
    'Whether a deployment turns termination protection on. Without it, it does so for base stacks and patrolHealth. false turns no protection off.',
  ),
  permissionsBoundary: about(
    text('the name of a policy in the account, with its path, and not an ARN', {
      pattern: '^([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]+$',
    }),
    'The permissions boundary of all roles that Patrol makes: the name of a customer managed policy. It must exist in each account.',
  ),
  webhookSecret: about(
    text('the ARN of a secret in Secrets Manager', {
      pattern: '^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$',
    }),
    'One secret for all webhooks of the fleet, instead of one in each stack. It must exist.',
  ),
  artifacts: about(
    record('what holds for the code in S3', {
      optional: {
        bucket: about(
          text(
            'the name of a bucket, in which {account} and {region} stand for those of the stack',
            { pattern: '^([a-z0-9.-]|\\{account\\}|\\{region\\})+$' },
          ),
          "The bucket for the code in an account and region, instead of Patrol's own. Patrol creates it where its name begins with patrol-. Any other bucket must exist, and Patrol does not change it.",
          { examples: ['deployments-{account}-{region}'] },
        ),
        kmsKey: about(
          text('the ARN, id or alias of a KMS key', { pattern: '^[\\w:/-]{1,2048}$' }),
          'The KMS key that encrypts the code in the bucket. You must be allowed to use it.',
        ),
        shared: toggle(
          'Has no effect any more: patrol-deploy creates the artifact bucket of an account and region itself.',
          false,
        ),
      },
    }),
    'The code of the rules in S3.',
  ),
  defaults: about(defaults, 'What holds for all rules.'),
  accounts: about(
    list('a list of accounts', account, { repeats: true }),
    'The accounts to deploy to. Without it, the account of the credentials.',
  ),
  organization: about(organization, 'An organisation whose accounts get the fleet.'),
};

/** The shape of a `patrol.yaml`. What its rules and their parameters are called, only the installed packages tell. */
export const fleetShape = record(
  'a fleet: a map with the keys version, fleet, regions, alerts and rules',
  {
    required: {
      version: about(
        integer('version 1, which this release reads', { minimum: 1, maximum: 1 }),
        'The version of the format of this file.',
      ),
      fleet: about(
        text('a name of letters, digits and single dashes, such as security', {
          pattern: dashed('[A-Za-z]'),
          maxLength: 64,
        }),
        "The fleet's name. Patrol finds the stacks of the fleet by a tag with this name.",
      ),
      ...shared,
    },
    optional: {
      ...sharedOptions,
      $schema: text('the address of the JSON schema'),
      environment: about(
        text('letters and digits with single dashes between them, such as production', {
          pattern: dashed('[A-Za-z0-9]'),
          maxLength: 64,
        }),
        'The environment name, for rules deployed more than once. It is a part of the stack names.',
        { default: 'production' },
      ),
      environments: about(
        dictionary(
          'settings by the names of environments',
          {
            words: 'letters and digits with single dashes between them, such as production',
            pattern: dashed('[A-Za-z0-9]'),
            maxLength: 64,
          },
          record('what differs in an environment', {
            optional: { ...shared, ...sharedOptions },
            atMostOne: ['accounts', 'organization'],
          }),
        ),
        'Environments that share this file, and what differs in each. --env chooses one. Without --env, it is that of `environment`. Lines of `rules` come after those of the file and override them field by field. `tags` are added. Every other key replaces that of the file.',
        { examples: [{ production: {}, staging: { regions: ['eu-west-1'] } }] },
      ),
      packages: about(
        dictionary(
          'versions by the names of rule packages',
          packageName,
          textOrNumber(versionRange),
          {
            empty: true,
          },
        ),
        'The versions of rule packages that this file is for, as npm writes ranges. With another one installed, nothing is done.',
        { examples: [{ '@patrol/rules-aws': '^1.4.0' }] },
      ),
      accountNames: about(
        dictionary(
          'names by the ids of accounts',
          { words: 'the 12 digits of an account', pattern: '^[0-9]{12}$' },
          displayName,
          { empty: true },
        ),
        'The names of accounts in alerts. They override those that AWS Organizations has.',
        { examples: [{ '111122223333': 'payments-prod' }] },
      ),
      networks: about(
        dictionary(
          'names by ranges of addresses',
          {
            words: 'a range of addresses, such as 192.0.2.0/24',
            pattern: '^[0-9a-fA-F.:]+/[0-9]{1,3}$',
            refuse: refuseRange,
          },
          displayName,
          { empty: true },
        ),
        'The names of networks in alerts, by the addresses that calls come from. Of several ranges the smallest counts.',
        { examples: [{ '192.0.2.0/24': 'office', '2001:db8::/32': 'vpn' }] },
      ),
    },
    atMostOne: ['accounts', 'organization'],
    open: '^x-',
  },
);

/** The content of a `patrol.yaml`. */
export type Fleet = Read<typeof fleetShape>;
/** The value of a parameter: a text, or the items of a list. Numbers are the texts that they are written as. */
export type ParameterValue = Read<typeof parameterValue>;
/** Values of parameters, by name. */
export type ParameterValues = Read<ReturnType<typeof parameters>>;
/** An item that mutes alerts until a day. */
export type Suppression = Read<typeof suppression>;
/** What is decided about one rule. */
export type RuleSettings = Read<typeof settings>;
/** A topic for all regions, or one for each. */
export type Topics = Read<typeof topics>;
/** Where alerts go: e-mail addresses or a topic. */
export type Alerts = Read<typeof alerts>;
/** Where alarms about the rules themselves go: e-mail addresses, through the base stack, or a topic. */
export type Alarms = Read<typeof alarms>;
/** The e-mail addresses to which alerts or alarms go. */
export const emailsOf = (to: Pick<Alerts, 'email'> | undefined): readonly string[] =>
  [to?.email ?? []].flat();
/** An account of a fleet. */
export type Account = Read<typeof account>;
/** An organisation whose accounts get the fleet through StackSets. */
export type Organization = Read<typeof organization>;

/**
 * Reads the text of a `patrol.yaml`.
 *
 * @returns the fleet, or every problem that it has: never both.
 */
export function readFleet(
  source: string,
): { readonly file: FleetFile } | { readonly problems: readonly Problem[] } {
  const { root, problems } = readNodes(source);
  const reading = new Reading();
  const fleet = root && reading.read(fleetShape, root, []);
  const all = sorted([...problems, ...reading.problems]);
  if (!fleet || all.length > 0) return { problems: all };
  return { file: { fleet, where: (path) => reading.where(path) } };
}

/** A fleet that stands in no file. */
export const unwritten = (fleet: Fleet): FleetFile => ({
  fleet,
  where: () => ({ line: 1, column: 1 }),
});

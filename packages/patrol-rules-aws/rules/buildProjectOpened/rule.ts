import { type Call, type Deed, defineCallRule, type Fields, mitre } from '@patrol/core';
import { isByPerson, unlessAutomated } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

// Shapes are those of the API's model: no records were at hand.
export default defineCallRule({
  name: 'buildProjectOpened',
  title: 'Build project of CodeBuild opened',
  description:
    'Alerts when somebody makes the builds of a CodeBuild project public, lets pull requests of anybody start its builds, replaces the credentials for its sources, or gives its builds privileged mode.',
  severity: 'high',
  runbook:
    'Ask the actor why. If nobody can say, put the setting back, look at the builds that ran since and at what they changed, and replace the secrets that they could read.',
  references: [
    mitre('T1195.002', 'Supply Chain Compromise: Compromise Software Supply Chain'),
    mitre('T1677', 'Poisoned Pipeline Execution'),
  ],
  parameters: {},
  calls: {
    'codebuild.amazonaws.com': {
      UpdateProjectVisibility: ({ request, region }) =>
        request.text('projectVisibility') === 'PUBLIC_READ'
          ? {
              deed: `${withNames('Builds made public of CodeBuild project', request.text('projectArn'))}`,
              meaning: 'Everybody can read their logs and artifacts, also those of earlier builds.',
              target: ['AWS::CodeBuild::Project', request.text('projectArn')],
              undo: awsCommand('codebuild update-project-visibility', {
                'project-arn': request.text('projectArn'),
                'project-visibility': 'PRIVATE',
                region,
              }),
            }
          : undefined,
      CreateWebhook: webhook,
      UpdateWebhook: webhook,
      ImportSourceCredentials: (call) => ({
        severity: unlessAutomated(call, 'medium'),
        deed: `Source credentials of CodeBuild imported for ${call.request.text('serverType') ?? 'a server'}`,
        meaning: 'All projects of the region fetch their sources with them.',
        facts: known({ authType: call.request.text('authType') }),
        target: ['AWS::CodeBuild::SourceCredential', call.response.text('arn')],
        undo: awsCommand('codebuild delete-source-credentials', {
          arn: call.response.text('arn'),
          region: call.region,
        }),
      }),
      UpdateProject: (call) =>
        // A deployment sends all settings of the project, changed or not.
        call.request.flag('environment.privilegedMode') && isByPerson(call)
          ? {
              severity: 'medium',
              deed: `${withNames('Privileged mode given to the builds of CodeBuild project', call.request.text('name'))}`,
              meaning: 'Or they had it before: the record says how the project is now.',
              target: ['AWS::CodeBuild::Project', call.request.text('name')],
            }
          : undefined,
    },
  },
});

/** Anybody can open a pull request in a public repository. */
function webhook(call: Call): Deed | undefined {
  const { name, request } = call;
  const project = request.text('projectName');
  const approval = request.text('pullRequestBuildPolicy.requiresCommentApproval');
  const groups = request
    .list('filterGroups')
    .map((group) => group.list('').map((filter) => filterOf(filter)));
  // A webhook without filters starts a build at every event.
  const isUnfiltered =
    name === 'CreateWebhook' && groups.length === 0 && !request.has('branchFilter');
  if (!isUnfiltered && !groups.some(letsInAnybody)) return undefined;
  return {
    severity: approval === 'DISABLED' ? unlessAutomated(call, 'high') : 'low',
    deed: withNames('Builds started by pull requests of anybody in CodeBuild project', project),
    meaning: `No filter names the accounts that may start them, each from \`^\` to \`$\`. ${approval === 'DISABLED' ? 'No comment is needed either.' : 'A comment of somebody with rights may still be needed.'}`,
    facts: known({ requiresCommentApproval: approval }),
    target: ['AWS::CodeBuild::Project', project],
  };
}

interface Filter {
  readonly type: string | undefined;
  readonly pattern: string;
  readonly isExcluding: boolean;
}

const filterOf = (filter: Fields): Filter => ({
  type: filter.text('type'),
  pattern: filter.text('pattern') ?? '',
  isExcluding: filter.flag('excludeMatchedPattern') === true,
});

/** Merged and closed pull requests are those of people with rights. */
const letsInAnybody = (group: readonly Filter[]): boolean =>
  group.some(
    ({ type, pattern }) =>
      type === 'EVENT' && /PULL_REQUEST_(CREATED|UPDATED|REOPENED)/.test(pattern),
  ) &&
  !group.some(
    ({ type, pattern, isExcluding }) =>
      type === 'ACTOR_ACCOUNT_ID' && !isExcluding && isWhole(pattern),
  );

/** Whether a pattern matches whole ids only: `123` is also found in the id `51234`, which somebody may wait for. */
const isWhole = (pattern: string): boolean =>
  /^\^\([^()]*\)\$$/.test(pattern) ||
  pattern.split('|').every((part) => part.startsWith('^') && part.endsWith('$'));

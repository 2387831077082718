import { mitre } from '@patrol/core';
import { type Deed, defineActRule, text, whole } from '../../lib/acts.ts';

/** What a shell or GitHub's own expressions would run, when a workflow pastes the text into a script. */
const runs =
  /\$\(|`[^`\n]{0,200}\b(curl|wget|bash|sh|nc|eval|base64)\b[^`\n]{0,200}`|\$\{\{|\$\{IFS\}|\|\s*(ba)?sh\b/i;

export default defineActRule({
  name: 'injectionText',
  title: 'Text that a workflow could run',
  description:
    'Alerts when the title or the text of a pull request, an issue or a discussion, the name of a branch, or a comment has $(…), ${{ … }}, ${IFS}, a pipe into a shell, or a command such as curl in backticks: what a shell would run if a workflow pasted it into a script.',
  severity: 'low',
  runbook:
    'Look whether a workflow runs on such events (pull_request_target, issues, issue_comment, discussion) and pastes their texts into a ' +
    'script: ${{ github.event… }} in run. If one does, stop it, hand the text over as an environment variable, and treat the secrets ' +
    'of its last runs as stolen. Code in comments looks the same and is no attack: whoever finds it too loud mutes repositories.',
  references: [
    mitre('T1195.002', 'Supply Chain Compromise: Compromise Software Supply Chain'),
    mitre('T1059.004', 'Command and Scripting Interpreter: Unix Shell'),
  ],
  parameters: {},
  acts: {
    'pull_request.opened': ({ where, payload: { pull_request: pull } }) =>
      injected(where, 'pull request', pull?.number, {
        branch: pull?.head?.ref,
        ...said(pull),
      }),
    'pull_request.edited': ({ where, payload: { pull_request: pull } }) =>
      injected(where, 'pull request', pull?.number, said(pull)),
    'issues.opened': ({ where, payload: { issue } }) =>
      injected(where, 'issue', issue?.number, said(issue)),
    'issues.edited': ({ where, payload: { issue } }) =>
      injected(where, 'issue', issue?.number, said(issue)),
    'issue_comment.created': ({ where, payload: { issue, comment } }) =>
      injected(where, 'issue', issue?.number, { comment: comment?.body }),
    'issue_comment.edited': ({ where, payload: { issue, comment } }) =>
      injected(where, 'issue', issue?.number, { comment: comment?.body }),
    'discussion.created': ({ where, payload: { discussion } }) =>
      injected(where, 'discussion', discussion?.number, said(discussion)),
    'discussion.edited': ({ where, payload: { discussion } }) =>
      injected(where, 'discussion', discussion?.number, said(discussion)),
  },
});

/** The title and the text of something. */
const said = (what: { readonly title?: unknown; readonly body?: unknown } | null | undefined) => ({
  title: what?.title,
  text: what?.body,
});

function injected(
  where: string,
  what: string,
  number: unknown,
  texts: Readonly<Record<string, unknown>>,
): Deed | undefined {
  const [part, found] =
    Object.entries(texts).find(([, value]) => runs.test(text(value).slice(0, 65_536))) ?? [];
  return part === undefined
    ? undefined
    : {
        deed: `Text that a workflow could run in the ${part} of ${what} ${whole(number) ?? ''} in ${where}`,
        facts: { text: (runs.exec(text(found))?.[0] ?? '').slice(0, 80) },
      };
}

import { type CallReader, defineCallRule, guardDuty, mitre, stratus } from '@patrol/core';
import { isByAccessKey, unlessAutomated } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { withNames } from '../../lib/words.ts';

// Shapes are those of the API's model: no records were at hand.
export default defineCallRule({
  name: 'notebookScript',
  title: 'Script or role of a notebook changed',
  description:
    'Alerts when somebody makes or changes a script that SageMaker notebooks run when they start, or gives a notebook another script or role. ' +
    'It also alerts when a long-lived access key asks for a URL that opens a notebook or a domain.',
  severity: 'medium',
  runbook:
    'Ask the actor why. If nobody can say, put the script back as it was, and take what the role of the notebook can reach as read.',
  references: [
    mitre('T1037', 'Boot or Logon Initialization Scripts'),
    mitre('T1059.009', 'Command and Scripting Interpreter: Cloud API'),
    stratus('execution.sagemaker-update-lifecycle-config'),
    guardDuty('SageMakerLifecycleConfigModified'),
  ],
  parameters: {},
  calls: {
    'sagemaker.amazonaws.com': {
      CreateNotebookInstanceLifecycleConfig: script('made'),
      UpdateNotebookInstanceLifecycleConfig: script('changed'),
      UpdateNotebookInstance(call) {
        const { request } = call;
        const config = request.text('lifecycleConfigName');
        const role = request.text('roleArn');
        const notebook = withNames('notebook', request.text('notebookInstanceName'));
        return config === undefined && role === undefined
          ? undefined
          : {
              severity: unlessAutomated(call, 'medium'),
              deed:
                config === undefined
                  ? `Role changed of ${notebook}`
                  : `Start-up script given to ${notebook}`,
              facts: known({ lifecycleConfig: config, role }),
              target: ['AWS::SageMaker::NotebookInstance', request.text('notebookInstanceName')],
            };
      },
      CreatePresignedNotebookInstanceUrl: url('notebookInstanceName', [
        'notebook',
        'AWS::SageMaker::NotebookInstance',
      ]),
      CreatePresignedDomainUrl: url('domainId', ['domain', 'AWS::SageMaker::Domain']),
    },
  },
});

function script(how: string): CallReader {
  return (call) => {
    const name = call.request.text('notebookInstanceLifecycleConfigName');
    const at = ['onCreate', 'onStart'].filter((field) => call.request.list(field).length > 0);
    return {
      severity: unlessAutomated(call, 'medium'),
      deed: withNames(`Start-up script of notebooks ${how}:`, name),
      meaning: 'It runs as root in every notebook that has it.',
      facts: known({ runs: at }),
      target: ['AWS::SageMaker::NotebookInstanceLifecycleConfig', name],
    };
  };
}

/** People open notebooks by such URLs all day, but not with an access key. */
function url(idName: string, [what, type]: readonly [string, string]): CallReader {
  return (call) =>
    isByAccessKey(call)
      ? {
          deed: `URL made that opens ${withNames(what, call.request.text(idName))}`,
          meaning: 'Whoever has the URL works there with its role.',
          facts: known({ user: call.request.text('userProfileName') }),
          target: [type, call.request.text(idName)],
        }
      : undefined;
}

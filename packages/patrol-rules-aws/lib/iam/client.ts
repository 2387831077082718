// This module is a chunk of its own. It loads when there is something to ask.
import {
  type EvaluationResult,
  IAMClient,
  paginateSimulatePrincipalPolicy,
  type SimulatePrincipalPolicyRequest,
} from '@aws-sdk/client-iam';
import type { Decision, SimulationRequest } from './simulator.ts';

/** The errors with which IAM refuses a question, whoever asks. The SDK has no class for `ValidationError`. */
const refusals: ReadonlySet<string> = new Set([
  'InvalidInputException',
  'NoSuchEntityException',
  'PolicyEvaluationException',
  'ValidationError',
]);

const clients = new Map<string, IAMClient>();

/**
 * Asks IAM what a principal may do, and reads all pages of the answer.
 *
 * @throws what the SDK throws after its retries when IAM cannot be asked; an Error when IAM leaves a question unanswered.
 */
export async function simulate({
  region,
  principal,
  actions,
  resources,
  context,
}: SimulationRequest): Promise<readonly Decision[] | { readonly refused: string }> {
  // IAM counts the calls of the whole account. After too many calls the client waits.
  const client =
    clients.get(region) ?? new IAMClient({ region, retryMode: 'adaptive', maxAttempts: 8 });
  clients.set(region, client);
  const input: SimulatePrincipalPolicyRequest = {
    PolicySourceArn: principal,
    ActionNames: [...actions],
    ResourceArns: [...resources],
    ContextEntries: context.map(({ key, type, value }) => ({
      ContextKeyName: key,
      ContextKeyType: type,
      ContextKeyValues: [value],
    })),
  };
  const results: EvaluationResult[] = [];
  try {
    for await (const page of paginateSimulatePrincipalPolicy({ client, pageSize: 1000 }, input)) {
      results.push(...(page.EvaluationResults ?? []));
    }
  } catch (error) {
    if (error instanceof Error && refusals.has(error.name)) return { refused: error.message };
    throw error;
  }
  return actions.flatMap((action) =>
    resources.map((resource) => decisionOf(results, action, resource)),
  );
}

/**
 * IAM has a result for each pair of an action and a resource, or one for all resources of an action, with or without details
 * for each resource.
 */
function decisionOf(
  results: readonly EvaluationResult[],
  action: string,
  resource: string,
): Decision {
  const ofAction = results.filter(
    ({ EvalActionName }) => EvalActionName?.toLowerCase() === action.toLowerCase(),
  );
  for (const { ResourceSpecificResults: details = [], MissingContextValues: missing } of ofAction) {
    const detail = details.find(({ EvalResourceName }) => EvalResourceName === resource);
    if (detail) {
      return {
        action,
        resource,
        isAllowed: detail.EvalResourceDecision === 'allowed',
        missing: detail.MissingContextValues ?? missing ?? [],
      };
    }
  }
  const result =
    ofAction.find(({ EvalResourceName }) => EvalResourceName === resource) ??
    (ofAction.length === 1 ? ofAction[0] : undefined);
  if (!result) {
    throw new Error(`IAM gave no decision on ${action} on ${resource}; expected one for each`);
  }
  return {
    action,
    resource,
    isAllowed: result.EvalDecision === 'allowed',
    missing: result.MissingContextValues ?? [],
  };
}

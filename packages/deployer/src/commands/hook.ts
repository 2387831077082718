/** `patrol-deploy hook <rule> --org NAME`: registers the webhook of a rule with an organisation at GitHub, and checks it. */
import { github } from '@patrol/core';
import { stackNames } from '@patrol/core/contracts';
import { senderOf } from '@patrol/core/evaluation';
import { orRefusal } from '../cloud/cloud.ts';
import { clockworkOf } from '../cloud/effects.ts';
import { tokenVariables } from '../github/github.ts';
import { redeliver, register } from '../github/registration.ts';
import type { Result, Tell } from '../notes/tell.ts';
import { findArtifact, typedName } from '../packages/assembly.ts';
import { patrolCommand } from '../text/command.ts';
import { OperatorError, UsageError } from '../text/errors.ts';
import { webhookEvents } from '../view/trigger.ts';
import { type Deployed, deployed, type StackOptions } from './deployed.ts';
import { type Consent, type Operator, operatorOf, orDryRun, type World } from './world.ts';

/** What `patrol-deploy hook` is told. */
export interface HookOptions extends StackOptions, Consent {
  /** The organisation's login. */
  readonly org: string;
  /** The API of a GitHub Enterprise Server. */
  readonly url?: string;
  /** Whether failed deliveries are asked for once more. */
  readonly redeliver?: boolean;
  readonly dryRun?: boolean;
}

const { outputs } = stackNames;

/** Makes the webhook of an organisation as the rule needs it, and checks that its deliveries arrive. */
export async function hook(
  name: string,
  options: HookOptions,
  world: World,
  tell: Tell,
): Promise<Result> {
  const { org, url, dryRun = false } = options;
  const artifact = findArtifact(name, world, options);
  const events = webhookEvents(artifact.rule);
  if (events.length === 0) {
    throw new UsageError(
      `${typedName(artifact)} has no webhook to register. \`${patrolCommand(['describe', name])}\` shows what runs it.`,
    );
  }
  const sender = senderOf(artifact.rule.triggers);
  if (sender.name !== github.name) {
    throw new UsageError(
      `${typedName(artifact)} takes deliveries of ${sender.name}, and this command registers webhooks at GitHub. \`${patrolCommand(['info', name])}\` shows what to enter at ${sender.name}.`,
    );
  }
  const found = await deployed(name, options, world);
  const wanted = { ...endpointOf(name, found), events };
  const [secret, stored] = await Promise.all([
    found.cloud.readSecret(wanted.secretArn),
    // Without the permission nobody knows, and a ping has to tell.
    orRefusal(found.cloud.secret(wanted.secretArn), () => undefined),
  ]);
  const operator = operatorOf(world, options);
  const token = await tokenOf(world, url, operator);
  const work = {
    ...clockworkOf(world),
    github: await world.github({ token, ...(url === undefined ? {} : { url }) }),
    org,
    wanted,
    secret,
    replaced: stored?.replaced,
    dryRun,
    logs: patrolCommand(['logs', name], found.scope),
    tell,
    agree: async (step: 'create' | 'update') => {
      operator.requireConsent(`${step} the webhook of ${org}`, orDryRun);
      const verb = step === 'create' ? 'Create' : 'Update';
      const isAgreed = await operator.agrees(`${verb} the webhook of ${org}?`);
      if (isAgreed) world.holdInterrupts();
      return isAgreed;
    },
  };
  const registered = await register(work);
  const { ok, hook: id, message } = registered;
  const result: Result = {
    type: 'result',
    stack: found.stack.name,
    ...registered,
    ...(dryRun ? { dryRun } : {}),
  };
  if (!options.redeliver || !ok || id === undefined || dryRun) return result;
  return { ...result, ...(await redeliver(work, id, message)) };
}

/** Where the deployed rule takes deliveries, and where the secret is that they are signed with. */
function endpointOf(name: string, { place, stack, scope }: Deployed) {
  const url = stack.outputs[outputs.webhookUrl];
  const secretArn = stack.outputs[outputs.webhookSecret];
  if (url && secretArn) return { url, secretArn };
  throw new OperatorError(
    `The stack ${stack.name} in ${place.region} has no outputs ${outputs.webhookUrl} and ${outputs.webhookSecret}. Its state is ${stack.status}. Update it first: \`${patrolCommand(['deploy', name], scope)}\`.`,
  );
}

/** The operator's token: of the environment, as GitHub's own `gh` looks for it, or asked for. */
async function tokenOf(world: World, url: string | undefined, { isThere }: Operator) {
  const [first, second] = tokenVariables(url);
  const found = (world.environment[first] || world.environment[second] || '').trim();
  const what = 'a GitHub token that may manage webhooks of the organisation (admin:org_hook)';
  if (found === '' && !isThere) {
    throw new UsageError(`Expected ${what} in ${first} or ${second}; found neither.`);
  }
  const token = found || (await (await world.ask()).secret(`Enter ${what}. It is not shown.`));
  if (/^[!-~]+$/.test(token)) return token;
  throw new UsageError(
    `Expected ${what}; found ${token === '' ? 'nothing' : 'characters that no token has'}.`,
  );
}

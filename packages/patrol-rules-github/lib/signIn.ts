/** Signs in to GitHub with a token or as a GitHub App, and makes sure that the client may see second factors. */
import { createPrivateKey } from 'node:crypto';
import { createAppAuth } from '@octokit/auth-app';
import { asked, type Client, type Connect, read, Refusal, unreadable } from './api.ts';

/** A GitHub App, as its secret holds it. */
interface App {
  readonly appId: string | number;
  readonly installationId?: number;
  readonly privateKey: string;
}

/**
 * Makes a client, and makes sure that it may see second factors: without permission, GitHub's answer could look as if
 * nothing was found. Owners of the organisation may see them ("List organization members", `filter`), and so may Apps with
 * the permission to read members.
 *
 * @throws Refusal.
 */
export async function signIn(
  connect: Connect,
  secret: string,
  organization: string,
): Promise<Client> {
  const app = readApp(secret);
  if (!app) {
    const octokit = connect({ auth: secret.trim() });
    const { data } = await asked(() =>
      octokit.rest.orgs.getMembershipForAuthenticatedUser({ org: organization }),
    );
    const { role, state } = read(data, 'role', 'state');
    if (typeof role !== 'string') throw unreadable('a membership with its role');
    if (role === 'admin' && state === 'active') return octokit;
    throw new Refusal(
      `The token's account is not an owner of ${organization} (its role is ${JSON.stringify(role)}, its state ${JSON.stringify(state)}): only owners see second factors.`,
    );
  }
  const { appId, privateKey } = app;
  const asApp = connect({ authStrategy: createAppAuth, auth: { appId, privateKey } });
  const installationId = app.installationId ?? (await installationOf(asApp, organization));
  const octokit = connect({
    authStrategy: createAppAuth,
    auth: { appId, privateKey, installationId },
  });
  const installation: unknown = await asked(() => octokit.auth({ type: 'installation' }));
  const { permissions } = read(installation, 'permissions');
  const { members } = read(permissions, 'members');
  if (members === 'read' || members === 'write') return octokit;
  throw new Refusal(
    `The GitHub App ${appId} has no permission to read the members of ${organization}: give it the organisation permission Members, Read-only, and accept that in the organisation.`,
  );
}

/** The App's installation in an organisation. */
async function installationOf({ rest }: Client, org: string): Promise<number> {
  const { data } = await asked(() => rest.apps.getOrgInstallation({ org }));
  const { id } = read(data, 'id');
  if (typeof id !== 'number') throw unreadable('an installation with its id');
  return id;
}

/**
 * The App that a secret holds; `undefined` when it holds a token.
 *
 * @throws Refusal when it holds neither.
 */
function readApp(secret: string): App | undefined {
  const neither = (found: string): Refusal =>
    new Refusal(
      `The secret holds neither a token nor a GitHub App: expected a token alone, or {"appId": …, "privateKey": "…"} with or without "installationId", found ${found}.`,
    );
  const text = secret.trim();
  if (!text.startsWith('{')) {
    if (/^[\x21-\x7e]+$/.test(text)) return undefined;
    throw neither(
      text === ''
        ? 'nothing'
        : 'a text with spaces, line breaks or other characters that no token has',
    );
  }
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw neither('JSON that cannot be read');
  }
  const { appId, installationId, privateKey } = read(
    found,
    'appId',
    'installationId',
    'privateKey',
  );
  const isId = (value: unknown): value is string | number =>
    (typeof value === 'number' || typeof value === 'string') && /^[\w.]+$/.test(String(value));
  if (!isId(appId) || typeof privateKey !== 'string') throw neither('JSON without them');
  const id = Number(installationId ?? 0);
  if (!Number.isSafeInteger(id) || id < 0) throw neither('an installationId that is not a number');
  // When somebody pastes the key into a form of the AWS console, each line break becomes the two characters `\n`.
  const key = privateKey.replaceAll('\\n', '\n');
  try {
    createPrivateKey(key);
  } catch {
    throw neither('a privateKey that is not a private key in PEM format');
  }
  return {
    appId,
    privateKey: key,
    ...(id > 0 ? { installationId: id } : {}),
  };
}

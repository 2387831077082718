/** {@link GitHub} in memory, for tests: webhooks whose deliveries a receiver answers, and calls that fail when told to. */
import {
  type GitHub,
  GitHubError,
  type Hook,
  type HookDelivery,
  type HookSettings,
} from '../github/github.ts';

/** A webhook and what GitHub does not tell of it. */
export interface FakeHook extends Hook {
  readonly secret: string;
}

/** Something that goes wrong with calls: with all further ones of that name, or those about one attempt. */
export interface GitHubFault {
  readonly call: keyof GitHub;
  readonly attempt?: number;
  readonly error: GitHubError;
}

/** An organisation at GitHub. */
export class FakeGitHub implements GitHub {
  readonly org = 'acme';
  current: readonly FakeHook[] = [];
  /** The attempts, newest first. */
  attempts: HookDelivery[] = [];
  readonly faults: GitHubFault[] = [];
  /** Every call made, by name. */
  readonly calls: (keyof GitHub)[] = [];
  /** What the receiver answers to what is signed with a secret; 0 when it does not answer. */
  receiver: (secret: string, event: string) => number;
  /** How often the deliveries have to be looked at until a new one is shown. */
  showsAfter = 1;
  #shown: { readonly attempt: HookDelivery; looks: number }[] = [];
  #serial = 100;
  readonly #now: () => number;

  constructor(now: () => number, secret: string) {
    this.#now = now;
    this.receiver = (given) => (given === secret ? 200 : 401);
  }

  /** Places a webhook that was made before the test. */
  add(hook: Partial<FakeHook>): FakeHook {
    const added: FakeHook = {
      id: (this.#serial += 1),
      url: 'https://example.com/',
      contentType: 'json',
      verifiesTls: true,
      active: true,
      events: [],
      secret: '',
      hasSecret: Boolean(hook.secret),
      ...hook,
    };
    this.current = [...this.current, added];
    return added;
  }

  hooks(org: string): Promise<readonly Hook[]> {
    return this.#call('hooks', org, () => this.current);
  }

  createHook(org: string, settings: HookSettings): Promise<Hook> {
    return this.#call('createHook', org, () => {
      const hook = this.add({ ...settings, hasSecret: true });
      this.#deliver(hook, 'ping');
      return hook;
    });
  }

  updateHook(org: string, id: number, settings: HookSettings): Promise<Hook> {
    return this.#call('updateHook', org, () => {
      const hook: FakeHook = {
        ...this.#hook(id),
        ...settings,
        contentType: 'json',
        verifiesTls: true,
        hasSecret: true,
        active: true,
      };
      this.current = this.current.map((other) => (other.id === id ? hook : other));
      return hook;
    });
  }

  ping(org: string, id: number): Promise<void> {
    return this.#call('ping', org, () => this.#deliver(this.#hook(id), 'ping'));
  }

  deliveries(org: string, id: number, since?: Date): Promise<readonly HookDelivery[]> {
    return this.#call('deliveries', org, () => {
      this.#hook(id);
      for (const waiting of this.#shown) waiting.looks += 1;
      const due = this.#shown.filter(({ looks }) => looks > this.showsAfter);
      this.#shown = this.#shown.filter((waiting) => !due.includes(waiting));
      this.attempts = [...due.map(({ attempt }) => attempt).toReversed(), ...this.attempts];
      return since
        ? this.attempts.filter(({ deliveredAt }) => deliveredAt >= since)
        : this.attempts.slice(0, 100);
    });
  }

  redeliver(org: string, id: number, attempt: HookDelivery['id']): Promise<void> {
    return this.#call('redeliver', org, () => {
      const fault = this.faults.find((other) => other.attempt === attempt);
      if (fault) throw fault.error;
      const earlier = this.attempts.find((other) => other.id === attempt);
      if (!earlier) throw new GitHubError('missing', 'redeliver', 'Not Found');
      this.#deliver(this.#hook(id), earlier.event, earlier.guid);
    });
  }

  #deliver(hook: FakeHook, event: string, guid = `guid-${this.#serial}`): void {
    const statusCode = this.receiver(hook.secret, event);
    this.#serial += 1;
    const attempt = {
      id: this.#serial,
      guid,
      event,
      deliveredAt: new Date(this.#now()),
      statusCode,
      status: statusCode === 200 ? 'OK' : statusCode === 0 ? 'timed out' : 'Invalid HTTP Response',
    };
    this.#shown.push({ attempt, looks: 0 });
  }

  #hook(id: number): FakeHook {
    const found = this.current.find((hook) => hook.id === id);
    if (found) return found;
    throw new GitHubError('missing', `GET /orgs/acme/hooks/${id}`, 'Not Found');
  }

  async #call<T>(call: keyof GitHub, org: string, answer: () => T): Promise<T> {
    // As every real call, it takes a turn of the event loop.
    await Promise.resolve();
    this.calls.push(call);
    const fault = this.faults.find((other) => other.call === call && other.attempt === undefined);
    if (fault) throw fault.error;
    if (org !== this.org) throw new GitHubError('missing', `GET /orgs/${org}/hooks`, 'Not Found');
    return answer();
  }
}

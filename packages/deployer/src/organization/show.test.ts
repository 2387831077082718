import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installRule } from '../world.fake.ts';
import { applyOrganization } from './apply.ts';
import { FakeOrganization, source, wantedIn } from './fleet.fake.ts';
import { planOrganization } from './plan.ts';
import { readOrganization } from './read.ts';
import { organizationText, outcomeText } from './show.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patrol-organization-'));
  installRule(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('tells instances by account and region, and why they are not as they should be', async () => {
  const { effects, stackSets } = new FakeOrganization();
  stackSets.failing.set('333344445555/us-east-1', 'Explicit deny in a service control policy.');
  const wanted = wantedIn(folder, source());
  const result = await applyOrganization(effects, wanted, planOrganization(wanted, []));
  const failed =
    /demo\/watch +333344445555 +us-east-1 +OUTDATED \(FAILED\) +Explicit deny in a service control policy\./;
  expect(outcomeText(result)).toMatch(
    /FAILED +demo\/watch +3\/4 +patrol-demo-watch-production: 3 of 4/,
  );
  expect(outcomeText(result)).toMatch(failed);
  const text = organizationText(planOrganization(wanted, await readOrganization(effects, wanted)));
  expect(text).toMatch(
    /update +demo\/watch +3\/4 +1 of 4 instances are outdated and are tried again/,
  );
  expect(text).toMatch(failed);
  expect(text).toContain('The account that manages the organisation gets no instances');
});

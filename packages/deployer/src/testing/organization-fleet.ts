/** For tests of organisations: an installed package with a rule, a fleet for its accounts, and all clouds of the managing account. */
import { installedAssemblies } from '../packages/assembly.ts';
import { FakeCloud } from './cloud.ts';
import { fleetOf } from './fleet.ts';
import { readTemplate } from '../template/template.ts';
import type { StackSetEffects } from '../run/operations.ts';
import { FakeOrganizations } from './organizations.ts';
import { FakeStackSets } from './stacksets.ts';
import { type OrganizationWanted, wantedOrganization } from '../want/organization.ts';

export const account = '111122223333';
export const unit = 'ou-ab12-11111111';
export const otherUnit = 'ou-ab12-22222222';
export const organizationId = 'o-a1b2c3d4e5';

/** A fleet for an organisation. */
export const source = ({
  regions = 'eu-west-1, us-east-1',
  units = unit,
  organization = '',
  alerts = 'email: security@example.com',
  rules = 'demo/watch: { parameters: { actions: StopLogging } }',
  rest = '',
}: Partial<
  Record<'regions' | 'units' | 'organization' | 'alerts' | 'rules' | 'rest', string>
> = {}): string => `
version: 1
fleet: security
regions: [${regions}]
alerts: { ${alerts} }
organization: { id: ${organizationId}, organizationalUnits: [${units}]${organization === '' ? '' : `, ${organization}`} }
rules: { ${rules} }
${rest}`;

/** What a fleet wants, with the packages that are installed in a folder. */
export const wantedIn = (folder: string, text: string): OrganizationWanted =>
  wantedOrganization(fleetOf(text), {
    assemblies: installedAssemblies({ cwd: folder }).assemblies,
    templateOf: readTemplate,
    account,
    partition: 'aws',
    today: '2026-11-23',
  });

/** The effects on an organisation of three accounts, two of them in the first unit. */
export class FakeOrganization {
  readonly stackSets: FakeStackSets = new FakeStackSets();
  readonly organizations: FakeOrganizations = new FakeOrganizations(() => this.stackSets.units);
  readonly clouds: Map<string, FakeCloud> = new Map();
  readonly told: string[] = [];
  readonly controller: AbortController = new AbortController();
  #serial = 0;

  constructor() {
    this.stackSets.units.set(unit, ['222233334444', '333344445555']);
    this.stackSets.units.set(otherUnit, ['444455556666']);
  }

  get effects(): Omit<StackSetEffects, 'wanted' | 'units'> & {
    readonly organizations: FakeOrganizations;
  } {
    const { stackSets, organizations, controller } = this;
    return {
      stackSets,
      organizations,
      cloudIn: async (region) => {
        const cloud = this.clouds.get(region) ?? new FakeCloud({ account, region });
        this.clouds.set(region, cloud);
        return cloud;
      },
      tell: (note) => {
        if ('message' in note) this.told.push(note.message);
      },
      sleep: stackSets.sleep,
      signal: controller.signal,
      now: stackSets.now,
      unique: () => `patrol-${(this.#serial += 1)}`,
    };
  }
}

import { type Call, defineCallRule, fieldsOf, mitre, unlisted } from '@patrol/core';
import { known } from '../../lib/facts.ts';
import { withNames } from '../../lib/words.ts';

const unguarded = 'What it forbade or watched in these accounts is allowed and unseen now.';

export default defineCallRule({
  name: 'controlTower',
  title: 'Control Tower control disabled',
  description:
    'Alerts when somebody disables a control or a baseline of AWS Control Tower, or resets or deletes its landing zone.',
  severity: 'high',
  runbook:
    'Ask whoever runs the landing zone whether this was planned. If it was not, enable the control or the baseline again, treat the credentials that were used as ' +
    'stolen, and look at what was done in the accounts of the organisational unit since.',
  references: [
    mitre('T1562.001', 'Impair Defenses: Disable or Modify Tools'),
    mitre('T1666', 'Modify Cloud Resource Hierarchy'),
  ],
  unlisted: {
    'controltower.amazonaws.com:DisableGuardrail':
      'https://docs.aws.amazon.com/controltower/latest/userguide/lifecycle-events.html',
  },
  parameters: {},
  calls: {
    // Shapes are those of the API; no record of these calls is public.
    'controltower.amazonaws.com': {
      DisableControl({ request }) {
        const control =
          request.text('controlIdentifier') ?? request.text('enabledControlIdentifier');
        return {
          deed: `${withNames('Control Tower control', control)} disabled`,
          meaning: unguarded,
          facts: known({ unit: request.text('targetIdentifier') }),
          target: ['AWS::ControlTower::EnabledControl', control],
        };
      },
      // What was disabled in the console is an event of its own (user guide of Control Tower, "Lifecycle events").
      [unlisted('DisableGuardrail')]({ record }: Call) {
        const status = fieldsOf(record).at('serviceEventDetails.disableGuardrailStatus');
        const control = status.text('guardrails.guardrailId');
        if (status.text('state') === 'FAILED') return undefined;
        return {
          deed: `${withNames('Control Tower control', control)} disabled`,
          meaning: unguarded,
          facts: known({ unit: status.text('organizationalUnits.organizationalUnitId') }),
          target: ['AWS::ControlTower::EnabledControl', control],
        };
      },
      DisableBaseline: ({ request }) => ({
        deed: `${withNames('Control Tower baseline', request.text('enabledBaselineIdentifier'))} disabled`,
        meaning: unguarded,
        target: ['AWS::ControlTower::EnabledBaseline', request.text('enabledBaselineIdentifier')],
      }),
      ResetLandingZone: ({ request }) => ({
        severity: 'medium',
        deed: `${withNames('Control Tower landing zone', request.text('landingZoneIdentifier'))} reset`,
        meaning: 'Its accounts and policies are set up again as its settings say.',
        target: ['AWS::ControlTower::LandingZone', request.text('landingZoneIdentifier')],
      }),
      DeleteLandingZone: ({ request }) => ({
        severity: 'critical',
        deed: `${withNames('Control Tower landing zone', request.text('landingZoneIdentifier'))} deleted`,
        meaning: 'Control Tower no longer manages any account.',
        target: ['AWS::ControlTower::LandingZone', request.text('landingZoneIdentifier')],
      }),
    },
  },
});

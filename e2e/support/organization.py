"""moto with four of its differences from AWS mended, for the end-to-end tests.

- It takes no notice of the conditions in the policy of a bucket, and so takes the one that asks for TLS for one that
  refuses everybody. Here policies of buckets are kept, and refuse nobody.
- It does not know which units a stack set was deployed to (ListStackSetAutoDeploymentTargets).
- It tells of no instance through which unit its account was reached.
- DeleteStackInstances takes no notice of units.

It replaces private methods, so its version is pinned in tools.ts.
"""

import sys

from moto.cloudformation.models import StackInstance, StackInstances
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket
from moto.server import main

FakeBucket.get_permission = lambda self, action, resource: PermissionResult.NEUTRAL

unit_of = {}
create_instances = StackInstances.create_instances
to_dict = StackInstance.to_dict


def accounts_of(instances, units):
    found = [each for each in instances.org_backend.accounts if each.parent_id in units]
    unit_of.update({each.id: each.parent_id for each in found})
    return [each.id for each in found]


def create(self, accounts, regions, parameters, deployment_targets, permission_model):
    units = deployment_targets.get("OrganizationalUnitIds", [])
    accounts_of(self, units)
    self.targets = getattr(self, "targets", {})
    for unit in units:
        self.targets.setdefault(unit, set()).update(regions)
    return create_instances(
        self, accounts, regions, parameters, deployment_targets, permission_model
    )


def delete(self):
    name = self._get_param("StackSetName")
    instances = self.cloudformation_backend.describe_stack_set(name).instances
    units = self._get_params().get("DeploymentTargets", {}).get("OrganizationalUnitIds", [])
    regions = self._get_param("Regions", [])
    self.cloudformation_backend.delete_stack_instances(
        name, accounts_of(instances, units), regions
    )
    for unit in units:
        instances.targets[unit] -= set(regions)
        if not instances.targets[unit]:
            del instances.targets[unit]
    stack_set = self.cloudformation_backend.describe_stack_set(name)
    return ActionResult({"OperationId": stack_set.operations[-1]["OperationId"]})


def list_targets(self):
    name = self._get_param("StackSetName")
    instances = self.cloudformation_backend.describe_stack_set(name).instances
    targets = getattr(instances, "targets", {})
    return ActionResult(
        {
            "Summaries": [
                {"OrganizationalUnitId": unit, "Regions": sorted(regions)}
                for unit, regions in targets.items()
            ]
        }
    )


StackInstances.create_instances = create
StackInstance.to_dict = lambda self: {
    **to_dict(self),
    "OrganizationalUnitId": unit_of.get(self.account_id, ""),
}
CloudFormationResponse.delete_stack_instances = delete
CloudFormationResponse.list_stack_set_auto_deployment_targets = list_targets

main(sys.argv[1:])

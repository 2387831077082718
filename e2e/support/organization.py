"""moto with some of its differences from AWS mended, for the end-to-end tests.

- It takes no notice of the conditions in the policy of a bucket, and so takes the one that asks for TLS for one that
  refuses everybody. Here policies of buckets are kept, and refuse nobody.
- It does not know which units a stack set was deployed to (ListStackSetAutoDeploymentTargets).
- It tells of no instance through which unit its account was reached.
- DeleteStackInstances takes no notice of units.
- UpdateStackSet leaves the stacks of the instances as they are, and nobody can look at these stacks.
- Updates delete topics and make them again, keep queues that have another name, and lose tables. Here a topic, a queue,
  a subscription and a table is replaced when, and only when, a property changes that makes AWS replace it.
- It does not know AWS::SNS::Subscription.
- A change set that is carried out changes neither tags nor parameters nor outputs of its stack.
- It does not turn termination protection on or off (UpdateTerminationProtection).
- A change set takes other tags of a stack for nothing, although they change the tags of its resources.

It replaces private methods, so its version is pinned in tools.ts.
"""

import sys

from moto.cloudformation import parsing
from moto.cloudformation.models import (
    Change,
    ChangeSet,
    CloudFormationBackend,
    StackInstance,
    StackInstances,
    StackSet,
    cloudformation_backends,
)
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.common_models import CloudFormationModel
from moto.core.responses import ActionResult
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket
from moto.server import main
from moto.sns.models import sns_backends

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


def protect(self):
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
    return ActionResult({"StackId": stack.stack_id})


def stacks_of(instance):
    return cloudformation_backends[instance.account_id][instance.region_name].stacks


make_instance = StackInstance.__init__
delete_instance = StackInstance.delete
update_set = StackSet.update


def make_visible(self, *args, **others):
    make_instance(self, *args, **others)
    stacks_of(self)[self.stack.stack_id] = self.stack


def delete_visible(self):
    del stacks_of(self)[self.stack.stack_id]
    delete_instance(self)


def update_with_instances(self, *args, **others):
    operation = update_set(self, *args, **others)
    self.instances.template = self.template
    self.instances.parameters = self.parameters
    for instance in self.instances.stack_instances:
        instance.stack.update(self.template, parameters=self.parameters, tags=self.tags)
    return operation


class Subscription(CloudFormationModel):
    """A subscription of a stack's."""

    # moto reads from this which service it is of.
    __module__ = "moto.sns.models"

    def __init__(self, subscription, backend):
        self.physical_resource_id = subscription.arn
        self.backend = backend

    @staticmethod
    def cloudformation_type():
        return "AWS::SNS::Subscription"

    @classmethod
    def create_from_cloudformation_json(cls, name, resource, account_id, region_name, **_):
        backend = sns_backends[account_id][region_name]
        properties = resource["Properties"]
        wanted = (properties["TopicArn"], properties["Endpoint"], properties["Protocol"])
        return cls(backend.subscribe(*wanted), backend)

    def delete(self, *_):
        self.backend.unsubscribe(self.physical_resource_id)


REPLACING = {
    "AWS::DynamoDB::Table": ("KeySchema", "TableName"),
    "AWS::SNS::Subscription": ("Endpoint", "Protocol", "TopicArn"),
    "AWS::SNS::Topic": ("FifoTopic", "TopicName"),
    "AWS::SQS::Queue": ("FifoQueue", "QueueName"),
}
create_resource = parsing.parse_and_create_resource
update_resource = parsing.parse_and_update_resource


def identity_of(resource_json, resources_map):
    """What makes a resource the one that it is; `None` where moto's own update will do."""
    names = REPLACING.get(resource_json["Type"])
    if names is None:
        return None
    properties = parsing.clean_json(resource_json.get("Properties", {}), resources_map)
    return [properties.get(name) for name in names]


def create_identified(logical_id, resource_json, resources_map, **place):
    resource = create_resource(logical_id, resource_json, resources_map, **place)
    if resource is not None:
        resource.patrol_identity = identity_of(resource_json, resources_map)
    return resource


def update_in_place(logical_id, resource_json, resources_map, **place):
    identity = identity_of(resource_json, resources_map)
    if identity is None:
        return update_resource(logical_id, resource_json, resources_map, **place)
    old = resources_map[logical_id]
    if old is not None and old.patrol_identity == identity:
        return old
    new = create_identified(logical_id, resource_json, resources_map, **place)
    if old is not None:
        resources_map._delete_resource(old, resource_json)
    return new


apply_change_set = ChangeSet.apply
find_changes = ChangeSet.diff
TAGGED = ("AWS::DynamoDB::Table", "AWS::SNS::Topic", "AWS::SQS::Queue")


def changes_tags(change_set):
    return (change_set.tags or {}) != (change_set.stack.tags or {})


def changes_with_tags(self):
    changes = find_changes(self)
    if not changes_tags(self):
        return changes
    told = {each.logical_resource_id for each in changes}
    standing = self.stack.resource_map
    return changes + [
        Change(action="Modify", logical_resource_id=name, resource_type=resource["Type"])
        for name, resource in self.template_dict["Resources"].items()
        if resource["Type"] in TAGGED and name not in told and standing.get(name) is not None
    ]


make_change_set = CloudFormationBackend.create_change_set


def make_with_tags(self, *args, **others):
    change_set_id, stack_id = make_change_set(self, *args, **others)
    made = self.change_sets[change_set_id]
    if made.status == "FAILED" and changes_tags(made):
        made.status = "CREATE_COMPLETE"
        made.execution_status = "AVAILABLE"
        made.status_reason = None
    return change_set_id, stack_id


def apply_all(self):
    apply_change_set(self)
    stack = self.stack
    stack.template = self.template
    stack._parse_template()
    stack.parameters = self.parameters
    stack.tags = self.tags
    stack.output_map = stack._create_output_map()


ChangeSet.apply = apply_all
ChangeSet.diff = changes_with_tags
CloudFormationBackend.create_change_set = make_with_tags
parsing.parse_and_create_resource = create_identified
parsing.parse_and_update_resource = update_in_place
StackSet.update = update_with_instances
StackInstance.__init__ = make_visible
StackInstance.delete = delete_visible
StackInstances.create_instances = create
StackInstance.to_dict = lambda self: {
    **to_dict(self),
    "OrganizationalUnitId": unit_of.get(self.account_id, ""),
}
CloudFormationResponse.delete_stack_instances = delete
CloudFormationResponse.update_termination_protection = protect
CloudFormationResponse.list_stack_set_auto_deployment_targets = list_targets

main(sys.argv[1:])

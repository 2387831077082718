"""ministack with some of its differences from AWS mended, for the end-to-end tests.

- PutEvents takes events whose source begins with `aws.`, so that the tests can play AWS's part.
- EventBridge invokes functions asynchronously, with Lambda's retries and on-failure destination.
- A stack's subscription by e-mail waits until somebody confirms it.
- A stack cannot make a log group that is there already.
- A change set leaves out the resources whose condition is not met, tells properties before and after, and knows which
  of them replace a resource.
- A change set that creates a stack of which an empty one is there is made on that one.
- A template is taken from the URL of a version of an object.
- The end of a function's log is all there, also on a busy machine.
- SimulatePrincipalPolicy minds the context that it is given.
- The function of a stack is not made while the folder PATROL_HELD has a file of the stack's name.
- DynamoDB and SNS are slow or refuse what is about the table or topic of which the folder PATROL_FAULTS has a file: in it
  are the seconds that an answer takes, or `refused`.

It replaces private functions, so its version is pinned in tools.ts.
"""

import asyncio
import contextvars
import copy
import json
import os
import re
import sys
import time
from urllib.parse import parse_qs, unquote, urlparse
from xml.etree import ElementTree

from ministack.core import iam_evaluator, lambda_runtime
from ministack.core.responses import error_response_json
from ministack.services import cloudformation, cloudwatch_logs, dynamodb, eventbridge, iam, lambda_svc, s3, sns
from ministack.services.cloudformation import changesets, engine, handlers, helpers, provisioners, stacks


def invoke_async(arn, payload):
    func, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if func and config:
        record = lambda_svc._execution_record_for_config(func, config)
        lambda_svc.invoke_async_with_retry(record, json.loads(payload))


eventbridge._put_events.__defaults__ = (True,)
eventbridge._dispatch_to_lambda = invoke_async


# How many seconds are waited for the first line, for another one, and at most.
lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = (0.3, 0.3, 3)


resolve_template = changesets._resolve_template


def resolve_version(params):
    url = urlparse(helpers._p(params, "TemplateURL"))
    version = parse_qs(url.query).get("versionId")
    if not version:
        return resolve_template(params)
    bucket = url.hostname.split(".s3.")[0]
    found = s3._get_object_data(bucket, unquote(url.path[1:]), version[0])
    if found is None:
        return None, helpers._error("ValidationError", f"S3 error: no {url.geturl()}")
    return found.decode(), None


changesets._resolve_template = resolve_version


make_subscription = provisioners._sns_sub_create


def make_unconfirmed(logical_id, props, stack_name):
    """The address is the token to confirm it with."""
    arn, attributes = make_subscription(logical_id, props, stack_name)
    if props["Protocol"] == "email":
        sns._find_subscription(props["TopicArn"], arn).update(confirmed=False, token=props["Endpoint"])
    return arn, attributes


def pending(listed):
    """A list in which what is not confirmed has no ARN."""

    def answer(params):
        status, headers, body = listed(params)
        for topic in sns._topics.values():
            for subscription in topic["subscriptions"]:
                if not subscription["confirmed"]:
                    body = body.replace(subscription["arn"].encode(), b"PendingConfirmation")
        return status, headers, body

    return answer


provisioners._RESOURCE_HANDLERS["AWS::SNS::Subscription"]["create"] = make_unconfirmed
sns._list_subscriptions = pending(sns._list_subscriptions)
sns._list_subscriptions_by_topic = pending(sns._list_subscriptions_by_topic)


make_log_group = provisioners._cwlogs_create


def make_new_log_group(logical_id, props, stack_name):
    name = props["LogGroupName"]
    if name in cloudwatch_logs._log_groups:
        identifier = json.dumps({"/properties/LogGroupName": name}, separators=(",", ":"))
        raise ValueError(
            f"Resource handler returned message: \"Resource of type 'AWS::Logs::LogGroup' with identifier "
            f"'{identifier}' already exists.\" (HandlerErrorCode: AlreadyExists)"
        )
    return make_log_group(logical_id, props, stack_name)


provisioners._RESOURCE_HANDLERS["AWS::Logs::LogGroup"]["create"] = make_new_log_group


class KnownLater(dict):
    """The attributes of a resource that is not made yet."""

    text = "{{changeSet:KNOWN_AFTER_APPLY}}"

    def __contains__(self, name):
        return True

    def __getitem__(self, name):
        return self.text


def resolve(template, params, stack_name, stack_id):
    """The resources that a template makes with some parameters, with their properties."""
    if not template:
        return {}
    conditions = engine._evaluate_conditions(template, params)
    made = cloudformation._stacks[stack_name].get("_resources", {})
    later = {"PhysicalResourceId": KnownLater.text, "Attributes": KnownLater()}
    resources = {}
    for name, resource in template["Resources"].items():
        if not conditions.get(resource.get("Condition"), True):
            continue
        properties = engine._resolve_refs(
            copy.deepcopy(resource.get("Properties", {})),
            {**dict.fromkeys(template["Resources"], later), **made},
            params,
            conditions,
            template.get("Mappings", {}),
            stack_name,
            stack_id,
        )
        known = {key: value for key, value in properties.items() if value is not engine._NO_VALUE}
        resources[name] = {**resource, "Properties": known}
    return {"Resources": resources}


def differences(before, after, path):
    """Where two values differ, as far down as both are objects."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from differences(before.get(key), after.get(key), f"{path}/{key}")
    elif before != after:
        yield {"Path": path, "BeforeValue": before, "AfterValue": after}


diff_templates = changesets._diff_resources
describe = handlers._ACTION_HANDLERS["DescribeChangeSet"]


def diff(old, new, *others):
    """The changes, each with its resource before and after, and each difference of a property by itself."""
    changes = diff_templates(old, new, *others)
    for change in changes:
        told = change["ResourceChange"]
        sides = [template.get("Resources", {}).get(told["LogicalResourceId"]) for template in (old, new)]
        before, after = ({} if side is None else side["Properties"] for side in sides)
        for context, side in zip(("BeforeContext", "AfterContext"), sides):
            if side is not None:
                told[context] = json.dumps({"Properties": side["Properties"]})
        if "Details" in told:
            told["Details"] = [
                {**detail, "Target": {**detail["Target"], **difference}}
                for detail in told["Details"]
                for name in [detail["Target"].get("Name")]
                for difference in [*differences(before.get(name), after.get(name), f"/Properties/{name}")] or [{}]
            ]
    return changes


def describe_values(params):
    """DescribeChangeSet with `IncludePropertyValues`."""
    status, headers, body = describe(params)
    _, change_set = changesets._find_change_set(helpers._p(params, "ChangeSetName"), helpers._p(params, "StackName"))
    if not change_set or helpers._p(params, "IncludePropertyValues") != "true":
        return status, headers, body
    # The SDK knows no prefixes.
    ElementTree.register_namespace("", helpers.CFN_NS)
    namespace = f"{{{helpers.CFN_NS}}}"
    document = ElementTree.fromstring(body)

    def add(element, told, names):
        for name in names:
            if told.get(name) is not None:
                value = told[name]
                ElementTree.SubElement(element, namespace + name).text = (
                    value if isinstance(value, str) else json.dumps(value)
                )

    for element, change in zip(document.iter(f"{namespace}ResourceChange"), change_set["Changes"]):
        told = change["ResourceChange"]
        add(element, told, ("BeforeContext", "AfterContext"))
        for target, detail in zip(element.iter(f"{namespace}Target"), told.get("Details", [])):
            add(target, detail["Target"], ("Path", "BeforeValue", "AfterValue"))
    return status, headers, ElementTree.tostring(document)


provisioners._REPLACING_PROPERTIES |= {
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::Events::Rule": ("EventBusName", "Name"),
    "AWS::IAM::Policy": (),
    "AWS::Lambda::Permission": ("Action", "FunctionName", "Principal", "SourceAccount", "SourceArn"),
    "AWS::SQS::QueuePolicy": (),
}
changesets._resolve_props_for_diff = resolve
changesets._diff_resources = diff
handlers._ACTION_HANDLERS["DescribeChangeSet"] = describe_values


create_change_set = handlers._ACTION_HANDLERS["CreateChangeSet"]


def create_on_the_empty_stack(params):
    name = helpers._p(params, "StackName")
    before = cloudformation._stacks.get(name)
    answer = create_change_set(params)
    now = cloudformation._stacks.get(name)
    if not before or before["StackStatus"] != "REVIEW_IN_PROGRESS" or not now or now is before:
        return answer
    kept, made = before["StackId"], now["StackId"]
    now["StackId"] = kept
    cloudformation._stack_events.pop(made, None)
    for change_set in cloudformation._change_sets.values():
        if change_set.get("StackId") == made:
            change_set["StackId"] = kept
    status, headers, body = answer
    text = body if isinstance(body, bytes) else body.encode()
    return status, headers, text.replace(made.encode(), kept.encode())


handlers._ACTION_HANDLERS["CreateChangeSet"] = create_on_the_empty_stack


context = contextvars.ContextVar("context", default={})
simulate = iam._simulate_principal_policy
find_key = iam_evaluator._resolve_condition_key


def simulate_in_context(params):
    names = [key for key in params if re.fullmatch(r"ContextEntries\.member\.\d+\.ContextKeyName", key)]
    context.set(
        {
            helpers._p(params, name).lower(): helpers._p(params, name.replace("KeyName", "KeyValues.member.1"))
            for name in names
        }
    )
    return simulate(params)


iam._IAM_HANDLERS["SimulatePrincipalPolicy"] = simulate_in_context
iam_evaluator._resolve_condition_key = lambda key, of: context.get().get(key.lower()) or find_key(key, of)


make = stacks._provision_keeping_seed
blocks = stacks._runs_on_worker_thread


def make_when_let(resource_type, logical_id, props, stack_name):
    held = os.path.join(os.environ["PATROL_HELD"], stack_name)
    while resource_type == "AWS::Lambda::Function" and os.path.exists(held):
        time.sleep(0.05)
    return make(resource_type, logical_id, props, stack_name)


stacks._provision_keeping_seed = make_when_let
stacks._runs_on_worker_thread = lambda resource_type: resource_type == "AWS::Lambda::Function" or blocks(resource_type)


def with_faults(service, refusal):
    handle = service.handle_request

    async def handle_with_faults(method, path, headers, body, query_params):
        about = unquote(body.decode(errors="replace"))
        for name in os.listdir(os.environ["PATROL_FAULTS"]):
            if name not in about:
                continue
            with open(os.path.join(os.environ["PATROL_FAULTS"], name)) as file:
                fault = file.read()
            if fault == "refused":
                return refusal
            await asyncio.sleep(float(fault))
        return await handle(method, path, headers, body, query_params)

    service.handle_request = handle_with_faults


with_faults(dynamodb, error_response_json("ThrottlingException", "Rate exceeded", 400))
with_faults(
    sns,
    (
        403,
        {"Content-Type": "text/xml"},
        b"<ErrorResponse><Error><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>",
    ),
)

from ministack.app import main

sys.exit(main())

"""ministack with two of its differences from AWS mended, for the end-to-end tests.

- PutEvents takes events whose source begins with `aws.`, so that the tests can play AWS's part.
- EventBridge invokes functions asynchronously, with Lambda's retries and on-failure destination.

It replaces private functions, so its version is pinned in tools.ts.
"""

import json
import sys

from ministack.services import eventbridge, lambda_svc


def invoke_async(arn, payload):
    func, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if func and config:
        record = lambda_svc._execution_record_for_config(func, config)
        lambda_svc.invoke_async_with_retry(record, json.loads(payload))


eventbridge._put_events.__defaults__ = (True,)
eventbridge._dispatch_to_lambda = invoke_async

from ministack.app import main

sys.exit(main())

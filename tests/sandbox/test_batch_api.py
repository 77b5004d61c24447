"""Several requests in one."""

import base64
import json

import httpx2

from tests.sandbox.factories import (
    PROPERTIES,
    get_property_path,
)
from tests.sandbox.sandbox import Sandbox


def test_a_batch_is_answered_one_by_one(sandbox: Sandbox, admin: httpx2.Client) -> None:
    body = base64.b64encode(json.dumps({"value": "other"}).encode()).decode()
    json_type = [{"name": "Content-Type", "value": "application/json"}]
    where = get_property_path(sandbox, "instance_name")
    missing = f"{PROPERTIES}/{'0' * 32}"
    requests = [
        {"id": "1", "method": "PATCH", "url": where, "headers": json_type, "body": body},
        {"id": "2", "method": "GET", "url": missing},
        {"id": "3", "method": "GET", "url": f"{where}?sysparm_fields=value"},
    ]
    answer = admin.post(
        "/api/now/v1/batch", json={"batch_request_id": 7, "rest_requests": requests}
    )
    told = answer.json()
    assert (told["batch_request_id"], told["unserviced_requests"]) == ("7", [])
    assert [one["status_code"] for one in told["serviced_requests"]] == [200, 404, 200]
    last = json.loads(base64.b64decode(told["serviced_requests"][2]["body"]))
    assert last == {"result": {"value": "other"}}

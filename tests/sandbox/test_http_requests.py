"""Which payloads a write accepts."""

import httpx2
import pytest

from tests.sandbox.factories import (
    PROPERTIES,
    get_property_path,
    read_error,
    read_result,
)
from tests.sandbox.sandbox import Sandbox


def test_of_several_records_only_the_first_is_taken(sandbox: Sandbox, admin: httpx2.Client) -> None:
    answer = admin.post(PROPERTIES, json=[{"name": "first"}, {"name": "second"}])
    assert read_result(answer)["name"] == "first"
    assert not [one for one in sandbox.rows("sys_properties") if one["name"] == "second"]


@pytest.mark.parametrize("header", ["Accept", "Content-Type"])
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
def test_a_write_needs_both_headers(
    sandbox: Sandbox, admin: httpx2.Client, header: str, method: str
) -> None:
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    headers[header] = ""
    where = PROPERTIES if method == "POST" else get_property_path(sandbox)
    answer = admin.request(method, where, content=b'{"value": "moved"}', headers=headers)
    assert read_error(answer)[0] == 400
    assert not [one for one in sandbox.rows("sys_properties") if one["value"] == "moved"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff"])
def test_what_is_no_record_is_refused(sandbox: Sandbox, admin: httpx2.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert (
        read_error(admin.patch(get_property_path(sandbox), content=body, headers=headers))[0] == 400
    )

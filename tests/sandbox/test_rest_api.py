"""Addresses and methods that lead nowhere."""

import httpx2

from tests.sandbox.factories import PROPERTIES, read_error


def test_an_address_that_leads_nowhere_is_an_error(admin: httpx2.Client) -> None:
    status, message, detail = read_error(admin.get("/api/now/tables/sys_properties"))
    assert status == 400
    assert message.startswith("Requested URI does not represent any resource")
    assert detail is None


def test_a_method_that_is_none_is_an_error(admin: httpx2.Client) -> None:
    assert read_error(admin.put(PROPERTIES, json={}))[0] == 405

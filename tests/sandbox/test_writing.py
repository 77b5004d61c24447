"""What writing through the Table API does, and what it does not do."""

import base64
import json

import httpx2
import pytest

from tests.sandbox.asking import ACCOUNTS, PROPERTIES, account, error, prop, result, row, stamps
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import own_account

AS_DISPLAY = {"sysparm_input_display_value": "true"}


def path(sandbox: Sandbox, name: str = "glide.email.test.user") -> str:
    return f"{PROPERTIES}/{prop(sandbox, name)['sys_id']}"


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_an_update_moves_the_stamps_and_leaves_the_rest(
    sandbox: Sandbox, admin: httpx2.Client, method: str
) -> None:
    before = prop(sandbox, "glide.email.test.user")
    answer = admin.request(method, path(sandbox), json={"value": "qa@corp.example"})
    after = prop(sandbox, "glide.email.test.user")
    assert result(answer)["value"] == after["value"] == "qa@corp.example"
    assert stamps(before) == ("0", "system")
    assert stamps(after) == ("1", "admin")
    moved = {name for name in before if before[name] != after[name]}
    assert moved - {"sys_updated_on"} == {"value", "sys_mod_count", "sys_updated_by"}


def test_an_update_that_changes_nothing_moves_nothing(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    before = prop(sandbox, "instance_name")
    assert admin.patch(path(sandbox, "instance_name"), json={"value": "sandbox"}).status_code == 200
    assert prop(sandbox, "instance_name") == before
    assert sandbox.flushes == 0


def test_a_value_is_cleared_by_a_blank_one(sandbox: Sandbox, admin: httpx2.Client) -> None:
    assert result(admin.patch(path(sandbox), json={"value": ""}))["value"] == ""


def test_a_new_row_is_created(sandbox: Sandbox, admin: httpx2.Client) -> None:
    answer = admin.post(PROPERTIES, json={"name": "glide.smtp.encryption", "value": "TLS"})
    assert answer.status_code == 201
    made = prop(sandbox, "glide.smtp.encryption")
    assert result(answer)["sys_id"] == made["sys_id"]
    assert answer.headers["Location"].endswith(made["sys_id"])
    assert (made["sys_created_by"], made["sys_mod_count"]) == ("admin", "0")


def test_of_several_records_only_the_first_is_taken(sandbox: Sandbox, admin: httpx2.Client) -> None:
    answer = admin.post(PROPERTIES, json=[{"name": "first"}, {"name": "second"}])
    assert result(answer)["name"] == "first"
    assert not [one for one in sandbox.rows("sys_properties") if one["name"] == "second"]


def test_a_row_is_removed(sandbox: Sandbox, admin: httpx2.Client) -> None:
    where = path(sandbox)
    answer = admin.delete(where)
    assert (answer.status_code, answer.content) == (204, b"")
    assert error(admin.delete(where))[0] == 404


def test_what_the_platform_keeps_itself_is_ignored(sandbox: Sandbox, admin: httpx2.Client) -> None:
    before = prop(sandbox, "glide.email.test.user")
    body = {"sys_mod_count": "99", "sys_updated_by": "me", "sys_id": "0" * 32, "sys_scope": "x"}
    assert admin.patch(path(sandbox), json=body).status_code == 200
    assert prop(sandbox, "glide.email.test.user") == before


@pytest.mark.parametrize("refused", [False, True])
def test_unknown_fields_are_ignored_or_refused(
    sandbox: Sandbox, admin: httpx2.Client, refused: bool
) -> None:
    sandbox.switches.unknown_fields_refused = refused
    answer = admin.patch(path(sandbox), json={"value": "a@b.example", "encryption": "TLS"})
    assert answer.status_code == (400 if refused else 200)
    assert (prop(sandbox, "glide.email.test.user")["value"] == "a@b.example") != refused


@pytest.mark.parametrize("header", ["Accept", "Content-Type"])
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
def test_a_write_needs_both_headers(
    sandbox: Sandbox, admin: httpx2.Client, header: str, method: str
) -> None:
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    headers[header] = ""
    where = PROPERTIES if method == "POST" else path(sandbox)
    answer = admin.request(method, where, content=b'{"value": "moved"}', headers=headers)
    assert error(answer)[0] == 400
    assert not [one for one in sandbox.rows("sys_properties") if one["value"] == "moved"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff"])
def test_what_is_no_record_is_refused(sandbox: Sandbox, admin: httpx2.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert error(admin.patch(path(sandbox), content=body, headers=headers))[0] == 400


def test_an_answer_can_be_without_the_record(sandbox: Sandbox, admin: httpx2.Client) -> None:
    headers = {"X-no-response-body": "true"}
    answer = admin.patch(path(sandbox), json={"value": "a@b.example"}, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert prop(sandbox, "glide.email.test.user")["value"] == "a@b.example"
    answer = admin.post(PROPERTIES, json={"name": "new"}, headers=headers)
    assert (answer.status_code, answer.content) == (201, b"")
    assert prop(sandbox, "new")


def test_a_secret_is_saved_as_a_display_value_only(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sys_id = own_account(sandbox)
    kept = sandbox.running.mail.password
    where = f"{ACCOUNTS}/{sys_id}"
    assert admin.patch(where, json={"password": "dropped"}).status_code == 200
    assert account(sandbox, "Own SMTP")["password"] == kept
    assert account(sandbox, "Own SMTP")["sys_mod_count"] == "0"
    answer = admin.patch(where, json={"password": "a new one"}, params=AS_DISPLAY)
    assert account(sandbox, "Own SMTP")["password"] == "a new one"
    assert "a new one" not in answer.text
    admin.patch(where, json={"password": ""}, params=AS_DISPLAY)
    assert account(sandbox, "Own SMTP")["password"] == ""


def test_a_secret_moves_the_stamps_even_if_it_is_the_same(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    sys_id = own_account(sandbox)
    same = {"password": sandbox.running.mail.password}
    admin.patch(f"{ACCOUNTS}/{sys_id}", json=same, params=AS_DISPLAY)
    assert stamps(account(sandbox, "Own SMTP")) == ("1", "admin")


def test_all_of_a_body_is_taken_for_display_values(sandbox: Sandbox, admin: httpx2.Client) -> None:
    where = f"{ACCOUNTS}/{own_account(sandbox)}"
    admin.patch(where, json={"connection_security": "SSL/TLS"}, params=AS_DISPLAY)
    assert account(sandbox, "Own SMTP")["connection_security"] == "implicit_tls"
    admin.patch(where, json={"connection_security": "SSL/TLS"})
    assert account(sandbox, "Own SMTP")["connection_security"] == "SSL/TLS"
    trigger = row(sandbox, "sys_trigger", name="SMTP Sender")
    admin.patch(
        f"/api/now/table/sys_trigger/{trigger['sys_id']}",
        json={"next_action": "2026-02-28 20:00:00"},
        params=AS_DISPLAY,
    )
    trigger = row(sandbox, "sys_trigger", name="SMTP Sender")
    assert trigger["next_action"] == "2026-03-01 04:00:00"


@pytest.mark.parametrize("kind", ["password2", "password", "string"])
def test_a_property_is_a_secret_by_its_type(
    admin: httpx2.Client, sandbox: Sandbox, kind: str
) -> None:
    name = "glide.email.user_password"
    sys_id = prop(sandbox, name)["sys_id"]
    sandbox.change("sys_properties", sys_id, type=kind, value="old one")
    admin.patch(path(sandbox, name), json={"value": "new one"})
    is_saved = prop(sandbox, name)["value"] == "new one"
    told = result(admin.get(path(sandbox, name)))["value"]
    assert is_saved == (kind == "string")
    assert told == ("new one" if is_saved else "")
    admin.patch(path(sandbox, name), json={"value": "newest"}, params=AS_DISPLAY)
    assert prop(sandbox, name)["value"] == "newest"


@pytest.mark.parametrize(("kind", "kept"), [("password2", ""), ("string", "typed")])
def test_a_new_property_is_a_secret_by_the_type_it_is_given(
    sandbox: Sandbox, admin: httpx2.Client, kind: str, kept: str
) -> None:
    admin.post(PROPERTIES, json={"name": "new", "type": kind, "value": "typed"})
    assert prop(sandbox, "new")["value"] == kept


@pytest.mark.parametrize(("switch", "kept"), [("refuse", "old"), ("truncate", "x" * 40)])
def test_a_secret_that_is_too_long_is_refused_or_cut(
    sandbox: Sandbox, admin: httpx2.Client, switch: str, kept: str
) -> None:
    sandbox.switches.change({"long_secret": switch})
    sys_id = own_account(sandbox)
    sandbox.change("sys_email_account", sys_id, password="old")
    size = row(sandbox, "sys_dictionary", name="sys_email_account", element="password")
    assert size["max_length"] == "40"
    where = f"{ACCOUNTS}/{sys_id}"
    answer = admin.patch(where, json={"password": "x" * 41}, params=AS_DISPLAY)
    assert answer.status_code == (403 if switch == "refuse" else 200)
    assert account(sandbox, "Own SMTP")["password"] == kept
    assert admin.patch(where, json={"password": "y" * 40}, params=AS_DISPLAY).status_code == 200


def test_only_writes_that_change_something_flush_caches(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    for value in ("a@b.example", "a@b.example", "b@b.example"):
        admin.patch(path(sandbox), json={"value": value})
    assert sandbox.flushes == 2
    sandbox.change("sys_properties", prop(sandbox, "instance_name")["sys_id"], ignore_cache="true")
    admin.patch(path(sandbox, "instance_name"), json={"value": "other"})
    assert sandbox.flushes == 2
    admin.post(PROPERTIES, json={"name": "new"})
    admin.delete(path(sandbox, "new"))
    assert sandbox.flushes == 4


def test_somebody_elses_edit_moves_the_stamps(sandbox: Sandbox) -> None:
    sys_id = prop(sandbox, "instance_name")["sys_id"]
    sandbox.change("sys_properties", sys_id, value="other")
    assert stamps(prop(sandbox, "instance_name")) == ("1", "someone.else")
    sandbox.change("sys_properties", sys_id, by="another", value="other")
    assert stamps(prop(sandbox, "instance_name")) == ("2", "another")


def test_what_is_no_column_is_nobodys_edit(sandbox: Sandbox) -> None:
    before = prop(sandbox, "instance_name")
    with pytest.raises(KeyError, match="valeu"):
        sandbox.change("sys_properties", before["sys_id"], valeu="other")
    with pytest.raises(KeyError, match="nmae"):
        sandbox.insert("sys_properties", nmae="new")
    assert prop(sandbox, "instance_name") == before


def test_rows_are_copies(sandbox: Sandbox) -> None:
    for one in sandbox.rows("sys_properties"):
        one["value"] = "moved"
    assert prop(sandbox, "instance_name")["value"] == "sandbox"


def test_a_batch_is_answered_one_by_one(sandbox: Sandbox, admin: httpx2.Client) -> None:
    body = base64.b64encode(json.dumps({"value": "other"}).encode()).decode()
    json_type = [{"name": "Content-Type", "value": "application/json"}]
    where = path(sandbox, "instance_name")
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

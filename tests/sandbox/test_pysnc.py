"""ServiceNow's own Python client works with the sandbox unchanged."""

from collections.abc import Iterator
from typing import Any

import pytest
from pysnc import ServiceNowClient  # type: ignore[import-untyped]
from pysnc.auth import ServiceNowClientCredentialsFlow  # type: ignore[import-untyped]
from pysnc.exceptions import (  # type: ignore[import-untyped]
    AuthenticationException,
    RoleException,
)

from tests.sandbox.factories import find_property
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import own_account


@pytest.fixture(autouse=True)
def own_authority(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """What is set for the machine would outrank what the client is given."""
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(sandbox.running.ca_file))


@pytest.fixture
def snc(sandbox: Sandbox) -> Iterator[Any]:
    """The client, signed in as admin."""
    with_password = sandbox.running.user("admin")
    client = ServiceNowClient(sandbox.running.url, (with_password.name, with_password.password))
    with client.session:
        yield client


def test_it_finds_rows_in_order(snc: Any) -> None:
    properties = snc.GlideRecord("sys_properties")
    properties.add_query("name", "STARTSWITH", "glide.smtp.")
    properties.add_query("type", "string").add_or_condition("type", "boolean")
    properties.add_not_null_query("value")
    properties.order_by_desc("name")
    properties.query()
    assert [str(row.name) for row in properties] == [
        "glide.smtp.port",
        "glide.smtp.fail_message_ids",
        "glide.smtp.defer_retry_ids",
        "glide.smtp.default_retry",
        "glide.smtp.auth",
    ]


def test_it_finds_blank_values(snc: Any) -> None:
    properties = snc.GlideRecord("sys_properties")
    properties.add_null_query("value")
    properties.add_query("name", "IN", "glide.pop3.server,glide.smtp.port")
    properties.query()
    assert [str(row.name) for row in properties] == ["glide.pop3.server"]


def test_it_gets_a_row_by_its_id_or_by_a_field(snc: Any, sandbox: Sandbox) -> None:
    row = find_property(sandbox, "instance_name")
    properties = snc.GlideRecord("sys_properties")
    assert properties.get(row["sys_id"])
    assert properties.value == "sandbox"
    properties = snc.GlideRecord("sys_properties")
    assert properties.get("name", "instance_name")
    assert properties.get_value("sys_id") == row["sys_id"]
    assert not snc.GlideRecord("sys_properties").get("0" * 32)


def test_it_reads_more_rows_than_come_at_once(snc: Any, sandbox: Sandbox) -> None:
    properties = snc.GlideRecord("sys_properties", batch_size=4)
    properties.fields = "name"
    properties.query()
    names = [str(row.name) for row in properties]
    assert sorted(names) == sorted(row["name"] for row in sandbox.rows("sys_properties"))
    assert len(properties) == properties.get_row_count() == len(names)
    assert len(sandbox.recorded) > 4


def test_it_counts_what_it_does_not_read(snc: Any) -> None:
    queue = snc.GlideRecord("sys_email")
    queue.add_query("type", "send-ready")
    queue.limit = 1
    queue.query()
    assert queue.get_row_count() == 4
    assert len(list(queue)) == 1


def test_it_updates_a_row(snc: Any, sandbox: Sandbox) -> None:
    properties = snc.GlideRecord("sys_properties")
    properties.get("name", "glide.email.test.user")
    properties.value = "qa@corp.example"
    assert properties.update() == find_property(sandbox, "glide.email.test.user")["sys_id"]
    assert properties.sys_mod_count == "1"
    assert find_property(sandbox, "glide.email.test.user")["value"] == "qa@corp.example"


def test_it_inserts_and_deletes_a_row(snc: Any, sandbox: Sandbox) -> None:
    properties = snc.GlideRecord("sys_properties")
    properties.initialize()
    properties.name = "glide.smtp.encryption"
    properties.value = "TLS"
    assert properties.insert() == find_property(sandbox, "glide.smtp.encryption")["sys_id"]
    assert properties.sys_created_by == "admin"
    assert properties.delete()
    names = [row["name"] for row in sandbox.rows("sys_properties")]
    assert "glide.smtp.encryption" not in names


def test_it_changes_several_rows_in_a_batch(snc: Any, sandbox: Sandbox) -> None:
    queue = snc.GlideRecord("sys_email")
    queue.add_query("type", "send-ready")
    queue.query()
    for message in queue:
        message.type = "send-ignored"
    assert queue.update_multiple()
    kinds = [row["type"] for row in sandbox.rows("sys_email")]
    assert (kinds.count("send-ignored"), kinds.count("send-ready")) == (4, 0)
    ignored = snc.GlideRecord("sys_email")
    ignored.add_query("type", "send-ignored")
    assert ignored.delete_multiple()
    assert "send-ignored" not in {row["type"] for row in sandbox.rows("sys_email")}
    assert [one.path for one in sandbox.recorded].count("/api/now/v1/batch") == 2


def test_it_tells_stored_values_from_labels(snc: Any, sandbox: Sandbox) -> None:
    own_account(sandbox, "STARTTLS")
    accounts = snc.GlideRecord("sys_email_account")
    assert accounts.get("name", "Own SMTP")
    assert accounts.get_value("connection_security") == "explicit_tls"
    assert accounts.get_display_value("connection_security") == "STARTTLS"
    choices = snc.GlideRecord("sys_choice")
    choices.add_query("name", "sys_email_account")
    choices.add_query("element", "connection_security")
    choices.order_by("sequence")
    choices.query()
    assert [(str(one.value), str(one.label)) for one in choices] == [
        ("unencrypted", "None"),
        ("explicit_tls", "STARTTLS"),
        ("implicit_tls", "SSL/TLS"),
    ]


def test_it_signs_in_by_oauth(sandbox: Sandbox) -> None:
    oauth = sandbox.running.oauth
    flow = ServiceNowClientCredentialsFlow(oauth.client_id, oauth.client_secret)
    client = ServiceNowClient(sandbox.running.url, flow)
    with client.session:
        assert client.GlideRecord("sys_properties").get("name", "instance_name")
    assert "authorization" not in sandbox.recorded[0].headers
    assert sandbox.recorded[-1].headers["authorization"].startswith("Bearer ")


def test_it_tells_who_may_not_from_who_is_not_known(sandbox: Sandbox) -> None:
    reader = sandbox.running.user("reader")
    client = ServiceNowClient(sandbox.running.url, (reader.name, reader.password))
    with client.session:
        properties = client.GlideRecord("sys_properties")
        properties.get("name", "instance_name")
        properties.value = "moved"
        with pytest.raises(RoleException):
            properties.update()
    client = ServiceNowClient(sandbox.running.url, (reader.name, "wrong"))
    with client.session, pytest.raises(AuthenticationException):
        client.GlideRecord("sys_properties").query()

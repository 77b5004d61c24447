"""What an instance starts with."""

import pytest

from tests.sandbox.factories import (
    find_account,
    find_property,
    find_row,
    get_senders,
)
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.sandbox_state import Switches

LEGACY = (
    "glide.email.server",
    "glide.email.user",
    "glide.email.username",
    "glide.email.user_password",
    "glide.smtp.auth",
    "glide.smtp.port",
    "glide.pop3.server",
    "glide.pop3.user",
    "glide.pop3.password",
)


def test_one_model_has_a_providers_account(sandbox: Sandbox) -> None:
    assert get_senders(sandbox) == ["ServiceNow SMTP"]
    managed = find_account(sandbox, "ServiceNow SMTP")
    assert managed["servicenow_configured"] == "true"
    assert managed["server"].endswith(".service-now.com")
    assert find_account(sandbox, "ServiceNow POP3")["type"] == "pop3"
    assert find_property(sandbox, "glide.email.smtp.active")["value"] == "true"
    assert find_property(sandbox, "glide.email.server")["value"] == "mail.old.example"


def test_one_model_has_properties_alone(legacy: Sandbox) -> None:
    assert legacy.rows("sys_email_account") == []
    assert find_property(legacy, "glide.email.smtp.active")["value"] == "false"
    mail = legacy.running.mail
    assert find_property(legacy, "glide.email.server")["value"] == mail.host
    assert find_property(legacy, "glide.smtp.port")["value"] == str(mail.ports["plain"])
    assert find_property(legacy, "glide.email.user_password")["value"] == mail.password


def test_one_model_has_productions_accounts() -> None:
    with Sandbox("clone", switches=Switches(sender_seconds=0)) as sandbox:
        assert get_senders(sandbox) == ["Prod SMTP"]
        active = {a["name"] for a in sandbox.rows("sys_email_account") if a["active"] == "true"}
        assert active == {"Prod SMTP", "Prod IMAP"}
        sandbox.deliver()
        (cause,) = {
            m["error_string"] for m in sandbox.rows("sys_email") if "EOF" in m["error_string"]
        }
        assert cause == "Cannot connect to SMTP server: mail.corp.example, message: [EOF]"
        assert sandbox.delivered == sandbox.provider_mailbox == []


@pytest.mark.parametrize("model", ["accounts", "clone", "properties"])
def test_every_model_has_what_a_client_looks_for(model: str) -> None:
    with Sandbox(model, switches=Switches(sender_seconds=0)) as sandbox:
        there = {row["name"] for row in sandbox.rows("sys_properties")}
        assert there >= {*LEGACY, "instance_name", "glide.buildtag", "glide.war"}
        assert "glide.email.smtp.claim.lookback.hrs" not in there
        assert find_property(sandbox, "glide.email.test.user")["value"]
        kinds = [row["type"] for row in sandbox.rows("sys_email")]
        assert {kind: kinds.count(kind) for kind in kinds} == {
            "send-ready": 4,
            "send-retry-backoff": 1,
            "sent": 2,
            "send-failed": 1,
        }
        triggers = {row["name"]: row["state"] for row in sandbox.rows("sys_trigger")}
        assert triggers == {"SMTP Sender": "0", "POP Reader": "0"}


@pytest.mark.parametrize("kind", ["password2", "password", "string"])
@pytest.mark.parametrize("is_private", [True, False])
def test_legacy_secrets_are_of_the_type_that_was_chosen(kind: str, is_private: bool) -> None:
    switches = Switches(sender_seconds=0)
    switches.legacy_password_type = kind  # type: ignore[assignment]
    switches.secret_rows_private = is_private
    with Sandbox("properties", switches=switches) as sandbox:
        for name in ("glide.email.user_password", "glide.pop3.password"):
            find_row(
                sandbox,
                "sys_properties",
                name=name,
                type=kind,
                is_private="true" if is_private else "false",
            )

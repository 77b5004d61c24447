"""What tests of commands start from."""

from tests.cli.house import House

CHANGE = (
    *("--set", "server=mail.corp.example", "--set", "glide.smtp.port=587"),
    *("--set", "security=starttls", "--set", "glide.email.user=helpdesk@corp.example"),
)
SETTLED = ("--yes",)
PROPERTIES = [
    *("server", "user", "display_name", "authenticate", "password", "port", "security"),
    *("from", "sending_enabled", "test_recipients", "receiving"),
    *("pop3_server", "pop3_user", "pop3_password", "pop3_port", "pop3_security"),
]


def write_plan(house: House) -> str:
    path = house.root / "plan.json"
    assert house.call("plan", *CHANGE, "--out", str(path)).code == 2
    return str(path)

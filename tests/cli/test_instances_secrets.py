"""What signs in at an instance, and a password for it: in their own requests, nowhere else."""

import base64
import json
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.cli.house import House, Result, assert_harmless, read_tree
from tests.cli.site import OWN, Site, is_write
from tests.sandbox.fault_injection import Fault

CANARY = "c4nary-in-the-mine"
SERVER = ("--set", "test_recipients=a@corp.example")


def assert_gone(site: Site, result: Result, *secrets: str) -> Result:
    """The result; fails where a secret is in it or in a file of the house."""
    assert_harmless(result)
    for secret in (CANARY, site.password(), *secrets):
        for form in (secret, base64.b64encode(f"admin:{secret}".encode()).decode()):
            assert form not in result.out + result.err
            written = read_tree(site.house.root)
            assert not [path for path, data in written.items() if form.encode() in data]
    return result


def test_no_command_says_or_keeps_a_secret(site: Site) -> None:
    plan = str(site.house.root / "plan.json")
    settled = site.settled
    commands: list[tuple[tuple[str, ...], int]] = [
        (("show",), 0),
        (("show", *site.own), 0),
        (("show", "--toml", *site.own), 0),
        (("check", *site.own), 0),
        (("plan", *site.own), 2),
        (("plan", *site.own, "--out", plan), 2),
        (("apply", *site.own), 5),
        (("apply", plan, *settled), 0),
        (("apply", *settled), 0),
    ]
    for argv, code in commands:
        for form in ((), ("--json",)):
            if argv == ("show", "--toml", *site.own) and form:
                continue
            if "apply" in argv and form and code == 0:
                continue
            done = site.call(*argv, *form, password=CANARY)
            assert assert_gone(site, done).code == code, done
    for argv in (("doctor",), ("doctor", "--addresses"), ("explain", "password")):
        assert assert_gone(site, site.call(*argv)).code == 0
    assert site.row("sys_email_account", OWN)["password"] == CANARY


def test_each_secret_travels_in_its_own_place_alone(site: Site) -> None:
    done = site.call("apply", *site.own, *site.settled, password=CANARY)
    assert done.code == 0
    signed = base64.b64encode(f"admin:{site.password()}".encode()).decode()
    with_password = []
    for each in site.sandbox.recorded:
        headers = dict(each.headers)
        assert headers.pop("authorization") == f"Basic {signed}"
        address = f"{each.path} {each.query} {headers}"
        for secret in (CANARY, site.password(), signed):
            assert secret not in address
            if secret.encode() in each.body:
                with_password.append((secret, each))
    ((secret, request),) = with_password
    assert (secret, request.method) == (CANARY, "PATCH")
    assert json.loads(request.body) == {"password": CANARY}
    assert request.query["sysparm_input_display_value"] == "true"
    assert request.headers["x-no-response-body"] == "true"


def test_a_key_and_a_clients_secret_travel_in_their_own_place_alone(site: Site) -> None:
    running = site.sandbox.running
    oauth = running.oauth
    site.add("key", "--sign-in", "api-key", user="")
    site.add("client", "--sign-in", "client-credentials", user=oauth.client_id)
    for profile, secret in (("key", running.api_key), ("client", oauth.client_secret)):
        site.sandbox.recorded.clear()
        shown = site.call("show", profile=profile, sign_in=secret)
        assert assert_gone(site, shown, secret).code == 0
        for each in site.sandbox.recorded:
            headers = dict(each.headers)
            token = headers.pop("authorization", "")
            assert profile == "client" or headers.pop("x-sn-apikey") == secret
            assert secret not in f"{each.path} {each.query} {headers} {token}"
            assert (secret.encode() in each.body) is (each.path == "/oauth_token.do")


@pytest.mark.parametrize("kind", ["refuse_403", "status_500_after", "garbage_after", "drop_after"])
def test_a_write_that_fails_does_not_repeat_what_was_in_it(site: Site, kind: str) -> None:
    site.sandbox.faults.add(Fault(kind, lambda each: CANARY.encode() in each.body))
    for form in ((), ("--json",)):
        assert_gone(site, site.call("apply", *site.own, *site.settled, *form, password=CANARY))
    assert site.sandbox.faults.left == 0


def test_a_fault_of_the_program_does_not_tell_it_either(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any, **__: Any) -> NoReturn:
        raise RuntimeError(f"{CANARY} {site.password()}")

    for place, code in (
        ("instance_target.read_inventory", 1),
        ("write.record_writer.RecordWriter.change_secret", 1),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(f"tui.targets.instance.{place}", fails)
            for form in ((), ("--json",)):
                argv = ("apply", *site.own, *site.settled, *form)
                done = site.call(*argv, password=CANARY)
                assert done.code == code
                assert "This is a bug in glidemail: RuntimeError at" in done.words
                for secret in (CANARY, site.password()):
                    assert secret not in done.out + done.err


def test_a_wrong_secret_is_not_repeated(site: Site) -> None:
    for form in ((), ("--json",)):
        again = ("--sign-in-again", *form)
        assert assert_gone(site, site.call("show", *again, sign_in=CANARY)).code == 1
    for form in ((), ("--json",)):
        assert assert_gone(site, site.call("show", *form, sign_in=CANARY)).code == 5


# Among the arguments


@pytest.mark.grid
@pytest.mark.parametrize(
    "edit",
    ["sign_in", "sign-in", "SIGN_IN", "signin", "api_key", "password", "client_secret"],
)
@pytest.mark.parametrize("command", ["show", "check", "plan", "apply"])
def test_a_secret_among_the_arguments_is_refused_and_said_to_be_readable(
    site: Site, command: str, edit: str
) -> None:
    site.sandbox.recorded.clear()
    refused = site.call(command, "--set", f"{edit}={CANARY}")
    assert assert_gone(site, refused).code == 64
    assert "every user of this machine could read it" in refused.words
    assert "Change that password." in refused.words
    assert site.sandbox.recorded == []


@pytest.mark.parametrize(
    "argv",
    [
        (f"--sign-in={CANARY}",),
        ("--sign-in", CANARY),
        (f"--secrets-stdin={CANARY}",),
        ("--own-server", CANARY),
        (f"--provider-server={CANARY}",),
    ],
)
def test_what_could_be_a_secret_is_not_repeated(site: Site, argv: tuple[str, ...]) -> None:
    for command in ("show", "doctor", "explain"):
        assert assert_gone(site, site.house.call("-p", "dev", command, *argv)).code == 64


# On standard input


@pytest.mark.parametrize("command", [("show",), ("doctor",), ("explain", "server"), ("apply",)])
def test_a_file_has_no_sign_in(tmp_path: Path, command: tuple[str, ...]) -> None:
    site = House(tmp_path)
    stdin = f"sign_in={CANARY}\n".encode()
    for form in ((), ("--json",)):
        refused = site.call(*command, *form, "--secrets-stdin", stdin=stdin)
        assert refused.code == 64
        assert "A local file has no sign-in." in refused.words
        assert CANARY not in refused.out + refused.err
    assert read_tree(tmp_path) == {}


@pytest.mark.parametrize("command", [("doctor",), ("explain", "server")])
@pytest.mark.parametrize("stdin", [b"", b"\n", b"password=x\n", b"sign_in=x\npassword=y\n", b"x"])
def test_what_only_signs_in_takes_nothing_else(
    site: Site, command: tuple[str, ...], stdin: bytes
) -> None:
    refused = site.house.call("-p", "dev", *command, "--secrets-stdin", stdin=stdin)
    assert refused.code == 64
    assert "sign_in" in refused.words
    assert site.sandbox.recorded == []


def test_a_secret_that_nothing_is_done_with_is_not_dropped_in_silence(site: Site) -> None:
    path = str(site.house.root / "plan.json")
    site.call("plan", *SERVER, "--out", path)
    refused = site.call("apply", path, "--yes", password=CANARY)
    assert assert_gone(site, refused).code == 64
    assert "The plan doesn't set password, but one was passed." in refused.words
    assert site.writes == []


def test_a_password_alone_is_given_where_the_sign_in_is_asked_for(site: Site) -> None:
    refused = site.house.call("-p", "dev", "show", "--password-stdin", stdin=CANARY.encode())
    assert assert_gone(site, refused).code == 5
    assert "There is no sign-in for" in refused.words


def test_a_password_is_asked_for_after_the_sign_in(site: Site) -> None:
    argv = ("apply", *site.own, "--password-stdin", *site.settled)
    with site.house.on_terminal("-p", "dev", *argv) as terminal:
        for words, typed in (
            (f"Password of admin at {site.host}: ", site.password()),
            ("server password: ", CANARY),
            ("again: ", CANARY),
        ):
            terminal.until(words)
            assert not terminal.echoes
            terminal.type(f"{typed}\n")
        assert terminal.end() == 0
        assert terminal.echoes
        text = terminal.text
    assert CANARY not in text
    assert site.password() not in text
    assert site.row("sys_email_account", OWN)["password"] == CANARY
    assert not [each for each in site.sandbox.recorded if is_write(each) and each.status >= 400]


@pytest.mark.parametrize(
    ("sign_in", "user", "label"),
    [
        ("api-key", "", "API key for {host}: "),
        ("client-credentials", "it", "Secret of the OAuth client it at {host}: "),
    ],
)
def test_what_is_asked_for_is_named(site: Site, sign_in: str, user: str, label: str) -> None:
    site.add("corp", "--sign-in", sign_in, user=user)
    with site.house.on_terminal("-p", "corp", "show") as terminal:
        terminal.until(label.format(host=site.host))
        terminal.type("\n")
        assert terminal.end() == 64
        assert "Nothing was typed. Nothing was done." in terminal.text
    assert site.sandbox.recorded == []

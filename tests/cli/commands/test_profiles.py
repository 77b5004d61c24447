"""Profiles of instances are added, listed and removed, and what is wrong is never repeated."""

import tomllib
from pathlib import Path

import pytest

from tests.cli.running import House, harmless, tree
from tests.storage.factories import CERTIFICATE

CANARY = "c4nary-in-the-mine"
URL = "https://dev12345.service-now.com"
AT = ("--instance", "dev12345")
TEST = ("--environment", "non-production")
USER = ("--user", "admin")


@pytest.fixture
def here(tmp_path: Path) -> House:
    return House(tmp_path)


def profile(here: House, name: str = "dev") -> dict[str, object]:
    return tomllib.loads((here.config / "profiles" / f"{name}.toml").read_text())


def test_a_profile_of_an_instance_is_added_listed_and_removed(here: House) -> None:
    added = here.call("profiles", "add", "dev", *AT, *TEST, *USER)
    assert (added.code, added.err) == (0, "")
    assert added.out == (
        "Added dev: it works on dev12345.service-now.com.\nNext: glidemail -p dev show\n"
    )
    assert profile(here) == {
        "instance": URL,
        "sign_in": "basic",
        "user": "admin",
        "keep": "nothing",
        "environment": "non-production",
    }
    listed = here.call("profiles").out.splitlines()[1].split()
    assert listed == ["dev", "non-production", "keeps", "nothing", "dev12345.service-now.com"]
    again = here.call("profiles", "add", "dev", *AT, *TEST, *USER)
    assert (again.code, "There is a profile of that name already" in again.words) == (5, True)
    removed = here.call("profiles", "remove", "dev")
    assert removed.code == 0
    assert "Nothing was changed on dev12345.service-now.com." in removed.out
    assert "settings stay" not in removed.out
    assert tree(here.root) == {}


def test_a_profile_of_an_instance_is_answered_with_native_types(here: House) -> None:
    ca_file = here.write(CERTIFICATE, here.root / "corp.pem")
    more = ("--sign-in", "api-key", "--ca-file", str(ca_file), "--keep", "keyring")
    added = here.call("profiles", "add", "dev", "--json", *AT, *TEST, *more).answer()
    dev = {
        "file": None,
        "environment": "non-production",
        "keep": "keyring",
        "instance": {
            "url": URL,
            "sign_in": "api-key",
            "user": None,
            "ca_file": str(ca_file),
            "instance_name": None,
        },
    }
    path = here.config / "profiles" / "dev.toml"
    assert added == {"schema": 1, "profile": "dev", **dev, "written": str(path)}
    assert here.call("profiles", "--json").answer()["profiles"]["dev"] == dev
    here.write(f'{path.read_text()}instance_name = "dev12345"\n', path)
    listed = here.call("profiles", "--json").answer()["profiles"]
    assert listed["dev"]["instance"]["instance_name"] == "dev12345"
    assert listed["default"]["instance"] is None
    removed = here.call("profiles", "remove", "--json", "dev").answer()
    assert removed["settings"] is None


@pytest.mark.parametrize(
    ("given", "sign_in", "user"),
    [
        ((), "basic", "admin"),
        (("--sign-in", "basic"), "basic", "admin"),
        (("--sign-in=client-credentials",), "client-credentials", "admin"),
    ],
)
def test_an_instance_is_signed_in_to_in_the_way_that_is_said(
    here: House, given: tuple[str, ...], sign_in: str, user: str
) -> None:
    assert here.call("profiles", "add", "dev", *AT, *TEST, *USER, *given).code == 0
    assert (profile(here)["sign_in"], profile(here)["user"]) == (sign_in, user)


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        ((*AT, *USER), "usage", "--instance needs --environment: whether mail may reach people"),
        ((*AT, *USER, "--environment", ""), "usage", "--instance needs --environment"),
        ((*AT, *TEST, *USER, "--file", CANARY), "usage", "--file: not allowed with argument"),
        ((*USER,), "usage", "--user is for an instance. Add --instance"),
        (("--sign-in", "basic"), "usage", "--sign-in is for an instance."),
        (("--ca-file", CANARY), "usage", "--ca-file is for an instance."),
        (("--sign-in-stdin",), "usage", "--sign-in-stdin is for an instance."),
        ((*AT, *TEST), "instance.user", "The user name to sign in with is missing. Give it with"),
        (
            (*AT, *TEST, "--sign-in", "client-credentials"),
            "instance.user",
            "The id of the client to sign in with is missing.",
        ),
        ((*AT, *TEST, *USER, "--sign-in", "api-key"), "instance.user", "gives no user."),
        ((*AT, *TEST, "--user", f" {CANARY}"), "instance.user", "has blanks around it"),
        ((*AT, *TEST, "--user", f"admin:{CANARY}"), "usage.secret", "Change that password."),
        ((*AT, *TEST, "--sign-in", CANARY), "usage", "takes basic or api-key or client-cred"),
        ((*AT, *TEST, *USER, f"--sign-in-stdin={CANARY}"), "usage", "are not understood."),
        ((*AT, *TEST, *USER, "--sign-in-stdin"), "secrets.unwanted", "nothing may be kept."),
        ((*AT, *TEST, *USER, "--sign-in-std"), "usage", "Not understood: argument 10"),
        (("--instance", "", *TEST, *USER), "instance.host", "There is no host in the URL."),
        (("--instance", f"http://{CANARY}"), "instance.scheme", "would travel in clear"),
        (
            ("--instance", f"https://{CANARY}@x.example", *TEST),
            "instance.user",
            "A user name stands in the URL",
        ),
        (
            ("--instance", f"{URL}/now/nav/ui/{CANARY}", *TEST, *USER),
            "instance.path",
            "After the host comes a path. Keep only the host, as in https://dev12345",
        ),
        (
            ("--instance", f"https://admin:{CANARY}@x.example", *TEST, *USER),
            "usage.secret",
            "every user of this machine could read it there",
        ),
        (
            ("--instance", f"https://admin:{CANARY}@x.example", *TEST, *USER),
            "usage.secret",
            "Change that password. Then give the URL and the user without it",
        ),
    ],
)
def test_a_call_that_is_wrong_is_told_and_its_values_are_not_repeated(
    here: House, argv: tuple[str, ...], code: str, words: str
) -> None:
    told = here.call("profiles", "add", "dev", *argv)
    harmless(told)
    assert (told.code, told.out) == (64, "")
    assert words in told.words
    answered = here.call("profiles", "add", "dev", *argv, "--json")
    assert answered.code == 64
    assert answered.answer()["error"]["code"] == code
    assert CANARY not in told.err + answered.out
    assert tree(here.root) == {}


@pytest.mark.parametrize("name", [f"{CANARY}.pem", ""])
def test_certificates_that_are_not_there_are_told(here: House, name: str) -> None:
    told = here.call("profiles", "add", "dev", *AT, *TEST, *USER, "--ca-file", name)
    assert (told.code, CANARY in told.err) == (1, False)
    assert "The file of certificates is not there, or is no file." in told.words
    assert tree(here.root) == {}


def test_nothing_is_kept_where_nobody_can_be_asked(here: House) -> None:
    argv = ("profiles", "add", "dev", *AT, *TEST, *USER, "--keep", "keyring")
    added = here.run(*argv, stdin=CANARY.encode())
    assert (added.code, added.err) == (0, "")
    assert "keyring" not in added.out
    assert profile(here)["keep"] == "keyring"


def test_a_keyring_that_cannot_be_used_keeps_the_profile_from_being_added(here: House) -> None:
    argv = ("profiles", "add", "dev", *AT, *TEST, *USER, "--keep", "keyring", "--sign-in-stdin")
    for form in ((), ("--json",)):
        told = here.run(*argv, *form, stdin=CANARY.encode())
        assert told.code == 1
        assert "The keyring cannot be used." in told.words
        assert CANARY not in told.out + told.err
        assert not [path for path in tree(here.root) if "dev" in path]


@pytest.mark.parametrize("stdin", [b"", b"\n", CANARY.encode("utf-16"), CANARY.encode() * 1000])
def test_what_is_no_secret_is_not_kept_and_not_repeated(here: House, stdin: bytes) -> None:
    argv = ("profiles", "add", "dev", *AT, *TEST, *USER, "--keep", "keyring", "--sign-in-stdin")
    told = here.call(*argv, stdin=stdin)
    assert (told.code, told.out, CANARY in told.err) == (64, "", False)
    assert tree(here.root) == {}


def test_the_help_names_every_option_of_an_instance(here: House) -> None:
    told = here.call("profiles", "add", "--help")
    assert told.code == 0
    for option in ("--instance", "--sign-in ", "--user", "--ca-file", "--sign-in-stdin"):
        assert option in told.out

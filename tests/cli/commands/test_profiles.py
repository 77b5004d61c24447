"""Profiles are added, listed and removed, and what is wrong is never repeated."""

import tomllib

import pytest

from tests.cli.house import House, assert_harmless, read_tree
from tests.storage.factories import CERTIFICATE

CANARY = "c4nary-in-the-mine"
URL = "https://dev12345.service-now.com"
AT = ("--instance", "dev12345")
TEST = ("--environment", "non-production")
USER = ("--user", "admin")


def profile(house: House, name: str = "dev") -> dict[str, object]:
    return tomllib.loads((house.config / "profiles" / f"{name}.toml").read_text())


def test_a_profile_of_an_instance_is_added_listed_and_removed(house: House) -> None:
    added = house.call("profiles", "add", "dev", *AT, *TEST, *USER)
    assert (added.code, added.err) == (0, "")
    assert added.out == (
        "Added dev: it works on dev12345.service-now.com.\nNext: glidemail -p dev show\n"
    )
    assert profile(house) == {
        "instance": URL,
        "sign_in": "basic",
        "user": "admin",
        "keep": "nothing",
        "environment": "non-production",
    }
    listed = house.call("profiles").out.splitlines()[1].split()
    assert listed == ["dev", "non-production", "keeps", "nothing", "dev12345.service-now.com"]
    again = house.call("profiles", "add", "dev", *AT, *TEST, *USER)
    assert (again.code, "A profile with that name already" in again.words) == (5, True)
    removed = house.call("profiles", "remove", "dev")
    assert removed.code == 0
    assert "Nothing was changed on dev12345.service-now.com." in removed.out
    assert "settings stay" not in removed.out
    assert read_tree(house.root) == {}


def test_a_profile_of_an_instance_is_answered_with_native_types(house: House) -> None:
    ca_file = house.write(CERTIFICATE, house.root / "corp.pem")
    more = ("--sign-in", "api-key", "--ca-file", str(ca_file), "--keep", "keyring")
    added = house.call("profiles", "add", "dev", "--json", *AT, *TEST, *more).answer()
    dev = {
        "file": None,
        "environment": "non-production",
        "keep": "keyring",
        "instance": {
            "url": URL,
            "sign_in": "api-key",
            "user": None,
            "ca_file": str(ca_file),
            "client_certificate": None,
            "client_key": None,
            "instance_name": None,
        },
    }
    path = house.config / "profiles" / "dev.toml"
    assert added == {"schema": 1, "profile": "dev", **dev, "written": str(path)}
    assert house.call("profiles", "--json").answer()["profiles"]["dev"] == dev
    house.write(f'{path.read_text()}instance_name = "dev12345"\n', path)
    listed = house.call("profiles", "--json").answer()["profiles"]
    assert listed["dev"]["instance"]["instance_name"] == "dev12345"
    assert listed["default"]["instance"] is None
    removed = house.call("profiles", "remove", "--json", "dev").answer()
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
    house: House, given: tuple[str, ...], sign_in: str, user: str
) -> None:
    assert house.call("profiles", "add", "dev", *AT, *TEST, *USER, *given).code == 0
    assert (profile(house)["sign_in"], profile(house)["user"]) == (sign_in, user)


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (
            (*AT, *USER),
            "usage",
            "--instance needs --environment: it decides whether mail may reach people",
        ),
        ((*AT, *USER, "--environment", ""), "usage", "--instance needs --environment"),
        ((*AT, *TEST, *USER, "--file", CANARY), "usage", "--file: not allowed with argument"),
        ((*USER,), "usage", "--user is only for an instance. Add --instance"),
        (("--sign-in", "basic"), "usage", "--sign-in is only for an instance."),
        (("--ca-file", CANARY), "usage", "--ca-file is only for an instance."),
        (("--sign-in-stdin",), "usage", "--sign-in-stdin is only for an instance."),
        ((*AT, *TEST), "instance.user", "The user name is missing. Pass it with"),
        (
            (*AT, *TEST, "--sign-in", "client-credentials"),
            "instance.user",
            "The id of the client is missing.",
        ),
        ((*AT, *TEST, *USER, "--sign-in", "api-key"), "instance.user", "needs no user."),
        ((*AT, *TEST, "--user", f" {CANARY}"), "instance.user", "has blanks around it"),
        ((*AT, *TEST, "--user", f"admin:{CANARY}"), "usage.secret", "Change that password."),
        ((*AT, *TEST, "--sign-in", CANARY), "usage", "takes basic or api-key or client-cred"),
        ((*AT, *TEST, *USER, f"--sign-in-stdin={CANARY}"), "usage", "are not understood."),
        ((*AT, *TEST, *USER, "--sign-in-stdin"), "secrets.unwanted", "this profile keeps nothing."),
        ((*AT, *TEST, *USER, "--sign-in-std"), "usage", "Not understood: argument 10"),
        (("--instance", "", *TEST, *USER), "instance.host", "The URL has no host."),
        (("--instance", f"http://{CANARY}"), "instance.scheme", "would be sent unencrypted"),
        (
            ("--instance", f"https://{CANARY}@x.example", *TEST),
            "instance.user",
            "The URL contains a user name",
        ),
        (
            ("--instance", f"{URL}/now/nav/ui/{CANARY}", *TEST, *USER),
            "instance.path",
            "The URL has a path after the host. Keep only the host, as in https://dev12345",
        ),
        (
            ("--instance", f"https://admin:{CANARY}@x.example", *TEST, *USER),
            "usage.secret",
            "every user of this machine could read it there",
        ),
        (
            ("--instance", f"https://admin:{CANARY}@x.example", *TEST, *USER),
            "usage.secret",
            "Change that password. Then pass the URL and the user without it",
        ),
    ],
)
def test_a_call_that_is_wrong_is_told_and_its_values_are_not_repeated(
    house: House, argv: tuple[str, ...], code: str, words: str
) -> None:
    told = house.call("profiles", "add", "dev", *argv)
    assert_harmless(told)
    assert (told.code, told.out) == (64, "")
    assert words in told.words
    answered = house.call("profiles", "add", "dev", *argv, "--json")
    assert answered.code == 64
    assert answered.answer()["error"]["code"] == code
    assert CANARY not in told.err + answered.out
    assert read_tree(house.root) == {}


@pytest.mark.parametrize("name", [f"{CANARY}.pem", ""])
def test_certificates_that_are_not_there_are_told(house: House, name: str) -> None:
    told = house.call("profiles", "add", "dev", *AT, *TEST, *USER, "--ca-file", name)
    assert (told.code, CANARY in told.err) == (1, False)
    assert "The file of certificates doesn't exist, or isn't a file." in told.words
    assert read_tree(house.root) == {}


def test_nothing_is_kept_where_nobody_can_be_asked(house: House) -> None:
    argv = ("profiles", "add", "dev", *AT, *TEST, *USER, "--keep", "keyring")
    added = house.run(*argv, stdin=CANARY.encode())
    assert (added.code, added.err) == (0, "")
    assert "keyring" not in added.out
    assert profile(house)["keep"] == "keyring"


def test_a_keyring_that_cannot_be_used_keeps_the_profile_from_being_added(house: House) -> None:
    argv = ("profiles", "add", "dev", *AT, *TEST, *USER, "--keep", "keyring", "--sign-in-stdin")
    for form in ((), ("--json",)):
        told = house.run(*argv, *form, stdin=CANARY.encode())
        assert told.code == 1
        assert "Can't use the keyring." in told.words
        assert CANARY not in told.out + told.err
        assert not [path for path in read_tree(house.root) if "dev" in path]


@pytest.mark.parametrize("stdin", [b"", b"\n", CANARY.encode("utf-16"), CANARY.encode() * 1000])
def test_what_is_no_secret_is_not_kept_and_not_repeated(house: House, stdin: bytes) -> None:
    argv = ("profiles", "add", "dev", *AT, *TEST, *USER, "--keep", "keyring", "--sign-in-stdin")
    told = house.call(*argv, stdin=stdin)
    assert (told.code, told.out, CANARY in told.err) == (64, "", False)
    assert read_tree(house.root) == {}


def test_the_help_names_every_option_of_an_instance(house: House) -> None:
    told = house.call("profiles", "add", "--help")
    assert told.code == 0
    for option in ("--instance", "--sign-in ", "--user", "--ca-file", "--sign-in-stdin"):
        assert option in told.out


def test_profiles_are_added_listed_and_removed(house: House) -> None:
    added = house.call("profiles", "add", "dev", "--environment", "non-production")
    assert (added.code, "Next: glidemail -p dev show" in added.out) == (0, True)
    assert house.call("profiles", "add", "dev").code == 5
    listed = house.call("profiles")
    assert listed.code == 0
    assert [line.split()[0] for line in listed.out.splitlines()] == ["default", "dev"]
    assert "non-production" in listed.out
    assert house.call("-p", "dev", "apply", "--set", "display_name=D", "--yes").code == 0
    assert house.call("profiles", "remove", "dev").code == 0
    assert (house.config / "dev.toml").read_text().endswith('display_name = "D"\n')
    assert house.call("-p", "dev", "show").code == 1
    assert house.call("profiles", "remove", "dev").code == 1


def test_profiles_are_answered_with_native_types(house: House) -> None:
    house.call("profiles", "add", "dev", "--environment", "non-production")
    listed = house.call("profiles", "--json").answer()["profiles"]
    assert listed["default"]["environment"] is None
    assert listed["dev"] == {
        "file": str(house.config / "dev.toml"),
        "environment": "non-production",
        "keep": "nothing",
        "instance": None,
    }


@pytest.mark.parametrize("file", ["", ".", "a\x1bb.toml", "config/glidemail/profiles/dev.toml"])
def test_a_profile_is_not_added_for_a_file_that_holds_no_settings(house: House, file: str) -> None:
    added = house.run("profiles", "add", "dev", "--file", file)
    assert_harmless(added)
    assert added.code == 1
    assert not (house.config / "profiles").exists()


def test_a_profile_is_not_added_for_a_name_that_is_no_text(house: House) -> None:
    added = house.run("profiles", "add", "dev", "--file", b"a\xff.toml")
    assert_harmless(added)
    assert added.code == 1


def test_a_profile_that_points_to_itself_is_not_used(house: House) -> None:
    path = house.write('file = "dev.toml"\n', house.config / "profiles" / "dev.toml")
    assert house.call("-p", "dev", "apply", "--set", "display_name=x", "--yes").code == 1
    assert path.read_text() == 'file = "dev.toml"\n'


@pytest.mark.parametrize("text", ["kep = 1\n", "file = \n", 'keep = "keyring"\n'])
def test_a_profile_is_removed_whatever_is_wrong_with_it(house: House, text: str) -> None:
    path = house.write(text, house.config / "profiles" / "dev.toml")
    removed = house.call("profiles", "remove", "dev")
    assert removed.code == 0
    assert not path.exists()
    assert "Not forgotten: Can't use the keyring." in removed.words


def test_a_profile_of_the_same_name_starts_with_nothing(house: House) -> None:
    house.call("profiles", "add", "dev")
    draft = house.write("{}", house.attestations.parents[1] / "drafts" / "dev.json")
    attested = house.write("", house.attestations.with_name("dev.toml"))
    removed = house.call("profiles", "remove", "--json", "dev").answer()
    assert removed["not_forgotten"] == []
    assert not attested.exists()
    assert not draft.exists()


def test_the_default_profile_is_built_in(house: House) -> None:
    removed = house.call("profiles", "remove", "default")
    assert removed.code == 1
    assert "The default profile is built in" in removed.words


def test_a_profile_is_changed_and_the_rest_of_its_file_stays(house: House) -> None:
    house.call("profiles", "add", "dev", *AT, *TEST, *USER)
    path = house.config / "profiles" / "dev.toml"
    house.write(f'# ours\n{path.read_text()}instance_name = "dev12345"\n', path)
    changed = house.call("profiles", "set", "dev", "--environment", "production", "--user", "me")
    assert (changed.code, changed.err) == (0, "")
    assert changed.out == "Changed dev: production, keeps nothing.\n"
    assert path.read_text().startswith("# ours\n")
    assert profile(house) == {
        "instance": URL,
        "sign_in": "basic",
        "user": "me",
        "keep": "nothing",
        "environment": "production",
        "instance_name": "dev12345",
    }
    answer = house.call("profiles", "set", "dev", "--sign-in", "api-key", "--json").answer()
    assert answer["instance"]["sign_in"] == "api-key"
    assert answer["not_forgotten"] == []
    assert "user" not in profile(house)


def test_the_built_in_profile_gets_a_file_when_it_is_changed(house: House) -> None:
    assert house.call("profiles", "set", "default", *TEST).code == 0
    assert profile(house, "default") == {"environment": "non-production"}
    house.call("profiles", "remove", "default")
    assert "counts as production" in house.call("profiles").out


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("default",), 64, "There is nothing to change."),
        (("default", *USER), 64, "Leave it out: default works on a file."),
        (("dev", "--user", "admin:x"), 64, "every user of this machine could read it"),
        (("key", "--sign-in", "basic"), 64, "The user name is missing."),
        (("dev", "--environment", "test"), 64, "takes production or non-production"),
        (("none", *TEST), 1, "There is no profile with that name."),
        (("dev", "--keep", "keyring"), 1, "Can't use the keyring."),
    ],
)
def test_a_change_that_is_wrong_is_told_and_not_written(
    house: House, argv: tuple[str, ...], code: int, words: str
) -> None:
    house.call("profiles", "add", "dev", *AT, *TEST, *USER)
    house.call("profiles", "add", "key", *AT, *TEST, "--sign-in", "api-key")
    before = read_tree(house.root)
    told = house.call("profiles", "set", *argv)
    assert (told.code, told.out) == (code, "")
    assert words in told.words
    assert read_tree(house.root) == before

"""Profiles: one file each, checked as it is read, and never a secret in one."""

import os
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.house import House, open_house
from tests.settings.factories import deterministic
from tests.storage.factories import write_profile
from tests.storage.fakes import run_as_ordinary_user, use_home
from tui.errors import Problem, Refusal
from tui.settings.values import Environment
from tui.storage.file import SIZE_LIMIT
from tui.storage.profile import (
    Keep,
    Profile,
    add_profile,
    check_name,
    embedded_profile,
    load_last_used,
    load_profile,
    load_profiles,
    profile_names,
    profiles_dir,
    remove_profile,
    save_last_used,
)


def load_error(name: str = "corp") -> Problem:
    with pytest.raises(Problem) as raised:
        load_profile(name)
    return raised.value


def test_the_default_is_there_without_a_file(here: House) -> None:
    assert load_profile("default") == embedded_profile() == Profile("default", here.settings)
    assert profile_names() == ("default",)
    assert not here.config.exists()


def test_a_profile_is_read(here: House) -> None:
    write_profile(
        here, 'file = "/srv/mail.toml"\nenvironment = "non-production"\nkeep = "keyring"\n'
    )
    assert load_profile("corp") == Profile(
        "corp", Path("/srv/mail.toml"), Environment.NON_PRODUCTION, Keep.KEYRING
    )


def test_what_a_profile_does_not_say_is_as_in_the_embedded_one(here: House) -> None:
    write_profile(here, "# nothing\n")
    write_profile(here, 'environment = "production"\n', "default")
    assert (
        load_profile("corp")
        == embedded_profile("corp")
        == Profile("corp", here.config / "corp.toml")
    )
    assert load_profile("default") == Profile("default", here.settings, Environment.PRODUCTION)


def test_a_file_is_meant_from_the_folder_of_the_profiles(here: House) -> None:
    write_profile(here, 'file = "mail.toml"\n')
    assert load_profile("corp").file == profiles_dir() / "mail.toml"


@pytest.mark.parametrize(
    ("file", "where"),
    [
        ("~/mail.toml", "home/mail.toml"),
        ("./~/mail.toml", "config/glidemail/profiles/~/mail.toml"),
        ("a~/mail.toml", "config/glidemail/profiles/a~/mail.toml"),
    ],
)
def test_a_file_can_lie_in_a_home_directory(here: House, file: str, where: str) -> None:
    write_profile(here, f'file = "{file}"\n')
    assert load_profile("corp").file == here.root / where


def test_a_home_directory_is_no_file(here: House) -> None:
    (here.root / "home").mkdir()
    write_profile(here, 'file = "~"\n')
    assert load_error().code == "profile.file"


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("fil = 1", "profile.unknown-key", "a profile has no fil."),
        ('password = "c4nary"', "profile.unknown-key", "a profile has no password."),
        ('file = ""', "profile.value", "file must be a path, in quotes."),
        ('file = "\\u001b[2J"', "profile.value", "file must be a path, in quotes."),
        ('file = "~nosuchuser/c4nary"', "profile.value", "the home directory for the ~"),
        ("file = 1", "profile.value", "file must be a path, in quotes."),
        ('environment = "c4nary"', "profile.value", "must be production or non-production"),
        ("environment = true", "profile.value", "must be production or non-production"),
        ('keep = "c4nary"', "profile.value", "keep must be nothing or keyring, in quotes."),
        ('keep = ["keyring"]', "profile.value", "keep must be nothing or keyring, in quotes."),
    ],
)
def test_a_profile_with_anything_odd_in_it_is_refused_with_its_line(
    here: House, line: str, code: str, words: str
) -> None:
    path = write_profile(here, f"# ours\n\n{line}\n")
    problem = load_error()
    assert (problem.code, problem.exit_code) == (code, 1)
    assert problem.message.startswith(f"{path}, line 3: ")
    assert words in problem.message
    assert "c4nary" not in problem.message + problem.hint


def test_an_unknown_key_is_told_with_what_may_be_meant_or_all_there_is(here: House) -> None:
    write_profile(here, "enviroment = 1\n")
    assert load_error().hint == "Did you mean environment?"
    write_profile(here, "colour = 1\n")
    assert load_error().hint == (
        "It has file, environment, keep, instance, sign_in, user, ca_file, client_certificate, "
        "client_key, instance_name."
    )


def test_a_profile_that_is_no_toml_is_refused(here: House) -> None:
    write_profile(here, "file =\n")
    assert load_error().code == "toml.syntax"


def test_an_unknown_profile_is_told_with_those_there_are(here: House) -> None:
    write_profile(here, "", "dev")
    problem = load_error()
    assert problem.code == "profile.unknown"
    assert "Profiles: default, dev." in problem.message


@pytest.mark.parametrize("name", ["a", "0", "corp", "corp-test.2_b", "x" * 64])
def test_a_profile_can_have_that_name(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", ".", "..", "-a", "a-", "a/b", "A", "ü", "a\n", "x" * 65])
def test_a_profile_cannot_have_that_name(here: House, name: str) -> None:
    for use in (check_name, load_profile, remove_profile):
        with pytest.raises(Problem) as raised:
            use(name)
        assert raised.value.code == "profile.name"
    with pytest.raises(Problem, match=r"profile\.name"):
        add_profile(embedded_profile(name))
    assert not here.config.exists()


def test_profiles_are_listed_in_order_and_other_files_are_none(here: House) -> None:
    for name in ("zoo", "dev", "Bad Name"):
        write_profile(here, "", name)
    here.write("", here.config / "profiles" / "notes.txt")
    here.write("", here.config / "profiles" / "dev.toml.old")
    assert profile_names() == ("default", "dev", "zoo")


def test_a_folder_that_cannot_be_listed_is_named(here: House) -> None:
    here.write("", here.config / "profiles")
    with pytest.raises(Problem) as raised:
        profile_names()
    assert raised.value.code == "profiles.unreadable"
    assert str(profiles_dir()) in raised.value.message


def test_a_broken_profile_does_not_hide_the_others(here: House) -> None:
    write_profile(here, "keep = 1\n", "broken")
    write_profile(here, "", "whole")
    found = dict(load_profiles())
    assert list(found) == ["broken", "default", "whole"]
    broken = found["broken"]
    assert isinstance(broken, Problem)
    assert broken.code == "profile.value"
    assert found["whole"] == embedded_profile("whole")


def test_profiles_lie_where_configuration_does(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_profile(here, "")
    assert profiles_dir() == here.config / "profiles"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(here.root / "elsewhere"))
    assert profiles_dir() == here.root / "elsewhere" / "glidemail" / "profiles"
    assert embedded_profile().file == here.root / "elsewhere" / "glidemail" / "default.toml"
    assert profile_names() == ("default",)


def test_a_profile_is_added_for_its_owner_only(here: House) -> None:
    path = add_profile(Profile("corp", Path("/srv/mail.toml"), Environment.PRODUCTION))
    assert path == here.config / "profiles" / "corp.toml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert tomllib.loads(path.read_text()) == {
        "file": "/srv/mail.toml",
        "keep": "nothing",
        "environment": "production",
    }


def test_a_profile_that_is_there_is_not_added_again(here: House) -> None:
    path = write_profile(here, "# mine\n")
    with pytest.raises(Refusal) as raised:
        add_profile(embedded_profile("corp"))
    assert (raised.value.code, raised.value.exit_code) == ("profile.exists", 5)
    assert str(path) in raised.value.message
    assert path.read_text() == "# mine\n"


def test_the_default_can_be_written_down_and_removed_again(here: House) -> None:
    path = add_profile(Profile("default", here.settings, Environment.NON_PRODUCTION))
    assert load_profile("default").environment is Environment.NON_PRODUCTION
    assert remove_profile("default") == path
    assert load_profile("default") == embedded_profile()


def test_a_removed_profile_leaves_its_settings(here: House) -> None:
    path = add_profile(embedded_profile("corp"))
    here.write("port = 25\n", here.config / "corp.toml")
    assert remove_profile("corp") == path
    assert profile_names() == ("default",)
    assert (here.config / "corp.toml").read_text() == "port = 25\n"


@pytest.mark.parametrize(
    ("name", "words"), [("default", "is built in"), ("corp", "Profiles: default.")]
)
def test_what_is_not_there_cannot_be_removed(here: House, name: str, words: str) -> None:
    with pytest.raises(Problem) as raised:
        remove_profile(name)
    assert raised.value.code == "profile.unknown"
    assert words in raised.value.message


def test_a_profile_that_cannot_be_removed_is_named(here: House) -> None:
    path = here.config / "profiles" / "corp.toml"
    path.mkdir(parents=True)
    with pytest.raises(Problem) as raised:
        remove_profile("corp")
    assert raised.value.code == "profile.not-removed"
    assert str(path) in raised.value.message


# The one that was used last


def last_used_path(here: House) -> Path:
    return here.root / "state" / "glidemail" / "last-profile"


def test_at_first_the_default_was_used_last_and_nothing_is_written(here: House) -> None:
    save_last_used(load_last_used())
    assert load_last_used() == "default"
    assert list(here.root.iterdir()) == []


def test_the_profile_that_was_used_last_is_remembered_without_a_trace(here: House) -> None:
    for name in ("corp", "dev", "default", "corp"):
        write_profile(here, "", name)
        save_last_used(name)
        assert load_last_used() == name
    assert last_used_path(here).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in last_used_path(here).parent.iterdir()] == ["last-profile"]


def test_the_same_profile_again_is_not_written_again(here: House) -> None:
    write_profile(here, "")
    save_last_used("corp")
    before = last_used_path(here).stat()
    save_last_used("corp")
    after = last_used_path(here).stat()
    assert (after.st_ino, after.st_ctime_ns) == (before.st_ino, before.st_ctime_ns)


def test_a_profile_that_is_gone_was_not_used_last(here: House) -> None:
    write_profile(here, "")
    save_last_used("corp")
    remove_profile("corp")
    assert load_last_used() == "default"
    save_last_used("default")
    write_profile(here, "")
    assert load_last_used() == "default"


@pytest.mark.parametrize(
    "text",
    [
        *("", "\n", "../corp", "corp/../corp", "corp.toml", "CORP", "corp\ncorp", "corp\x1b[2J"),
        *(b"corp\xff", b"corp\0", b"\xef\xbb\xbfcorp"),
    ],
)
def test_what_is_no_name_of_a_profile_was_not_used_last_and_is_written_over(
    here: House, text: str | bytes
) -> None:
    write_profile(here, "")
    write_profile(here, "", "../corp")
    here.write(text, last_used_path(here))
    assert load_last_used() == "default"
    save_last_used("corp")
    assert load_last_used() == "corp"


def test_what_is_too_large_to_be_a_name_is_not_read(here: House) -> None:
    write_profile(here, "")
    here.write("corp\n" + " " * SIZE_LIMIT, last_used_path(here))
    assert load_last_used() == "default"
    save_last_used("corp")


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("precious")])
def test_what_is_no_file_is_neither_read_nor_written(
    here: House, make: Callable[[Path], None]
) -> None:
    write_profile(here, "")
    precious = here.write("corp\n", last_used_path(here).with_name("precious"))
    make(last_used_path(here))
    assert load_last_used() == "default"
    save_last_used("other")
    assert precious.read_text() == "corp\n"
    assert not last_used_path(here).is_file() or last_used_path(here).is_symlink()


def test_a_state_directory_that_is_none_is_no_harm(here: House) -> None:
    here.write("ours", here.root / "state")
    save_last_used("corp")
    assert load_last_used() == "default"
    assert (here.root / "state").read_text() == "ours"


def test_a_state_directory_that_nobody_can_write_is_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_house() as house:
        use_home(house.root, monkeypatch)
        (house.root / "state").mkdir(mode=0o555)
        assert run_as_ordinary_user(lambda: save_last_used("corp")) == "done"
        assert list((house.root / "state").iterdir()) == []


def test_a_folder_of_profiles_that_cannot_be_listed_is_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_house() as house:
        use_home(house.root, monkeypatch)
        house.write("corp\n", last_used_path(house)).chmod(0o644)
        profiles = write_profile(house, "").parent
        profiles.chmod(0o711 if os.geteuid() == 0 else 0o311)
        assert run_as_ordinary_user(profile_names) == "profiles.unreadable"
        assert (
            run_as_ordinary_user(lambda: save_last_used(load_profile(load_last_used()).name))
            == "done"
        )
        profiles.chmod(0o755)


paths = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="/"), min_size=1)
profiles = st.builds(
    Profile,
    st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?", fullmatch=True),
    paths.map(lambda name: Path("/srv", name)),
    st.sampled_from((None, *Environment)),
    st.sampled_from(Keep),
)


@given(profiles)
@deterministic
def test_what_is_added_is_what_is_loaded(profile: Profile) -> None:
    with pytest.MonkeyPatch.context() as patch, open_house() as house:
        use_home(house.root, patch)
        add_profile(profile)
        assert load_profile(profile.name) == profile
        assert dict(load_profiles())[profile.name] == profile
        remove_profile(profile.name)
        assert profile.name not in set(profile_names()) - {"default"}

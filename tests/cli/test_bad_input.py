"""Files that are not as they should be, and places that do not do as they should."""

import fcntl
import json
import os
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.house import House, Result, assert_harmless, give_to, open_house, program
from tui.settings.catalog import catalog
from tui.settings.parse.value import has_native_type

WHOLE = 'server = "mail.corp.example"\nport = 587\n'
SAVE = ("apply", "--set", "display_name=x", "--yes")

NAMELESS = 54321
"""A user that no list of users names."""

ROLES = {
    "settings": ("config/glidemail/default.toml", ("show",)),
    "profile": ("config/glidemail/profiles/x.toml", ("-p", "x", "show")),
    "document": ("document.toml", ("plan", "--from", "document.toml")),
    "plan": ("plan.json", ("apply", "plan.json", "--yes")),
}

BAD_TEXT: dict[str, tuple[bytes, str]] = {
    "half written": (WHOLE.encode()[:20], ""),
    "half a character": ('display_name = "é'.encode()[:-1], "isn't a text file"),
    "binary": (bytes(range(256)), "isn't a text file"),
    "a NUL": (b'server = "a\x00b"\n', "isn't a text file"),
    "not UTF-8": ('display_name = "é"\n'.encode("latin-1"), "isn't a text file"),
    "UTF-16": (WHOLE.encode("utf-16"), "isn't a text file"),
    "a byte order mark": (b"\xef\xbb\xbf" + WHOLE.encode(), "byte order mark"),
    "an escape sequence": (b'display_name = "\x1b]52;c;aGk=\x07"\n', ""),
    "a bidi control as a key": ("\u202eserver = 1\n".encode(), ""),
    "nested lists": (b"a = " + b"[" * 50_000, ""),
    "nested tables": (b"a = " + b"{a=" * 50_000, ""),
    "nested objects": (b'{"a":' * 50_000, ""),
    "duplicate keys": (b"server = 'a'\nserver = 'b'\n", ""),
    "a number of 5000 digits": (b"port = " + b"9" * 5000 + b"\n", ""),
    "a number in hexadecimal": (b"port = 0x" + b"f" * 5000 + b"\n", ""),
    "a key with many dots": (b"a." * 40_000 + b"a = 1\n", ""),
    "many megabytes": (b"# long\n" * 100_000, "larger than"),
}


def is_read_apart(role: str, what: str) -> bool:
    """Return whether a case stands for others: TOML and JSON have a reader each."""
    return role in ("settings", "plan") or what in ("half written", "binary")


def arguments_for(house: House, role: str) -> list[str]:
    """The arguments that have the program read the file in that role."""
    place, argv = ROLES[role]
    return [str(house.root / word) if word == place else word for word in argv]


def assert_refused(house: House, role: str, *, keeps: bool = True) -> tuple[Path, Result]:
    """What the program says of the file in that role, which it must name and not touch."""
    path = house.root / ROLES[role][0]
    before = path.read_bytes() if keeps else b""
    result = house.call(*arguments_for(house, role))
    assert_harmless(result)
    assert result.code == 1
    assert result.out == ""
    assert path.name in result.words
    assert len(result.err.splitlines()) > 1, "no way out is named"
    assert not keeps or path.read_bytes() == before
    return path, result


@pytest.mark.parametrize(
    ("role", "what"),
    [
        pytest.param(role, what, marks=() if is_read_apart(role, what) else pytest.mark.grid)
        for role in ROLES
        for what in BAD_TEXT
    ],
)
def test_a_file_that_cannot_be_read_as_text_is_named_and_stays(
    house: House, role: str, what: str
) -> None:
    content, words = BAD_TEXT[what]
    path = house.write(content, house.root / ROLES[role][0])
    result = house.call(*arguments_for(house, role))
    assert_harmless(result)
    assert (result.code, result.out) == (1, "")
    assert str(path) in result.words
    assert words in result.words
    assert len(result.err.splitlines()) > 1, "no way out is named"
    assert path.read_bytes() == content


@pytest.mark.parametrize("role", ROLES)
def test_a_sparse_file_of_100_megabytes_is_not_read(house: House, role: str) -> None:
    path = house.write("", house.root / ROLES[role][0])
    os.truncate(path, 100_000_000)
    result = house.call(*arguments_for(house, role))
    assert_harmless(result)
    assert result.code == 1
    assert "is larger than 262144 bytes" in result.words


@pytest.mark.parametrize("role", ROLES)
def test_a_directory_is_no_file(house: House, role: str) -> None:
    (house.root / ROLES[role][0]).mkdir(parents=True)
    _, result = assert_refused(house, role, keeps=False)
    assert "is not a regular file" in result.words


@pytest.mark.parametrize("role", ROLES)
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(house: House, role: str) -> None:
    path = house.root / ROLES[role][0]
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    _, result = assert_refused(house, role, keeps=False)
    assert "is not a regular file" in result.words


@pytest.mark.parametrize("role", ROLES)
def test_a_symbolic_link_is_not_followed(house: House, role: str) -> None:
    other = house.write(WHOLE, house.root / "other")
    path = house.root / ROLES[role][0]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(other)
    _, result = assert_refused(house, role)
    assert "is a symbolic link" in result.words
    assert str(other) in result.words


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full", "/dev/tty", "/dev/stdin"])
def test_a_device_is_no_file(house: House, device: str) -> None:
    house.write(f'file = "{device}"\n', house.config / "profiles" / "x.toml")
    for argv in (
        ["-p", "x", "show"],
        ["-p", "x", *SAVE],
        ["plan", "--from", device],
        ["apply", device],
        ["plan", "--set", "display_name=x", "--out", device],
    ):
        result = house.call(*argv)
        assert_harmless(result)
        assert result.code == 1
        assert device in result.words


@pytest.mark.parametrize("role", ["profile", "document", "plan"])
def test_a_missing_file_is_named(house: House, role: str) -> None:
    result = house.call(*arguments_for(house, role))
    assert_harmless(result)
    assert result.code == 1
    missing = house.root / ROLES[role][0]
    assert ("no profile with that name" if role == "profile" else str(missing)) in result.words


def test_a_file_that_is_not_there_yet_is_fine(house: House) -> None:
    result = house.call(*arguments_for(house, "settings"))
    assert_harmless(result)
    assert result.code == 0


@pytest.fixture
def open_() -> Iterator[House]:
    with open_house() as house:
        yield house


@pytest.mark.parametrize("role", ROLES)
def test_a_file_this_user_may_not_read_is_named(open_: House, role: str) -> None:
    place, argv = ROLES[role]
    path = open_.write(WHOLE, open_.root / place)
    give_to(open_.root)
    path.chmod(0)
    result = open_.run_as_person(*argv)
    assert_harmless(result)
    assert result.code == 1
    assert "This user isn't allowed to read" in result.words
    assert path.name in result.words


def test_a_directory_this_user_may_not_write_in_keeps_its_file(open_: House) -> None:
    open_.write(WHOLE)
    give_to(open_.root)
    open_.config.chmod(0o555)
    assert open_.run_as_person("show").code == 0
    result = open_.run_as_person(*SAVE)
    assert_harmless(result)
    assert result.code == 1
    assert f"Can't save {open_.settings}: this user isn't allowed to write in its directory" in (
        result.words
    )
    assert open_.settings.read_text() == WHOLE
    assert os.listdir(open_.config) == ["default.toml"]


def test_a_file_is_saved_where_nothing_can_be_remembered(open_: House) -> None:
    open_.write(WHOLE)
    (open_.root / "state").mkdir()
    give_to(open_.root)
    (open_.root / "state").chmod(0o555)
    result = open_.run_as_person("apply", "--set", "port=25", "--yes")
    assert (result.code, result.err) == (0, "")
    assert "port = 25" in open_.settings.read_text()


def test_a_directory_that_anyone_may_write_in_is_not_saved_in(house: House) -> None:
    house.write(WHOLE)
    house.config.chmod(0o777)
    result = house.run(*SAVE)
    assert_harmless(result)
    assert result.code == 1
    assert f"chmod o-w {house.config}" in result.words


@pytest.mark.parametrize("place", ["/dev/null", "{root}/file", "{root}/\u202e", "relative"])
def test_odd_places_for_configuration_and_state_are_survived(
    house: House, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(house.root)
    house.write(WHOLE, house.root / "file")
    place = place.format(root=house.root)
    for argv in (["show"], ["profiles"], ["profiles", "add", "x"], ["doctor"], list(SAVE)):
        result = house.call(*argv, XDG_CONFIG_HOME=place, XDG_STATE_HOME=place)
        assert_harmless(result)
        assert result.code in (0, 1)
        assert result.code == 0 or result.err.startswith("glidemail: ")


@pytest.mark.parametrize("home", ["/dev/null", "relative", ""])
def test_an_odd_home_is_survived(house: House, home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(house.root)
    for argv in (["show"], ["profiles"], ["doctor"]):
        assert_harmless(house.call(*argv, HOME=home, XDG_CONFIG_HOME="", XDG_STATE_HOME=None))


def test_without_a_home_the_places_are_found_by_the_user(house: House) -> None:
    result = house.run("doctor", HOME=None)
    assert_harmless(result)
    assert result.code == 0


# What stands in a file, but does not mean anything there.

WRONG_VALUES = {
    "a text": '"nonsense \\u0000 \\u001b[2J"',
    "a number": "70000",
    "a negative number": "-1",
    "a number of 4000 digits": "9" * 4000,
    "a fraction": "1.5",
    "no number": "nan",
    "infinity": "-inf",
    "a switch": "true",
    "a date": "2020-01-01",
    "a moment": "2020-01-01T00:00:00Z",
    "a time": "07:32:00",
    "a list": '["a", 1, [true]]',
    "a table": "{ a = { b = 1 } }",
}


def misfits(value: str) -> list[str]:
    raw = tomllib.loads(f"v = {value}")["v"]
    native = tuple(raw) if isinstance(raw, list) else raw
    return [
        name
        for name, entry in catalog().items()
        if entry.is_secret
        or not has_native_type(entry, native)
        or entry.declared.kind.name == "ADDRESSES"
    ]


@pytest.mark.parametrize("what", WRONG_VALUES)
def test_a_value_of_the_wrong_type_is_an_error_with_its_line(house: House, what: str) -> None:
    value = WRONG_VALUES[what]
    names = misfits(value)
    text = "".join(f"{name} = {value}\n" for name in names)
    house.write(text)
    checked = house.call("check", "--json")
    errors = {
        each["property"]: each["message"]
        for each in checked.answer()["findings"]
        if each["severity"] == "error"
    }
    assert checked.code == 1
    assert errors.keys() >= set(names)
    for line, name in enumerate(names, start=1):
        assert errors[name].startswith(f"Line {line}: ")
    for argv in (["show"], ["check"], ["plan"], *(["explain", name] for name in names)):
        assert_harmless(house.call(*argv))
    assert house.settings.read_text() == text


def test_a_broken_value_does_not_keep_others_from_being_saved(house: House) -> None:
    house.write('port = "587"\n')
    assert house.call("apply", "--set", "port=x", "--yes").code == 1
    assert house.call(*SAVE).code == 0
    assert tomllib.loads(house.settings.read_text()) == {"port": "587", "display_name": "x"}
    mended = house.call(*SAVE, "--set", "port=587")
    assert mended.code == 0
    assert tomllib.loads(house.settings.read_text()) == {"port": 587, "display_name": "x"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('nonsense = "x"', "line 1: this isn't a property"),
        ("port = true", "line 1: it must be a whole number (port)"),
        ('password = "hunter2"', "never the password itself"),
        ("exported = 1", "doesn't say where the document comes from"),
        ('[exported]\norigin = "x"\nenvironment = "test"', "environment"),
    ],
)
def test_a_document_with_anything_odd_in_it_is_not_adopted(
    house: House, text: str, words: str
) -> None:
    document = house.write(f"{text}\n", house.root / "document.toml")
    result = house.call("apply", "--from", str(document), "--yes")
    assert_harmless(result)
    assert result.code == 1
    assert str(document) in result.words
    assert words in result.words
    assert not house.settings.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('password = "hunter2"', "line 1: a profile has no password"),
        ('fil = "x"', "Did you mean file?"),
        ('environment = "test"', "environment must be production or non-production"),
        ("keep = true", "keep must be nothing or keyring"),
        ("file = 1", "file must be a path"),
        ('file = ""', "file must be a path"),
        ('file = "\\u001b[2J"', "file must be a path"),
        ("file = [1]", "file must be a path"),
        ("[file]", "file must be a path"),
    ],
)
def test_a_profile_with_anything_odd_in_it_is_not_used(house: House, text: str, words: str) -> None:
    path = house.write(f"{text}\n", house.config / "profiles" / "x.toml")
    result = house.call("-p", "x", "show")
    assert_harmless(result)
    assert result.code == 1
    assert str(path) in result.words
    assert words in result.words
    listed = house.call("profiles")
    assert_harmless(listed)
    assert listed.code == 1
    assert words in listed.words


@pytest.mark.parametrize(
    "name",
    ["", "..", "../x", ".x", "X", "a b", "a/b", "x" * 65, "\x1b[2J", "\u202ex", "x\n", "\udcff"],
)
def test_a_name_that_could_be_a_path_or_hide_is_none_for_a_profile(house: House, name: str) -> None:
    result = house.call("profiles", "add", name)
    assert_harmless(result)
    assert result.code == 1
    assert "Use 1 to 64 lower-case letters" in result.words
    assert not house.config.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda plan: plan.update(schema=2), "schema"),
        (lambda plan: plan.update(schema="1"), "schema"),
        (lambda plan: plan.update(secrets={"password": "hunter2"}), "secrets"),
        (lambda plan: plan.pop("profile"), "profile"),
        (lambda plan: plan.update(profile=["default"]), "profile"),
        (lambda plan: plan.update(environment="test"), "environment"),
        (lambda plan: plan.update(changes={}), "changes"),
        (lambda plan: plan["changes"][0].update(property="nonsense"), "nonsense"),
        (lambda plan: plan["changes"][0].update(property="\x1b[2J\u202e"), "^[[2J\\u{202e}"),
        (lambda plan: plan["changes"][0].update(after=1.5), "after"),
        (lambda plan: plan["changes"][0].update(after={"a": 1}), "after"),
        (lambda plan: plan["changes"][0].update(after=[[]]), "after"),
        (lambda plan: plan["changes"][0].update(after=True), "wrong type"),
        (lambda plan: plan["changes"][0].update(after=["25"]), "wrong type"),
        (lambda plan: plan["changes"][0].update(after="25"), "wrong type"),
        (lambda plan: plan["changes"][0].update(after=int("9" * 4000)), "Enter a whole number"),
        (lambda plan: plan["changes"][0].update(after=0), "port"),
        (lambda plan: plan["changes"].append(plan["changes"][0]), "is there twice"),
        (lambda plan: plan["side_effects"].append({"code": 1, "message": ""}), "side_effects"),
    ],
)
def test_a_plan_that_was_changed_by_hand_is_checked(
    house: House, change: Callable[[dict[str, object]], None], words: str
) -> None:
    path = house.root / "plan.json"
    house.call("plan", "--set", "port=2525", "--out", str(path))
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    result = house.call("apply", str(path), "--yes")
    assert_harmless(result)
    assert result.code == 1
    assert words in result.words
    assert "hunter2" not in result.words
    assert not house.settings.exists()


@pytest.mark.parametrize("text", ["[]", "null", "1", '"x"', "{}", "", "{", '{"schema":1e999}'])
def test_a_plan_that_is_none_is_named(house: House, text: str) -> None:
    path = house.write(text, house.root / "plan.json")
    result = house.call("apply", str(path))
    assert_harmless(result)
    assert result.code == 1
    assert f"{path} isn't a glidemail plan" in result.words


# The environment.


@pytest.mark.grid
@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LANG": "C", "LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"COLUMNS": "20"},
        {"COLUMNS": "nonsense"},
        {"COLUMNS": "0", "LINES": "0"},
        {"TERM": None, "LANG": None},
    ],
)
def test_odd_environments_are_survived(house: House, environment: dict[str, str | None]) -> None:
    house.write('server = "mail.bücher.example"\ndisplay_name = "Hélpdesk 問い合わせ"\n')
    for argv in (["show"], ["plan", "--set", "port=26"]):
        done = subprocess.run(
            [*program(), *argv],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={
                name: value
                for name, value in {**house.environment, **environment}.items()
                if value is not None
            },
            check=False,
        )
        assert_harmless(Result(done.returncode, done.stdout.decode("utf-8", "replace"), ""))
        assert done.returncode in (0, 2)
        assert done.stderr == b""


# Two at once.


def test_of_many_that_save_at_once_each_saved_or_was_refused(house: House) -> None:
    house.write("# ours\n")
    programs = {
        f"value {number}": subprocess.Popen(
            [*program(), SAVE[0], *SAVE[3:], "--set", f"display_name=value {number}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=house.environment,
        )
        for number in range(6)
    }
    saved = []
    for value, process in programs.items():
        out, err = process.communicate()
        assert_harmless(Result(process.returncode, out.decode(), err.decode()))
        assert process.returncode in (0, 5)
        if process.returncode == 0:
            saved.append(value)
    text = house.settings.read_text()
    assert text.startswith("# ours\n")
    assert tomllib.loads(text)["display_name"] in saved
    assert sorted(os.listdir(house.config)) == ["default.toml", "default.toml.old"]


def test_a_save_beside_one_that_does_not_end_is_refused(house: House) -> None:
    house.write(WHOLE)
    folder = os.open(house.config, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        result = house.run(*SAVE)
    finally:
        os.close(folder)
    assert_harmless(result)
    assert result.code == 5
    assert "Another program is saving" in result.words
    assert house.settings.read_text() == WHOLE


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run as a user without a name")
def test_a_user_without_a_name_or_a_home_can_do_all() -> None:
    with open_house() as house:
        give_to(house.root, NAMELESS)
        done = house.run_as_person(*SAVE, "--set", "server=mail.corp.example", user=NAMELESS)
        assert (done.code, done.err) == (0, "")
        nowhere = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"))
        homeless = house.run_as_person("show", user=NAMELESS, **nowhere)
        assert_harmless(homeless)
        assert homeless.code == 1
        assert "Set HOME, or XDG_CONFIG_HOME and XDG_STATE_HOME." in homeless.words


def test_a_keyring_that_is_not_there_says_how_to_do_without(house: House) -> None:
    house.write('keep = "keyring"\n', house.config / "profiles" / "x.toml")
    argv = ("-p", "x", "apply", "--password-stdin", "--yes")
    result = house.run(*argv, stdin=b"secret")
    assert result.code == 1
    assert "Nothing was written." in result.words
    assert 'keep = "nothing" in the profile' in result.words

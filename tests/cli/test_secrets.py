"""A password is taken in the ways that are safe, and found nowhere afterwards."""

import signal
from pathlib import Path

import pytest

from tests.cli.house import House, Result, assert_harmless, read_tree
from tests.cli.site import Site
from tests.sampling import sample

CANARY = "c4nary-in-the-mine"
SETTLED = ("--yes",)
SERVER = ("--set", "server=mail.corp.example", "--set", "user=a@corp.example")


def assert_gone(house: House, result: Result, *put: Path) -> Result:
    """Fails where the canary is in what was written anywhere, but for the files it was put in."""
    assert_harmless(result)
    assert CANARY not in result.out + result.err
    found = [path for path, data in read_tree(house.root).items() if CANARY.encode() in data]
    assert found == [str(path) for path in put]
    return result


@pytest.mark.parametrize("end", sample(["\r\n", "", "\n"], 3))
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_password_on_standard_input_is_kept_nowhere(
    house: House, form: tuple[str, ...], end: str
) -> None:
    given = f"{CANARY}{end}".encode()
    for argv in (["show"], ["check"], ["plan"], ["plan", "--out", str(house.root / "plan.json")]):
        assert_gone(house, house.call(*form, *argv, *SERVER, "--password-stdin", stdin=given))
    done = house.run(*form, "apply", *SERVER, "--password-stdin", *SETTLED, stdin=given)
    assert assert_gone(house, done).code == 0
    assert 'password = "not kept"' in house.settings.read_text()


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_secrets_by_name_on_standard_input_are_kept_nowhere(
    house: House, form: tuple[str, ...]
) -> None:
    given = f"password={CANARY}\npop3_password={CANARY}2\n".encode()
    done = house.run(*form, "apply", *SERVER, "--secrets-stdin", *SETTLED, stdin=given)
    assert assert_gone(house, done).code == 0
    text = house.settings.read_text()
    assert 'password = "not kept"' in text
    assert 'pop3_password = "not kept"' in text


def test_a_plan_asks_for_its_secret_again(house: House) -> None:
    plan, given = str(house.root / "plan.json"), CANARY.encode()
    assert_gone(house, house.run("plan", *SERVER, "--password-stdin", "--out", plan, stdin=given))
    without = assert_gone(house, house.run("apply", plan, *SETTLED))
    assert without.code == 5
    assert "Pass it again with --secrets-stdin" in without.words
    assert not house.settings.exists()
    assert (
        assert_gone(house, house.run("apply", plan, "--password-stdin", *SETTLED, stdin=given)).code
        == 0
    )


@pytest.mark.parametrize(
    "given",
    [
        f"sign_in={CANARY}\n",
        f"{CANARY}\n",
        f"{CANARY}={CANARY}\n",
        f"pasword={CANARY}\n",
        f"password={CANARY}\npassword={CANARY}\n",
        f" password={CANARY}\n",
        f"password={CANARY}\npop3_password=\n",
        f"password={CANARY}\x00\n\nx",
        f"password={CANARY}" + "x" * 70_000,
    ],
)
def test_secrets_that_are_not_understood_are_not_repeated(house: House, given: str) -> None:
    for form in ((), ("--json",)):
        argv = (*form, "apply", *SERVER, "--secrets-stdin", *SETTLED)
        assert assert_gone(house, house.call(*argv, stdin=given.encode())).code == 64
    assert not house.settings.exists()


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"\n",
        CANARY.encode() + b"\xff",
        CANARY.encode("utf-16"),
        CANARY.encode() * 1000,
    ],
)
def test_a_password_that_is_none_is_not_repeated(house: House, given: bytes) -> None:
    for form in ((), ("--json",)):
        argv = (*form, "apply", *SERVER, "--password-stdin", *SETTLED)
        assert assert_gone(house, house.call(*argv, stdin=given)).code == 64


def test_an_odd_password_is_spoken_of_and_not_shown(house: House) -> None:
    for given in (f" {CANARY} ", f"{CANARY}\nsecond line", f"\u202e{CANARY}", f"{CANARY}" * 9):
        for form in ((), ("--json",)):
            argv = (*form, "check", *SERVER, "--password-stdin")
            assert (
                "password"
                in assert_gone(house, house.call(*argv, stdin=given.encode())).words.casefold()
            )


ON_THE_COMMAND_LINE = [
    ["--set", f"pwd={CANARY}"],
    ["--set", f"pw={CANARY}"],
    ["--set", f"secret={CANARY}"],
    ["--set", f"token={CANARY}"],
    ["--set", f"server=smtps://u:{CANARY}@mail.corp.example"],
    ["--set", f"pop3_server=u:{CANARY}@mail.corp.example"],
    ["-password", CANARY],
    [f"-pass={CANARY}"],
    ["--set", f"password={CANARY}"],
    [f"--set=password={CANARY}"],
    ["--set", f"glide.email.user_password={CANARY}"],
    ["--set", f"pop3_password={CANARY}"],
    ["--set", f"glide.pop3.password={CANARY}"],
    ["--set", f"pasword={CANARY}"],
    ["--set", f"Password={CANARY}"],
    ["--set", f"PASS={CANARY}"],
    ["--set", f"password=={CANARY}"],
    ["--set", f"passphrase={CANARY}"],
    ["--password", CANARY],
    [f"--password={CANARY}"],
    ["--pass", CANARY],
    [f"--password-stdin={CANARY}"],
    [f"--pop3-password={CANARY}"],
    ["--pw", CANARY],
    ["--set", f"nonsense={CANARY}"],
    ["--set", CANARY],
    ["--nonsense", CANARY],
    [f"--nonsense={CANARY}"],
    [f"-x{CANARY}"],
    [f"--toml={CANARY}"],
    [f"--json={CANARY}"],
    [CANARY],
    ["--", CANARY],
]
SAID_TO_BE_READABLE = 18
"""How many of them, from the first, are passwords beyond doubt."""


@pytest.mark.parametrize("place", sample(range(len(ON_THE_COMMAND_LINE)), 3))
def test_a_password_among_the_arguments_is_refused_and_not_repeated(
    house: House, place: int
) -> None:
    argv = ["show", *ON_THE_COMMAND_LINE[place]]
    result = assert_gone(house, house.call(*argv))
    assert result.code == 64
    assert result.out == ""
    if place < SAID_TO_BE_READABLE:
        assert "every user of this machine could read it" in result.words
        assert "Change that password." in result.words
    answer = assert_gone(house, house.call("--json", *argv)).answer()
    assert answer["error"]["code"].startswith("usage")
    for command in ("check", "plan"):
        assert assert_gone(house, house.call(command, *argv[1:])).code == 64
    assert list(house.root.iterdir()) == []


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ([CANARY], 64),
        ([f"-p{CANARY}", "show"], 1),
        (["-p", CANARY, "show"], 1),
        (["--profile", CANARY, "apply"], 1),
        ([f"-p={CANARY}", "show"], 1),
        (["explain", CANARY], 64),
        (["explain", f"password={CANARY}"], 64),
        (["doctor", CANARY], 64),
        (["profiles", CANARY], 64),
        (["profiles", "list", CANARY], 64),
        (["profiles", "add", f"{CANARY}!"], 1),
        (["profiles", "remove", CANARY], 1),
        (["profiles", "add", "x", "--keep", CANARY], 64),
        (["profiles", "add", "x", "--environment", CANARY], 64),
        (["profiles", "add", "x", "--password", CANARY], 64),
        (["apply", "--attest", CANARY], 64),
        (["apply", CANARY], 1),
        (["plan", "--from", CANARY], 1),
        (["apply", "--set", "display_name=x", "--confirm", CANARY, "--yes"], 0),
        (["apply", "--yes", CANARY, CANARY], 64),
        (["--password", CANARY], 64),
        (["show", "--password-stdin", "--secrets-stdin", f"--toml={CANARY}"], 64),
    ],
)
def test_what_could_be_a_password_is_not_repeated(house: House, argv: list[str], code: int) -> None:
    for form in ((), ("--json",)):
        assert assert_gone(house, house.call(*form, *argv)).code == code


@pytest.mark.parametrize(
    "name", sample(["password", "pop3_password", "pasword", "glide.email.password"], 2)
)
def test_a_password_in_a_file_is_not_shown(house: House, name: str) -> None:
    key = f'"{name}"'
    settings = house.write(f'{key} = "{CANARY}"\n')
    document = house.write(f'{key} = "{CANARY}"\n', house.root / "document.toml")
    profile = house.write(f'{key} = "{CANARY}"\n', house.config / "profiles" / "x.toml")
    put = tuple(Path(path) for path in read_tree(house.root))
    assert set(put) == {settings, document, profile}
    for argv in (
        ["show"],
        ["show", "--toml"],
        ["check"],
        ["plan", *SERVER],
        ["plan", "--from", str(document)],
        ["apply", "--from", str(document)],
        ["explain", "password"],
        ["-p", "x", "show"],
        ["profiles"],
    ):
        assert_gone(house, house.call(*argv), *put)
        assert_gone(house, house.call("--json", *argv), *put)


def test_a_password_in_the_settings_is_an_error_that_says_what_to_do(house: House) -> None:
    house.write(f'password = "{CANARY}"\n')
    result = assert_gone(house, house.run("check"), house.settings)
    assert result.code == 1
    assert "Line 1: only" in result.words
    assert "change it: others may have read it" in result.words


def test_a_password_in_attestations_is_not_shown(site: Site) -> None:
    path = site.house.attestations.with_name("dev.toml")
    site.house.write(f'[[attestation]]\npassword = "{CANARY}"\n', path)
    assert assert_gone(site.house, site.call("show"), path).code == 1


@pytest.mark.parametrize(
    "row",
    sample(
        [
            f'{{"property": "password", "before": null, "after": "new", "secret": "{CANARY}"}}',
            f'{{"property": "password", "before": null, "after": ["{CANARY}"]}}',
            f'{{"property": "password", "before": null, "after": {{"a": "{CANARY}"}}}}',
            f'{{"property": "pasword", "before": null, "after": "{CANARY}"}}',
            f'{{"property": "password", "before": null, "after": "{CANARY}"}}',
            f'{{"property": "password", "before": "{CANARY}", "after": "new"}}',
            f'"{CANARY}"',
            f'{{"property": "port", "before": null, "after": "{CANARY}"}}',
            f'{{"property": "password", "before": null, "after": "{CANARY}',
        ],
        3,
    ),
)
def test_a_password_in_a_plan_is_not_shown(house: House, row: str) -> None:
    plan = house.write(
        f'{{"schema": 1, "profile": "default", "target": "{house.settings}", '
        f'"environment": null, "changes": [{row}], "side_effects": []}}',
        house.root / "plan.json",
    )
    for form in ((), ("--json",)):
        assert assert_gone(house, house.run(*form, "apply", str(plan), *SETTLED), plan).code == 1


# At a prompt.


def test_a_password_at_the_prompt_is_not_echoed_and_kept_nowhere(house: House) -> None:
    with house.on_terminal("apply", *SERVER, "--password-stdin", *SETTLED) as terminal:
        for words in ("password: ", "again: "):
            terminal.until(words)
            assert not terminal.echoes
            terminal.type(f"{CANARY}\n")
        assert terminal.end() == 0
        assert terminal.echoes
        assert_gone(house, Result(0, terminal.text, ""))
    assert 'password = "not kept"' in house.settings.read_text()


def test_a_plan_asks_for_its_secret_at_the_prompt(house: House) -> None:
    plan = str(house.root / "plan.json")
    house.run("plan", "--secrets-stdin", "--out", plan, stdin=b"pop3_password=x\n")
    with house.on_terminal("apply", plan, *SETTLED) as terminal:
        terminal.until("a plan contains no secret, so type it again. It can't be compared.")
        for words in ("POP3 password: ", "again: "):
            terminal.until(words)
            terminal.type(f"{CANARY}\n")
        assert terminal.end() == 0
        assert_gone(house, Result(0, terminal.text, ""))


@pytest.mark.grid
@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (f"{CANARY}\n", f"{CANARY}2\n", 5),
        (f"{CANARY}\n", "\n", 64),
        ("\n", "", 64),
        ("\x04", "", 64),
    ],
)
def test_a_slip_at_the_prompt_is_refused_and_not_shown(
    house: House, first: str, second: str, code: int
) -> None:
    with house.on_terminal("apply", "--password-stdin", *SETTLED) as terminal:
        terminal.until("password: ")
        terminal.type(first)
        if second:
            terminal.until("again: ")
            terminal.type(second)
        assert terminal.end() == code
        assert terminal.echoes
        assert_gone(house, Result(code, terminal.text, ""))
    assert not house.settings.exists()


@pytest.mark.parametrize("prompt", ["password: ", "again: "])
@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_a_prompt_that_is_stopped_leaves_a_terminal_that_echoes(
    house: House, number: signal.Signals, code: int, prompt: str
) -> None:
    with house.on_terminal("apply", "--password-stdin", *SETTLED) as terminal:
        terminal.until("password: ")
        if prompt == "again: ":
            terminal.type(f"{CANARY}\n")
            terminal.until(prompt)
        terminal.type(CANARY)
        assert not terminal.echoes
        terminal.stop(number)
        assert terminal.end() == code
        assert terminal.echoes
        assert_gone(house, Result(code, terminal.text, ""))
    assert not house.settings.exists()


def test_a_password_in_the_settings_is_replaced_and_lives_on_in_no_copy(house: House) -> None:
    house.write(f'password = "{CANARY}"\ndisplay_name = "D"\n')
    saved = house.run("apply", "--set", "display_name=E", *SETTLED)
    assert assert_gone(house, saved, house.settings).code == 0
    done = house.run("apply", "--password-stdin", *SETTLED, stdin=b"another\n")
    assert assert_gone(house, done).code == 0
    assert house.settings.read_text() == 'password = "not kept"\ndisplay_name = "E"\n'
    assert list(house.config.iterdir()) == [house.settings]


def test_a_password_in_the_settings_is_cleared(house: House) -> None:
    house.write(f'password = "{CANARY}"\n')
    assert assert_gone(house, house.run("apply", "--set", "password=", *SETTLED)).code == 0
    assert house.settings.read_text() == 'password = ""\n'


def test_a_password_in_the_settings_has_a_state_and_nothing_else(house: House) -> None:
    house.write(f'password = "{CANARY}"\n')
    shown = assert_gone(house, house.call("show", "--json"), house.settings)
    assert shown.answer()["properties"]["password"] == {
        "state": "not kept",
        "source": f"{house.settings}, line 1",
    }


@pytest.mark.parametrize("prompt", ["password: ", "again: "])
def test_a_prompt_cannot_be_stopped_and_go_on_with_an_echo(house: House, prompt: str) -> None:
    with house.on_terminal("apply", "--password-stdin", *SETTLED) as terminal:
        terminal.until("password: ")
        if prompt == "again: ":
            terminal.type(f"{CANARY}\n")
            terminal.until(prompt)
        terminal.type("\x1a")
        for signal_ in (signal.SIGTSTP, signal.SIGCONT):
            terminal.stop(signal_)
        assert not terminal.echoes
        terminal.type(f"{CANARY}\n")
        if prompt != "again: ":
            terminal.until("again: ")
            terminal.type(f"{CANARY}\n")
        assert terminal.end() == 0
        assert_gone(house, Result(0, terminal.text, ""))


def test_several_lines_pasted_at_the_prompt_are_refused(house: House) -> None:
    with house.on_terminal("apply", "--password-stdin", *SETTLED) as terminal:
        terminal.until("password: ")
        terminal.type(f"{CANARY}\n{CANARY}2\n")
        assert terminal.end() == 64
        assert "You pasted more than one line" in terminal.text
        assert_gone(house, Result(64, terminal.text, ""))
    assert not house.settings.exists()


def test_the_end_of_input_at_the_prompt_is_answered_for_a_person(house: House) -> None:
    with house.on_terminal("apply", "--password-stdin", *SETTLED) as terminal:
        terminal.until("password: ")
        terminal.type("\x04")
        assert terminal.end() == 64
        assert "Start again and type it." in terminal.text
        assert "name=value" not in terminal.text


def test_secrets_by_name_are_asked_for_on_a_terminal(house: House) -> None:
    with house.on_terminal("apply", "--secrets-stdin", *SETTLED) as terminal:
        terminal.until("Outgoing (SMTP) mail server password: ")
        assert not terminal.echoes
        terminal.type("\n")
        for words in ("POP3 password: ", "again: "):
            terminal.until(words)
            assert not terminal.echoes
            terminal.type(f"{CANARY}\n")
        assert terminal.end() == 0
        assert_gone(house, Result(0, terminal.text, ""))
    assert 'pop3_password = "not kept"\n' in house.settings.read_text()
    assert "\npassword" not in house.settings.read_text()


def test_no_secret_on_standard_input_is_said(house: House) -> None:
    argv = ("apply", "--set", "display_name=X", "--secrets-stdin", *SETTLED)
    assert house.call(*argv, stdin=b"\n").code == 64
    assert not house.settings.exists()


def test_a_secret_that_a_plan_does_not_set_is_not_dropped_in_silence(house: House) -> None:
    plan = str(house.root / "plan.json")
    house.call("plan", "--set", "display_name=x", "--out", plan)
    argv = ("apply", plan, *SETTLED)
    for option, given in (("--password-stdin", CANARY), ("--secrets-stdin", f"password={CANARY}")):
        refused = assert_gone(house, house.call(*argv, option, stdin=given.encode()))
        assert refused.code == 64
        assert "The plan doesn't set password" in refused.words
    assert not house.settings.exists()


def test_a_secret_is_not_cleared_and_given_at_once(house: House) -> None:
    argv = ("apply", "--set", "glide.email.user_password=", "--password-stdin", *SETTLED)
    assert assert_gone(house, house.call(*argv, stdin=CANARY.encode())).code == 64


@pytest.mark.parametrize("host", [f"smtps://u:{CANARY}@mail.corp.example", f"u:{CANARY}@x.example"])
def test_a_password_inside_a_host_in_the_file_is_masked(house: House, host: str) -> None:
    for name in ("server", "pop3_server"):
        path = house.write(f'{name} = "{host}"\n')
        plan = ("plan", "--set", f"{name}=mail.corp.example")
        for argv in (["show"], ["check"], ["explain", name], plan):
            for form in ((), ("--json",)):
                assert_gone(house, house.call(*form, *argv), path)
        out = str(house.root / "plan.json")
        assert_gone(house, house.call(*plan, "--out", out), path)
        assert assert_gone(house, house.call("apply", out, *SETTLED), Path(f"{path}.old")).code == 0
        Path(f"{path}.old").unlink()

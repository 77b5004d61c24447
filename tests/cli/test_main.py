"""Exit codes of every command, and lines that fit the terminal."""

import pytest

from tests.cli.factories import CHANGE
from tests.cli.house import House, assert_harmless


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ([], 64),
        (["nonsense"], 64),
        (["show", "--nonsense"], 64),
        (["show", "--set", "server"], 64),
        (["show", "--set", "nonsense=1"], 64),
        (["--prof", "default", "show"], 64),
        (["apply", "--attest", "nonsense"], 64),
        (["explain", "nonsense"], 64),
        (["profiles", "add", "x", "--environment", "test"], 64),
        (["profiles", "nonsense"], 64),
        (["-p", "missing", "show"], 1),
        (["profiles", "add", "No Name"], 1),
        (["apply", "missing.json"], 1),
        (["plan", "--from", "missing.toml"], 1),
        (["apply", "--set", "port=0"], 1),
        (["apply", "--set", "display_name=x"], 5),
        (["apply", "--set", "server=mail.corp.example"], 5),
        (["show", "--set", "port=0"], 0),
        (["check", "--set", "port=0"], 1),
        (["check", "--set", "port=995"], 0),
        (["explain"], 0),
        (["explain", "glide.email.server"], 0),
        (["apply"], 0),
        (["plan"], 0),
        (["doctor"], 0),
        (["profiles", "list"], 0),
    ],
)
def test_each_command_ends_with_the_code_it_promises_and_one_document(
    house: House, argv: list[str], code: int
) -> None:
    for_a_person, for_a_program = house.call(*argv), house.call("--json", *argv)
    assert_harmless(for_a_person)
    assert (for_a_person.code, for_a_program.code) == (code, code)
    answer = for_a_program.answer()
    failed = code in (5, 64) or (code == 1 and argv[0] != "check")
    assert ("error" in answer) is failed
    assert bool(for_a_person.err) is failed
    if failed:
        assert answer.keys() == {"schema", "error"}
        assert answer["error"].keys() == {"code", "message", "next"}
        assert all(isinstance(text, str) and text for text in answer["error"].values())
        assert for_a_person.err.startswith("glidemail: ")
    assert not house.settings.exists()


LONG = "a-host-name-of-some-length.with-a-long-part-in-it.corp-with-a-long-name.example"


@pytest.mark.parametrize(
    "argv",
    [
        ["show"],
        ["check"],
        ["explain", "server"],
        ["explain", "authenticate"],
        ["explain", "pop3_user"],
        ["explain"],
        ["plan", "--set", "server=smtp://mail.corp.example:587/"],
        ["plan", "--set", f"server=x.{LONG}", "--set", "sending_enabled=yes"],
        ["plan", "--set", "test_recipients=a@b.example, c@d.example, e@f.example, g@h.example"],
        ["apply", *CHANGE],
        ["doctor"],
        ["profiles"],
    ],
)
def test_every_line_fits_the_terminal_unless_it_is_one_word(house: House, argv: list[str]) -> None:
    house.write(f'server = "{LONG}"\nuser = "{"u" * 50}@corp.example"\nunknown = 1\n')
    house.write('environment = "test"\n', house.config / "profiles" / "bad.toml")
    for line in house.call(*argv).out.splitlines()[1:]:
        assert len(line) <= 80 or len(line.split()[-1]) > 40, line

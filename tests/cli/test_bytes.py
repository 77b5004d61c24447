"""Whatever comes from outside, a terminal gets nothing but what can be seen."""

import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.house import House, Result, assert_harmless, assert_printable
from tests.sampling import sample

HOSTILE = {
    "clear the screen": "\x1b[2J\x1b[H",
    "set the clipboard": "\x1b]52;c;aGVsbG8=\x07",
    "set the title": "\x1b]0;owned\x1b\\",
    "a device control string": "\x1bP+q544e\x1b\\",
    "8-bit controls": "\x9b2J\x9d52;c;aGk=\x9c\x90\x85",
    "carriage return and backspace": "safe\r\b\b\bevil\x7f\v\f",
    "new lines": "a\nglidemail: Saved.\n\u2028\u2029b",
    "bidi": "\u202eevil\u202c \u2066x\u2069 \u200f",
    "zero width": "a\u200bb\u200dc\ufeffd\u2060e\u00ad",
    "stacked marks": "Z" + "\u0301\u0489" * 200,
    "a mark first": "\u0301 \u0301",
    "tags and selectors": "\U000e0041\U000e007f\ufe0f\u3164\u115f",
    "markup": "[bold red]x[/] [link=file:///etc/passwd]y[/link] [/nonsense]",
    "formats": "%s %(x)s {0} {x!r} $HOME `id` $(id)",
    "private and unassigned": "\ue000\U0010ffff\ufdd0\u0378",
    "many": "x" * 10_000,
    "many wide ones": "問" * 10_000,
}
TEXTS = ("server", "user", "display_name", "security", "pop3_server", "pop3_user")

# Characters that do things, among characters that do not.
texts = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.characters(categories=["Cc", "Cf", "Co", "Mn", "Me", "Zl", "Zp", "Zs"]),
        st.sampled_from("\x1b[]\\\x07\x9b\x9d\x9c\r\b\u202e\u200b\u0301\ufeff@=.,:/-\"'#"),
    ),
    max_size=40,
)
arguments = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF, categories=["Cs"]),
        st.sampled_from("\x1b[]\\\x07\x9b\x9d\r\u202e\u0301-=%"),
    ),
    max_size=30,
)
often = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def quote(text: str) -> str:
    return f'"{"".join(f"{chr(92)}U{ord(char):08x}" for char in text)}"'


def check_output(result: Result) -> Result:
    assert_harmless(result)
    return result


def assert_json(result: Result) -> None:
    """JSON is in printable ASCII, whatever stands in it."""
    assert result.err == ""
    assert set(result.out) <= {chr(code) for code in (10, *range(32, 127))}
    assert json.loads(result.out)["schema"] == 1


def call_both(house: House, *argv: str) -> None:
    check_output(house.call(*argv))
    assert_json(house.call("--json", *argv))


def call_with_odd_words(house: House, argv: list[str]) -> None:
    for arguments in (argv, ["--json", *argv]):
        result = check_output(house.call(*arguments))
        assert result.code in (0, 1, 2, 5, 64)


@pytest.mark.parametrize("what", sample(HOSTILE, 3))
def test_values_in_the_file_are_seen_and_not_obeyed(house: House, what: str) -> None:
    house.write("".join(f"{name} = {quote(HOSTILE[what])}\n" for name in TEXTS))
    call_both(house, "explain", "pop3_server")
    call_both(house, "plan", *(f"--set={name}=x" for name in TEXTS))
    for command in ("show", "check"):
        call_both(house, command)
    assert_printable(house.call("show", "--toml").out)
    call_both(house, "apply", "--set", "display_name=x", "--yes")


@pytest.mark.parametrize("first", sample(range(0, len(HOSTILE), len(TEXTS)), 2))
def test_a_process_shows_values_and_arguments_as_safely(house: House, first: int) -> None:
    hostile = dict(zip(TEXTS, list(HOSTILE.values())[first:], strict=False))
    edits = house.run("show", *(f"--set={name}={text}" for name, text in hostile.items()))
    assert_printable(check_output(edits).out)
    house.write("".join(f"{name} = {quote(text)}\n" for name, text in hostile.items()))
    assert_printable(check_output(house.run("show")).out)


@pytest.mark.parametrize("what", sample(HOSTILE, 3))
def test_keys_in_any_document_are_seen_and_not_obeyed(house: House, what: str) -> None:
    text = f"{quote(HOSTILE[what])} = {quote(HOSTILE[what])}\n"
    document = house.write(text, house.root / "document.toml")
    house.write(text, house.config / "profiles" / "x.toml")
    for argv in (["plan", "--from", str(document)], ["-p", "x", "show"], ["profiles"]):
        call_both(house, *argv)
    house.write(text)
    for argv in (["show"], ["check"], ["apply", "--set", "display_name=y"]):
        call_both(house, *argv)


@pytest.mark.parametrize("what", sample(HOSTILE, 3))
def test_arguments_are_seen_and_not_obeyed(house: House, what: str) -> None:
    text = HOSTILE[what]
    for argv in (
        [text],
        ["show", text],
        ["plan", f"--from=./{text}"[:4000]],
        ["apply", f"./{text}"[:4000]],
        ["-p", text, "show"],
    ):
        call_with_odd_words(house, argv)


@pytest.mark.grid
@often
@given(text=texts)
def test_no_value_in_a_file_reaches_the_terminal_as_it_is(house: House, text: str) -> None:
    house.write("".join(f"{name} = {quote(text)}\n" for name in TEXTS))
    for argv in (["show"], ["check"], ["explain", "user"], ["plan", "--set", "server=x.example"]):
        call_both(house, *argv)
    exported = house.call("show", "--toml").out
    assert_printable(exported)
    document = house.write(exported, house.root / "export.toml")
    call_both(house, "plan", "--from", str(document))


@often
@given(text=texts)
def test_no_key_in_a_file_reaches_the_terminal_as_it_is(house: House, text: str) -> None:
    house.write(f"{quote(text)} = 1\n[{quote(text + 'x')}]\n{quote(text)} = 1\n")
    for argv in (["show"], ["check"], ["plan", "--from", str(house.settings)]):
        call_both(house, *argv)


CALLS = (
    ["{}"],
    ["-p", "{}", "show"],
    ["show", "{}"],
    ["show", "--set", "{}"],
    ["plan", "--set", "{}=x"],
    ["plan", *(f"--set={name}={{}}" for name in TEXTS)],
    ["check", "--set=test_recipients={}", "--set=port={}"],
    ["explain", "{}"],
    ["plan", "--from", "{root}/missing/{}"],
    ["apply", "{root}/missing/{}"],
    ["apply", "--attest={}", "--confirm", "{}"],
    ["profiles", "add", "x", "--environment={}"],
    ["profiles", "remove", "{}"],
)
"""Calls in which `{}` stands for an odd text, and `{root}` for a folder."""


def assert_argument_is_safe(house: House, call: list[str], text: str) -> None:
    argv = [word.replace("{root}", str(house.root)).replace("{}", text) for word in call]
    check_output(house.call(*argv))
    with_json = check_output(house.call("--json", *argv))
    assert set(with_json.out) <= {chr(code) for code in (10, *range(32, 127))}


@settings(often, max_examples=100)
@given(text=arguments, call=st.sampled_from(CALLS))
def test_no_argument_reaches_the_terminal_as_it_is(
    house: House, text: str, call: list[str]
) -> None:
    assert_argument_is_safe(house, call, text)


@pytest.mark.grid
@pytest.mark.parametrize("call", CALLS)
@often
@given(text=arguments)
def test_no_argument_of_any_call_reaches_the_terminal_as_it_is(
    house: House, call: list[str], text: str
) -> None:
    assert_argument_is_safe(house, call, text)


@pytest.mark.grid
@pytest.mark.parametrize(
    "what", sample((name for name in HOSTILE if not name.startswith("many")), 3)
)
def test_names_of_folders_and_files_are_seen_and_not_obeyed(house: House, what: str) -> None:
    name = HOSTILE[what].replace("/", "_")[:60]
    odd = House(house.root / name)
    odd.write("port = 70000\nnonsense = 1\n")
    odd.write("file = 1\n", odd.config / "profiles" / f"{name}.toml")
    odd.write("keep = 1\n", odd.config / "profiles" / "x.toml")
    document = odd.write("port = true\n", odd.root / f"{name}.toml")
    plan = odd.root / f"{name}.json"
    for argv in (
        ["show"],
        ["check"],
        ["explain", "port"],
        ["profiles"],
        ["-p", "x", "show"],
        ["doctor"],
        ["plan", "--from", str(document)],
        ["plan", "--set", "port=25", "--out", str(plan)],
        ["apply", str(plan)],
        ["apply", str(plan), "--yes"],
    ):
        call_both(odd, *argv)
    assert_printable(odd.call("show", "--toml").out)


@pytest.mark.grid
def test_bytes_that_are_no_text_in_names_are_seen(house: House) -> None:
    folder = os.fsencode(house.root) + b"/\xff\xfe\x1b[2J"
    os.mkdir(folder)
    for argv in ([b"show"], [b"plan", b"--from", folder], [b"apply", folder], [b"-p", folder]):
        check_output(house.run(*argv))
        check_output(house.run(b"--json", *argv))
    check_output(house.run("show", XDG_CONFIG_HOME=os.fsdecode(folder)))

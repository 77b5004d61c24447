"""Whatever comes from outside, a terminal gets nothing but what can be seen."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.house import House, Result, assert_harmless, assert_printable

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


@pytest.fixture
def here(tmp_path: Path) -> House:
    return House(tmp_path)


def quoted(text: str) -> str:
    return f'"{"".join(f"{chr(92)}U{ord(char):08x}" for char in text)}"'


def seen(result: Result) -> Result:
    assert_harmless(result)
    return result


def one_document(result: Result) -> None:
    """JSON is in printable ASCII, whatever stands in it."""
    assert result.err == ""
    assert set(result.out) <= {chr(code) for code in (10, *range(32, 127))}
    assert json.loads(result.out)["schema"] == 1


def told(here: House, *argv: str) -> None:
    seen(here.call(*argv))
    one_document(here.call("--json", *argv))


def told_or_refused(here: House, argv: list[str]) -> None:
    for arguments in (argv, ["--json", *argv]):
        result = seen(here.call(*arguments))
        assert result.code in (0, 1, 2, 5, 64)


@pytest.mark.parametrize("what", HOSTILE)
def test_values_in_the_file_are_seen_and_not_obeyed(here: House, what: str) -> None:
    here.write("".join(f"{name} = {quoted(HOSTILE[what])}\n" for name in TEXTS))
    told(here, "explain", "pop3_server")
    told(here, "plan", *(f"--set={name}=x" for name in TEXTS))
    for command in ("show", "check"):
        told(here, command)
    assert_printable(here.call("show", "--toml").out)
    told(here, "apply", "--set", "display_name=x", "--yes", "--confirm", "default")
    result = here.run("show")
    assert_printable(seen(result).out)


@pytest.mark.parametrize("what", HOSTILE)
def test_keys_in_any_document_are_seen_and_not_obeyed(here: House, what: str) -> None:
    text = f"{quoted(HOSTILE[what])} = {quoted(HOSTILE[what])}\n"
    document = here.write(text, here.root / "document.toml")
    here.write(text, here.config / "profiles" / "x.toml")
    for argv in (["plan", "--from", str(document)], ["-p", "x", "show"], ["profiles"]):
        told(here, *argv)
    here.write(text)
    for argv in (["show"], ["check"], ["apply", "--set", "display_name=y"]):
        told(here, *argv)


@pytest.mark.parametrize("what", HOSTILE)
def test_arguments_are_seen_and_not_obeyed(here: House, what: str) -> None:
    text = HOSTILE[what]
    for argv in (
        [text],
        ["show", text],
        ["plan", f"--from=./{text}"[:4000]],
        ["apply", f"./{text}"[:4000]],
        ["-p", text, "show"],
    ):
        told_or_refused(here, argv)
    assert_printable(seen(here.run("show", f"--set=display_name={text}")).out)


@often
@given(text=texts)
def test_no_value_in_a_file_reaches_the_terminal_as_it_is(here: House, text: str) -> None:
    here.write("".join(f"{name} = {quoted(text)}\n" for name in TEXTS))
    for argv in (["show"], ["check"], ["explain", "user"], ["plan", "--set", "server=x.example"]):
        told(here, *argv)
    exported = here.call("show", "--toml").out
    assert_printable(exported)
    document = here.write(exported, here.root / "export.toml")
    told(here, "plan", "--from", str(document))


@often
@given(text=texts)
def test_no_key_in_a_file_reaches_the_terminal_as_it_is(here: House, text: str) -> None:
    here.write(f"{quoted(text)} = 1\n[{quoted(text + 'x')}]\n{quoted(text)} = 1\n")
    for argv in (["show"], ["check"], ["plan", "--from", str(here.settings)]):
        told(here, *argv)


@often
@given(text=arguments)
def test_no_argument_reaches_the_terminal_as_it_is(here: House, text: str) -> None:
    for argv in (
        [text],
        ["-p", text, "show"],
        ["show", text],
        ["show", "--set", text],
        ["plan", "--set", f"{text}=x"],
        ["plan", *(f"--set={name}={text}" for name in TEXTS)],
        ["check", f"--set=test_recipients={text}", f"--set=port={text}"],
        ["explain", text],
        ["plan", "--from", f"{here.root}/missing/{text}"],
        ["apply", f"{here.root}/missing/{text}"],
        ["apply", f"--attest={text}", "--confirm", text],
        ["profiles", "add", "x", f"--environment={text}"],
        ["profiles", "remove", text],
    ):
        seen(here.call(*argv))
        with_json = here.call("--json", *argv)
        seen(with_json)
        assert set(with_json.out) <= {chr(code) for code in (10, *range(32, 127))}


@pytest.mark.parametrize("what", [name for name in HOSTILE if not name.startswith("many")])
def test_names_of_folders_and_files_are_seen_and_not_obeyed(here: House, what: str) -> None:
    name = HOSTILE[what].replace("/", "_")[:60]
    odd = House(here.root / name)
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
        ["apply", str(plan), "--attest", "all", "--confirm", "default", "--yes"],
    ):
        told(odd, *argv)
    assert_printable(odd.call("show", "--toml").out)


def test_bytes_that_are_no_text_in_names_are_seen(here: House) -> None:
    folder = os.fsencode(here.root) + b"/\xff\xfe\x1b[2J"
    os.mkdir(folder)
    for argv in ([b"show"], [b"plan", b"--from", folder], [b"apply", folder], [b"-p", folder]):
        seen(here.run(*argv))
        seen(here.run(b"--json", *argv))
    seen(here.run("show", XDG_CONFIG_HOME=os.fsdecode(folder)))

"""Where secrets come from."""

import io
import os
import select
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.credentials.prompt import read_password, read_secrets
from tui.credentials.secret import Secret
from tui.errors import UsageError

CANARY = "c4nary-Pässword"
NAMES = ("password", "pop3_password", "sign_in")


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("abc", "abc"),
        ("abc\n", "abc"),
        ("abc\r\n", "abc"),
        ("abc\n\n", "abc\n"),
        ("abc\r", "abc\r"),
        (" abc \n", " abc "),
        ("a\nb\n", "a\nb"),
        ("pä\U0001f511\n", "pä\U0001f511"),
        ("\ufeffabc", "\ufeffabc"),
        ("a" * 4096, "a" * 4096),
        ("a" * 4096 + "\r\n", "a" * 4096),
    ],
)
def test_a_password_is_all_of_the_input_but_one_line_end(text: str, password: str) -> None:
    assert read_password(io.BytesIO(text.encode())).reveal() == password


def test_a_password_over_several_lines_says_so_by_its_shape() -> None:
    assert read_password(io.BytesIO(b"one\ntwo\n")).shape.controls


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "secrets.empty"),
        (b"\n", "secrets.empty"),
        (b"\r\n", "secrets.empty"),
        (CANARY.encode() * 300, "secrets.too-long"),
        (b"a" * 4096 + b"\n\n", "secrets.too-long"),
        (b"a" * 4097, "secrets.too-long"),
        (CANARY.encode("latin-1"), "secrets.encoding"),
        (b"c4nary\xed\xa0\x80", "secrets.encoding"),
    ],
)
def test_what_is_no_password_is_refused_without_repeating_it(data: bytes, code: str) -> None:
    usage_error(lambda: read_password(io.BytesIO(data)), code)


def test_secrets_come_by_name_with_their_values_as_they_are() -> None:
    lines = b"\npassword= a=b \r\n\r\nsign_in=p\xc3\xa4\x0b\xe2\x80\xa8x\npop3_password==\n  \n"
    secrets = read_secrets(io.BytesIO(lines), NAMES)
    assert {name: secret.reveal() for name, secret in secrets.items()} == {
        "password": " a=b ",
        "sign_in": "pä\x0b\u2028x",
        "pop3_password": "=",
    }


def test_no_lines_are_no_secrets() -> None:
    assert read_secrets(io.BytesIO(b""), NAMES) == {}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (f"{CANARY}", "secrets.no-equals-sign", 1),
        (f"\n{CANARY}=x", "secrets.unknown-name", 2),
        (f" password={CANARY}", "secrets.unknown-name", 1),
        (f"Password={CANARY}", "secrets.unknown-name", 1),
        (f"={CANARY}", "secrets.unknown-name", 1),
        (f"password={CANARY}\npassword={CANARY}", "secrets.name-twice", 2),
        (f"password={CANARY}\nsign_in=\n", "secrets.empty", 2),
        (f"sign_in={CANARY}\npassword=\r\n", "secrets.empty", 2),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_the_names_that_are_allowed(
    text: str, code: str, line: int
) -> None:
    error = usage_error(lambda: read_secrets(io.BytesIO(text.encode()), NAMES), code)
    assert f"Line {line} " in error.message
    assert all(name in error.hint for name in NAMES)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"password=" + CANARY.encode("latin-1"), "secrets.encoding"),
        (b"password=" + CANARY.encode() * 5000, "secrets.too-long"),
        (b"\n" * (64 * 1024 + 1), "secrets.too-long"),
    ],
)
def test_secrets_that_are_too_long_or_no_text_are_refused(data: bytes, code: str) -> None:
    usage_error(lambda: read_secrets(io.BytesIO(data), NAMES), code)


@given(st.text(st.characters(exclude_characters="\n\r", codec="utf-8"), min_size=1, max_size=500))
def test_any_line_of_text_is_a_secret_both_ways(value: str) -> None:
    assert read_password(io.BytesIO(value.encode())).reveal() == value
    named = read_secrets(io.BytesIO(f"password={value}\n".encode()), NAMES)
    assert named["password"].reveal() == value


@given(st.binary(max_size=200))
def test_no_input_breaks_the_readers(data: bytes) -> None:
    with suppress(UsageError):
        assert isinstance(read_password(io.BytesIO(data)), Secret)
    with suppress(UsageError):
        assert set(read_secrets(io.BytesIO(data), NAMES)) <= set(NAMES)


def test_what_is_typed_at_the_prompt_is_not_echoed() -> None:
    assert type_entries([CANARY]) == "Password: \nright\n"


def test_a_secret_to_confirm_is_asked_for_twice() -> None:
    assert type_entries([CANARY, CANARY], "confirm=True") == "Password: \nPassword again: \nright\n"


def test_lines_that_are_pasted_are_refused_not_cut() -> None:
    assert type_entries([f"{CANARY}\n{CANARY}"]) == "Password: \nsecrets.several-lines\n"


@pytest.mark.parametrize("first", ["", "\x04"])
def test_a_secret_that_need_not_be_typed_is_none(first: str) -> None:
    assert type_entries([first], call="ask_optional_secret") == "Password: \nnone\n"


def test_a_secret_that_need_not_be_typed_is_confirmed_all_the_same() -> None:
    shown = "Password: \nPassword again: \n"
    assert type_entries([CANARY, CANARY], call="ask_optional_secret") == f"{shown}right\n"
    assert type_entries([CANARY, ""], call="ask_optional_secret") == f"{shown}secrets.empty\n"


def test_two_different_entries_are_refused() -> None:
    assert type_entries([CANARY, "other"], "confirm=True").endswith("\nsecrets.different\n")


@pytest.mark.parametrize("nothing", ["", "\x04"])
def test_typing_nothing_is_refused(nothing: str) -> None:
    assert type_entries([nothing]).split() == ["Password:", "secrets.empty"]


def test_typing_what_is_not_text_is_refused() -> None:
    assert type_entries(["\udcff"]) == "Password: \nsecrets.encoding\n"


def test_the_prompt_works_while_standard_input_is_a_pipe() -> None:
    assert type_entries([CANARY], before="os.dup2(os.open(os.devnull, 0), 0)").endswith("right\n")


def test_without_a_terminal_nothing_is_asked() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROMPT.format(arguments="", before="", call="ask_secret")],
        input=f"{CANARY}\n".encode(),
        capture_output=True,
        start_new_session=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"secrets.no-terminal\n", b"")


PROMPT = f"""
import os
from tui.credentials.prompt import ask_secret, ask_optional_secret
from tui.errors import Problem
{{before}}
try:
    secret = {{call}}("Password", {{arguments}})
    print("none" if secret is None else "right" if secret.reveal() == {CANARY!r} else "wrong")
except Problem as error:
    print(error.code)
"""


def type_entries(
    entries: list[str], arguments: str = "", before: str = "", call: str = "ask_secret"
) -> str:
    """Return all that a terminal shows while `entries` are typed, each when prompted."""
    ours, theirs = os.openpty()
    code = "import os; os.login_tty(0)" + PROMPT.format(
        arguments=arguments, before=before, call=call
    )
    with subprocess.Popen([sys.executable, "-X", "utf8", "-c", code], stdin=theirs) as child:
        os.close(theirs)
        shown = ""
        with suppress(OSError):  # how the end of a terminal reads
            while select.select([ours], [], [], 20)[0]:
                shown += os.read(ours, 1024).decode()
                if entries and shown.endswith(": "):
                    end = "" if entries[0] == "\x04" else "\n"
                    os.write(ours, (entries.pop(0) + end).encode(errors="surrogateescape"))
        os.close(ours)
        assert child.wait(20) == 0
    return shown.replace("\r\n", "\n")


def usage_error(read: Callable[[], object], code: str) -> UsageError:
    """The error, once it is sure that nothing of the input is in it or around it."""
    with pytest.raises(UsageError) as caught:
        read()
    error = caught.value
    assert error.code == code
    assert error.__context__ is None
    here = error.__traceback__
    while here and "test_prompt" in here.tb_frame.f_code.co_filename:
        here = here.tb_next
    shown = traceback.TracebackException(type(error), error, here, capture_locals=True)
    text = "".join(shown.format())
    assert "c4nary" not in text
    assert "aaaa" not in text
    return error

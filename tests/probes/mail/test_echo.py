"""A secret that a server repeats is found, however it is encoded and wherever it is."""

import base64
import html
import quopri
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.credentials.secret import Secret
from tui.probes.mail.echo import repeats

ORDINARY = (
    "5.7.8 Username and Password not accepted. For more information, go to",
    "5.7.8  https://support.example/mail/?p=BadCredentials a640c23a62f3a-ab7bf22d3a5 - gsmtp",
    "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. "
    "[AM0PR0502CA0001.eurprd05.prod.example 2026-01-01T00:00:00.000Z 08DD0F1E2D3C4B5A]",
    "[AUTH] Authentication failed.",
    "2.1.5 Ok: queued as 4XyZ1234567",
)


def encode_escapes(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "capitals": str.upper,
    "backwards": lambda text: text[::-1],
    "hex": lambda text: text.encode().hex(),
    "hex in capitals": lambda text: text.encode().hex().upper(),
    "hex with colons": lambda text: text.encode().hex(":"),
    "hex with blanks": lambda text: text.encode().hex(" "),
    "hex as C": lambda text: ", ".join(f"0x{byte:02X}" for byte in text.encode()),
    "hex of UTF-16": lambda text: text.encode("utf-16-le").hex(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64, no padding": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64 of URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64, one byte later": lambda text: base64.b64encode(b"\0" + text.encode()).decode(),
    "base64, two bytes later": lambda text: base64.b64encode(b"\0u" + text.encode()).decode(),
    "base64 of PLAIN": lambda text: base64.b64encode(f"\0me@x\0{text}".encode()).decode(),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "percent": lambda text: quote(text, safe=""),
    "a form": quote_plus,
    "percent for all": encode_escapes,
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode(),
    "HTML": html.escape,
    "a literal": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "octal": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "hex of base64": lambda text: base64.b64encode(text.encode()).hex(),
    "base64 of hex": lambda text: base64.b64encode(text.encode().hex().encode()).decode(),
    "base64 of base64": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "base64 in a URL": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
}
# What can be sent; capitals of other letters may be no pair, as in "ß".
SECRETS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")),
    min_size=1,
    max_size=40,
)
AROUND = st.sampled_from(("", "no: ", "x", "5.7.8 [", "(", ") is wrong", " ", "=", "user/", "ab"))


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("secret", ["abc", "x9", "Canary-4711-xyz", "grün ü", "a&b <c>", "p%41+/="])
def test_an_encoding_is_seen_through(name: str, secret: str) -> None:
    for before, after in (("", ""), ("5.7.8 you said ", " (wrong)"), ("x", "y"), ("login:", ".")):
        assert repeats(f"{before}{ENCODINGS[name](secret)}{after}", [Secret(secret)])


@given(SECRETS, st.sampled_from([*ENCODINGS]), AROUND, AROUND)
def test_any_secret_is_found_in_any_encoding_anywhere(
    secret: str, name: str, before: str, after: str
) -> None:
    if name != "capitals" or secret.isascii():
        assert repeats(f"{before}{ENCODINGS[name](secret)}{after}", [Secret(secret)])


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_reply_repeats_nothing(text: str) -> None:
    for secret in ("hunter2", "Canary-4711-xyz", "correct horse battery staple", "Tr0ub4dor&3"):
        credentials = base64.b64encode(f"\0me@corp.example\0{secret}".encode()).decode()
        assert not repeats(text, [Secret(secret), Secret(credentials)])
    assert not repeats(text, [])


def test_the_beginning_of_a_long_secret_is_found_as_servers_cut_lines() -> None:
    sent = base64.b64encode(b"\0me@corp.example\0" + b"k7" * 90).decode()
    assert repeats(f"5.5.2 syntax error: AUTH PLAIN {sent[:40]}...", [Secret(sent)])
    assert not repeats("5.5.2 syntax error: AUTH PLAIN", [Secret(sent)])


def test_what_is_too_long_to_look_at_counts_as_found() -> None:
    assert repeats("x" * 9000, [Secret("hunter2")])


def test_a_hostile_text_takes_no_more_than_a_moment() -> None:
    sent = [Secret("k" * 4096), Secret(base64.b64encode(b"k" * 4096).decode())]
    for part in ("%25", "4142", "QUJD", "&amp;", "\\x5c"):
        since = time.process_time()
        repeats(part * (8000 // len(part)), sent)
        assert time.process_time() - since < 5


def test_no_surrogate_and_no_control_breaks_it() -> None:
    assert not repeats("\ud800\x00\udfff &#xd800; \\777 %zz =", [Secret("hunter2")])

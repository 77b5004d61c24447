"""The URL of an instance: whatever is given for it, one form of it is kept, or none."""

import re
import traceback

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.settings.factories import deterministic
from tui.errors import Problem
from tui.storage.instance import Instance
from tui.storage.instance_url import EXAMPLE, check_url

CANARY = "c4nary"
KEPT = re.compile(r"https://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?")


def refused(text: str) -> Problem:
    with pytest.raises(Problem) as raised:
        check_url(text)
    problem = raised.value
    assert CANARY not in problem.message + problem.hint
    assert CANARY not in "".join(traceback.format_exception_only(problem))
    return problem


def tried(text: str) -> str | Problem:
    """The URL that a text gives, or why it gives none."""
    try:
        return check_url(text)
    except Problem as problem:
        return problem


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://dev12345.service-now.com", EXAMPLE),
        ("https://dev12345.service-now.com/", EXAMPLE),
        ("HTTPS://DEV12345.Service-Now.Com", EXAMPLE),
        ("https://dev12345.service-now.com.", EXAMPLE),
        ("https:/dev12345.service-now.com", EXAMPLE),
        ("dev12345.service-now.com", EXAMPLE),
        ("dev12345.service-now.com/", EXAMPLE),
        ("dev12345", EXAMPLE),
        ("DEV12345.", EXAMPLE),
        ("https://dev12345", "https://dev12345"),
        ("dev12345:8443", "https://dev12345:8443"),
        ("https://snow.corp.example:443", "https://snow.corp.example:443"),
        ("snow.corp.example:00443", "https://snow.corp.example:443"),
        ("localhost", "https://localhost"),
        ("localhost:8443", "https://localhost:8443"),
        ("127.0.0.1:8443", "https://127.0.0.1:8443"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("[2001:DB8::0:25]", "https://[2001:db8::25]"),
        ("https://[::ffff:127.0.0.1]", "https://127.0.0.1"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("bücher", "https://xn--bcher-kva.service-now.com"),
        ("https://dev。example。", "https://dev.example"),
    ],
)
def test_a_url_is_kept_in_one_form(text: str, url: str) -> None:
    assert check_url(text) == url


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("http://dev12345.service-now.com", "scheme", "the sign-in would travel in clear"),
        ("ftp://dev12345.service-now.com", "scheme", "over https only."),
        (f"https://admin:{CANARY}@x.example", "password", "A password stands in the URL"),
        (f"admin:{CANARY}@x.example", "password", "A password stands in the URL"),
        (f"https://admin:a/{CANARY}@x.example", "password", "A password stands in the URL"),
        (f"https://admin:a b{CANARY}@x.example/p", "password", "A password stands in the URL"),
        (f"https://{CANARY}@x.example", "user", "before the @"),
        (f"https://x.example/{CANARY}", "path", "After the host comes a path."),
        (f"https://x.example\\{CANARY}", "path", "After the host comes a path."),
        (f"https://x.example?{CANARY}", "path", "After the host comes a query."),
        (f"https://x.example#{CANARY}", "path", "After the host comes a fragment."),
        (f"https://x.example/a?{CANARY}#b", "path", "a path and a query and a fragment."),
        ("https://x.example/login.do?u=a@b.example", "path", "a path and a query."),
        ("now/nav/ui/classic/params/target/x.do", "path", "After the host comes a path."),
        ("x.example/now/nav/ui/home", "path", "After the host comes a path."),
        ("https://x.example//", "path", "After the host comes a path."),
        (f" https://{CANARY}.example", "blanks", "blanks, or characters that do not show"),
        (f"https://{CANARY}.exam\u00a0ple", "blanks", "characters that do not show"),
        (f"https://{CANARY}.example\n", "blanks", "characters that do not show"),
        (f"https://{CANARY}\u202e.example", "blanks", "characters that do not show"),
        (f"https://{CANARY}\udcff.example", "blanks", "characters that do not show"),
        ("https://x.example:0", "port", "from 1 to 65535"),
        ("https://x.example:65536", "port", "from 1 to 65535"),
        ("https://x.example:000443", "port", "from 1 to 65535"),
        ("https://x.example:", "port", "from 1 to 65535"),
        (f"x.example:{CANARY}", "port", "from 1 to 65535"),
        ("https://x.example:８", "port", "from 1 to 65535"),
        ("::1", "host", "The host cannot be read."),
        ("https://[::1", "host", "The host cannot be read."),
        ("https://[127.0.0.1]", "host", "The host cannot be read."),
        ("https://[fe80::1%eth0]", "host", "with a zone"),
        ("https://1.2.3.4567", "host", "not a valid one"),
        ("https://1.2.3.４５６", "host", "not a valid one"),
        ("https://0.0.0.0", "host", "No host has this address."),
        ("", "host", "There is no host in the URL."),
        ("https://", "host", "There is no host in the URL."),
        ("https:///", "host", "There is no host in the URL."),
        ("dev_12345", "host", "letters, digits and hyphens"),
        (f"{CANARY},b", "host", "Only one host"),
        ("a..b", "host", "A part between two dots is empty."),
        ("☃️.example", "host", "not a valid international host name"),
    ],
)
def test_what_is_no_url_of_an_instance_is_told_why(text: str, code: str, words: str) -> None:
    problem = refused(text)
    assert (problem.code, problem.exit_code) == (f"instance.{code}", 1)
    assert words in problem.message
    if code == "password":
        assert "change it" in problem.hint
    else:
        assert EXAMPLE in problem.hint
    if code == "path":
        assert problem.hint.startswith("Keep only the host")


@pytest.mark.parametrize(
    ("url", "host", "is_loopback"),
    [
        (EXAMPLE, "dev12345.service-now.com", False),
        ("https://snow.corp.example:8443", "snow.corp.example:8443", False),
        ("https://localhost:8443", "localhost:8443", True),
        ("https://127.0.0.2", "127.0.0.2", True),
        ("https://[::1]", "[::1]", True),
        ("https://[::1]:8443", "[::1]:8443", True),
        ("https://[2001:db8::1]:8443", "[2001:db8::1]:8443", False),
    ],
)
def test_an_instance_tells_its_host(url: str, host: str, is_loopback: bool) -> None:
    assert check_url(url) == url
    assert Instance(url).host == host
    assert Instance(url).is_loopback is is_loopback


bits = st.sampled_from(
    [
        *("https://", "http://", "HTTPS:/", "//", "/", "?", "#", "\\", "@", ":", ":8443", ":0"),
        *("dev12345", ".", ".service-now.com", "[", "]", "::1", "[::1]", "127.0.0.1", "%", "-"),
        *("bücher", "。", "４", "xn--", "xn--bcher-kva", "\n", " ", "\u202e", "\x1b", CANARY),
    ]
)
texts = st.one_of(st.text(), st.lists(st.one_of(bits, st.characters()), max_size=8).map("".join))


@given(texts)
@example("https://dev12345.service-now.com:8443/")
@deterministic
def test_any_text_gives_a_url_without_path_user_and_controls_or_is_refused(text: str) -> None:
    outcome = tried(text)
    if isinstance(outcome, Problem):
        assert outcome.code.startswith("instance.")
        assert outcome.message
        assert outcome.hint
        return
    assert KEPT.fullmatch(outcome)
    assert check_url(outcome) == outcome
    assert Instance(outcome).is_loopback in (True, False)


@given(texts, st.text(min_size=3), texts)
@deterministic
def test_a_refusal_never_repeats_what_was_given(before: str, secret: str, after: str) -> None:
    secret = f"{CANARY}{secret}"
    for text in (f"https://{before}:{secret}@{after}", f"{before}{secret}{after}"):
        outcome = tried(text)
        if isinstance(outcome, Problem):
            assert CANARY not in outcome.message + outcome.hint


@given(st.from_regex(r"[a-z0-9]{1,9}", fullmatch=True), st.text(min_size=1))
@deterministic
def test_a_password_in_a_url_is_never_taken(user: str, password: str) -> None:
    problem = refused(f"https://{user}:{password}@dev12345.service-now.com")
    assert problem.code in ("instance.password", "instance.path", "instance.blanks")

"""Sign-in with a browser, by command line: the address, the paste, and the refresh token after."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.cli.desk import Desk, read_sign_in
from tests.cli.house import assert_harmless, read_tree
from tests.cli.site import Site, open_site
from tests.sampling import sample
from tests.sandbox.browser import sign_in_with_browser
from tui.credentials.keyring import Keyring
from tui.credentials.secret import Secret

SHOW = ("-p", "web", "show")


@pytest.fixture
def site(desk: Desk) -> Iterator[Site]:
    """A stand-in; its profile `web` keeps its sign-in, `once` does not."""
    with open_site(desk.root) as made:
        there = Site(desk, made.sandbox)
        client = made.sandbox.running.oauth.client_id
        there.add("web", "--sign-in", "browser", "--keep", "keyring", user=client)
        there.add("once", "--sign-in", "browser", user=client)
        yield there


def sign_in(site: Site, *argv: str, client_secret: str = "", paste: str = "") -> tuple[int, str]:
    """Sign in on a terminal; return the exit code and what was shown.

    Args:
        argv: the command.
        client_secret: what is typed for it.
        paste: what is pasted in place of the address that the browser ends at.
    """
    with site.house.on_terminal(*argv) as terminal:
        terminal.until("(just press Enter if it has none): ")
        assert not terminal.echoes
        terminal.type(f"{client_secret}\n")
        terminal.until("Code or address from the browser: ")
        assert not terminal.echoes
        found = re.search(r"https://\S+/oauth_auth\.do\?\S+", terminal.text)
        assert found
        address = paste or sign_in_with_browser(site.sandbox, found[0])
        terminal.type(f"{address}\n")
        code = terminal.end()
        assert address not in terminal.text
        return code, terminal.text


def kept(site: Site) -> dict[str, str]:
    found: dict[str, str] = json.loads(read_sign_in("web") or "{}")
    return found


def assert_nowhere(site: Site, *texts: str) -> None:
    for secret in texts:
        assert not [1 for data in read_tree(site.house.root).values() if secret.encode() in data]


@pytest.mark.parametrize("is_public", sample([True, False], 2))
def test_a_person_signs_in_once_and_nights_go_on_alone(site: Site, is_public: bool) -> None:
    secret = "" if is_public else site.sandbox.running.oauth.client_secret
    code, text = sign_in(site, *SHOW, client_secret=secret)
    assert code == 0
    assert "Open this address in any browser" in text
    assert "The sign-in is kept in SecretService." in text
    assert kept(site).keys() == {"refresh_token"} | ({"client_secret"} if secret else set())
    assert {each.user for each in site.sandbox.recorded if "/table/" in each.path} == {"admin"}
    for _ in range(2):
        alone = site.house.call(*SHOW, "--json")
        assert_harmless(alone)
        assert (alone.code, alone.err) == (0, "")
    asked = [each.body.decode() for each in site.sandbox.recorded if "token" in each.path]
    grants = [re.findall("grant_type=([a-z_]+)", body)[0] for body in asked]
    assert grants == ["authorization_code", "refresh_token", "refresh_token"]
    assert all((f"client_secret={secret}" in body) is bool(secret) for body in asked)


def test_a_profile_that_keeps_nothing_signs_in_once_for_a_whole_run(site: Site) -> None:
    save = ("apply", "--set", "test_recipients=a@corp.example", "--yes")
    code, _ = sign_in(site, "-p", "once", *save)
    assert code == 0
    assert [each.path for each in site.sandbox.recorded].count("/oauth_token.do") == 1
    assert read_sign_in("once") is None
    again = site.house.call("-p", "once", "show", "--json")
    assert (again.code, again.answer()["error"]["code"]) == (5, "sign-in.missing")
    assert "Sign in once on a terminal." in again.answer()["error"]["next"]


@pytest.mark.grid
def test_a_refresh_token_that_is_replaced_is_kept_in_its_place(site: Site) -> None:
    site.sandbox.browser.rotates = True
    sign_in(site, *SHOW)
    for _ in range(2):
        before = kept(site)["refresh_token"]
        assert site.house.call(*SHOW).code == 0
        assert kept(site)["refresh_token"] != before
    site.sandbox.switches.broken = True
    assert site.house.call(*SHOW).code == 1
    site.sandbox.switches.broken = False
    assert site.house.call(*SHOW).code == 0


@pytest.mark.grid
def test_doctor_keeps_the_replaced_one_too(site: Site) -> None:
    site.sandbox.browser.rotates = True
    sign_in(site, *SHOW)
    for _ in range(2):
        assert "Not read" not in site.house.call("-p", "web", "doctor").out


@pytest.mark.grid
def test_without_a_refresh_token_nothing_is_kept(site: Site) -> None:
    site.sandbox.browser.gives_refresh_tokens = False
    code, text = sign_in(site, *SHOW)
    assert code == 0
    assert "kept" not in text
    assert read_sign_in("web") is None


@pytest.mark.grid
def test_a_refresh_token_that_is_refused_is_forgotten_and_the_next_run_asks(site: Site) -> None:
    sign_in(site, *SHOW)
    site.sandbox.browser.revoke()
    refused = site.house.call(*SHOW)
    assert_harmless(refused)
    assert refused.code == 1
    assert "a refresh token expires: sign in again with the browser" in refused.words
    assert "It is no longer kept." in refused.words
    assert site.house.call(*SHOW).code == 5
    assert sign_in(site, *SHOW)[0] == 0


@pytest.mark.grid
def test_what_is_kept_and_is_no_browser_sign_in_is_forgotten(site: Site) -> None:
    Keyring().keep("web", "sign_in", Secret("s0mething-else"))
    refused = site.house.call(*SHOW)
    assert refused.code == 1
    assert "The stored browser sign-in can't be read." in refused.words
    assert "s0mething" not in refused.out + refused.err
    assert read_sign_in("web") is None


@pytest.mark.parametrize(
    ("paste", "code", "words"),
    [
        ("http://localhost/glidemail?code=c4nary&state=other", 5, "its state is different"),
        ("c4nary-code-of-nothing", 1, "didn't issue a token to OAuth client"),
        ("no c4nary", 5, "That isn't a code. Nothing was sent."),
    ],
)
def test_what_is_pasted_wrong_is_refused_in_words(
    site: Site, paste: str, code: int, words: str
) -> None:
    ended, text = sign_in(site, *SHOW, paste=paste)
    assert ended == code
    assert words in " ".join(text.split())
    assert "c4nary" not in text
    assert read_sign_in("web") is None


def test_a_wrong_secret_of_the_client_is_refused_and_not_repeated(site: Site) -> None:
    code, text = sign_in(site, *SHOW, client_secret="wr0ng-c4nary")
    assert code == 1
    assert "check the client in the Application Registry" in " ".join(text.split())
    assert "c4nary" not in text
    assert_nowhere(site, "c4nary")


def test_no_secret_is_taken_from_standard_input(site: Site) -> None:
    refused = site.call("show", profile="web", sign_in="c4nary")
    assert refused.code == 64
    assert "A browser sign-in doesn't take a secret from standard input." in refused.words
    where = ("--instance", site.host, "--environment", "non-production", "--user", "x")
    argv = ("profiles", "add", "more", *where, "--sign-in", "browser", "--keep", "keyring")
    refused = site.house.call(*argv, "--sign-in-stdin", stdin=b"c4nary")
    assert refused.code == 64
    assert "c4nary" not in refused.out + refused.err
    assert site.sandbox.recorded == []


@pytest.mark.grid
def test_nothing_of_the_sign_in_is_in_an_answer_or_a_file_or_another_place(site: Site) -> None:
    secret = site.sandbox.running.oauth.client_secret
    _, text = sign_in(site, *SHOW, client_secret=secret)
    tokens = {
        each.headers["authorization"].removeprefix("Bearer ")
        for each in site.sandbox.recorded
        if "authorization" in each.headers
    }
    hidden = [secret, kept(site)["refresh_token"], *tokens]
    for form in ((), ("--json",)):
        done = site.house.call(*SHOW, *form)
        assert not [each for each in hidden if each in done.out + done.err + text]
    for each in site.sandbox.recorded:
        if each.path != "/oauth_auth.do":
            assert not [one for one in hidden if one in f"{each.path} {each.query}"]
            assert (secret.encode() in each.body) is (each.path == "/oauth_token.do")
    assert_nowhere(site, *hidden)

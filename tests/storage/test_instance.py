"""Instances: their URL, what a profile says of one, the pinned name, the user, the certificates."""

import os
import re
import tomllib
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cli.house import House, open_house
from tests.settings.factories import deterministic
from tests.storage.factories import CERTIFICATE, write_profile
from tests.storage.fakes import run_as_ordinary_user, use_home
from tui.errors import Problem, Refusal
from tui.settings.values import Environment
from tui.storage.instance import (
    EXAMPLE_URL,
    Instance,
    SignInMethod,
    check_ca_file,
    check_url,
    check_user,
)
from tui.storage.profile import (
    Keep,
    Profile,
    add_profile,
    embedded_profile,
    load_profile,
    pin_instance_name,
    profiles_dir,
)

CANARY = "c4nary"
KEPT = re.compile(r"https://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?")
URL = "https://dev12345.service-now.com"
LEAST = f'instance = "{URL}"\nenvironment = "non-production"\nuser = "admin"\n'


def load_error(name: str = "corp") -> Problem:
    with pytest.raises(Problem) as raised:
        load_profile(name)
    assert CANARY not in raised.value.message + raised.value.hint
    return raised.value


def test_a_profile_of_an_instance_is_read(here: House) -> None:
    write_profile(here, LEAST)
    assert load_profile("corp") == Profile(
        "corp",
        embedded_profile("corp").file,
        Environment.NON_PRODUCTION,
        Keep.NOTHING,
        Instance(URL, SignInMethod.BASIC, "admin"),
    )


def test_a_profile_of_an_instance_can_say_more(here: House) -> None:
    write_profile(
        here,
        'instance = "snow.corp.example:8443"\nenvironment = "production"\nkeep = "keyring"\n'
        'sign_in = "client-credentials"\nuser = "0123abc"\nca_file = "~/corp.pem"\n'
        'instance_name = "corpprod"\n',
    )
    profile = load_profile("corp")
    assert (profile.environment, profile.keep) == (Environment.PRODUCTION, Keep.KEYRING)
    assert profile.instance == Instance(
        "https://snow.corp.example:8443",
        SignInMethod.CLIENT_CREDENTIALS,
        "0123abc",
        here.root / "home" / "corp.pem",
        "corpprod",
    )


def test_whoever_signs_in_with_an_api_key_has_no_user(here: House) -> None:
    api_key = 'sign_in = "api-key"\n'
    write_profile(here, LEAST.replace('user = "admin"\n', api_key))
    assert load_profile("corp").instance == Instance(URL, SignInMethod.API_KEY)
    write_profile(here, LEAST + api_key)
    assert load_error().code == "instance.user"
    assert "needs no user" in load_error().message


def test_a_file_of_certificates_is_meant_from_the_folder_of_the_profiles(here: House) -> None:
    write_profile(here, f'{LEAST}ca_file = "corp.pem"\n')
    instance = load_profile("corp").instance
    assert instance is not None
    assert instance.ca_file == profiles_dir() / "corp.pem"


@pytest.mark.parametrize(
    ("text", "line", "code", "words"),
    [
        (LEAST + 'sign_in = "oauth"\n', 4, "profile.value", "sign_in must be basic or api-key or "),
        (LEAST + 'sign_in = ""\n', 4, "profile.value", "sign_in must be basic or api-key or "),
        (LEAST + "instance_name = 1\n", 4, "profile.value", "instance_name must be a name"),
        (LEAST + 'instance_name = "\\u001b"\n', 4, "profile.value", "must be a name"),
        (LEAST + 'ca_file = ""\n', 4, "profile.value", "ca_file must be a path, in quotes."),
        (LEAST + 'ca_file = "~nosuchuser/x"\n', 4, "profile.value", "for the ~ in ca_file"),
        (LEAST + f'password = "{CANARY}"\n', 4, "profile.unknown-key", "has no password."),
        (LEAST + f'sign_in_secret = "{CANARY}"\n', 4, "profile.unknown-key", "a profile has no"),
        (LEAST + 'file = "mail.toml"\n', 4, "profile.file", "whose settings aren't in a file"),
        ("instance = 1\n", 1, "profile.value", "instance must be a URL, in quotes."),
        ('sign_in = "basic"\n', 1, "profile.no-instance", "the profile doesn't name one"),
        ('user = "admin"\n', 1, "profile.no-instance", "user is only for an instance"),
        ('ca_file = "a.pem"\n', 1, "profile.no-instance", "the profile doesn't name one"),
        ('instance_name = "dev"\n', 1, "profile.no-instance", "the profile doesn't name one"),
        (f'user = "a"\ninstance = "{URL}"\n', 2, "profile.environment", "mail may reach people"),
        (f'environment = "production"\ninstance = "{URL}"\n', 2, "instance.user", "is missing"),
        (LEAST.replace("admin", f"admin:{CANARY}"), 3, "instance.password", "contains a colon"),
        (LEAST.replace("admin", " admin"), 3, "instance.user", "has blanks around it"),
        (LEAST.replace("https", "http"), 1, "instance.scheme", "unencrypted"),
        (
            LEAST.replace("//", f"//u:{CANARY}@"),
            1,
            "instance.password",
            "The URL contains a password",
        ),
        (LEAST.replace(".com", f".com/{CANARY}"), 1, "instance.path", "The URL has a path"),
    ],
)
def test_what_does_not_go_together_in_a_profile_is_refused_with_its_line(
    here: House, text: str, line: int, code: str, words: str
) -> None:
    path = write_profile(here, text)
    problem = load_error()
    assert (problem.code, problem.exit_code) == (code, 1)
    assert problem.message.startswith(f"{path}, line {line}: ")
    assert words in problem.message
    assert problem.hint


def test_an_instance_whose_environment_is_not_said_is_told_what_to_add(here: House) -> None:
    write_profile(here, f'instance = "{URL}"\nuser = "admin"\n')
    problem = load_error()
    assert 'environment = "production" or environment = "non-production"' in problem.hint


def test_a_profile_of_an_instance_is_written_without_a_file(here: House) -> None:
    instance = Instance(URL, SignInMethod.BASIC, "admin")
    profile = Profile("corp", here.settings, Environment.PRODUCTION, Keep.NOTHING, instance)
    path = add_profile(profile)
    assert path.stat().st_mode & 0o777 == 0o600
    assert tomllib.loads(path.read_text()) == {
        "instance": URL,
        "sign_in": "basic",
        "user": "admin",
        "keep": "nothing",
        "environment": "production",
    }


def test_nothing_is_done_around_a_profile_whose_name_is_taken(here: House) -> None:
    done = []

    @contextmanager
    def around() -> Iterator[None]:
        done.append("before")
        yield
        done.append("after")

    path = add_profile(embedded_profile("corp"), around())
    assert done == ["before", "after"]
    with pytest.raises(Refusal):
        add_profile(embedded_profile("corp"), around())
    assert done == ["before", "after"]
    assert path.exists()


words = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters=":"), min_size=1)
users = st.builds(
    lambda way, name: (way, "" if way is SignInMethod.API_KEY else name),
    st.sampled_from(SignInMethod),
    words,
)
instances = st.builds(
    lambda url, user, ca_file, name: Instance(url, user[0], user[1], ca_file, name),
    st.sampled_from((URL, "https://localhost:8443", "https://[::1]:8443")),
    users,
    st.none() | words.map(lambda name: Path("/srv", name.replace("/", "_"))),
    st.just("") | words,
)


@given(instances, st.sampled_from(Environment), st.sampled_from(Keep), words)
@deterministic
def test_what_is_added_is_what_is_loaded_and_pinned(
    instance: Instance, environment: Environment, keep: Keep, name: str
) -> None:
    with pytest.MonkeyPatch.context() as patch, open_house() as house:
        use_home(house.root, patch)
        profile = Profile("corp", embedded_profile("corp").file, environment, keep, instance)
        add_profile(profile)
        assert load_profile("corp") == profile
        pinned = replace(profile, instance=replace(instance, name=instance.name or name))
        assert pin_instance_name(profile, instance.name or name) == pinned
        assert load_profile("corp") == pinned


# The name that an instance gives itself


def test_a_name_is_pinned_once_and_comments_stay(here: House) -> None:
    path = write_profile(here, f"# ours\n{LEAST}# the end\n")
    profile = pin_instance_name(load_profile("corp"), "dev12345")
    assert profile == load_profile("corp")
    assert profile.instance == Instance(URL, user="admin", name="dev12345")
    assert path.read_text() == f'# ours\n{LEAST}# the end\ninstance_name = "dev12345"\n'
    before = path.stat()
    assert pin_instance_name(profile, "dev12345") == profile
    assert path.stat() == before
    assert os.listdir(profiles_dir()) == ["corp.toml"]


def test_another_name_than_the_pinned_one_is_refused_with_both(here: House) -> None:
    path = write_profile(here, LEAST)
    seen_before = load_profile("corp")
    pin_instance_name(seen_before, "first")
    text = path.read_text()
    for profile in (seen_before, load_profile("corp")):
        with pytest.raises(Refusal) as raised:
            pin_instance_name(profile, "second")
        refusal = raised.value
        assert (refusal.code, refusal.exit_code) == ("instance.other", 5)
        assert 'dev12345.service-now.com now has the name "second"' in refusal.message
        assert 'it was "first"' in refusal.message
        assert f"remove instance_name from {path}" in refusal.hint
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("name", "shown"), [("", '""'), ("a\x1b[2J", '"a^[[2J"'), ("\u202eved", '"\\u{202e}ved"')]
)
def test_a_name_that_nobody_can_read_is_not_pinned(here: House, name: str, shown: str) -> None:
    path = write_profile(here, LEAST)
    with pytest.raises(Problem) as raised:
        pin_instance_name(load_profile("corp"), name)
    assert (raised.value.code, raised.value.exit_code) == ("instance.name", 1)
    assert shown in raised.value.message
    assert path.read_text() == LEAST


@pytest.mark.parametrize(
    "text", [None, 'file = "mail.toml"\n', LEAST.replace("dev12345", "dev99999")]
)
def test_a_name_is_not_pinned_in_a_profile_that_names_another_place_by_now(
    here: House, text: str | None
) -> None:
    path = write_profile(here, LEAST)
    profile = load_profile("corp")
    path.unlink()
    if text:
        write_profile(here, text)
    with pytest.raises(Refusal) as raised:
        pin_instance_name(profile, "dev12345")
    assert (raised.value.code, raised.value.exit_code) == ("profile.changed", 5)
    assert str(path) in raised.value.message
    assert (path.read_text() if text else path.exists()) == (text or False)


# The user and the certificates


@pytest.mark.parametrize(
    ("user", "sign_in", "code"),
    [
        ("", SignInMethod.BASIC, "instance.user"),
        ("", SignInMethod.CLIENT_CREDENTIALS, "instance.user"),
        (CANARY, SignInMethod.API_KEY, "instance.user"),
        (f"{CANARY} ", SignInMethod.BASIC, "instance.user"),
        (f"{CANARY}\n", SignInMethod.BASIC, "instance.user"),
        (f"admin:{CANARY}", SignInMethod.BASIC, "instance.password"),
        (f"admin:{CANARY}", SignInMethod.API_KEY, "instance.password"),
    ],
)
def test_a_user_that_does_not_fit_is_refused_and_not_repeated(
    user: str, sign_in: SignInMethod, code: str
) -> None:
    with pytest.raises(Problem) as raised:
        check_user(user, sign_in)
    assert raised.value.code == code
    assert CANARY not in raised.value.message + raised.value.hint


def test_a_user_that_fits_is_given_back() -> None:
    assert check_user("jörg@corp.example", SignInMethod.BASIC) == "jörg@corp.example"
    assert check_user("", SignInMethod.API_KEY) == ""


def test_a_file_of_certificates_is_taken_by_its_whole_path(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = here.write(f"# Corp\n{CERTIFICATE}", here.root / "corp.pem")
    (here.root / "link.pem").symlink_to(path)
    monkeypatch.chdir(here.root)
    assert check_ca_file(Path("corp.pem")) == path
    assert check_ca_file(Path("link.pem")) == here.root / "link.pem"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "doesn't exist, or isn't a file"),
        ("", "contains none that can be read"),
        (CANARY, "contains none that can be read"),
        (CERTIFICATE.replace("MII", "MIX"), "contains none that can be read"),
        ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "contains none that can be"),
    ],
)
def test_a_file_without_certificates_is_refused(here: House, text: str | None, words: str) -> None:
    path = here.root / f"{CANARY}.pem"
    if text is not None:
        here.write(text, path)
    assert words in ca_file_error(path).message


def test_what_is_no_file_holds_no_certificates(here: House) -> None:
    os.mkfifo(here.root / "pipe")
    for path in (here.root, here.root / "pipe", Path("/dev/zero")):
        assert "isn't a file" in ca_file_error(path).message
    for name in ("a\x1b.pem", "a\udcff.pem"):
        path = here.write(CERTIFICATE, here.root / name)
        assert "has invisible characters" in ca_file_error(path).message


def test_certificates_that_nobody_may_read_are_refused() -> None:
    with open_house() as house:
        path = house.write(CERTIFICATE, house.root / "corp.pem")
        path.chmod(0)
        assert run_as_ordinary_user(lambda: check_ca_file(path)) == "instance.ca-file"


def ca_file_error(path: Path) -> Problem:
    """Return why a file of certificates is refused."""
    with pytest.raises(Problem) as raised:
        check_ca_file(path)
    problem = raised.value
    assert (problem.code, problem.exit_code) == ("instance.ca-file", 1)
    assert CANARY not in problem.message
    assert "PEM" in problem.hint
    return problem


# The URL


def url_error(text: str) -> Problem:
    with pytest.raises(Problem) as raised:
        check_url(text)
    problem = raised.value
    assert CANARY not in problem.message + problem.hint
    assert CANARY not in "".join(traceback.format_exception_only(problem))
    return problem


def try_url(text: str) -> str | Problem:
    """The URL that a text gives, or why it gives none."""
    try:
        return check_url(text)
    except Problem as problem:
        return problem


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://dev12345.service-now.com", EXAMPLE_URL),
        ("https://dev12345.service-now.com/", EXAMPLE_URL),
        ("HTTPS://DEV12345.Service-Now.Com", EXAMPLE_URL),
        ("https://dev12345.service-now.com.", EXAMPLE_URL),
        ("https:/dev12345.service-now.com", EXAMPLE_URL),
        ("dev12345.service-now.com", EXAMPLE_URL),
        ("dev12345.service-now.com/", EXAMPLE_URL),
        ("dev12345", EXAMPLE_URL),
        ("DEV12345.", EXAMPLE_URL),
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
        ("http://dev12345.service-now.com", "scheme", "the sign-in would be sent unencrypted"),
        ("ftp://dev12345.service-now.com", "scheme", "only reached over https."),
        (f"https://admin:{CANARY}@x.example", "password", "The URL contains a password"),
        (f"admin:{CANARY}@x.example", "password", "The URL contains a password"),
        (f"https://admin:a/{CANARY}@x.example", "password", "The URL contains a password"),
        (f"https://admin:a b{CANARY}@x.example/p", "password", "The URL contains a password"),
        (f"https://{CANARY}@x.example", "user", "before the @"),
        (f"https://x.example/{CANARY}", "path", "The URL has a path after the host."),
        (f"https://x.example\\{CANARY}", "path", "The URL has a path after the host."),
        (f"https://x.example?{CANARY}", "path", "The URL has a query after the host."),
        (f"https://x.example#{CANARY}", "path", "The URL has a fragment after the host."),
        (
            f"https://x.example/a?{CANARY}#b",
            "path",
            "a path and a query and a fragment after the host.",
        ),
        ("https://x.example/login.do?u=a@b.example", "path", "a path and a query after the host."),
        ("now/nav/ui/classic/params/target/x.do", "path", "The URL has a path after the host."),
        ("x.example/now/nav/ui/home", "path", "The URL has a path after the host."),
        ("https://x.example//", "path", "The URL has a path after the host."),
        (f" https://{CANARY}.example", "blanks", "blanks or invisible characters"),
        (f"https://{CANARY}.exam\u00a0ple", "blanks", "characters"),
        (f"https://{CANARY}.example\n", "blanks", "characters"),
        (f"https://{CANARY}\u202e.example", "blanks", "characters"),
        (f"https://{CANARY}\udcff.example", "blanks", "characters"),
        ("https://x.example:0", "port", "from 1 to 65535"),
        ("https://x.example:65536", "port", "from 1 to 65535"),
        ("https://x.example:000443", "port", "from 1 to 65535"),
        ("https://x.example:", "port", "from 1 to 65535"),
        (f"x.example:{CANARY}", "port", "from 1 to 65535"),
        ("https://x.example:８", "port", "from 1 to 65535"),
        ("::1", "host", "The host isn't valid."),
        ("https://[::1", "host", "The host isn't valid."),
        ("https://[127.0.0.1]", "host", "The host isn't valid."),
        ("https://[fe80::1%eth0]", "host", "with a zone"),
        ("https://1.2.3.4567", "host", "isn't a valid IP address"),
        ("https://1.2.3.４５６", "host", "isn't a valid IP address"),
        ("https://0.0.0.0", "host", "No host can have this address."),
        ("", "host", "The URL has no host."),
        ("https://", "host", "The URL has no host."),
        ("https:///", "host", "The URL has no host."),
        ("dev_12345", "host", "letters, digits, hyphens"),
        (f"{CANARY},b", "host", "Enter one host only"),
        ("a..b", "host", "There is nothing between two of the dots."),
        ("☃️.example", "host", "isn't a valid international host name"),
    ],
)
def test_what_is_no_url_of_an_instance_is_told_why(text: str, code: str, words: str) -> None:
    problem = url_error(text)
    assert (problem.code, problem.exit_code) == (f"instance.{code}", 1)
    assert words in problem.message
    if code == "password":
        assert "change that password" in problem.hint
    else:
        assert EXAMPLE_URL in problem.hint
    if code == "path":
        assert problem.hint.startswith("Keep only the host")


@pytest.mark.parametrize(
    ("url", "host", "is_loopback"),
    [
        (EXAMPLE_URL, "dev12345.service-now.com", False),
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


url_bits = st.sampled_from(
    [
        *("https://", "http://", "HTTPS:/", "//", "/", "?", "#", "\\", "@", ":", ":8443", ":0"),
        *("dev12345", ".", ".service-now.com", "[", "]", "::1", "[::1]", "127.0.0.1", "%", "-"),
        *("bücher", "。", "４", "xn--", "xn--bcher-kva", "\n", " ", "\u202e", "\x1b", CANARY),
    ]
)
url_texts = st.one_of(
    st.text(), st.lists(st.one_of(url_bits, st.characters()), max_size=8).map("".join)
)


@given(url_texts)
@example("https://dev12345.service-now.com:8443/")
@deterministic
def test_any_text_gives_a_url_without_path_user_and_controls_or_is_url_error(text: str) -> None:
    outcome = try_url(text)
    if isinstance(outcome, Problem):
        assert outcome.code.startswith("instance.")
        assert outcome.message
        assert outcome.hint
        return
    assert KEPT.fullmatch(outcome)
    assert check_url(outcome) == outcome
    assert Instance(outcome).is_loopback in (True, False)


@given(url_texts, st.text(min_size=3), url_texts)
@deterministic
def test_a_refusal_never_repeats_what_was_given(before: str, secret: str, after: str) -> None:
    secret = f"{CANARY}{secret}"
    for text in (f"https://{before}:{secret}@{after}", f"{before}{secret}{after}"):
        outcome = try_url(text)
        if isinstance(outcome, Problem):
            assert CANARY not in outcome.message + outcome.hint


@given(st.from_regex(r"[a-z0-9]{1,9}", fullmatch=True), st.text(min_size=1))
@deterministic
def test_a_password_in_a_url_is_never_taken(user: str, password: str) -> None:
    problem = url_error(f"https://{user}:{password}@dev12345.service-now.com")
    assert problem.code in ("instance.password", "instance.path", "instance.blanks")


def test_a_client_certificate_and_its_key_are_paths_beside_the_profile(here: House) -> None:
    write_profile(here, f'{LEAST}client_certificate = "me.pem"\nclient_key = "keys/me.pem"\n')
    instance = load_profile("corp").instance
    assert instance
    assert instance.client_certificate == profiles_dir() / "me.pem"
    assert instance.client_key == profiles_dir() / "keys" / "me.pem"
    add_profile(replace(load_profile("corp"), name="copy"))
    assert load_profile("copy").instance == instance


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f'{LEAST}client_key = "me.pem"\n', "profile.value"),
        (f"{LEAST}client_certificate = 1\n", "profile.value"),
        ('client_certificate = "me.pem"\n', "profile.no-instance"),
    ],
)
def test_a_client_certificate_that_does_not_fit_is_told(here: House, text: str, code: str) -> None:
    write_profile(here, text)
    assert load_error().code == code

"""The command that probes: what it answers, what it tries, and what it never tells."""

import json
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.house import DEADLINE, House, Result, assert_harmless, program, read_tree
from tests.cli.site import Site
from tests.probes.factories import credential_forms
from tests.probes.mail_server import (
    HOST,
    PASSWORD,
    USER,
    Script,
    Traffic,
    pop3_script,
    repeat_credentials,
    serve,
    stay_silent,
)
from tests.probes.net.factories import trusted_file
from tests.servers.mail_servers import MailServers, mail_servers, wait_for
from tui.probes.stage import SenderFinding, StageResult

WRONG = "Canary-77-wrong"
SMTP_STAGES = [
    *("resolve", "connect", "greeting", "ehlo", "tls", "certificate", "auth", "login"),
    *("sender", "recipient", "quit"),
]
POP3_STAGES = [
    *("resolve", "connect", "greeting", "tls", "certificate", "capabilities", "login", "quit"),
]
HOSTILE = b"220 \x1b[31mred\x1b]0;t\x07 \xe2\x80\xae [bold]x[/bold] \xc2\x9b5n\r\n"


@pytest.fixture(autouse=True)
def _no_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody outside is asked about the sender."""

    async def nothing(**_: object) -> tuple[()]:
        return ()

    monkeypatch.setattr("tui.probes.sender.sender_checks.check_sender_domain", nothing)


@pytest.fixture(scope="module")
def servers() -> Iterator[MailServers]:
    with mail_servers() as started:
        yield started


def sets(**texts: object) -> tuple[str, ...]:
    return tuple(word for name, text in texts.items() for word in ("--set", f"{name}={text}"))


AGAIN = ("--json", "--login-again")


def draft(smtp: Traffic | None, read: Traffic | None = None, **more: object) -> tuple[str, ...]:
    """A draft that names servers, as options; with one alone it is the only one probed."""
    texts: dict[str, object] = {"server": HOST, "user": USER, "authenticate": "yes"}
    if smtp:
        texts |= {"port": smtp.port, "security": "starttls"}
    if read:
        texts |= {"pop3_port": read.port, "pop3_security": "starttls"}
    only = () if smtp and read else ("--smtp-only",) if smtp else ("--pop3-only",)
    return (*sets(**(texts | more)), *only, "--ca-file", str(trusted_file()))


def probe(house: House, *argv: str, password: str = PASSWORD) -> Result:
    """Runs the command in this process; no form of the password is in what it tells."""
    done = house.call("probe", *argv, "--password-stdin", stdin=f"{password}\n".encode())
    assert_harmless(done)
    assert_secretless(done)
    return done


def assert_secretless(done: Result) -> None:
    for text in (done.out, done.err):
        assert not [
            form for form in (*credential_forms(), *credential_forms(WRONG)) if form in text
        ]


def stage(answer: Any, name: str, part: str = "smtp") -> Any:
    return next(each for each in answer[part]["stages"] if each["stage"] == name)


def test_what_works_is_0_and_every_stage_is_answered_for(house: House) -> None:
    with serve(Script()) as smtp, serve(pop3_script()) as read:
        done = probe(house, *draft(smtp, read), "--recipient", "someone@mail.example", "--json")
    answer = done.answer()
    assert done.code == 0
    assert answer["vantage"].startswith("from ")
    assert [each["stage"] for each in answer["smtp"]["stages"]] == SMTP_STAGES
    assert [each["stage"] for each in answer["pop3"]["stages"]] == POP3_STAGES
    for part in ("smtp", "pop3"):
        for each in answer[part]["stages"]:
            assert list(each) == ["stage", "verdict", "code", "message", "next", "milliseconds"]
            assert each["verdict"] == "passed"
            assert each["code"].startswith(f"{part}.{each['stage']}.")
            assert isinstance(each["milliseconds"], int)
    assert (answer["not_tested"], answer["passed"], answer["sender"]) == ([], True, [])
    assert any(line == "> AUTH PLAIN (credentials)" for line in answer["transcript"])
    assert (smtp.logins, read.logins) == (1, 1)
    assert not {"DATA", "BDAT", "RETR", "DELE"} & {*smtp.verbs, *read.verbs}
    assert "RCPT" in smtp.verbs


def test_words_tell_each_stage_with_where_it_was_made_from_and_the_outcome_last(
    house: House,
) -> None:
    with serve(Script()) as smtp, serve(pop3_script()) as read:
        done = probe(house, *draft(smtp, read))
    lines = done.out.splitlines()
    marked = [line.split()[1] for line in lines if line[:3] in (" + ", " - ")]
    assert (done.code, marked) == (0, SMTP_STAGES + POP3_STAGES)
    assert "An instance may have another path and other firewalls." in done.words
    assert lines[-1] == "No tested stage failed. Not done: recipient."
    assert "Transcript (without passwords)" not in done.out
    assert all(len(line) <= 80 for line in lines[1:])


def test_the_transcript_is_shown_where_it_is_asked_for(house: House) -> None:
    with serve(Script()) as smtp:
        done = probe(house, *draft(smtp), "--transcript")
    assert "Transcript (without passwords)" in done.out
    assert "  > AUTH PLAIN (credentials)\n" in done.out


@pytest.mark.parametrize(
    ("password", "words"),
    [
        (b"\xef\xbb\xbfhunter2\r\n", "begins with a byte order mark"),
        (b"hunter2 \r\n", "ends with a blank"),
        (b"hun\xe2\x80\x8bter2", "has invisible characters"),
    ],
)
def test_what_is_odd_about_a_password_is_said_before_the_login_and_when_it_is_rejected(
    house: House, password: bytes, words: str
) -> None:
    with serve(Script()) as smtp:
        done = house.call("probe", *draft(smtp), "--password-stdin", stdin=password)
        asked = house.call("probe", *draft(smtp), *AGAIN, "--password-stdin", stdin=password)
        without = house.call("probe", *draft(smtp), *AGAIN[1:], "--no-login", stdin=password)
    assert f"The password {words}. It is sent unchanged." in " ".join(done.err.split())
    assert f"The password {words}." in stage(asked.answer(), "login")["next"]
    assert (asked.err, without.err) == ("", "")
    assert "hunter2" not in done.out + done.err + asked.out


def test_a_warning_is_0_and_a_hostile_greeting_is_only_text(house: House) -> None:
    with serve(Script(greeting=HOSTILE)) as smtp:
        given = draft(smtp, user="canary-user")
        argv = ("probe", *given, "--secrets-stdin", "--transcript")
        done = house.run(*argv, stdin=f"password={PASSWORD}\n".encode())
        answer = probe(house, *given, "--json").answer()
    assert_harmless(done)
    assert_secretless(done)
    assert done.code == 0
    assert "^[[31mred^[]0;t^G \\u{202e} [bold]x[/bold]" in done.words
    assert " ! greeting" in done.out
    assert stage(answer, "greeting")["verdict"] == "warned"


def test_a_wrong_password_is_1_and_is_tried_once_by_smtp_and_never_by_pop3(house: House) -> None:
    with serve(Script()) as smtp, serve(pop3_script()) as read:
        done = probe(house, *draft(smtp, read), "--json", password=WRONG)
    answer = done.answer()
    assert (done.code, answer["passed"]) == (1, False)
    assert stage(answer, "login")["code"] == "smtp.login.password"
    assert stage(answer, "sender")["verdict"] == "skipped"
    assert stage(answer, "login", "pop3")["code"] == "pop3.login.just-refused"
    assert (smtp.logins, read.logins) == (1, 0)
    assert not house.attestations.exists()


def test_a_server_that_repeats_the_password_does_not_have_it_told(house: House) -> None:
    script = Script(answers={"AUTH": repeat_credentials})
    with serve(script) as smtp:
        assert probe(house, *draft(smtp), "--transcript").code == 1
        assert probe(house, *draft(smtp), "--login-again", "--json").code == 1


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        ((), "there is no outgoing mail server"),
        (("--pop3-only",), "there is no incoming mail server"),
        (sets(server="mail.example", port="abc", pop3_server="-"), "Port is not valid"),
    ],
)
def test_what_tests_nothing_is_1_and_says_why(
    house: House, argv: tuple[str, ...], why: str
) -> None:
    only = () if "--pop3-only" in argv else ("--smtp-only",)
    done = house.call("probe", *argv, *only)
    assert done.code == 1
    assert why in done.words
    assert done.out.splitlines()[-1] == "Nothing was tested."
    answer = house.call("probe", *argv, *only, "--json").answer()
    assert answer["smtp"] == answer["pop3"] == {"stages": []}
    assert any(why in each for each in answer["not_tested"])
    assert answer["passed"] is False


@pytest.mark.parametrize(
    "argv",
    [
        *(("--deadline", each) for each in ("0", "601", "-1", "nan", "inf", "Canary-77", "1e9")),
        ("--smtp-only", "--pop3-only"),
        ("--password", "Canary-77"),
        ("--password=Canary-77",),
        ("--set", "password=Canary-77"),
        ("--set", "pop3_password=Canary-77"),
        ("--own-server", "--provider-server"),
        ("--dead", "5"),
    ],
)
def test_a_wrong_call_is_64_and_repeats_nothing(house: House, argv: tuple[str, ...]) -> None:
    with serve(Script()) as smtp:
        done = house.call("probe", *sets(server=HOST, port=smtp.port), *argv)
    assert_harmless(done)
    assert (done.code, done.out) == (64, "")
    assert "Canary" not in done.err
    assert smtp.connections == 0


@pytest.mark.parametrize("text", [None, "nothing", b"\xff\xfe"])
def test_certificates_that_cannot_be_used_are_said_before_anything_is_asked(
    house: House, text: str | bytes | None
) -> None:
    path = house.root / "Canary-77.pem"
    if text is not None:
        house.write(text, path)
    with serve(Script()) as smtp:
        done = house.call("probe", *sets(server=HOST, port=smtp.port), "--ca-file", str(path))
    assert_harmless(done)
    assert (done.code, done.out) == (1, "")
    assert "The file of certificates" in done.err
    assert "Canary" not in done.err
    assert smtp.connections == 0


def test_a_stranger_s_certificate_is_told_with_the_option_that_trusts_it(house: House) -> None:
    with serve(Script()) as smtp:
        done = probe(house, *draft(smtp)[:-2], "--json")
    found = stage(done.answer(), "certificate")
    assert found["code"] == "smtp.certificate.unknown-issuer"
    assert found["next"].endswith("Here: --ca-file FILE.")
    assert (done.code, smtp.logins) == (1, 0)


def test_no_login_tries_none(house: House) -> None:
    with serve(Script()) as smtp, serve(pop3_script()) as read:
        answer = probe(house, *draft(smtp, read), "--no-login", "--json").answer()
    assert stage(answer, "login")["code"] == "smtp.login.not-asked"
    assert stage(answer, "login", "pop3")["code"] == "pop3.login.not-asked"
    assert (smtp.logins, read.logins) == (0, 0)
    assert not house.attestations.exists()


def test_one_part_alone_leaves_the_other_server_alone(house: House) -> None:
    with serve(Script()) as smtp, serve(pop3_script()) as read:
        first = probe(house, *draft(smtp, read), "--smtp-only", "--json").answer()
        assert (smtp.connections, read.connections) == (1, 0)
        second = probe(house, *draft(smtp, read), "--pop3-only", "--json").answer()
        assert (smtp.connections, read.connections) == (1, 1)
    assert (first["pop3"]["stages"], second["smtp"]["stages"]) == ([], [])
    assert first["not_tested"] == ["POP3 was not asked for."]
    assert second["not_tested"] == ["SMTP was not asked for."]


def test_the_deadline_ends_what_says_nothing(house: House) -> None:
    with serve(Script(greeting=stay_silent)) as smtp:
        done = probe(house, *draft(smtp), "--deadline", "1", "--json")
    assert done.code == 1
    assert stage(done.answer(), "greeting")["verdict"] == "failed"


def test_the_draft_is_probed_and_what_is_saved_stays_as_it_is(house: House) -> None:
    house.write('server = "mail.corp.example"\nport = 25\n')
    before = read_tree(house.root)
    with serve(Script()) as smtp:
        assert probe(house, *draft(smtp), "--no-login").code == 0
        assert smtp.connections == 1
    assert read_tree(house.root) == before


def test_secrets_come_by_name_and_pop3_takes_its_own(house: House) -> None:
    with serve(Script()) as smtp, serve(pop3_script(password="Canary-77-other")) as read:
        argv = ("probe", *draft(smtp, read), "--secrets-stdin")
        stdin = f"password={PASSWORD}\npop3_password=Canary-77-other\n".encode()
        done = house.call(*argv, stdin=stdin)
    assert_secretless(done)
    assert (done.code, smtp.logins, read.logins) == (0, 1, 1)


def test_credentials_go_in_clear_only_where_that_is_allowed(house: House) -> None:
    script = Script(offers=("AUTH PLAIN",))
    with serve(script) as smtp:
        argv = draft(smtp, security="none")
        held = stage(probe(house, *argv, "--json").answer(), "login")
        assert held["code"] == "smtp.login.in-clear"
        assert held["next"].endswith("Here: --allow-cleartext.")
        assert smtp.logins == 0
        assert not any(form.encode() in smtp.clear for form in credential_forms())
        assert probe(house, *argv, "--allow-cleartext").code == 0
        assert smtp.logins == 1


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        (
            b"553 5.7.1 <other@mail.example>: Sender address rejected: not owned by user x\r\n",
            "sender-refused",
            "doesn't let this login send from this address",
        ),
        (
            b"550 5.1.8 <o@mail.example>: Sender address rejected: Domain not found\r\n",
            "sender-domain",
            "The sender's domain doesn't exist",
        ),
        (
            b"450 4.1.8 <o@mail.example>: Sender address rejected: Domain not found\r\n",
            "sender-domain",
            "The sender's domain doesn't exist",
        ),
        (
            b"554 5.7.1 <unknown[127.0.0.1]>: Client host rejected: Access denied\r\n",
            "client-blocked",
            "blocks the address that connects",
        ),
        (
            b"550 5.1.1 <x>: User unknown in local table\r\n",
            "recipient-unknown",
            "mailbox doesn't exist",
        ),
    ],
)
def test_what_is_refused_only_at_the_recipient_is_told_as_what_it_is(
    house: House, said: bytes, kind: str, words: str
) -> None:
    with serve(Script(answers={"RCPT": said})) as smtp:
        done = probe(house, *draft(smtp), "--recipient", "r@mail.example", "--json")
    found = stage(done.answer(), "recipient")
    assert found["code"] == f"smtp.recipient.{kind}"
    assert words in found["message"]
    assert done.code == (0 if found["verdict"] == "warned" else 1)


def server_options(servers: MailServers, *argv: str) -> tuple[str, ...]:
    texts = {
        "server": servers.host,
        "port": servers.ports["submission"],
        "security": "starttls",
        "user": servers.user,
        "authenticate": "yes",
        "pop3_port": servers.ports["pop3"],
        "pop3_security": "starttls",
    }
    return (*sets(**texts), "--ca-file", str(servers.ca_file), "--json", *argv)


def test_a_real_server_counts_one_login_with_a_wrong_password(
    house: House, servers: MailServers
) -> None:
    before = servers.logins()
    done = probe(house, *server_options(servers), password=WRONG)
    assert done.code == 1
    assert servers.logins() == before + 1


def test_a_real_server_counts_one_login_for_each_protocol_and_gets_no_mail(
    house: House, servers: MailServers
) -> None:
    before, mail = servers.logins(), servers.mail(servers.user)
    recipient = ("--recipient", "helpdesk@example.test")
    done = probe(house, *server_options(servers), *recipient, password=servers.password)
    assert done.code == 0, done
    assert servers.logins() == before + 2
    assert servers.mail(servers.user) == mail
    assert servers.password not in done.out


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_server_that_says_nothing_is_left_at_once(
    house: House, number: signal.Signals, code: int, form: tuple[str, ...]
) -> None:
    with (
        serve(Script(greeting=stay_silent)) as smtp,
        subprocess.Popen(
            [*program(), "probe", *draft(smtp), "--secrets-stdin", *form],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=house.environment,
            cwd=house.root,
        ) as process,
    ):
        assert process.stdin
        process.stdin.write(f"password={PASSWORD}\n".encode())
        process.stdin.close()
        process.stdin = None
        try:
            wait_for(lambda: smtp.connections == 1)
            process.send_signal(number)
            out, err = process.communicate(timeout=DEADLINE)
        finally:
            process.kill()
        assert smtp.gone.wait(DEADLINE)
    done = Result(process.returncode, out.decode(), err.decode())
    assert_harmless(done)
    assert_secretless(done)
    assert done.code == code
    if form:
        assert json.loads(done.out)["error"]["code"] == "stopped"
    else:
        assert done.words.startswith("glidemail: Stopped before it finished. Nothing was written.")


def test_on_an_instance_the_draft_is_probed_and_nothing_is_written(site: Site) -> None:
    before = site.state()
    argv = ("probe", *site.own, "--smtp-only", "--ca-file", str(site.sandbox.running.ca_file))
    answer = site.answer(*argv)
    assert (stage(answer, "login")["verdict"], answer["passed"]) == ("skipped", True)
    assert stage(answer, "login")["code"] == "smtp.login.no-password"
    assert stage(answer, "login")["next"].endswith("Here: --password-stdin.")
    known = site.answer(*argv, password=site.mail_password)
    assert stage(known, "login")["verdict"] == "passed"
    assert site.mail_password not in json.dumps(known)
    assert (site.state(), site.writes) == (before, [])


def test_on_an_instance_an_accepted_login_attests_that_the_password_is_known(site: Site) -> None:
    password = site.mail_password
    argv = ("probe", *site.own, "--smtp-only", "--ca-file", str(site.sandbox.running.ca_file))
    assert site.call(*argv, password=password).code == 0
    path = site.house.attestations.with_name("dev.toml")
    kept = path.read_text()
    assert kept.count("[[attestation]]") == 1
    assert 'condition = "password-known"' in kept
    assert 'who = "a probe from ' in kept
    assert password not in kept
    refused = site.call("apply", *site.own, password=password)
    assert refused.code == 5
    assert "[x] password-known Its password is known. (a probe from " in refused.words
    assert "[ ] reachable" in refused.words
    assert refused.words.count("a probe from") == 1


def test_on_an_instance_a_login_by_pop3_attests_nothing(site: Site) -> None:
    with serve(pop3_script()) as read:
        site.call("probe", *draft(None, read)[:-3], password=PASSWORD)
        assert not site.house.attestations.with_name("dev.toml").exists()


def test_for_a_local_file_an_accepted_login_attests_nothing(house: House) -> None:
    with serve(Script()) as smtp:
        assert probe(house, *draft(smtp)).code == 0
    assert not house.attestations.parent.exists()


def test_a_login_that_was_refused_is_not_repeated_unless_somebody_says_so(house: House) -> None:
    with serve(Script()) as smtp:
        argv = draft(smtp)
        assert probe(house, *argv, password=WRONG).code == 1
        again = probe(house, *argv, password=WRONG)
        assert (again.code, smtp.logins) == (5, 1)
        assert "could lock the account. Nothing was tested." in again.words
        assert "pass --login-again; otherwise pass --no-login" in again.words
        assert not [form for form in credential_forms(WRONG) if form in refused_logins_text(house)]
        assert probe(house, *argv, "--no-login").code == 0
        assert smtp.logins == 1
        assert probe(house, *argv, "--login-again").code == 0
        # It was accepted, and so nothing is remembered any more.
        assert probe(house, *argv).code == 0
        assert smtp.logins == 3


def refused_logins_text(house: House) -> str:
    return (house.root / "state" / "glidemail" / "refused-logins" / "default.toml").read_text()


@pytest.mark.parametrize(("answer", "attempts"), [("yes", 2), ("y", 1), ("", 1)])
def test_on_a_terminal_a_refused_login_takes_a_typed_yes(
    house: House, answer: str, attempts: int
) -> None:
    with serve(Script()) as smtp:
        argv = draft(smtp)
        probe(house, *argv, password=WRONG)
        with house.on_terminal("probe", *argv, "--password-stdin") as terminal:
            for _ in range(2):
                terminal.until(": ")
                terminal.type(f"{WRONG}\n")
            terminal.until("to skip the login: ")
            terminal.type(f"{answer}\n")
            assert terminal.end() == (1 if attempts == 2 else 0)
        assert smtp.logins == attempts


def test_what_was_refused_long_ago_or_cannot_be_read_is_told_so(house: House) -> None:
    path = house.root / "state" / "glidemail" / "refused-logins" / "default.toml"
    with serve(Script()) as smtp:
        argv = draft(smtp)
        row = f'server = "{HOST}"\nuser = "{USER}"\nwhen = "2020-01-01T00:00:00+00:00"\n'
        house.write(f"[[refused]]\n{row}", path)
        assert probe(house, *argv).code == 0
        house.write('[[refused]]\nserver = "x"\n', path)
        broken = probe(house, *argv)
    assert (broken.code, smtp.logins) == (1, 1)
    assert "contains a refused login that can't be read" in broken.words


def test_a_profile_that_is_removed_takes_its_refused_logins_with_it(house: House) -> None:
    house.call("profiles", "add", "dev")
    path = house.root / "state" / "glidemail" / "refused-logins" / "dev.toml"
    with serve(Script()) as smtp:
        probe(house, "-p", "dev", *draft(smtp), password=WRONG)
        assert path.exists()
        assert house.call("profiles", "remove", "dev").code == 0
        assert not path.exists()


def test_of_a_login_that_is_not_wanted_nothing_is_said_of_the_sender(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [
        SenderFinding(StageResult.PASSED, f"sender.{part}.x", "Said.") for part in ("login", "spf")
    ]

    async def sense(**_: object) -> tuple[SenderFinding, ...]:
        return tuple(told)

    monkeypatch.setattr("tui.probes.sender.sender_checks.check_sender_domain", sense)
    with serve(Script()) as smtp:
        for wanted, codes in (
            ("yes", ["sender.login.x", "sender.spf.x"]),
            ("no", ["sender.spf.x"]),
        ):
            argv = ("probe", *draft(smtp, authenticate=wanted), "--json")
            assert [each["code"] for each in house.call(*argv).answer()["sender"]] == codes

"""A client certificate in a profile, by command line: its paths, and the passphrase of its key."""

from pathlib import Path

import pytest
import trustme

from tests.cli.house import House, assert_harmless, read_tree
from tests.cli.site import Site
from tests.tls.client_certificates import PASSPHRASE, write_client
from tui.tls.client_certificate import ClientCertificate


@pytest.fixture
def client(site: Site) -> ClientCertificate:
    """A certificate whose key needs a passphrase; the profile `mutual` names both."""
    made = write_client(site.house.root, trustme.CA(), passphrase=PASSPHRASE)
    paths = ("--client-certificate", str(made.certificate), "--client-key", str(made.key))
    site.add("mutual", *paths)
    return made


@pytest.mark.parametrize(
    ("passphrase", "code"), [(PASSPHRASE, 0), ("wr0ng-c4nary", 1), ("", 64)], ids=str
)
def test_the_passphrase_is_asked_for_and_kept_nowhere(
    site: Site, client: ClientCertificate, passphrase: str, code: int
) -> None:
    with site.house.on_terminal("-p", "mutual", "show") as terminal:
        terminal.until("Passphrase of ")
        terminal.until("client-key.pem: ")
        assert not terminal.echoes
        terminal.type(f"{passphrase}\n")
        if passphrase:
            terminal.until("Password of admin at")
            terminal.type(f"{site.password()}\n")
        assert terminal.end() == code
        text = " ".join(terminal.text.split())
    assert ("can't be opened with that passphrase. Nothing was sent." in text) is (code == 1)
    assert "c4nary" not in text
    assert not [1 for data in read_tree(site.house.root).values() if b"c4nary" in data]
    assert bool(site.sandbox.recorded) is (code == 0)


def test_a_night_with_an_encrypted_key_is_refused_before_anything_is_sent(
    site: Site, client: ClientCertificate
) -> None:
    for form in ((), ("--json",)):
        refused = site.call("show", *form, profile="mutual")
        assert_harmless(refused)
        assert refused.code == 5
        assert "client-key.pem has a passphrase" in refused.words
    assert site.sandbox.recorded == []


def test_one_without_a_passphrase_needs_nobody(site: Site) -> None:
    made = write_client(site.house.root, trustme.CA())
    site.add("mutual", "--client-certificate", str(made.certificate), "--client-key", str(made.key))
    assert site.call("show", profile="mutual").code == 0
    assert made.key
    made.key.write_text("c4nary")
    broken = site.call("show", profile="mutual")
    assert_harmless(broken)
    assert broken.code == 1
    assert "client-key.pem as client_key: holds no private key" in broken.words
    assert "c4nary" not in broken.out + broken.err


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("--client-key", "KEY"), 64, "--client-key needs --client-certificate."),
        (("--client-certificate", "gone.pem"), 1, "isn't a file that you can read"),
        (("--client-certificate", "CERT", "--client-key", "."), 1, "isn't a file that you can"),
    ],
)
def test_paths_that_do_not_fit_add_no_profile(
    tmp_path: Path, argv: tuple[str, ...], code: int, words: str
) -> None:
    made, house = write_client(tmp_path, trustme.CA()), House(tmp_path)
    paths = {"CERT": str(made.certificate), "KEY": str(made.key)}
    given = [paths.get(word, word) for word in argv]
    where = ("--instance", "dev1", "--environment", "production", "--user", "admin")
    refused = house.call("profiles", "add", "mutual", *where, *given)
    assert refused.code == code
    assert words in refused.words
    assert not (house.config / "profiles").exists()
    alone = house.call("profiles", "add", "mutual", "--client-certificate", paths["CERT"])
    assert alone.code == 64

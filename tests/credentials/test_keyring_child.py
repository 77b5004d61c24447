"""The process that asks one keyring: what it replies, and that no reply contains too much."""

from collections.abc import Iterator
from typing import ClassVar

import pytest
from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import KeyringLocked

from tui.credentials.keyring_child import SERVICE, KeyringReply, handle_request

CANARY = "c4nary-P4ssword"
USER = "default/password"


class MemoryKeyring(KeyringBackend):
    """A keyring of this process; it raises `fault` if one is set."""

    priority = 1
    kept: ClassVar[dict[tuple[str, str], str]] = {}
    fault: ClassVar[Exception | None] = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.fault:
            raise self.fault
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.fault:
            raise self.fault
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class StubbornKeyring(MemoryKeyring):
    """A keyring that forgets nothing."""

    priority = 1

    def delete_password(self, service: str, username: str) -> None:
        pass


class UnusableKeyring(MemoryKeyring):
    """A keyring that cannot work here, which its priority says."""

    @properties.classproperty
    def priority(self) -> int:
        raise RuntimeError("no service")


@pytest.fixture(autouse=True)
def empty_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(MemoryKeyring, "fault", None)
    MemoryKeyring.kept.clear()
    yield
    MemoryKeyring.kept.clear()


def ask(
    do: str, secret: str | None = None, keyring: type[KeyringBackend] = MemoryKeyring
) -> KeyringReply:
    backend = f"{keyring.__module__}.{keyring.__qualname__}"
    return handle_request({"backend": backend, "do": do, "user": USER, "secret": secret})


def test_only_the_one_who_gets_a_secret_sees_it() -> None:
    assert ask("keep", CANARY) == {"found": True, "secret": None}
    assert MemoryKeyring.kept == {(SERVICE, USER): CANARY}
    assert ask("has") == {"found": True, "secret": None}
    assert ask("get") == {"found": True, "secret": CANARY}
    assert ask("forget")["secret"] is None
    assert ask("get") == {"found": False, "secret": None}


def test_forgetting_what_is_not_kept_is_no_failure() -> None:
    assert ask("forget") == {"found": False, "secret": None}


def test_a_keyring_that_takes_a_secret_and_does_not_hold_it_has_refused() -> None:
    backend = "keyring.backends.null.Keyring"
    reply = handle_request({"backend": backend, "do": "keep", "user": USER, "secret": CANARY})
    assert reply == {"failed": "refused", "why": "reading it back shows something else"}


def test_a_keyring_that_still_holds_a_forgotten_secret_has_refused() -> None:
    ask("keep", CANARY)
    reply = ask("forget", keyring=StubbornKeyring)
    assert reply == {"failed": "refused", "why": "it still holds the secret"}


@pytest.mark.parametrize("do", ["has", "get", "keep", "forget"])
def test_a_locked_keyring_is_told_as_such(do: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryKeyring, "fault", KeyringLocked(CANARY))
    assert ask(do, CANARY) == {"failed": "locked", "why": "locked"}


@pytest.mark.parametrize(
    ("do", "failed"),
    [("has", "unavailable"), ("get", "unavailable"), ("keep", "refused"), ("forget", "refused")],
)
def test_a_failure_names_the_exception_and_never_its_text(
    do: str, failed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemoryKeyring, "fault", ValueError(CANARY))
    assert ask(do, CANARY) == {"failed": failed, "why": "ValueError"}


def test_a_keyring_that_cannot_work_says_why() -> None:
    assert ask("has", keyring=UnusableKeyring) == {"failed": "unavailable", "why": "no service"}
    reply = handle_request(
        {"backend": "missing.Keyring", "do": "has", "user": USER, "secret": None}
    )
    assert reply == {"failed": "unavailable", "why": "No module named 'missing'"}

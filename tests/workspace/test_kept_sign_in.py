"""What a profile signs in with: kept where it says so, and forgotten once that is refused."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal
from tui.settings.values import Environment
from tui.storage.instance import Instance
from tui.storage.profile import Keep, Profile
from tui.targets.instance.api.response_errors import SignInRefused
from tui.workspace import kept_sign_in as signing_in
from tui.workspace.kept_sign_in import forgotten, keep_sign_in, kept_sign_in

CANARY = "c4nary-in-the-mine"
REFUSED = SignInRefused("instance.sign-in", "It refuses the sign-in.", "Type it anew.")
LOCKED = Problem("keyring.locked", "The keyring is locked.", "Unlock it.")


class Shelf:
    """A keyring that everybody shares."""

    kept: ClassVar[dict[tuple[str, str], Secret]] = {}
    broken: ClassVar[set[str]] = set()

    def get(self, profile: str, name: str) -> Secret | None:
        self._works("get")
        return self.kept.get((profile, name))

    def keep(self, profile: str, name: str, secret: Secret) -> str:
        self._works("keep")
        self.kept[profile, name] = secret
        return "Shelf"

    def forget(self, profile: str, name: str) -> None:
        self._works("forget")
        self.kept.pop((profile, name), None)

    def _works(self, do: str) -> None:
        if do in self.broken:
            raise LOCKED


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Shelf]]:
    monkeypatch.setattr(signing_in, "Keyring", Shelf)
    yield Shelf
    Shelf.kept.clear()
    Shelf.broken.clear()


def profile(keep: Keep = Keep.KEYRING) -> Profile:
    instance = Instance("https://dev12345.service-now.com", user="admin")
    return Profile("corp", Path("unused"), Environment.PRODUCTION, keep, instance)


def test_nothing_is_looked_for_where_nothing_is_kept(shelf: type[Shelf]) -> None:
    shelf.broken.add("get")
    assert kept_sign_in(profile(Keep.NOTHING)) is None


def test_what_is_kept_is_found_again_under_the_name_of_the_profile(shelf: type[Shelf]) -> None:
    assert kept_sign_in(profile()) is None
    assert keep_sign_in(profile(), Secret(CANARY)) == "Shelf"
    found = kept_sign_in(profile())
    assert found
    assert found.reveal() == CANARY
    assert list(shelf.kept) == [("corp", "sign_in")]


def test_a_keyring_that_does_not_answer_is_told(shelf: type[Shelf]) -> None:
    shelf.broken |= {"get", "keep"}
    with pytest.raises(Problem, match="locked"):
        kept_sign_in(profile())
    with pytest.raises(Problem, match="locked"):
        keep_sign_in(profile(), Secret(CANARY))


def test_what_is_refused_is_kept_no_longer(shelf: type[Shelf]) -> None:
    keep_sign_in(profile(), Secret(CANARY))
    told = asyncio.run(forgotten(profile(), REFUSED, Secret(CANARY)))
    assert isinstance(told, SignInRefused)
    assert told.message == "It refuses the sign-in. It is kept no longer."
    assert (told.code, told.hint) == (REFUSED.code, REFUSED.hint)
    assert shelf.kept == {}


def test_another_one_that_is_kept_stays(shelf: type[Shelf]) -> None:
    keep_sign_in(profile(), Secret("another"))
    assert asyncio.run(forgotten(profile(), REFUSED, Secret(CANARY))) is REFUSED
    assert len(shelf.kept) == 1


@pytest.mark.parametrize("keep", list(Keep))
def test_of_what_was_never_kept_nothing_is_said(shelf: type[Shelf], keep: Keep) -> None:
    assert asyncio.run(forgotten(profile(keep), REFUSED, Secret(CANARY))) is REFUSED


@pytest.mark.parametrize("broken", ["get", "forget"])
def test_what_cannot_be_forgotten_is_told(shelf: type[Shelf], broken: str) -> None:
    keep_sign_in(profile(), Secret(CANARY))
    shelf.broken.add(broken)
    told = asyncio.run(forgotten(profile(), REFUSED, Secret(CANARY)))
    assert told.message.endswith("It may still be kept: The keyring is locked.")
    assert CANARY not in told.message + told.hint


def test_a_refusal_keeps_its_kind(shelf: type[Shelf]) -> None:
    keep_sign_in(profile(), Secret(CANARY))
    refusal = Refusal("instance.other", "Another one.", "Look.")
    assert type(asyncio.run(forgotten(profile(), refusal, Secret(CANARY)))) is Refusal

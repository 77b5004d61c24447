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
from tui.workspace import sign_in
from tui.workspace.sign_in import SignIns, forget_refused

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
    monkeypatch.setattr(sign_in, "Keyring", Shelf)
    yield Shelf
    Shelf.kept.clear()
    Shelf.broken.clear()


def profile(keep: Keep = Keep.KEYRING) -> Profile:
    instance = Instance("https://dev12345.service-now.com", user="admin")
    return Profile("corp", Path("unused"), Environment.PRODUCTION, keep, instance)


def keep_typed(secret: str, profile: Profile) -> str:
    """Keep a secret as one that was typed and has signed in."""
    sign_ins = SignIns()
    sign_ins.set_typed(profile, Secret(secret))
    return sign_ins.save_to_keyring(profile)


def test_the_keyring_is_not_asked_where_the_profile_keeps_nothing(shelf: type[Shelf]) -> None:
    shelf.broken.add("get")
    assert SignIns().load(profile(Keep.NOTHING)) is None


def test_a_typed_secret_is_kept_under_the_name_of_the_profile(shelf: type[Shelf]) -> None:
    assert SignIns().load(profile()) is None
    assert keep_typed(CANARY, profile()) == "Shelf"
    found = SignIns().load(profile())
    assert found
    assert found.reveal() == CANARY
    assert list(shelf.kept) == [("corp", "sign_in")]


def test_a_secret_is_kept_once_and_only_where_the_profile_says_so(shelf: type[Shelf]) -> None:
    assert keep_typed(CANARY, profile(Keep.NOTHING)) == ""
    given = SignIns({"corp": Secret(CANARY)})
    assert given.save_to_keyring(profile()) == ""
    sign_ins = SignIns()
    sign_ins.set_typed(profile(), Secret(CANARY))
    assert (sign_ins.save_to_keyring(profile()), sign_ins.save_to_keyring(profile())) == (
        "Shelf",
        "",
    )


def test_a_keyring_that_does_not_answer_is_reported(shelf: type[Shelf]) -> None:
    shelf.broken |= {"get", "keep"}
    with pytest.raises(Problem, match="locked"):
        SignIns().load(profile())
    with pytest.raises(Problem, match="locked"):
        keep_typed(CANARY, profile())


def test_a_refused_secret_is_forgotten_and_not_looked_up_again(shelf: type[Shelf]) -> None:
    keep_typed(CANARY, profile())
    sign_ins = SignIns()
    assert sign_ins.load(profile())
    assert sign_ins.known(profile())
    sign_ins.forget_rejected(profile(), LOCKED)
    assert sign_ins.known(profile())
    sign_ins.forget_rejected(profile(), REFUSED)
    assert sign_ins.known(profile()) is None
    assert sign_ins.load(profile()) is None


def test_a_typed_secret_that_has_not_signed_in_is_forgotten_on_cancel(shelf: type[Shelf]) -> None:
    sign_ins = SignIns()
    sign_ins.set_typed(profile(), Secret(CANARY))
    sign_ins.forget_unverified(profile())
    assert sign_ins.known(profile()) is None
    sign_ins.set_typed(profile(), Secret(CANARY))
    sign_ins.save_to_keyring(profile())
    sign_ins.forget_unverified(profile())
    assert sign_ins.known(profile())


def test_what_is_refused_is_kept_no_longer(shelf: type[Shelf]) -> None:
    keep_typed(CANARY, profile())
    told = asyncio.run(forget_refused(profile(), REFUSED, Secret(CANARY)))
    assert isinstance(told, SignInRefused)
    assert told.message == "It refuses the sign-in. It is no longer kept."
    assert (told.code, told.hint) == (REFUSED.code, REFUSED.hint)
    assert shelf.kept == {}


def test_another_one_that_is_kept_stays(shelf: type[Shelf]) -> None:
    keep_typed("another", profile())
    assert asyncio.run(forget_refused(profile(), REFUSED, Secret(CANARY))) is REFUSED
    assert len(shelf.kept) == 1


@pytest.mark.parametrize("keep", list(Keep))
def test_of_what_was_never_kept_nothing_is_said(shelf: type[Shelf], keep: Keep) -> None:
    assert asyncio.run(forget_refused(profile(keep), REFUSED, Secret(CANARY))) is REFUSED


@pytest.mark.parametrize("broken", ["get", "forget"])
def test_what_cannot_be_forgotten_is_told(shelf: type[Shelf], broken: str) -> None:
    keep_typed(CANARY, profile())
    shelf.broken.add(broken)
    told = asyncio.run(forget_refused(profile(), REFUSED, Secret(CANARY)))
    assert told.message.endswith("It may still be kept: The keyring is locked.")
    assert CANARY not in told.message + told.hint


def test_a_refusal_keeps_its_kind(shelf: type[Shelf]) -> None:
    keep_typed(CANARY, profile())
    refusal = Refusal("instance.other", "Another one.", "Look.")
    assert type(asyncio.run(forget_refused(profile(), refusal, Secret(CANARY)))) is Refusal

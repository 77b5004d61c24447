"""Random instances behave as they say, and each can be made once more from its seed."""

import dataclasses

import pytest

from tests.sandbox.factories import (
    ACCOUNTS,
    PROPERTIES,
    find_account,
    get_senders,
    make_sandbox,
    sign_in,
)
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.worlds import (
    FLAWS,
    REACHED,
    SENDERS,
    Flaw,
    SenderKind,
    World,
    open_world,
    random_world,
    send_fresh_message,
)
from tui.sandbox.platform_switches import PlatformSwitches

SAMPLE = range(40)
BATCHES, BATCH_SIZE = 100, 100
"""How the worlds of the nightly run are cut, so that it can be spread over processes."""


def check_world(world: World) -> None:
    """Check that mail arrives in a world exactly if the world says so."""
    with open_world(world) as sandbox:
        received = send_fresh_message(sandbox)
        assert bool(received) == world.delivers, world
        if received:
            (message,) = received
            assert message.rcpt_tos == (world.test_user or "someone@corp.example",)


def test_mail_arrives_where_a_world_says_so() -> None:
    for seed in SAMPLE:
        check_world(random_world(seed))


@pytest.mark.grid
@pytest.mark.parametrize("batch", range(BATCHES))
def test_mail_arrives_where_any_world_says_so(batch: int) -> None:
    for seed in range(batch * BATCH_SIZE, (batch + 1) * BATCH_SIZE):
        check_world(random_world(seed))


def make_healthy_world() -> World:
    """Return a world with a sound own account and nothing in its way."""
    return dataclasses.replace(
        random_world(0),
        platform=PlatformSwitches(),
        switches={},
        sender="own",
        flaw="",
        sending="true",
        test_user="",
    )


@pytest.mark.parametrize("flaw", FLAWS)
@pytest.mark.parametrize("sender", ["own", "properties"])
def test_each_flaw_stops_mail(sender: SenderKind, flaw: Flaw) -> None:
    sound = dataclasses.replace(make_healthy_world(), sender=sender)
    assert sound.delivers
    check_world(sound)
    broken = dataclasses.replace(sound, flaw=flaw)
    assert not broken.delivers
    check_world(broken)


def test_mail_to_a_test_address_arrives_there_alone() -> None:
    world = dataclasses.replace(make_healthy_world(), test_user=REACHED)
    assert world.delivers
    check_world(world)


def test_a_seed_makes_the_same_world_each_time() -> None:
    assert [random_world(seed) for seed in SAMPLE] == [random_world(seed) for seed in SAMPLE]


def test_worlds_are_of_all_kinds() -> None:
    worlds = [random_world(seed) for seed in range(500)]
    assert {world.sender for world in worlds} == set(SENDERS)
    assert {world.flaw for world in worlds} == {"", *FLAWS}
    assert 0.2 < sum(world.delivers for world in worlds) / len(worlds) < 0.5
    for field in dataclasses.fields(World):
        if field.name not in ("platform", "switches"):
            assert len({getattr(world, field.name) for world in worlds}) > 1, field.name


@pytest.mark.parametrize("user", ["admin", "nobody"])
def test_a_client_can_read_a_world_before_its_minutes_pass(user: str) -> None:
    world = dataclasses.replace(make_healthy_world(), user=user)
    with open_world(world) as sandbox, sign_in(sandbox, world.user) as client:
        seen = client.get(ACCOUNTS).json()["result"]
        assert bool(seen) == (user == "admin")
        assert client.get(PROPERTIES).status_code == 200
        assert get_senders(sandbox) == ["Own SMTP"]
        assert find_account(sandbox, "Own SMTP")["sys_mod_count"] == "0"
        assert len(send_fresh_message(sandbox)) == 1


def test_only_minutes_of_a_manual_clock_can_be_played() -> None:
    with Sandbox() as sandbox, pytest.raises(RuntimeError, match="manual clock"):
        sandbox.play(1)


def test_what_was_played_before_is_not_returned_again() -> None:
    with make_sandbox() as sandbox:
        start = sandbox.now
        first, second = sandbox.play(3), sandbox.play(3)
        assert len(first) == 4  # what was queued, younger than the look-back
        assert second == []
        assert (sandbox.now - start).total_seconds() == 6 * 60

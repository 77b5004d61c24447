"""What shows that a user has a right: what was read, else a role, else nothing."""

import pytest

from tui.settings.rights import NEEDS, Holding, Right, find_rights

WRITES = {
    Right.CHANGE_PROPERTIES,
    Right.CHANGE_ACCOUNTS,
    Right.SEND_TEST,
    Right.RELEASE_MAIL,
}


def holdings(roles: tuple[str, ...] | None, *read: Right) -> dict[Right, tuple[Holding, str]]:
    return {each.right: (each.holding, each.role) for each in find_rights(roles, read)}


def test_every_right_names_commands_and_roles() -> None:
    assert NEEDS.keys() == set(Right)
    for needs in NEEDS.values():
        assert needs.commands
        assert "admin" in needs.roles
        assert needs.unconfirmed <= set(needs.roles)


def test_an_admin_has_every_right_by_role() -> None:
    assert set(holdings(("admin",)).values()) == {(Holding.BY_ROLE, "admin")}


@pytest.mark.parametrize(
    ("role", "gives"),
    [
        ("email_api_send", {Right.SEND_TEST}),
        ("email_admin", {Right.READ_EMAILS, Right.RELEASE_MAIL}),
        ("email_log_viewer", {Right.READ_EMAILS}),
        ("email_account_admin", {Right.READ_SETTINGS, Right.READ_ACCOUNTS, Right.CHANGE_ACCOUNTS}),
        ("itil", set()),
    ],
)
def test_a_role_gives_what_documents_say_or_let_infer(role: str, gives: set[Right]) -> None:
    found = holdings((role,))
    assert {right for right, each in found.items() if each == (Holding.BY_ROLE, role)} == gives
    assert {right for right, each in found.items() if each == (Holding.NO_ROLE, "")} == (
        set(Right) - gives
    )


def test_what_was_read_needs_no_role_and_what_is_written_is_never_known_so() -> None:
    read = tuple(set(Right) - WRITES)
    found = holdings(None, *read)
    assert {found[right] for right in read} == {(Holding.READ, "")}
    assert {found[right] for right in WRITES} == {(Holding.UNKNOWN, "")}


def test_what_was_read_in_part_is_no_plain_yes() -> None:
    (first, *_) = find_rights(("admin",), (), {Right.READ_SETTINGS})
    assert (first.right, first.holding) == (Right.READ_SETTINGS, Holding.PARTLY)

"""The table of rights fits 80 columns, and cuts no role."""

from tui.presentation.rights_text import rights_lines
from tui.settings.rights import NEEDS, Right, find_rights
from tui.terminal.layout import width


def test_the_table_fits_80_columns_and_cuts_nothing() -> None:
    for roles in (None, (), ("admin",), ("email_account_admin", "email_log_viewer")):
        lines = list(rights_lines(find_rights(roles, ())))
        assert max(map(width, lines)) <= 80
        shown = " ".join(lines)
        assert "…" not in shown
        for needs in NEEDS.values():
            assert all(role in shown for role in needs.roles)


def test_a_role_that_is_only_inferred_is_marked() -> None:
    lines = list(rights_lines(find_rights(("admin",), ())))
    (properties,) = [line for line in lines if line.strip().startswith(Right.CHANGE_PROPERTIES)]
    assert properties.split()[-5:] == ["admin", "yes,", "by", "role", "admin"]
    (release,) = [line for line in lines if line.strip().startswith(Right.RELEASE_MAIL)]
    assert release.endswith("yes, by role admin *")
    assert any(line.startswith("  * Not confirmed:") for line in lines)

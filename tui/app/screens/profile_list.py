"""Choosing the profile to work on."""

from collections.abc import Mapping

from tui.app.screens.pick_list import PickList, PickRow
from tui.app.widgets.lines import MARKS
from tui.errors import Problem
from tui.presentation.value_text import short_path
from tui.settings.values import Environment
from tui.storage.profile import Profile
from tui.workspace.session import Session


def pick_profile(session: Session, profiles: Mapping[str, Profile | Problem]) -> PickList:
    """Asks for one of the profiles; gives back its name.

    Args:
        session: what is worked on now.
        profiles: by their names; of one that cannot be read, what is wrong with it.
    """
    here = session.profile.name
    rows = [_row(name, found, here=name == here) for name, found in profiles.items()]
    return PickList(session, "Work on which profile?", rows)


def _row(name: str, found: Profile | Problem, *, here: bool) -> PickRow:
    if isinstance(found, Problem):
        return PickRow(name, f"x {name}", found.message, MARKS["x"])
    tag, where = "FILE", short_path(str(found.file))
    if found.instance:
        is_test = found.environment is Environment.NON_PRODUCTION
        tag, where = "NON-PROD" if is_test else "PRODUCTION", found.instance.host
    words = f"{name} (this one)" if here else name
    return PickRow(name, words, f"{tag:<10}  {where}")

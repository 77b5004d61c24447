"""The list of profiles to work on."""

from collections.abc import Mapping

from tui.app.screens.pick_list import PickList, PickRow
from tui.app.widgets.lines import MARKS
from tui.errors import Problem
from tui.presentation.value_text import short_path
from tui.settings.values import Environment
from tui.storage.profile import Profile
from tui.workspace.session import Session


def make_profile_list(session: Session, profiles: Mapping[str, Profile | Problem]) -> PickList:
    """Return a list of profiles to pick from; its answer is the name.

    Args:
        session: what is worked on now.
        profiles: profiles by name, or what is wrong with one that cannot be read.
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

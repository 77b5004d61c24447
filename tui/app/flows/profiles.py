"""The profiles: opening, adding, changing and removing one."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui.app.dialogs import Dialogs
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.profile_dialog import ProfileDialog
from tui.app.screens.profile_list import CHANGE, NEW, OPEN, ProfileList
from tui.app.widgets.lines import prose
from tui.errors import Problem
from tui.presentation import profile_text as words
from tui.presentation.status_text import short_message
from tui.settings.values import Environment
from tui.storage.profile import (
    DEFAULT,
    Keep,
    Profile,
    add_profile,
    is_built_in,
    load_profile,
    load_profiles,
    profile_names,
)
from tui.threads import run_detached
from tui.workspace.editing import Editing
from tui.workspace.profile_changes import ProfileEntry, change, is_other_user, remove
from tui.workspace.workspace import Workspace


class ProfilesFlow:
    """The profiles, and what can be done with one."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs
        self._said = ""

    async def run(self, action: str) -> Profile | None:
        """Do something with the profile that is worked on, or with one from the list.

        Args:
            action: `list`, `new`, `change`, `remove`, `environment` or `keep`.

        Returns:
            The profile to work on next; None to go on with this one.
        """
        name, self._said = self._workspace.profile.name, ""
        try:
            match action:
                case "list":
                    return await self._choose(name)
                case "environment":
                    await self._set_environment(name)
                case "keep":
                    await self._set_keep(name)
                case "new":
                    added = await self._add()
                    return await self._choose(added.name) if added else None
                case "change":
                    return await self._change(name)
                case _:
                    return await self._remove(name)
        except Problem as problem:
            self._dialogs.say("The profile was not changed.")
            await self._dialogs.show_problem("The profile was not changed", problem)
        return None

    async def _choose(self, name: str) -> Profile | None:
        """Return the profile that is picked from the list."""
        while True:
            try:
                profiles = dict(await asyncio.to_thread(lambda: list(load_profiles())))
            except Problem as problem:
                await self._dialogs.show_problem("The profiles can't be listed", problem)
                return None
            dialog = ProfileList(self._dialogs.session, profiles, name, self._said)
            action, _, picked = (await self._dialogs.ask(dialog) or "").partition(":")
            self._said = ""
            if not action:
                return None
            name = picked or name
            if action == OPEN:
                return await self._open(name, profiles[name])
            try:
                if action == NEW:
                    added = await self._add()
                    name = added.name if added else name
                elif opened := await (self._change if action == CHANGE else self._remove)(name):
                    return opened
            except Problem as problem:
                await self._dialogs.show_problem("The profile was not changed", problem)

    async def _open(self, name: str, found: Profile | Problem) -> Profile | None:
        if isinstance(found, Problem):
            await self._dialogs.show_problem("That profile cannot be opened", found)
            return None
        if name == self._workspace.profile.name:
            self._dialogs.say(f"This is {name} already.")
            return None
        return found

    async def _add(self) -> Profile | None:
        entry, trouble = ProfileEntry(), ""
        taken = await asyncio.to_thread(profile_names)

        def find_problems(entry: ProfileEntry) -> Mapping[str, str]:
            return words.entry_problems(entry.find_problems(taken))

        while True:
            session = self._dialogs.session
            dialog = ProfileDialog(session, "New profile", entry, find_problems, words=trouble)
            answer = await self._dialogs.ask(dialog)
            if answer is None:
                return None
            entry = answer
            try:
                profile = entry.to_profile()
                await asyncio.to_thread(add_profile, profile)
            except Problem as problem:
                trouble = problem.message
                continue
            self._say(words.added_words(profile))
            self._said += " Enter opens it."
            return profile

    async def _change(self, name: str) -> Profile | None:
        """Change a profile; return it if it has to be opened again, as another user."""
        before = await asyncio.to_thread(load_profile, name)
        is_here = name == self._workspace.profile.name
        entry, trouble = ProfileEntry.from_profile(before), ""

        def find_problems(entry: ProfileEntry) -> Mapping[str, str]:
            return words.entry_problems(entry.find_problems())

        while True:
            place = words.place_words(before)
            title = f"Change profile {name}"
            session = self._dialogs.session
            dialog = ProfileDialog(session, title, entry, find_problems, place, trouble)
            answer = await self._dialogs.ask(dialog)
            if answer is None:
                return None
            entry = answer
            try:
                after = entry.apply_to(before)
                if is_here and is_other_user(before, after) and self._workspace.editing.changed:
                    trouble = words.SAVE_FIRST
                    continue
                await self._write(before, after)
            except Problem as problem:
                trouble = problem.message
                continue
            return after if is_here and is_other_user(before, after) else None

    async def _write(self, before: Profile, after: Profile) -> None:
        """Write a changed profile, and go on with it if it is the one that is worked on."""
        workspace = self._workspace
        _, troubles = await run_detached(lambda: change(before, after, workspace.session.settings))
        said = words.changed_words(after)
        if is_other_user(before, after):
            workspace.sign_ins.forget(after)
        elif after.name == workspace.profile.name:
            workspace.adopt_profile(after)
            said = await self._read_again() or said
        await self._show_not_forgotten(troubles)
        self._say(said)

    async def _read_again(self) -> str:
        """Read again what follows from the profile, under the edits; return why not, or ""."""
        workspace = self._workspace
        if workspace.session.is_read:
            try:
                workspace.rebase(await workspace.read(self._dialogs))
            except Problem as problem:
                return short_message(problem, workspace.session)
        return ""

    def _say(self, said: str) -> None:
        """Say something in the list, if that is shown next, and in the status line."""
        self._said = said
        self._dialogs.say(said)

    async def _remove(self, name: str) -> Profile | None:
        """Remove a profile; return the one to open if it was the one that is worked on."""
        workspace, dialogs = self._workspace, self._dialogs
        is_here = name == workspace.profile.name
        if is_built_in(name):
            self._say(words.BUILT_IN)
            return None
        next_one = await asyncio.to_thread(load_profile, DEFAULT) if is_here else None
        try:
            profile = await asyncio.to_thread(load_profile, name)
        except Problem:
            profile = None
        editing = workspace.leave_field() if is_here else None
        lines = words.removal_lines(profile, editing)
        answers = [("cancel", "Cancel"), ("remove", "Remove")]
        title = f"Remove profile {name}?"
        dialog = MessageDialog(dialogs.session, title, prose(*lines), answers)
        if await dialogs.ask(dialog) != "remove":
            return None
        if editing:
            workspace.change(Editing.from_session(editing.session))
            workspace.discard_draft()
        removal = await run_detached(lambda: remove(name, workspace.session.settings))
        if profile:
            workspace.sign_ins.forget(profile)
        self._say(words.removed_words(name, profile))
        await self._show_not_forgotten(removal.not_forgotten)
        if name == DEFAULT and next_one:
            next_one = await asyncio.to_thread(load_profile, DEFAULT)
        return next_one

    async def _set_environment(self, name: str) -> None:
        before = await asyncio.to_thread(load_profile, name)
        session = self._dialogs.session
        now = before.environment or Environment.PRODUCTION
        dialog = MessageDialog(
            session,
            words.environment_question(before),
            prose(*words.environment_lines(session.facts, before.environment)),
            [("cancel", "Cancel"), *((str(each), words.label(each)) for each in Environment)],
            focus=str(now),
        )
        answer = await self._dialogs.ask(dialog)
        if answer not in (None, "cancel"):
            await self._write(before, replace(before, environment=Environment(answer)))

    async def _set_keep(self, name: str) -> None:
        before = await asyncio.to_thread(load_profile, name)
        is_kept = before.keep is Keep.KEYRING
        title, accept, lines = words.keep_question(before)
        answers = [("cancel", "Cancel"), ("do", accept)]
        dialog = MessageDialog(self._dialogs.session, title, prose(*lines), answers)
        if await self._dialogs.ask(dialog) == "do":
            keep = Keep.NOTHING if is_kept else Keep.KEYRING
            self._dialogs.say("Trying the keyring.")
            await self._write(before, replace(before, keep=keep))

    async def _show_not_forgotten(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            await self._dialogs.show_problem("Not everything was forgotten", problem)

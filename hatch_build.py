"""What the build of a wheel adds to it: the man page, and the scripts that complete a command."""

import os
import shutil
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MAN_PAGE = "share/man/man1/glidemail.1"
SCRIPTS = {
    "bash": "share/bash-completion/completions/glidemail",
    "zsh": "share/zsh/site-functions/_glidemail",
    "fish": "share/fish/vendor_completions.d/glidemail.fish",
}
"""Where each shell looks for the script that completes a command, below the prefix."""


class ManualHook(BuildHookInterface):  # type: ignore[type-arg]
    """Writes the manual while a wheel is built, from what the commands declare."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the files to a folder of their own and add them to the wheel."""
        # What is imported needs Python alone: a build has none of the dependencies.
        sys.path.insert(0, self.root)
        from tui.cli.completion import completion_script
        from tui.cli.man_page import man_page

        self._folder = Path(tempfile.mkdtemp(prefix="glidemail-manual-"))
        files = {MAN_PAGE: man_page(build_day())}
        files |= {place: completion_script(shell) for shell, place in SCRIPTS.items()}
        for place, text in files.items():
            path = self._folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            build_data["shared_data"][str(path)] = place

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Delete the folder."""
        shutil.rmtree(self._folder)


def build_day() -> date:
    """Return the day of the build; SOURCE_DATE_EPOCH names another, to repeat a build."""
    moment = os.environ.get("SOURCE_DATE_EPOCH")
    return (datetime.fromtimestamp(int(moment), UTC) if moment else datetime.now(UTC)).date()

"""How the help of the program and of its commands is laid out."""

import argparse
from collections.abc import Generator, Iterable, Iterator, Sequence

from tui.terminal.layout import wrap

SubcommandAction = argparse._SubParsersAction
"""What argparse calls the argument that names a command, or an action of one."""


class CommandFormatter(argparse.HelpFormatter):
    """A formatter that gives an option one line, if its words fit."""

    def _format_action_invocation(self, action: argparse.Action) -> str:
        return invocation(action)

    def _format_action(self, action: argparse.Action) -> str:
        text = super()._format_action(action)
        # The title says already that these are actions.
        return text.split("\n", 1)[1] if isinstance(action, SubcommandAction) else text

    def _iter_indented_subactions(
        self, action: argparse.Action
    ) -> Generator[argparse.Action, None, None]:
        if isinstance(action, SubcommandAction):
            yield from action._get_subactions()


def invocation(action: argparse.Action) -> str:
    """Return an argument as it is typed: `-p, --profile NAME`."""
    names = ", ".join(action.option_strings)
    if action.nargs == 0:
        return names
    return f"{names} {metavar(action)}".lstrip()


def metavar(action: argparse.Action) -> str:
    """Return the name of an argument's value."""
    return str(action.metavar or action.dest.upper())


def usage_words(action: argparse.Action) -> str:
    """Return a positional argument with the brackets and dots of a usage line."""
    name = metavar(action)
    if isinstance(action, SubcommandAction):
        return f"[{name} ...]"
    return {"?": f"[{name}]", "+": f"{name} ..."}.get(str(action.nargs), name)


def short_usage(prog: str, actions: Sequence[argparse.Action]) -> str:
    """Return a usage line that names the positional arguments and no option."""
    values = [usage_words(action) for action in actions if not action.option_strings]
    return " ".join([prog, "[OPTION ...]", *values])


def long_usage(prog: str, actions: Sequence[argparse.Action]) -> str:
    """Return a usage line that names every argument, an option by its first name."""
    values = [usage_words(action) for action in actions if not action.option_strings]
    options = [
        f"[{action.option_strings[0]}{'' if action.nargs == 0 else f' {metavar(action)}'}]"
        for action in actions
        if action.option_strings
    ]
    return " ".join([prog, *options, *values])


def command_lines(rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Yield the lines of a list of commands; a group is named beside its first one.

    Args:
        rows: group, name and summary of each command, the groups in one piece each.
    """
    rows = list(rows)
    group_width = max(len(group) for group, _, _ in rows)
    name_width = max(len(name) for _, name, _ in rows)
    last = ""
    for group, name, summary in rows:
        shown = "" if group == last else group
        head = f"  {shown:<{group_width}}  {name:<{name_width}}  "
        yield from wrap(summary, " " * len(head), head)
        last = group

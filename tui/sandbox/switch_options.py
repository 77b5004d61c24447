"""Switches as a command line gives them."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, get_args, get_origin, get_type_hints

from tui.sandbox.platform_switches import PlatformSwitches
from tui.sandbox.sandbox_state import Switches
from tui.sandbox.tables import TABLES, split_list

MAX_NUMBER = 1e6


def parse_switches(options: Iterable[str]) -> tuple[Switches, PlatformSwitches]:
    """Return all switches, of which each option sets one: NAME=VALUE.

    Raises:
        ValueError: A name or a value is not allowed; its text says which are.
    """
    hints: dict[str, Any] = {**get_type_hints(Switches), **get_type_hints(PlatformSwitches)}
    values = {}
    for option in options:
        name, _, text = option.partition("=")
        if name not in hints:
            raise ValueError(f"There is no switch {name}. Switches: {', '.join(sorted(hints))}")
        values[name] = _parse_value(name, text, hints[name])
    platform = {field.name for field in fields(PlatformSwitches)}
    return (
        Switches(**{name: value for name, value in values.items() if name not in platform}),
        PlatformSwitches(**{name: value for name, value in values.items() if name in platform}),
    )


def _parse_value(name: str, text: str, hint: Any) -> Any:
    if hint is bool:
        return _choose(name, text, {"true": True, "false": False})
    if get_origin(hint) is frozenset:
        return frozenset(
            _choose(name, table, {one: one for one in TABLES}) for table in split_list(text)
        )
    if allowed := get_args(hint):
        return _choose(name, text, {value: value for value in allowed})
    try:
        number = hint(text)
    except ValueError:
        number = -1
    if not 0 <= number < MAX_NUMBER:
        raise ValueError(f"{name} takes a number from 0 to {MAX_NUMBER - 1:.0f}.")
    return number


def _choose(name: str, text: str, allowed: dict[str, Any]) -> Any:
    if text not in allowed:
        words = ", ".join(value or "nothing" for value in allowed)
        raise ValueError(f"{name} must be one of: {words}.")
    return allowed[text]

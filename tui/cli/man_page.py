"""The man page, made from what the commands declare when a wheel is built.

The page is in the macros of man(7), which groff and mandoc understand.
"""

import argparse
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from tui import __version__
from tui.cli.arguments import build_parser
from tui.cli.exit_codes import EXIT_CODES
from tui.cli.help import SubcommandAction, metavar, usage_words

_SUMMARY = "set up, check and explain a ServiceNow instance's outbound mail"
_DESCRIPTION = (
    "Shows whether a ServiceNow instance's mail goes out and why not, checks values as you type "
    "them, and writes a change only after showing everything it affects.",
    "Without a command, `glidemail` opens the configurator on the profile used last. Whatever it "
    "does can be done with the commands below.",
    "Unless a profile names an instance, the settings are in a file of your own. Nothing else is "
    "touched then, and you need no instance, server or account.",
    "A password is never an argument. Type it at a prompt, or give it on standard input "
    "(`--password-stdin`, `--secrets-stdin`).",
)
_COMMON = (
    "Every command has these options too, except `--version`. They can go before or after the "
    "command."
)
_FOLDERS = "`glidemail doctor` says which folders it uses on this machine. On Linux they are:"
_FILES = {
    "~/.config/glidemail/default.toml": "the settings of the profile that is there from the start",
    "~/.config/glidemail/profiles/NAME.toml": "a profile that was added",
    "~/.config/glidemail/NAME.toml": "its settings, if it names neither an instance nor another "
    "file",
    "~/.local/state/glidemail/": "drafts, attested preconditions, rejected logins, and what was "
    "chosen last; never a password",
}
_ENVIRONMENT = {
    "XDG_CONFIG_HOME, XDG_STATE_HOME": "the folders to use in place of ~/.config and "
    "~/.local/state",
    "HTTPS_PROXY, ALL_PROXY, NO_PROXY": "the proxy to an instance, and the hosts that need none",
    "SSL_CERT_FILE": "a PEM file of the authorities to trust, in place of the system's",
    "NO_COLOR": "if set, the configurator shows no colours",
    "GLIDEMAIL_STOCK_DRIVER": "if 1, the configurator writes to the terminal as its library does",
}
EXAMPLES = {
    "See what is set, where each value comes from, and what follows from it:": "glidemail show",
    "Add an instance:": "glidemail profiles add dev --instance dev12345 \\\n"
    "    --environment non-production --user admin",
    "Find out why its mail does or doesn't go out:": "glidemail -p dev why",
    "See what a change would do, then save it:": "glidemail -p dev plan --set port=587\n"
    "glidemail -p dev apply --set port=587",
    "Send a test message and follow it:": "glidemail -p dev send-test you@corp.example",
    "Find out why a mail server rejected something:": "glidemail explain-reply "
    '"550 5.7.1 Relaying denied"',
    "Try everything on a stand-in:": "glidemail sandbox",
}
"""Command lines, each with what it is for."""

_SEE_ALSO = (("dig", 1), ("openssl-s_client", 1), ("swaks", 1))
_SOURCE_WIDTH = 72


def man_page(day: date) -> str:
    """Return the man page of the program in roff.

    Args:
        day: the date of the page.
    """
    parser = build_parser()
    return "\n".join(
        [
            f'.TH GLIDEMAIL 1 {day} "glidemail {_plain(__version__)}" "User Commands"',
            *(".nh", ".ad l"),
            *(".SH NAME", rf"glidemail \- {_plain(_SUMMARY)}"),
            *(".SH SYNOPSIS", *_synopsis(parser)),
            *(".SH DESCRIPTION", *_paragraphs(_DESCRIPTION)),
            *(".SH OPTIONS", *_text(_COMMON), *_options(parser._actions)),
            *(".SH COMMANDS", *_commands(parser, parser)),
            *(".SH EXIT STATUS", *_entries(EXIT_CODES.items())),
            *(".SH FILES", *_text(_FOLDERS), *_entries(_FILES.items())),
            *(".SH ENVIRONMENT", *_entries(_ENVIRONMENT.items())),
            *(".SH EXAMPLES", *_examples()),
            *(".SH SEE ALSO", *_see_also()),
            "",
        ]
    )


def _commands(parser: argparse.ArgumentParser, program: argparse.ArgumentParser) -> Iterator[str]:
    """Yield a section on each command of a parser, and on each action of a command."""
    common = {name for action in program._actions for name in action.option_strings}
    for command in _subcommands(parser):
        yield f".SS {_plain(command.prog.removeprefix(f'{program.prog} '))}"
        yield from _synopsis(command, common)
        yield from (".PP", *_text(command.description or ""))
        for group in command._action_groups:
            own = [a for a in group._group_actions if not common.intersection(a.option_strings)]
            if own and group.title not in ("arguments", "options", "actions"):
                yield from (".PP", *_text(f"{group.title}:".capitalize()))
            yield from _options(own)
        yield from _commands(command, program)


def _subcommands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, SubcommandAction):
            yield from action.choices.values()


def _synopsis(parser: argparse.ArgumentParser, common: Iterable[str] = ()) -> Iterator[str]:
    """Yield how a command is called, with a bar between options that exclude each other.

    Args:
        common: the options to leave out.
    """
    known = set(common)
    options = [
        action
        for action in parser._actions
        if action.option_strings and not known.intersection(action.option_strings)
    ]
    groups = {
        id(action): group._group_actions
        for group in parser._mutually_exclusive_groups
        for action in group._group_actions
    }
    yield f".B {_plain(parser.prog)}"
    shown: set[int] = set()
    for action in options:
        if id(action) not in shown:
            together = groups.get(id(action), [action])
            shown.update(map(id, together))
            # Without the \& roff would take the dots for the end of a sentence.
            dots = r"] ...\&" if isinstance(action, argparse._AppendAction) else "]"
            yield (
                "[" + " |\n".join(_typed(each, each.option_strings[:1]) for each in together) + dots
            )
    for action in parser._actions:
        if not action.option_strings:
            yield _value(usage_words(action))


def _options(actions: Iterable[argparse.Action]) -> Iterator[str]:
    for action in actions:
        if not isinstance(action, SubcommandAction):
            yield from (".TP", _typed(action, action.option_strings), *_text(action.help or ""))


def _typed(action: argparse.Action, names: Iterable[str]) -> str:
    """Return an argument as it is typed, its names bold and its value in italics."""
    bold = ", ".join(rf"\fB{_plain(name)}\fR" for name in names)
    if action.nargs == 0:
        return bold
    return f"{bold} {_value(metavar(action))}".lstrip()


def _value(words: str) -> str:
    """Return the name of a value, with its letters in italics and brackets and dots as they are."""
    return re.sub(r"[A-Z]+", r"\\fI\g<0>\\fR", _plain(words))


def _entries(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, words in rows:
        yield from (".TP", f".B {_plain(name)}", *_text(words))


def _examples() -> Iterator[str]:
    for place, (words, lines) in enumerate(EXAMPLES.items()):
        yield from ([".PP"] if place else [])
        yield from (*_text(words), ".PP", ".RS 4", ".EX")
        yield from (_literal(line) for line in lines.splitlines())
        yield from (".EE", ".RE")


def _see_also() -> Iterator[str]:
    *others, last = _SEE_ALSO
    for name, section in others:
        yield f".BR {_plain(name)} ({section}),"
    yield f".BR {_plain(last[0])} ({last[1]})"


def _paragraphs(texts: Sequence[str]) -> Iterator[str]:
    yield from _text(texts[0])
    for text in texts[1:]:
        yield from (".PP", *_text(text))


def _text(words: str) -> Iterator[str]:
    """Yield running text in short lines; what is in backticks becomes bold."""
    for line in textwrap.wrap(words, _SOURCE_WIDTH, break_on_hyphens=False):
        yield re.sub("`([^`]*)`", r"\\fB\1\\fR", _plain(line))


def _literal(line: str) -> str:
    """Return a line to copy, in which quotes stay as they are."""
    return _plain(line).replace("'", r"\(aq")


def _plain(text: str) -> str:
    """Return text without anything that roff would take for a command of its own."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace("~", r"\(ti")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped

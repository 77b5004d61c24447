"""Open a profile on the command line, signing in if it is an instance."""

import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from tui.cli.arguments import Arguments
from tui.cli.output import note, note_line
from tui.cli.prompts import ask_sign_in_again
from tui.cli.run import run_steps, show_progress
from tui.credentials.prompt import ask_optional_secret, ask_secret, read_secrets
from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal, UsageError
from tui.presentation.target_text import (
    BROWSER_STEPS,
    CHOICE_HINTS,
    CLIENT_PROMPT,
    missing_sign_in,
    passphrase_label,
    repeated_sign_in,
    sign_in_label,
)
from tui.settings.catalog import Settings
from tui.settings.delivery.account import AccountChoice, AnyChoice, NamedAccount
from tui.storage.instance import SIGN_IN, Instance, SignInMethod
from tui.storage.profile import DEFAULT, Profile, load_profile
from tui.workspace.session import open_session, read_instance_report
from tui.workspace.sign_in import REFUSED, SignIns
from tui.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tui.targets.instance.api.browser_grant import BrowserSignIn
    from tui.targets.instance.read.report import InstanceReport

T = TypeVar("T")


def open_profile(
    arguments: Arguments, settings: type[Settings], given: Secret | None = None
) -> Workspace:
    """Return a workspace of the profile that the arguments name, or of the default one.

    Args:
        given: the secret to sign in with, if standard input held one.

    Raises:
        UsageError: an option does not fit the kind of target.
        Problem: the profile cannot be opened.
    """
    profile = load_profile(arguments.profile or DEFAULT)
    choice = chosen_account(arguments)
    if profile.instance is None:
        _refuse_for_file(given, choice)
        if arguments.activate or arguments.deactivate:
            raise UsageError(
                "usage.account",
                "A local file has no email accounts to activate or deactivate.",
                "Leave --activate and --deactivate out, or name an instance with -p.",
            )
        return Workspace(run_steps(open_session(profile, settings), profile))
    sign_ins = SignIns({profile.name: given} if given else None)
    secret = _find_sign_in(profile, profile.instance, sign_ins, arguments)
    steps = open_session(
        profile,
        settings,
        secret,
        choice,
        show_progress,
        CHOICE_HINTS,
        sign_ins.session(profile),
    )
    session = _run_signed_in(steps, profile, sign_ins)
    return Workspace(session, sign_ins, CHOICE_HINTS)


def chosen_account(arguments: Arguments) -> AnyChoice:
    """Return the account that the arguments choose."""
    if arguments.account is not None:
        return NamedAccount(arguments.account)
    if arguments.own_server:
        return AccountChoice.OWN
    return AccountChoice.PROVIDERS if arguments.provider_server else AccountChoice.IN_FORCE


def choose_account(workspace: Workspace, choice: AnyChoice) -> None:
    """Work on the settings of another account, in place of those that were read.

    Raises:
        Refusal: it cannot be chosen.
        Problem: it cannot be read.
    """
    # Imported late: a local file needs no network.
    from tui.targets.instance.instance_target import InstanceTarget

    target, profile = workspace.session.target, workspace.profile
    assert isinstance(target, InstanceTarget)  # noqa: S101
    steps = workspace.connect(profile, choice, target.secret, show_progress)
    workspace.open(run_steps(steps, profile))


def _run_signed_in(steps: Coroutine[Any, Any, T], profile: Profile, sign_ins: SignIns) -> T:
    """Return what the steps return, and keep the sign-in if the profile says so."""
    try:
        result = run_steps(steps, profile)
    except Problem as problem:
        if sign_ins.is_renewed(profile) and problem.code not in REFUSED:
            _keep_sign_in(profile, sign_ins)
        raise
    _keep_sign_in(profile, sign_ins)
    return result


def _keep_sign_in(profile: Profile, sign_ins: SignIns) -> None:
    try:
        if keyring := sign_ins.save_to_keyring(profile):
            note(f"The sign-in is kept in {keyring}.")
    except Problem as problem:
        note(f"The sign-in couldn't be kept: {problem.message}")


def sign_in_from_stdin(arguments: Arguments) -> Secret | None:
    """Return the secret to sign in with, for a command that takes no other secret.

    Raises:
        UsageError: as `read_secrets`, or standard input holds none.
    """
    if not arguments.secrets_stdin or sys.stdin.isatty():
        return None
    try:
        return read_secrets(sys.stdin.buffer, [SIGN_IN])[SIGN_IN]
    except KeyError:
        raise UsageError(
            "secrets.empty",
            "There is no secret on standard input. Nothing was done.",
            f"Pass a line {SIGN_IN}=…",
        ) from None


def read_report(
    arguments: Arguments, profile: Profile, settings: type[Settings], given: Secret | None
) -> "InstanceReport | None":
    """Return the report of a profile's instance, or None for a file.

    Raises:
        UsageError: a sign-in was given for a file.
        Problem: the instance cannot be read.
    """
    if profile.instance is None:
        _refuse_for_file(given, AccountChoice.IN_FORCE)
        return None
    sign_ins = SignIns({profile.name: given} if given else None)
    secret = _find_sign_in(profile, profile.instance, sign_ins, arguments)
    steps = read_instance_report(
        profile,
        settings,
        secret,
        show_progress,
        addresses=arguments.addresses,
        api_session=sign_ins.session(profile),
    )
    return _run_signed_in(steps, profile, sign_ins)


def _refuse_for_file(given: Secret | None, choice: AnyChoice) -> None:
    if given is not None:
        raise UsageError(
            "secrets.sign-in",
            "A local file has no sign-in.",
            "Leave the line sign_in= out. Nothing was done.",
        )
    if choice is not AccountChoice.IN_FORCE:
        raise UsageError(
            "usage.account",
            "A local file has no email accounts to choose from.",
            "Leave --own-server, --provider-server and --account out, or name an instance with -p.",
        )


def _find_sign_in(
    profile: Profile, instance: Instance, sign_ins: SignIns, arguments: Arguments
) -> Secret:
    """Return the secret to sign in with: given, kept in a keyring, or typed now.

    Raises:
        Refusal: the instance rejected it within the last day, and another attempt isn't confirmed.
        Problem: there is none, or the keyring cannot be used, and this isn't a terminal.
    """
    if instance.sign_in is SignInMethod.BROWSER and sign_ins.known(profile):
        raise UsageError(
            "secrets.sign-in",
            "A browser sign-in doesn't take a secret from standard input. Nothing was done.",
            "Leave the line sign_in= out, and sign in once on a terminal.",
        )
    can_ask, has_keyring = _can_ask(arguments), True
    try:
        secret = sign_ins.known(profile) or sign_ins.load(profile)
    except Problem as problem:
        if not can_ask:
            raise
        note(problem.message)
        secret, has_keyring = None, False
    if not secret and not can_ask:
        raise missing_sign_in(instance)
    _confirm_sign_in_again(profile, sign_ins, arguments)
    if sign_ins.needs_passphrase(profile):
        if not can_ask:
            raise Refusal(
                "sign-in.passphrase",
                f"The key in {instance.client_key or instance.client_certificate} has a "
                "passphrase, and this isn't a terminal. Nothing was sent.",
                "Run it on a terminal, or use a key without a passphrase that only you can read.",
            )
        sign_ins.set_passphrase(profile, ask_secret(passphrase_label(instance)))
    if not secret:
        secret = _ask_sign_in(instance)
        if has_keyring:
            sign_ins.set_typed(profile, secret)
    return secret


def _ask_sign_in(instance: Instance) -> Secret:
    """Return what a person types or pastes to sign in; it does not show."""
    if instance.sign_in is not SignInMethod.BROWSER:
        return ask_secret(sign_in_label(instance))
    sign_in, client_secret = _start_browser_sign_in(instance)
    return sign_in.accept(ask_secret(sign_in_label(instance)), client_secret)


def _start_browser_sign_in(instance: Instance) -> "tuple[BrowserSignIn, Secret | None]":
    """Show the address to open; return its sign-in, and the client's secret if it has one."""
    # Imported late: few profiles need it.
    from tui.targets.instance.api.browser_grant import BrowserSignIn

    client_secret = ask_optional_secret(CLIENT_PROMPT, confirm=False)
    sign_in = BrowserSignIn(instance)
    note(BROWSER_STEPS)
    note_line(sign_in.url)
    return sign_in, client_secret


def sign_in_before_screen(profile: Profile) -> Secret | None:
    """Return a browser sign-in, kept or made now: only the bare terminal shows an address whole.

    Returns:
        None if the profile signs in otherwise, or nothing is pasted; the screen asks then.

    Raises:
        Refusal: what is pasted is not from this sign-in.
    """
    instance = profile.instance
    if instance is None or instance.sign_in is not SignInMethod.BROWSER:
        return None
    try:
        if secret := SignIns().load(profile):
            return secret
    except Problem as problem:
        note(problem.message)
    sign_in, client_secret = _start_browser_sign_in(instance)
    pasted = ask_optional_secret(sign_in_label(instance), confirm=False)
    return sign_in.accept(pasted, client_secret) if pasted else None


def _confirm_sign_in_again(profile: Profile, sign_ins: SignIns, arguments: Arguments) -> None:
    """Go on only if the last sign-in was not rejected, or a person wants to repeat it."""
    if arguments.sign_in_again:
        return
    refused = sign_ins.find_refused(profile)
    if refused is None:
        return
    problem = repeated_sign_in(refused)
    if not arguments.json and sys.stdin.isatty() and ask_sign_in_again(problem.message):
        return
    raise problem.with_message(f"{problem.message} Nothing was sent.")


def _can_ask(arguments: Arguments) -> bool:
    return not arguments.json and (sys.stdin.isatty() or sys.stderr.isatty())

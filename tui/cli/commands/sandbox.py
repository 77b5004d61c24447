"""glidemail sandbox: try everything on a stand-in instance and mail server on loopback."""

import contextlib
import errno
import os
import shlex
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.arguments import Arguments
from tui.cli.commands.screen import configure, refuse_no_terminal
from tui.cli.options import SANDBOX_MODELS
from tui.cli.output import flush, say, write_json
from tui.cli.run import ENDING_SIGNALS
from tui.credentials.secret import Secret
from tui.errors import Problem, UsageError
from tui.settings.catalog import Settings
from tui.settings.values import Environment
from tui.storage.instance import Instance
from tui.storage.profile import Profile, add_profile

if TYPE_CHECKING:
    from tui.sandbox.sandbox_server import ConnectionDetails

_NAME = "sandbox"


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Start the sandbox, then open the configurator on it or wait for a signal."""
    if arguments.model not in SANDBOX_MODELS:
        raise _usage_error(
            f"--model takes {', '.join(SANDBOX_MODELS[:-1])} or {SANDBOX_MODELS[-1]}."
        )
    if not 0 <= arguments.port <= 65535:
        raise _usage_error("--port takes 1 to 65535.")
    if arguments.no_screen:
        return _serve(arguments)
    if arguments.json:
        raise _usage_error("--json needs --no-screen here.")
    refuse_no_terminal()
    with _run_sandbox(arguments) as running:
        return _open_configurator(running, arguments.model, settings)


def _usage_error(words: str) -> UsageError:
    return UsageError("usage", words, "See: glidemail sandbox --help")


@contextlib.contextmanager
def _run_sandbox(arguments: Arguments) -> "Iterator[ConnectionDetails]":
    """Run a sandbox.

    Raises:
        Problem: It can't start.
        UsageError: A switch is not understood.
    """
    # Imported here, as only the sandbox needs these libraries.
    try:
        from tui.sandbox.sandbox_server import SandboxServer
        from tui.sandbox.switch_options import parse_switches
    except ModuleNotFoundError as missing:
        raise Problem(
            "sandbox.missing",
            f"The sandbox needs {missing.name}, which is not installed.",
            "Install glidemail with its extra: glidemail[sandbox]",
        ) from None
    try:
        switches, platform = parse_switches(arguments.switch)
    except ValueError as error:
        raise _usage_error(f"--switch: {error}") from None
    sandbox = SandboxServer(
        arguments.model, port=arguments.port, switches=switches, platform=platform
    )
    try:
        try:
            running = sandbox.start()
        except OSError as error:
            raise _start_problem(arguments.port, error) from None
        yield running
    finally:
        sandbox.stop()


def _start_problem(port: int, error: OSError) -> Problem:
    if port and error.errno in (errno.EADDRINUSE, errno.EACCES):
        return Problem(
            "sandbox.port",
            f"Can't use port {port} on loopback: {error.strerror}.",
            "Leave --port out to use a free one.",
        )
    return Problem(
        "sandbox.start", f"The sandbox can't start: {error.strerror}.", "Fix that, then try again."
    )


def _serve(arguments: Arguments) -> int:
    """Run the sandbox until a signal; one that comes during the start waits for its end."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
    try:
        with _run_sandbox(arguments) as running:
            if arguments.json:
                write_json(running.as_json(), indent=None)
            else:
                say(*_instructions(running))
            flush()
            signal.sigwait(ENDING_SIGNALS)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return 0


def _instructions(running: "ConnectionDetails") -> list[str]:
    admin, ca_file = running.user("admin"), shlex.quote(str(running.ca_file))
    return [
        f"A stand-in instance runs at {running.url} until you press ^C. Nothing in it is real.",
        "",
        "To work on it, in another terminal:",
        f"  glidemail profiles add {_NAME} --instance {running.url} \\",
        f"    --environment non-production --user {admin.name} --ca-file {ca_file}",
        f"  glidemail -p {_NAME}",
        "And afterwards, as each run is a new one:",
        f"  glidemail profiles remove {_NAME}",
        "",
        "Users, with their passwords",
        *(f"  {user.name:<12} {user.password}   {', '.join(user.roles)}" for user in running.users),
        f"Other sign-ins, both as {admin.name}",
        f"  API key       {running.api_key}",
        f"  OAuth client  {running.oauth.client_id}, secret {running.oauth.client_secret}",
        "",
        *_mail_lines(running),
        "",
        "Its faults are listed at /sandbox/switches. To turn one on:",
        f"  curl --cacert {ca_file} -X PATCH -d '{{\"hibernating\": true}}' \\",
        f"    {running.url}/sandbox/switches",
    ]


def _mail_lines(running: "ConnectionDetails") -> list[str]:
    mail = running.mail
    ports = {"none" if name == "plain" else name: port for name, port in mail.ports.items()}
    return [
        "Its mail server",
        f"  server    {mail.host}",
        *(f"  port      {port}, security {name}" for name, port in ports.items()),
        f"  user      {mail.user}, or apikey (which needs a From)",
        f"  password  {mail.password}",
    ]


def _welcome_page(running: "ConnectionDetails", model: str) -> list[str]:
    begin = "press ^P, type own, and fill in the values below;"
    if model == "clone":
        begin = "and type the values below over Prod SMTP's settings;"
    return [
        f"This is a stand-in instance at {running.url}.",
        "Nothing in it is real.",
        "",
        "To make it send through your own server, which runs next to it:",
        f"  close this, {begin}",
        "  ^S shows what happens before anything is written. This page is in ^P.",
        "",
        *_mail_lines(running),
    ]


def _open_configurator(running: "ConnectionDetails", model: str, settings: type[Settings]) -> int:
    """Open the configurator with folders of its own that are deleted with it."""
    admin = running.user("admin")
    instance = Instance(running.url, user=admin.name, ca_file=running.ca_file)
    with tempfile.TemporaryDirectory(prefix="glidemail-") as home:
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            os.environ[name] = str(Path(home, name))
        environment = Environment.NON_PRODUCTION
        profile = Profile(_NAME, Path(home, "unused"), environment, instance=instance)
        add_profile(profile)
        # A probe of the mail server has to trust its certificate, as the instance does.
        os.environ["SSL_CERT_FILE"] = str(running.ca_file)
        code = configure(profile, Secret(admin.password), settings, _welcome_page(running, model))
    say("The sandbox is gone. Nothing in it was real.")
    return code

"""Keyrings on an allow-list, each call in a child process that can be killed.

A keyring can block on D-Bus for ever, prompt on the terminal and print what it likes, and one
that is merely installed can become the library's default. So no keyring is loaded in this
process, and the library chooses none. Secrets go through the child's pipes only.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tui.credentials.secret import Secret
from tui.errors import Problem

TIMEOUT_SECONDS = 3.0

_ALLOWED = {
    "darwin": {"macOS": "keyring.backends.macOS.Keyring"},
    "win32": {"Windows": "keyring.backends.Windows.WinVaultKeyring"},
}
_ALLOWED_ELSEWHERE = {
    "SecretService": "keyring.backends.SecretService.Keyring",
    "KWallet": "keyring.backends.kwallet.DBusKeyring",
    "libsecret": "keyring.backends.libsecret.Keyring",
}
_STEERING = ("PYTHON_KEYRING_", "KEYRING_PROPERTY_", "KEYCHAIN_PATH")

_WITHOUT = (
    'or don\'t keep the secret (keep = "nothing" in the profile): you are then asked for it '
    "when it is needed."
)
_HINTS = {
    "locked": f"Unlock the keyring and try again, {_WITHOUT}",
    "timeout": f"Unlock the keyring, as it may be waiting for that, and try again, {_WITHOUT}",
    "refused": f"Check the keyring with its own program, {_WITHOUT}",
    "unavailable": "Start the session under `dbus-run-session` and unlock gnome-keyring in it, "
    + _WITHOUT,
}


@dataclass(frozen=True, slots=True)
class KeyringStatus:
    """Whether a keyring of this platform answered a read in time, or `why` it did not."""

    name: str
    usable: bool
    why: str


@dataclass(frozen=True, slots=True)
class _ChildResult:
    found: bool = False
    secret: Secret | None = None
    failed: str = ""
    why: str = ""


class Keyring:
    """The first allowed keyring that answers a read within three seconds.

    Every method but `backends` raises Problem: `keyring.unavailable`, `keyring.locked`,
    `keyring.timeout` or `keyring.refused`. A secret is not looked for in further keyrings.
    """

    def __init__(self) -> None:
        self._worked = ""

    def backends(self) -> tuple[KeyringStatus, ...]:
        """Try each keyring of this platform with a read, for up to three seconds each."""
        answers = {name: _run_child(name, "has", "doctor/probe") for name in _allowed_backends()}
        return tuple(KeyringStatus(name, not a.failed, a.why) for name, a in answers.items())

    def has(self, profile: str, name: str) -> bool:
        """Return whether a secret is kept; it does not enter this process."""
        return self._read("has", f"{profile}/{name}")[1].found

    def get(self, profile: str, name: str) -> Secret | None:
        """Return the kept secret, or None."""
        return self._read("get", f"{profile}/{name}")[1].secret

    def keep(self, profile: str, name: str, secret: Secret) -> str:
        """Keep a secret, check that it reads back, and return the name of the keyring."""
        return self._write("keep", f"{profile}/{name}", secret)

    def forget(self, profile: str, name: str) -> None:
        """Delete a kept secret, if there is one."""
        self._write("forget", f"{profile}/{name}")

    def _read(self, do: str, user: str) -> tuple[str, _ChildResult]:
        failures: dict[str, _ChildResult] = {}
        for backend in sorted(_allowed_backends(), key=lambda name: name != self._worked):
            answer = _run_child(backend, do, user)
            if not answer.failed:
                self._worked = backend
                return backend, answer
            failures[backend] = answer
        raise _to_problem(failures)

    def _write(self, do: str, user: str, secret: Secret | None = None) -> str:
        # Only to one that just answered: after a timeout it is unknown which one has the secret.
        backend, _ = self._read("has", user)
        answer = _run_child(backend, do, user, secret)
        if answer.failed:
            raise _to_problem({backend: answer})
        return backend


def _allowed_backends() -> dict[str, str]:
    return _ALLOWED.get(sys.platform, _ALLOWED_ELSEWHERE)


def _run_child(backend: str, do: str, user: str, secret: Secret | None = None) -> _ChildResult:
    if sys.platform not in _ALLOWED and not _session_bus():
        return _ChildResult(failed="unavailable", why="no D-Bus session")
    request = {"backend": _allowed_backends()[backend], "do": do, "user": user}
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-m", "tui.credentials.keyring_child"],
            input=json.dumps(request | {"secret": secret.reveal() if secret else None}).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_child_environment(),
            start_new_session=True,  # with no controlling terminal it cannot prompt on ours
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        unknown = "" if do in ("has", "get") else ", and it isn't known what it did"
        return _ChildResult(failed="timeout", why=f"no answer in {TIMEOUT_SECONDS:g} s{unknown}")
    except OSError as error:
        return _ChildResult(failed="unavailable", why=f"its process can't start: {error.strerror}")
    return _parse_result(child.stdout, child.returncode)


def _parse_result(output: bytes, exit_code: int) -> _ChildResult:
    with suppress(ValueError):  # not JSON: reported below
        match json.loads(output):
            case {"found": bool(found), "secret": None}:
                return _ChildResult(found)
            case {"found": True, "secret": str(value)}:
                return _ChildResult(True, Secret(value))
            case {"failed": str(failed), "why": str(why)} if failed in _HINTS:
                return _ChildResult(failed=failed, why=why)
    why = f"its process ended without an answer (exit code {exit_code})"
    return _ChildResult(failed="unavailable", why=why)


def _child_environment() -> dict[str, str]:
    chosen = {n: value for n, value in os.environ.items() if not n.startswith(_STEERING)}
    bus = _session_bus()
    return chosen | {"DBUS_SESSION_BUS_ADDRESS": bus} if bus else chosen


def _session_bus() -> str:
    """Return the address of the session bus, by default systemd's; empty if there is none.

    Without an address, a D-Bus library would start a bus of its own.
    """
    named = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    placed = Path(runtime, "bus")
    return named or (f"unix:path={placed}" if runtime and placed.is_socket() else "")


def _to_problem(failures: dict[str, _ChildResult]) -> Problem:
    """Return all failures as one problem, with the code that a person can do most about."""
    failed = next(code for code in _HINTS if code in {a.failed for a in failures.values()})
    reasons = "; ".join(f"{name}: {answer.why}" for name, answer in failures.items())
    return Problem(f"keyring.{failed}", f"Can't use the keyring. {reasons}.", _HINTS[failed])

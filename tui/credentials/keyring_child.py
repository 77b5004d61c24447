"""One operation on one keyring, in a process of its own: JSON in, JSON out.

The parent names the keyring's class from its allow-list and kills this process if it hangs.
A reply contains the secret only if it was requested, and no exception's text once a secret is
known here.
"""

import json
import sys
from importlib import import_module
from typing import TYPE_CHECKING, TypedDict, cast

from keyring.errors import KeyringLocked

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "glidemail"

KeyringReply = dict[str, bool | str | None]


class KeyringRequest(TypedDict):
    """An operation `do` (`has`, `get`, `keep` or `forget`), the keyring's class and the entry."""

    backend: str
    do: str
    user: str
    secret: str | None


def operate(keyring: "KeyringBackend", request: KeyringRequest) -> KeyringReply:
    """Carry out a request, and read back what was written."""
    do, user, secret = request["do"], request["user"], request["secret"]
    if do == "keep" and secret is not None:
        keyring.set_password(SERVICE, user, secret)
        if keyring.get_password(SERVICE, user) != secret:
            return {"failed": "refused", "why": "reading it back shows something else"}
    kept = keyring.get_password(SERVICE, user)
    if do == "forget" and kept is not None:
        keyring.delete_password(SERVICE, user)
        if keyring.get_password(SERVICE, user) is not None:
            return {"failed": "refused", "why": "it still holds the secret"}
    return {"found": kept is not None, "secret": kept if do == "get" else None}


def handle_request(request: KeyringRequest) -> KeyringReply:
    """Return the reply to a request; a failure is a reply too."""
    module, _, name = request["backend"].rpartition(".")
    try:
        backend = cast("type[KeyringBackend]", getattr(import_module(module), name))
        backend.priority  # noqa: B018  # raises if it cannot work
        keyring = backend()
    except Exception as error:  # its libraries can raise anything
        return {"failed": "unavailable", "why": str(error) or type(error).__name__}
    try:
        return operate(keyring, request)
    except KeyringLocked:
        return {"failed": "locked", "why": "locked"}
    except Exception as error:  # as above; its text could contain the secret
        wrote = request["do"] in ("keep", "forget")
        return {"failed": "refused" if wrote else "unavailable", "why": type(error).__name__}


if __name__ == "__main__":
    sys.argv[0] = SERVICE  # KWallet grants access by this name
    json.dump(handle_request(json.load(sys.stdin.buffer)), sys.stdout)

"""From a line in clear to one in TLS whose certificate is accepted, or the cause why not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tui.probes import fault
from tui.probes.fault import StageError
from tui.probes.mail.conversation import Conversation
from tui.probes.mail.reply_parser import BrokenReply, ServerReply, foreign, text_of
from tui.probes.mail.transcript import Transcript
from tui.probes.net import certificate as certificates
from tui.probes.net import tls
from tui.probes.net.connection import CertificateError, TransportError
from tui.probes.net.dial import ServerAddress, reopened, wire_name
from tui.probes.net.tls import Checking
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.stage_log import StageLog
from tui.settings.values import Security

A = TypeVar("A", bound=ServerReply)


async def handshake(
    course: StageLog,
    session: Conversation[A],
    again: Callable[[str], Awaitable[Conversation[A]]],
    wanted: ServerSpec,
    options: ProbeOptions,
    transcript: Transcript,
) -> Conversation[A]:
    """Passes the stages tls, which has begun, and certificate.

    Args:
        again: opens one more talk, up to where TLS begins; its argument says what for.

    Returns:
        The session that goes on, which may be another one.

    Raises:
        Fault: there is no TLS, or its certificate is not accepted.
    """
    untrusted = await _agree(session, wanted, options, Checking.STRICT)
    if untrusted is None:
        _tell_agreed(course, session, transcript)
        _tell_accepted(course, session, wanted)
        return session
    session.line.close()
    course.passed("agreed-so-far", f"{wanted.place} speaks TLS; its certificate is another matter.")
    course.begin("certificate")
    if not certificates.known(untrusted.verify_code):
        lenient = await again("to check the certificate as usual, not strictly")
        usual = await _agree(lenient, wanted, options, Checking.USUAL)
        if usual is None:
            lenient.line.until = session.line.until  # no longer a mere look
            _tell_strict_only(course, lenient, wanted, untrusted)
            return lenient
        untrusted = usual
    chain = await _looked(again, wanted, options)
    raise certificates.refused(
        wanted.place, wanted.server, untrusted.verify_code, untrusted.why, chain
    )


async def _agree(
    session: Conversation[A], wanted: ServerSpec, options: ProbeOptions, checking: Checking
) -> CertificateError | None:
    loop = asyncio.get_running_loop()
    session.alive = False  # until it is agreed on, nothing may be said
    context, since = tls.context(checking, options.ca_file), loop.time()
    try:
        await session.line.secure(context, wire_name(wanted.server))
    except CertificateError as error:
        return error
    except TransportError as error:
        broke = error
    else:
        session.alive = True
        return None
    if wanted.security is Security.SSL_TLS and (begun := session.line.begun):
        _check_clear(session, begun)
    raise tls.failed(broke, wanted.place, loop.time() - since)


def _check_clear(session: Conversation[A], begun: bytes) -> None:
    kind = foreign(begun)
    if kind == session.protocol:
        raise StageError(
            "plain-port",
            f"{session.place} speaks {kind.upper()} in clear first, not TLS from the first byte.",
            "This port speaks in clear first: set the security to starttls, or take the port for "
            f"TLS (mostly {465 if kind == 'smtp' else 995}).",
        )
    if kind in ("smtp", "pop3", "imap", "http", "ssh"):
        found = BrokenReply(kind, text_of(begun.splitlines()[0]))
        raise fault.broken(session.protocol, session.place, found, "")


async def _looked(
    again: Callable[[str], Awaitable[Conversation[A]]], wanted: ServerSpec, options: ProbeOptions
) -> tuple[bytes, ...]:
    """The certificates of the server, by a connection of their own that carries nothing else."""
    try:
        session = await again("to read the certificate, and nothing else")
    except StageError:
        return ()
    try:
        await _agree(session, wanted, options, Checking.NONE)
        return tls.chain_of(session.line.tls) if session.line.tls else ()
    except StageError:
        return ()
    finally:
        session.line.close()


async def speaks_tls(wanted: ServerSpec, address: ServerAddress, until: float) -> bool:
    """Whether TLS is spoken there from the first byte; nothing is said in it."""
    try:
        line = await reopened(address, until)
    except StageError:
        return False
    try:
        await line.secure(tls.context(Checking.NONE, None), wire_name(wanted.server))
    except (TransportError, StageError):
        return False
    finally:
        line.close()
    return True


def _tell_agreed(course: StageLog, session: Conversation[A], transcript: Transcript) -> None:
    if agreed := session.line.tls:
        words = tls.agreed(agreed)
        transcript.note(words)
        course.passed("agreed", f"{session.place} agrees on {words}.")
        course.begin("certificate")


def _tell_accepted(course: StageLog, session: Conversation[A], wanted: ServerSpec) -> None:
    if agreed := session.line.tls:
        found = tls.accepted(agreed, wanted.server)
        if found.soon:
            course.warned("ends-soon", f"{found.words}: soon.", "Have it renewed.")
        else:
            course.passed("accepted", f"{found.words}.")


def _tell_strict_only(
    course: StageLog, session: Conversation[A], wanted: ServerSpec, strict: CertificateError
) -> None:
    if agreed := session.line.tls:
        found = tls.accepted(agreed, wanted.server)
        course.warned(
            "strict-only",
            f"{found.words}. It fails where it is checked strictly ({strict.why}).",
            "Have it, or its authority's, issued anew to RFC 5280: newer programs check so.",
        )

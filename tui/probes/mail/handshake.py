"""The stages tls and certificate: from a conversation in clear to one with a verified server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tui.probes.mail.conversation import Conversation
from tui.probes.mail.conversation_errors import explain_broken_reply
from tui.probes.mail.reply_parser import BrokenReply, ServerReply, decode, protocol_of
from tui.probes.mail.transcript import Transcript
from tui.probes.net.certificate import (
    describe_accepted,
    explain_rejection,
    has_known_cause,
    peer_chain,
)
from tui.probes.net.connection import CertificateError, TransportError
from tui.probes.net.dial import wire_name
from tui.probes.net.tls_session import (
    Verification,
    describe_session,
    explain_handshake_error,
    make_context,
)
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.stage import StageError, StageLog
from tui.settings.values import Security

R = TypeVar("R", bound=ServerReply)


async def handshake(
    log: StageLog,
    conversation: Conversation[R],
    reopen: Callable[[str], Awaitable[Conversation[R]]],
    spec: ServerSpec,
    options: ProbeOptions,
    transcript: Transcript,
) -> Conversation[R]:
    """Run the stages tls, which has begun, and certificate.

    Args:
        reopen: opens one more conversation, up to where TLS begins; its argument says what for.

    Returns:
        The conversation to go on with, which may be another one.

    Raises:
        StageError: the handshake failed, or the certificate was rejected.
    """
    rejected = await _start_tls(conversation, spec, options, Verification.STRICT)
    if rejected is None:
        _end_stages(log, conversation, spec, transcript)
        return conversation
    conversation.connection.close()
    log.succeed("agreed-so-far", f"{spec.place} speaks TLS; its certificate is another matter.")
    log.begin("certificate")
    if not has_known_cause(rejected.verify_code):
        lenient = await reopen("to check the certificate as usual, not strictly")
        still_rejected = await _start_tls(lenient, spec, options, Verification.USUAL)
        if still_rejected is None:
            lenient.connection.until = conversation.connection.until  # it is the one to go on with
            _warn_of_strict_checks(log, lenient, spec, rejected)
            return lenient
        rejected = still_rejected
    chain = await _fetch_chain(reopen, spec, options)
    raise explain_rejection(spec.place, spec.server, rejected.verify_code, rejected.why, chain)


async def _start_tls(
    conversation: Conversation[R],
    spec: ServerSpec,
    options: ProbeOptions,
    verification: Verification,
) -> CertificateError | None:
    """Do the handshake, and return why the certificate was rejected, if it was."""
    loop = asyncio.get_running_loop()
    conversation.alive = False  # until TLS is there, nothing may be said
    context, since = make_context(verification, options.ca_file), loop.time()
    try:
        await conversation.connection.start_tls(context, wire_name(spec.server))
    except CertificateError as error:
        return error
    except TransportError as error:
        failure = error
    else:
        conversation.alive = True
        return None
    if spec.security is Security.SSL_TLS and (beginning := conversation.connection.beginning):
        _check_for_cleartext(conversation, beginning)
    raise explain_handshake_error(failure, spec.place, loop.time() - since)


def _check_for_cleartext(conversation: Conversation[R], beginning: bytes) -> None:
    protocol = protocol_of(beginning)
    if protocol == conversation.protocol:
        raise StageError(
            "plain-port",
            f"{conversation.place} speaks {protocol.upper()} in clear first, not TLS from the "
            "first byte.",
            "This port speaks in clear first: set the security to starttls, or take the port for "
            f"TLS (mostly {465 if protocol == 'smtp' else 995}).",
        )
    if protocol in ("smtp", "pop3", "imap", "http", "ssh"):
        broken = BrokenReply(protocol, decode(beginning.splitlines()[0]))
        raise explain_broken_reply(conversation.protocol, conversation.place, broken)


async def _fetch_chain(
    reopen: Callable[[str], Awaitable[Conversation[R]]], spec: ServerSpec, options: ProbeOptions
) -> tuple[bytes, ...]:
    """Return the server's certificates, from a connection that carries nothing else."""
    try:
        conversation = await reopen("to read the certificate, and nothing else")
    except StageError:
        return ()
    try:
        await _start_tls(conversation, spec, options, Verification.NONE)
        tls = conversation.connection.tls
        return peer_chain(tls) if tls else ()
    except StageError:
        return ()
    finally:
        conversation.connection.close()


def _end_stages(
    log: StageLog, conversation: Conversation[R], spec: ServerSpec, transcript: Transcript
) -> None:
    if tls := conversation.connection.tls:
        words = describe_session(tls)
        transcript.add_note(words)
        log.succeed("agreed", f"{spec.place} agrees on {words}.")
        log.begin("certificate")
        certificate = describe_accepted(tls, spec.server)
        if certificate.expires_soon:
            log.warn("ends-soon", f"{certificate.words}: soon.", "Have it renewed.")
        else:
            log.succeed("accepted", f"{certificate.words}.")


def _warn_of_strict_checks(
    log: StageLog, conversation: Conversation[R], spec: ServerSpec, strict: CertificateError
) -> None:
    if tls := conversation.connection.tls:
        certificate = describe_accepted(tls, spec.server)
        log.warn(
            "strict-only",
            f"{certificate.words}. It fails where it is checked strictly ({strict.why}).",
            "Have it, or its authority's, issued anew to RFC 5280: newer programs check so.",
        )

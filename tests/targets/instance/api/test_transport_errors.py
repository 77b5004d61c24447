"""Failures of the network in words: each has a code, says what to do, and is honest on writes."""

import errno
import socket
import ssl

import pytest

from tui.targets.instance.api.response_errors import RequestContext
from tui.targets.instance.api.transport_errors import (
    Progress,
    TransportStage,
    size_problem,
    timeout_problem,
    transport_problem,
)

READ = RequestContext("dev1.service-now.com", "sys_properties", "user admin")
WRITE = RequestContext("dev1.service-now.com", "sys_properties", "user admin", writes=True)


def certificate_error(number: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_code = number
    return error


def wrap_error(cause: BaseException) -> Exception:
    """Return an error as a library wraps its cause."""
    error = ConnectionError("c4nary")
    error.__cause__ = cause
    return error


REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
NO_ROUTE = OSError(errno.EHOSTUNREACH, "No route to host")
FAILURES: list[tuple[Exception, Progress, str, str]] = [
    (
        wrap_error(socket.gaierror(-2, "Name or service not known")),
        Progress(),
        "unknown-host",
        "Name or service not known",
    ),
    (wrap_error(REFUSED), Progress(), "connection-refused", "connection refused"),
    (
        wrap_error(ExceptionGroup("all", [REFUSED, NO_ROUTE])),
        Progress(),
        "connection-refused",
        "firewall",
    ),
    (wrap_error(NO_ROUTE), Progress(), "unreachable", "No route to host"),
    (
        wrap_error(certificate_error(9)),
        Progress(TransportStage.TLS),
        "certificate-not-yet-valid",
        "clock",
    ),
    (
        wrap_error(certificate_error(10)),
        Progress(TransportStage.TLS),
        "certificate-expired",
        "has expired, or one above it",
    ),
    (
        wrap_error(certificate_error(18)),
        Progress(TransportStage.TLS),
        "certificate-self-signed",
        "ca_file",
    ),
    (
        wrap_error(certificate_error(19)),
        Progress(TransportStage.TLS),
        "certificate-unknown-issuer",
        "ca_file",
    ),
    (
        wrap_error(certificate_error(20)),
        Progress(TransportStage.TLS),
        "certificate-unknown-issuer",
        "ca_file",
    ),
    (
        wrap_error(certificate_error(21)),
        Progress(TransportStage.TLS),
        "certificate-unknown-issuer",
        "chain",
    ),
    (
        wrap_error(certificate_error(62)),
        Progress(TransportStage.TLS),
        "certificate-name",
        "is not for dev1.service-now.com",
    ),
    (
        wrap_error(certificate_error(23)),
        Progress(TransportStage.TLS),
        "certificate-invalid",
        "isn't accepted",
    ),
    (
        wrap_error(ssl.SSLCertVerificationError("x")),
        Progress(TransportStage.TLS),
        "certificate-invalid",
        "",
    ),
    (wrap_error(ssl.SSLError(1, "x")), Progress(TransportStage.TLS), "tls", "TLS 1.2"),
    (
        wrap_error(EOFError()),
        Progress(TransportStage.TLS),
        "tls",
        "no secure connection is possible",
    ),
]


@pytest.mark.parametrize(("error", "progress", "code", "words"), FAILURES)
def test_a_failure_before_anything_was_sent_in_words(
    error: Exception, progress: Progress, code: str, words: str
) -> None:
    problem = transport_problem(WRITE, error, progress)
    assert problem.code == f"instance.{code}"
    assert words in problem.message + problem.hint
    assert WRITE.host in problem.message
    assert "c4nary" not in problem.message + problem.hint
    assert not problem.uncertain


@pytest.mark.parametrize("stage", [TransportStage.REQUEST, TransportStage.RESPONSE])
def test_a_write_that_was_cut_is_uncertain(stage: TransportStage) -> None:
    for context in (READ, WRITE):
        assert transport_problem(context, EOFError(), Progress(stage)).uncertain == context.writes
        assert timeout_problem(context, Progress(stage), 2).uncertain == context.writes
        assert size_problem(context, 2**21).uncertain == context.writes


def test_a_cause_that_goes_in_a_circle_ends() -> None:
    error = ConnectionError()
    error.__cause__ = other = ConnectionError()
    other.__cause__ = error
    assert transport_problem(READ, error, Progress()).code == "instance.unreachable"

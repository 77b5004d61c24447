"""What the stand-in answers: results, and errors in the platform's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response


class Refused(Exception):
    """A request is answered with an error.

    Attributes:
        status: of the answer.
        message: of the error.
        detail: of the error; None is sent as null.
    """

    def __init__(self, status: int, message: str, detail: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.detail = detail

    @property
    def response(self) -> Response:
        """The answer."""
        return error(self.status, self.message, self.detail)


def error(
    status: int, message: str, detail: str | None, headers: Mapping[str, str] | None = None
) -> Response:
    """An error in the shape of the REST API."""
    body = {"error": {"message": message, "detail": detail}, "status": "failure"}
    return JSONResponse(body, status, headers)


def result(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A result in the shape of the REST API."""
    return JSONResponse({"result": value}, status, headers)


def no_record() -> Refused:
    """A row that is missing or may not be seen; an answer does not tell which."""
    return Refused(
        404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval"
    )


def denied(operation: str) -> Refused:
    """The user's roles do not allow it.

    Args:
        operation: Insert, Update or Delete.
    """
    detail = f"ACL Exception {operation} Failed due to security constraints"
    return Refused(403, "Operation Failed", detail)


def aborted(table: str, why: str) -> Refused:
    """A business rule or a data policy stopped a write."""
    detail = f"Operation against file '{table}' was aborted by Business Rule '{why}'"
    return Refused(403, "Operation Failed", detail)


def rate_limited(reset: int) -> Response:
    """Too many requests; no header tells how many remain (inbound-REST-API-rate-limiting).

    Args:
        reset: when requests are taken again, in seconds since 1970.
    """
    headers = {
        "Retry-After": "60",
        "X-RateLimit-Limit": "1000",
        "X-RateLimit-Reset": str(reset),
        "X-RateLimit-Rule": "5f1a1d5dc3a01200e5f1f3cb5bd3ae4d",
    }
    return error(429, "Rate limit exceeded", "Rate limit exceeded for this rule", headers)


def page(title: str, text: str, status: int = 200) -> Response:
    """A page for a browser."""
    return HTMLResponse(
        f"<html><head><title>{title}</title></head><body><h1>{text}</h1></body></html>", status
    )


def hibernating() -> Response:
    """What a sleeping developer instance answers to everything: a page, with 200."""
    return page("Instance Hibernating page", "Your instance is hibernating")


def broken() -> Response:
    """What a proxy in front of a dead instance answers."""
    return page("500 Internal Server Error", "500 Internal Server Error", 500)


def to_sign_in() -> Response:
    """A redirect to the page where people sign in."""
    return Response(status_code=302, headers={"Location": "/login.do"})


def error_on_200() -> Response:
    """An error body with a status that says the opposite."""
    return error(200, "Transaction cancelled: maximum execution time exceeded", None)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer, held back before it is sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

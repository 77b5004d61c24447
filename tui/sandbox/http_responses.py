"""What the stand-in answers: results, and errors in the platform's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response


class ApiError(Exception):
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
        return error_response(self.status, self.message, self.detail)


def error_response(
    status: int, message: str, detail: str | None, headers: Mapping[str, str] | None = None
) -> Response:
    """An error in the shape of the REST API."""
    body = {"error": {"message": message, "detail": detail}, "status": "failure"}
    return JSONResponse(body, status, headers)


def result_response(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A result in the shape of the REST API."""
    return JSONResponse({"result": value}, status, headers)


def record_not_found() -> ApiError:
    """A row that is missing or may not be seen; an answer does not tell which."""
    return ApiError(
        404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval"
    )


def access_denied(operation: str) -> ApiError:
    """The user's roles do not allow it.

    Args:
        operation: Insert, Update or Delete.
    """
    detail = f"ACL Exception {operation} Failed due to security constraints"
    return ApiError(403, "Operation Failed", detail)


def write_aborted(table: str, why: str) -> ApiError:
    """A business rule or a data policy stopped a write."""
    detail = f"Operation against file '{table}' was aborted by Business Rule '{why}'"
    return ApiError(403, "Operation Failed", detail)


def rate_limit_response(reset: int) -> Response:
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
    return error_response(429, "Rate limit exceeded", "Rate limit exceeded for this rule", headers)


def html_page(title: str, text: str, status: int = 200) -> Response:
    """A page for a browser."""
    return HTMLResponse(
        f"<html><head><title>{title}</title></head><body><h1>{text}</h1></body></html>", status
    )


def hibernation_page() -> Response:
    """What a sleeping developer instance answers to everything: a page, with 200."""
    return html_page("Instance Hibernating page", "Your instance is hibernating")


def server_error_page() -> Response:
    """What a proxy in front of a dead instance answers."""
    return html_page("500 Internal Server Error", "500 Internal Server Error", 500)


def login_redirect() -> Response:
    """A redirect to the page where people sign in."""
    return Response(status_code=302, headers={"Location": "/login.do"})


def error_with_status_200() -> Response:
    """An error body with a status that says the opposite."""
    return error_response(200, "Transaction cancelled: maximum execution time exceeded", None)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer, held back before it is sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

"""Responses of the instance: results, errors in the platform's words, and pages."""

import time
from collections.abc import Mapping
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response

RATE_LIMIT_SECONDS = 60
"""Seconds after which requests over the limit are taken again."""


class ApiError(Exception):
    """An error of the REST API that ends a request.

    Attributes:
        status: HTTP status of the response.
        message: The error's message.
        detail: The error's detail; None is sent as null.
    """

    def __init__(self, status: int, message: str, detail: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.detail = detail

    @property
    def response(self) -> Response:
        """The response that carries this error."""
        return error_response(self.status, self.message, self.detail)


def error_response(
    status: int, message: str, detail: str | None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an error in the shape of the REST API."""
    body = {"error": {"message": message, "detail": detail}, "status": "failure"}
    return JSONResponse(body, status, headers)


def result_response(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a result in the shape of the REST API."""
    return JSONResponse({"result": value}, status, headers)


def missing_record_error() -> ApiError:
    """Return the error for a record that is missing or hidden from the user."""
    return ApiError(
        404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval"
    )


def access_error(operation: str) -> ApiError:
    """Return the error for a write that the user's roles don't allow.

    Args:
        operation: Insert, Update or Delete.
    """
    detail = f"ACL Exception {operation} Failed due to security constraints"
    return ApiError(403, "Operation Failed", detail)


def business_rule_error(table: str, rule: str) -> ApiError:
    """Return the error for a write that a business rule stopped."""
    detail = f"Operation against file '{table}' was aborted by Business Rule '{rule}'"
    return ApiError(403, "Operation Failed", detail)


def rate_limit_error() -> Response:
    """Return a 429; no header says how many requests remain (inbound-REST-API-rate-limiting)."""
    headers = {
        "Retry-After": str(RATE_LIMIT_SECONDS),
        "X-RateLimit-Limit": "1000",
        "X-RateLimit-Reset": str(int(time.time()) + RATE_LIMIT_SECONDS),
        "X-RateLimit-Rule": "5f1a1d5dc3a01200e5f1f3cb5bd3ae4d",
    }
    return error_response(429, "Rate limit exceeded", "Rate limit exceeded for this rule", headers)


def html_page(title: str, text: str, status: int = 200) -> Response:
    """Return a page for a browser."""
    return HTMLResponse(
        f"<html><head><title>{title}</title></head><body><h1>{text}</h1></body></html>", status
    )


def hibernation_page() -> Response:
    """Return what a hibernating developer instance sends for every request: a page, with 200."""
    return html_page("Instance Hibernating page", "Your instance is hibernating")


def server_error_page() -> Response:
    """Return what a proxy in front of a dead instance sends."""
    return html_page("500 Internal Server Error", "500 Internal Server Error", 500)


def login_redirect() -> Response:
    """Return a redirect to the login page."""
    return Response(status_code=302, headers={"Location": "/login.do"})


def error_with_status_200() -> Response:
    """Return an error body whose status says that all is well."""
    return error_response(200, "Transaction cancelled: maximum execution time exceeded", None)

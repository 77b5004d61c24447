"""The instance's addresses and what handles them."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.sandbox.authenticator import Authenticator
from tui.sandbox.batch_api import handle_batch
from tui.sandbox.email_api import EmailApi
from tui.sandbox.http_responses import ApiError, error_response, html_page, server_error_page
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.table_api import TableApi

OPEN_PATHS = ("/oauth_token.do", "/login.do")
"""Addresses that need no sign-in."""


def make_rest_api(state: SandboxState, authenticator: Authenticator) -> Starlette:
    """Return the application that handles requests whose user is known."""
    return Starlette(
        routes=[
            Route("/oauth_token.do", authenticator.handle_token, methods=["POST"]),
            Route("/login.do", _handle_login),
            Route("/api/now/batch", handle_batch, methods=["POST"]),
            Route("/api/now/v1/batch", handle_batch, methods=["POST"]),
            *EmailApi(state).routes,
            *TableApi(state).routes,
        ],
        exception_handlers={
            ApiError: _handle_error,
            404: _handle_unknown_path,
            405: _handle_wrong_method,
        },
    )


async def _handle_login(request: Request) -> Response:
    return html_page("Log in", "Log in")


async def _handle_error(request: Request, error: Exception) -> Response:
    return error.response if isinstance(error, ApiError) else server_error_page()


async def _handle_unknown_path(request: Request, _: Exception) -> Response:
    message = f"Requested URI does not represent any resource: {request.url.path}"
    return error_response(400, message, None)


async def _handle_wrong_method(request: Request, _: Exception) -> Response:
    return error_response(405, f"Method {request.method} is not allowed", None)

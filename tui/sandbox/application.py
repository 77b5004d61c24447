"""Where each address of the stand-in leads, once somebody has signed in."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.sandbox.answers import Refused, broken, error, page
from tui.sandbox.batch import batch
from tui.sandbox.email_api import EmailApi
from tui.sandbox.sign_in import Authenticator
from tui.sandbox.table_api import TableApi
from tui.sandbox.world import SandboxState

OPEN = ("/oauth_token.do", "/login.do")
"""Addresses that need no sign-in."""


def application(world: SandboxState, sign_in: Authenticator) -> Starlette:
    """The stand-in without its faults."""
    return Starlette(
        routes=[
            Route("/oauth_token.do", sign_in.token, methods=["POST"]),
            Route("/login.do", _login),
            Route("/api/now/batch", batch, methods=["POST"]),
            Route("/api/now/v1/batch", batch, methods=["POST"]),
            *EmailApi(world).routes,
            *TableApi(world).routes,
        ],
        exception_handlers={Refused: _refused, 404: _nowhere, 405: _wrong_method},
    )


async def _login(request: Request) -> Response:
    return page("Log in", "Log in")


async def _refused(request: Request, refused: Exception) -> Response:
    return refused.response if isinstance(refused, Refused) else broken()


async def _nowhere(request: Request, _: Exception) -> Response:
    message = f"Requested URI does not represent any resource: {request.url.path}"
    return error(400, message, None)


async def _wrong_method(request: Request, _: Exception) -> Response:
    return error(405, f"Method {request.method} is not allowed", None)

"""The Email API: queues a message and tells what became of it (email-api)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.sandbox.http_responses import ApiError, access_denied, result_response
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.table_api import VERSIONS, body_of, user_of

ROLE = frozenset({"email_api_send"})
MOST = 100
"""Addresses that each of to, cc and bcc may have."""


class EmailApi:
    """Takes messages over HTTP.

    Attributes:
        routes: where it is found.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self.routes = [
            route
            for version in VERSIONS
            for route in (
                Route(f"/api/now{version}/email", self._send, methods=["POST"]),
                Route(f"/api/now{version}/email/{{sys_id}}", self._tell, methods=["GET"]),
            )
        ]

    async def _send(self, request: Request) -> Response:
        user = user_of(request)
        if not user.has_any(ROLE):
            raise access_denied("Insert")
        body = await body_of(request)
        fields = {
            "type": "send-ready",
            "state": "ready",
            "subject": str(body.get("subject", "")),
            "recipients": _addresses(body, "to"),
            "copied": _addresses(body, "cc"),
            "blind_copied": _addresses(body, "bcc"),
            "body_text": str(body.get("text") or body.get("html") or ""),
        }
        if not (fields["recipients"] or fields["copied"] or fields["blind_copied"]):
            raise ApiError(400, "Bad Request", "No recipient: to, cc or bcc is required")
        with self._state.lock:
            sys_id = self._state.tables.insert("sys_email", user.name, fields)
        address = f"/now/v1/email/{sys_id}"
        links = [
            {"rel": "self", "href": address},
            {"rel": "status", "href": f"{address}?sysparm_fields=id,type,state,error"},
        ]
        return result_response({"id": sys_id, "links": links})

    async def _tell(self, request: Request) -> Response:
        with self._state.lock:
            row = self._state.tables.get("sys_email", request.path_params["sys_id"])
        if row is None or not user_of(request).has_any(ROLE):
            # A missing message is a 403 here, unlike in the Table API.
            raise ApiError(403, "Operation Failed", "The record does not exist or is not visible")
        told = {
            "id": row["sys_id"],
            "type": row["type"],
            "state": row["state"],
            "subject": row["subject"],
            "to": _list(row["recipients"]),
            "cc": _list(row["copied"]),
            "bcc": _list(row["blind_copied"]),
            "text": row["body_text"],
            "error": row["error_string"],
        }
        wanted = [
            name for name in request.query_params.get("sysparm_fields", "").split(",") if name
        ]
        return result_response({name: told[name] for name in wanted or told if name in told})


def _addresses(body: Any, name: str) -> str:
    value = body.get(name) or []
    addresses = [str(one) for one in value] if isinstance(value, list) else _list(str(value))
    if len(addresses) > MOST:
        raise ApiError(400, "Bad Request", f"More than {MOST} addresses in {name}")
    return ",".join(addresses)


def _list(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]

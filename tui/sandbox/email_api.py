"""The Email API: queues messages and reports their state (email-api)."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.sandbox.http_requests import API_VERSIONS, get_fields, get_user, read_payload
from tui.sandbox.http_responses import ApiError, access_error, result_response
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.tables import split_list

ROLE = frozenset({"email_api_send"})
MAX_ADDRESSES = 100
"""Addresses that each of to, cc and bcc may have."""


class EmailApi:
    """Handlers of the Email API.

    Attributes:
        routes: Addresses and their handlers.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self.routes = [
            route
            for version in API_VERSIONS
            for route in (
                Route(f"/api/now{version}/email", self._queue, methods=["POST"]),
                Route(f"/api/now{version}/email/{{sys_id}}", self._report, methods=["GET"]),
            )
        ]

    async def _queue(self, request: Request) -> Response:
        user = get_user(request)
        if not user.has_any(ROLE):
            raise access_error("Insert")
        payload = await read_payload(request)
        fields = {
            "type": "send-ready",
            "state": "ready",
            "subject": str(payload.get("subject", "")),
            "recipients": _parse_addresses(payload, "to"),
            "copied": _parse_addresses(payload, "cc"),
            "blind_copied": _parse_addresses(payload, "bcc"),
            "body_text": str(payload.get("text") or payload.get("html") or ""),
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

    async def _report(self, request: Request) -> Response:
        with self._state.lock:
            row = self._state.tables.get("sys_email", request.path_params["sys_id"])
        if row is None or not get_user(request).has_any(ROLE):
            # A missing message is a 403 here, unlike in the Table API.
            raise ApiError(403, "Operation Failed", "The record does not exist or is not visible")
        message = {
            "id": row["sys_id"],
            "type": row["type"],
            "state": row["state"],
            "subject": row["subject"],
            "to": split_list(row["recipients"]),
            "cc": split_list(row["copied"]),
            "bcc": split_list(row["blind_copied"]),
            "text": row["body_text"],
            "error": row["error_string"],
        }
        names = get_fields(request.query_params) or message
        return result_response({name: message[name] for name in names if name in message})


def _parse_addresses(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name) or []
    addresses = [str(one) for one in value] if isinstance(value, list) else split_list(str(value))
    if len(addresses) > MAX_ADDRESSES:
        raise ApiError(400, "Bad Request", f"More than {MAX_ADDRESSES} addresses in {name}")
    return ",".join(addresses)

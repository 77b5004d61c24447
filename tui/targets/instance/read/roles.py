"""The roles of the user who signs in, as far as they can be read."""

from tui.targets.instance.api.client import Client
from tui.targets.instance.api.response_errors import InstanceProblem


async def read_roles(client: Client, user: str) -> tuple[str, ...] | str:
    """Return the names of a user's visible roles, or why they aren't known, in a few words."""
    if "^" in user:
        return "the user name can't be used in a query"
    if not user:
        return "the sign-in has no user name"
    try:
        found = await client.list_records(
            "sys_user", f"user_name={user}", ["sys_id", "user_name"], limit=2
        )
        users = [record["sys_id"] for record in found.records if record.get("user_name") == user]
        if len(users) != 1:
            return "the user's own record isn't visible"
        fields = ["user", "role"]
        page = await client.list_records("sys_user_has_role", f"user={users[0]}", fields, limit=100)
        ids = [record["role"] for record in page.records if record.get("user") == users[0]]
        names = await client.list_records(
            "sys_user_role", f"sys_idIN{','.join(ids)}", ["sys_id", "name"]
        )
    except InstanceProblem as problem:
        return problem.code
    return tuple(sorted(r["name"] for r in names.records if r.get("sys_id") in ids))


def role_words(found: tuple[str, ...] | str) -> str:
    """Return what was read of roles, in words."""
    if isinstance(found, str):
        return f"not known: {found}"
    return ", ".join(found) or "none that is visible"

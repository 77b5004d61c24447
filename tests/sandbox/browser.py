"""A person's browser, at the page of the sandbox where one signs in."""

import httpx2

from tests.sandbox.factories import open_client
from tests.sandbox.sandbox import Sandbox


def post_sign_in(
    sandbox: Sandbox, url: str, user: str = "admin", password: str = ""
) -> httpx2.Response:
    """Open an address and sign in there."""
    typed = {"user": user, "password": password or sandbox.running.user(user).password}
    with open_client(sandbox) as browser:
        page = browser.get(url)
        return browser.post(url, data=typed) if page.status_code == 200 else page


def sign_in_with_browser(sandbox: Sandbox, url: str, user: str = "admin") -> str:
    """Return the address that the browser ends at."""
    response = post_sign_in(sandbox, url, user)
    assert response.status_code == 302, response
    return str(response.headers["location"])

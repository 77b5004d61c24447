"""The mail servers that the tests of a process share."""

from collections.abc import Iterator

import pytest

from tests.servers.mail_servers import MailServers, mail_servers


@pytest.fixture(scope="session")
def servers() -> Iterator[MailServers]:
    """Started for the first test that asks for them."""
    with mail_servers() as servers:
        yield servers

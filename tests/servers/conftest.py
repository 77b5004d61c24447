"""The mail servers that the tests of a process share."""

from collections.abc import Iterator

import pytest

from tests.servers.exim import EximServer, exim_server
from tests.servers.mail_servers import MailServers, mail_servers


@pytest.fixture(scope="session")
def servers() -> Iterator[MailServers]:
    """Started for the first test that asks for them."""
    with mail_servers() as servers:
        yield servers


@pytest.fixture(scope="session")
def exim() -> Iterator[EximServer]:
    """Started for the first test that asks for it."""
    with exim_server() as exim:
        yield exim

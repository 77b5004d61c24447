"""Certificates for loopback, by an authority of this process alone."""

import functools
import ssl

import trustme

from tui.sandbox.world import HOSTS


@functools.cache
def authority() -> trustme.CA:
    """The authority that signs what this process serves."""
    return trustme.CA(organization_name="glidemail sandbox")


@functools.cache
def _certificate() -> trustme.LeafCert:
    return authority().issue_cert(*HOSTS)


def server_context() -> ssl.SSLContext:
    """What a server on loopback shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _certificate().configure_cert(context)
    return context


def client_context() -> ssl.SSLContext:
    """What trusts such a server, and nothing else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority().configure_trust(context)
    return context

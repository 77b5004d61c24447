"""Certificates for loopback, by an authority of this process alone."""

import functools
import ssl

import trustme

from tui.sandbox.sandbox_state import HOSTS


@functools.cache
def get_authority() -> trustme.CA:
    """The authority that signs what this process serves."""
    return trustme.CA(organization_name="glidemail sandbox")


@functools.cache
def _issue_certificate() -> trustme.LeafCert:
    return get_authority().issue_cert(*HOSTS)


def make_server_context() -> ssl.SSLContext:
    """What a server on loopback shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _issue_certificate().configure_cert(context)
    return context


def make_client_context() -> ssl.SSLContext:
    """What trusts such a server, and nothing else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    get_authority().configure_trust(context)
    return context

"""A server on loopback that requires a client certificate, and says by alert what is wrong."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.targets.instance.api.fakes import HOST, authority, records_response


@dataclass
class MutualServer:
    """What the server saw.

    Attributes:
        requests: the heads of those that came through.
    """

    url: str
    requests: list[bytes] = field(default_factory=list)


def _serve(listener: socket.socket, context: ssl.SSLContext, server: MutualServer) -> None:
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        with contextlib.suppress(OSError), plain, plain.dup() as below:
            below.settimeout(5)
            secure = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            with secure:
                try:
                    secure.do_handshake()
                    while data := secure.recv(65536):
                        server.requests.append(data)
                        secure.sendall(records_response())
                except ssl.SSLError:
                    # Closed with data unread, it would be reset before the alert is read.
                    below.shutdown(socket.SHUT_WR)
                    while below.recv(65536):
                        pass


@contextlib.contextmanager
def serve_mutual(version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> Iterator[MutualServer]:
    """Run a server that trusts the authority `clients` for its clients."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority("trusted").issue_cert(HOST).configure_cert(context)
    authority("clients").configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = version
    with socket.create_server((HOST, 0)) as listener:
        server = MutualServer(f"https://{HOST}:{listener.getsockname()[1]}")
        thread = threading.Thread(target=_serve, args=(listener, context, server), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)

"""Receivers of webhooks on this machine: a good one, one that drips, one with TLS."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import hashlib
import hmac
import http.server
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from media_pipeline.conf import conf
from moderation.services.webhooks import calls as webhook_calls
from tests.support.waiting import HANGS, eventually

if TYPE_CHECKING:
    from moderation.models import WebhookEndpoint

MakeEndpoint = Callable[..., "tuple[WebhookEndpoint, str]"]
Respond = Callable[["Request"], tuple[int, dict[str, str], bytes]]


@dataclass(frozen=True)
class Request:
    path: str
    headers: Message
    body: bytes


@dataclass
class Receiver:
    """Notes what it gets; `respond` says what it answers. With a certificate it speaks TLS."""

    certificate: Path | None = None
    requests: list[Request] = field(default_factory=list)
    respond: Respond = lambda _: (200, {}, b"thanks")

    def __enter__(self) -> Self:
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = Request(self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"])))
                receiver.requests.append(request)
                status, headers, body = receiver.respond(request)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(OSError):  # the sender may have heard enough
                    self.wfile.write(body)

            def log_message(self, *said: Any) -> None:
                pass

        self.server = QuietServer(("127.0.0.1", 0), Handler)
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_for(self, count: int) -> list[Request]:
        assert eventually(lambda: len(self.requests) >= count), f"{len(self.requests)} of {count} arrived"
        return self.requests


def trust(monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    """As if whoever runs this had put them into DARKROOM_WEBHOOK_TRUSTED_HOSTS."""
    monkeypatch.setattr(webhook_calls, "conf", dataclasses.replace(conf, webhook_trusted_hosts=hosts))


class QuietServer(http.server.ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A handshake that a test means to fail is no news."""


@dataclass
class Dripping:
    """A server that sends a letter every fifth of a second; silent, it only counts them."""

    port: int
    letters: int = 0


@contextmanager
def dripping(start: bytes) -> Iterator[Dripping]:
    """One that begins an answer and never ends it."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(HANGS)
        dripping = Dripping(server.getsockname()[1])

        def drip() -> None:
            with suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    connection.sendall(start)
                    while not stop.wait(0.2):
                        connection.sendall(b"x" if start else b"")
                        dripping.letters += 1

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield dripping
        finally:
            stop.set()
            thread.join()


def certificate(name: str, path: Path) -> Path:
    """A self-signed one of that name, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(pem))
    return path


def is_signed(request: Request, secret: str) -> bool:
    """As a receiver would check it, written from the specification and from nothing of ours."""
    key = base64.b64decode(secret.split("_", 1)[1])
    if abs(time.time() - int(request.headers["webhook-timestamp"])) > 300:
        return False
    content = b".".join(
        [request.headers["webhook-id"].encode(), request.headers["webhook-timestamp"].encode(), request.body]
    )
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return any(
        version == "v1" and hmac.compare_digest(value, expected)
        for version, value in (part.split(",", 1) for part in request.headers["webhook-signature"].split(" "))
    )

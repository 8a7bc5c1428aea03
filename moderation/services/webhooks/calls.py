"""A POST to an address that somebody typed in. It reaches the internet, and nothing of ours.

The name is resolved here, every address it has is checked, and the connection goes to an address that was checked: a
name that answers differently the second time gains nothing. Redirects are not followed.
https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from media_pipeline.conf import conf
from media_pipeline.errors import InvalidRequestError

SECONDS = 10
MAX_READ = 4096
PORTS = {"https": 443, "http": 80}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # holds the IPv4 address where the packets end
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Among the addresses that Python calls global, those that may lead back into a network, or nowhere.
# https://www.iana.org/assignments/iana-ipv4-special-registry https://www.iana.org/assignments/iana-ipv6-special-registry
SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")))


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is None when none came; `text` says why, or is how the answer begins."""

    status: int | None
    text: str
    milliseconds: int


def checked(url: str) -> SplitResult:
    """The address's parts, or InvalidRequestError if nothing may be sent there, wherever its name leads."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidRequestError("This is not an address.", field="url") from error
    if parts.scheme != "https" and not (parts.scheme == "http" and is_trusted(parts.hostname)):
        raise InvalidRequestError("The address must begin with https://.", field="url")
    if not parts.hostname or port == 0 or any(char.isspace() or not char.isprintable() for char in url):
        raise InvalidRequestError("The address has no host name that can be reached.", field="url")
    if not url.isascii():
        raise InvalidRequestError(
            "The address has letters that HTTP has no room for. Write its name in punycode (xn--…) and its path in "
            "percent signs (%C3%A4).",
            field="url",
        )
    if parts.username is not None or parts.password is not None:
        raise InvalidRequestError("The address must hold no name and password: webhooks are signed.", field="url")
    return parts


def is_trusted(host: str | None) -> bool:
    """Whether whoever runs this installation vouches for the host; then it may be anywhere."""
    return host in {name.strip() for name in conf.webhook_trusted_hosts.split(",") if name.strip()}


def addresses(host: str, port: int) -> list[str]:
    """Where the name leads, or InvalidRequestError if any of that is not on the internet."""
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise InvalidRequestError(f"The name {host} leads nowhere.", field="url") from error
    if not is_trusted(host):
        for text in found:
            if not is_public(ipaddress.ip_address(text)):
                raise InvalidRequestError(f"{host} leads to {text}, which is not on the internet.", field="url")
    return list(dict.fromkeys(found))


def is_public(address: Address) -> bool:
    if address in NAT64:
        address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.version == 6 and address not in GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_multicast and not any(address in network for network in SPECIAL)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send it, and hear how that begins to be answered; whatever goes wrong is in the answer."""
    started = time.monotonic()
    try:
        status, text = _post(checked(url), body, headers)
    except InvalidRequestError as error:
        status, text = None, str(error)
    except (OSError, http.client.HTTPException) as error:
        is_late = time.monotonic() - started >= SECONDS
        status, text = None, f"no answer within {SECONDS} seconds" if is_late else f"{type(error).__name__}: {error}"
    return Answer(status, text, int(1000 * (time.monotonic() - started)))


def _post(parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    ends = time.monotonic() + SECONDS
    connection = http.client.HTTPConnection(host, port)
    connection.sock = _connected(addresses(host, port), port, ends)
    if parts.scheme == "https":
        connection.sock = _with_tls(connection.sock, host)
    # A socket's time-out starts anew with every byte; an answer by the spoonful would keep a function busy.
    clock = threading.Timer(max(0.0, ends - time.monotonic()), _hang_up, [connection.sock])
    clock.start()
    try:
        if isinstance(connection.sock, ssl.SSLSocket):
            connection.sock.do_handshake()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Host": parts.netloc, **headers})
        answer = connection.getresponse()
        return answer.status, _beginning(answer)
    finally:
        clock.cancel()
        connection.close()


def _beginning(answer: http.client.HTTPResponse) -> str:
    """The first MAX_READ bytes of the answer; when the rest never comes, the status counts all the same."""
    try:
        return answer.read(MAX_READ).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return ""


def _connected(found: list[str], port: int, ends: float) -> socket.socket:
    """To the first of the addresses that takes the call."""
    problem: OSError = TimeoutError("no address answered")
    for address in found:
        try:
            return socket.create_connection((address, port), timeout=max(0.1, ends - time.monotonic()))
        except OSError as error:
            problem = error
    raise problem


def _with_tls(plain: socket.socket, host: str) -> ssl.SSLSocket:
    """The handshake will ask for a certificate of the name, whatever address it led to."""
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)


def _hang_up(connection: socket.socket) -> None:
    """Wake whoever reads from it, which closing would not; below TLS, which would want to say goodbye first."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)

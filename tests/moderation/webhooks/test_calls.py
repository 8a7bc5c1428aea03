"""A webhook reaches the internet and nothing of ours, whatever its name, its redirects and its server try."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from media_pipeline.errors import InvalidRequestError
from moderation.services.webhooks import calls as webhook_calls
from tests.moderation.webhooks.receiving import Receiver, certificate, dripping, trust

Resolver = dict[str, list[str]]
PRIVATE = {
    "this host": "0.0.0.0",  # noqa: S104 - an address to refuse
    "loopback": "127.0.0.1",
    "loopback elsewhere": "127.8.9.1",
    "private 10": "10.1.2.3",
    "private 172": "172.31.255.255",
    "private 192": "192.168.0.1",
    "carrier-grade NAT": "100.64.0.1",
    "metadata": "169.254.169.254",
    "link-local": "169.254.0.9",
    "protocol assignments": "192.0.0.8",
    "benchmarks": "198.18.0.1",
    "documentation": "203.0.113.7",
    "6to4 relay": "192.88.99.1",
    "multicast": "224.0.0.251",
    "global multicast": "233.1.1.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "v6 unspecified": "::",
    "v6 loopback": "::1",
    "v6 unique local": "fd12:3456::1",
    "v6 metadata": "fd00:ec2::254",
    "v6 link-local": "fe80::1",
    "v6 site-local": "fec0::1",
    "v6 multicast": "ff02::1",
    "v6 documentation": "2001:db8::1",
    "v4 mapped": "::ffff:169.254.169.254",
    "v4 mapped, public": "::ffff:8.8.8.8",
    "v4 compatible": "::10.0.0.1",
    "NAT64 of a private one": "64:ff9b::a9fe:a9fe",
    "local NAT64": "64:ff9b:1::1",
    "6to4": "2002:a00:1::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
}
A_SECOND = 5  # letters of a server that drips
PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808"]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    """Where names lead; those that are not in it lead nowhere."""
    names: Resolver = {}
    really = socket.getaddrinfo

    def look_up(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if host == "127.0.0.1":
            return really(host, port, *rest, **more)
        if host not in names:
            raise socket.gaierror("Name or service not known")
        return [(0, 0, 0, "", (address, port)) for address in names[host]]

    monkeypatch.setattr(webhook_calls.socket, "getaddrinfo", look_up)
    return names


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Its certificate is of hooks.example.com, and trusted."""
    pem = certificate("hooks.example.com", tmp_path / "hooks.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with Receiver(pem) as receiver:
        yield receiver


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE)
def test_an_address_that_is_not_on_the_internet_is_refused(address: str, resolver: Resolver) -> None:
    assert not webhook_calls.is_public(ipaddress.ip_address(address))
    resolver["hooks.example.com"] = [address]
    with pytest.raises(InvalidRequestError, match="not on the internet"):
        webhook_calls.addresses("hooks.example.com", 443)


@pytest.mark.parametrize("address", PUBLIC)
def test_one_that_is_may_be_called(address: str, resolver: Resolver) -> None:
    resolver["hooks.example.com"] = [address]
    assert webhook_calls.addresses("hooks.example.com", 443) == [address]


def test_one_bad_address_among_good_ones_spoils_the_name(resolver: Resolver) -> None:
    resolver["hooks.example.com"] = ["8.8.8.8", "10.0.0.1"]
    with pytest.raises(InvalidRequestError, match=r"10\.0\.0\.1"):
        webhook_calls.addresses("hooks.example.com", 443)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "017700000001", "127.1", "localhost", "[::1]"])
def test_other_ways_to_write_the_loopback_are_seen_through(host: str) -> None:
    answer = webhook_calls.post(f"https://{host}/", b"{}", {})
    assert answer.status is None
    assert "not on the internet" in answer.text or "leads nowhere" in answer.text


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "//hooks.example.com/",
        "https://",
        "https:///path",
        "https://[::1/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://user:password@example.com/",
        "https://exam ple.com/",
        "https://example.com/\r\nX-Evil: 1",
        "https://example.com/ä",
        "https://例え.example.com/",
        "hooks.example.com",
        "",
    ],
)
def test_what_is_no_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequestError):
        webhook_calls.checked(url)


def test_a_name_that_leads_nowhere_says_so(resolver: Resolver) -> None:
    assert webhook_calls.post("https://nowhere.example.com/", b"{}", {}).text == (
        "The name nowhere.example.com leads nowhere."
    )


def test_the_name_is_asked_once(resolver: Resolver, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a second answer gains nothing."""
    resolver["hooks.example.com"] = ["8.8.8.8"]
    called: list[Any] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        called.append(address)
        resolver["hooks.example.com"] = ["127.0.0.1"]
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(webhook_calls.socket, "create_connection", connect)
    assert "refused" in webhook_calls.post("https://hooks.example.com/x", b"{}", {}).text
    assert called == [("8.8.8.8", 443)]


@pytest.mark.usefixtures("receiver")
class TestOverPlainHttpToATrustedHost:
    def test_the_body_and_the_headers_arrive(self, receiver: Receiver) -> None:
        answer = webhook_calls.post(f"{receiver.url}/in?a=b", b'{"a":1}', {"X-Test": "1"})
        assert (answer.status, answer.text) == (200, "thanks")
        (request,) = receiver.requests
        assert (request.path, request.body, request.headers["X-Test"]) == ("/in?a=b", b'{"a":1}', "1")
        assert request.headers["Host"] == receiver.url.removeprefix("http://")

    def test_a_redirect_is_an_answer_like_any_other(self, receiver: Receiver) -> None:
        receiver.respond = lambda _: (302, {"Location": f"{receiver.url}/elsewhere"}, b"")
        assert webhook_calls.post(f"{receiver.url}/in", b"{}", {}).status == 302
        assert [request.path for request in receiver.requests] == ["/in"]

    def test_of_a_long_answer_only_the_beginning_is_read(self, receiver: Receiver) -> None:
        receiver.respond = lambda _: (500, {}, b"x" * 1_000_000)
        answer = webhook_calls.post(receiver.url, b"{}", {})
        assert (answer.status, len(answer.text)) == (500, 4096)

    @pytest.mark.parametrize(
        ("start", "status", "text"),
        [
            (b"HTTP/1.1 ", None, "no answer within 1 seconds"),
            (b"HTTP/1.1 200 OK\r\nX: ", 200, ""),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 200, ""),
        ],
        ids=["status", "headers", "body"],
    )
    def test_an_answer_by_the_spoonful_ends_with_the_time(
        self, start: bytes, status: int | None, text: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(webhook_calls, "SECONDS", 1)
        with dripping(start) as server:
            answer = webhook_calls.post(f"http://127.0.0.1:{server.port}/", b"{}", {})
            letters = server.letters
        assert answer.status == status
        assert answer.text.strip("x") == text
        assert letters < 3 * A_SECOND

    def test_nobody_there(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        assert "ConnectionRefusedError" in webhook_calls.post(f"http://127.0.0.1:{port}/", b"{}", {}).text


class TestOverTls:
    def test_the_certificate_must_be_of_the_name(self, tls: Receiver, resolver: Resolver) -> None:
        for name, status in (("hooks.example.com", 200), ("other.example.com", None)):
            resolver[name] = ["127.0.0.1"]
            answer = webhook_calls.post(f"https://{name}:{tls.port}/in", b"{}", {})
            assert answer.status == status, answer.text
        assert "Hostname mismatch" in answer.text

    def test_one_that_nobody_vouches_for_is_refused(
        self, tls: Receiver, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SSL_CERT_FILE")
        resolver["hooks.example.com"] = ["127.0.0.1"]
        answer = webhook_calls.post(f"https://hooks.example.com:{tls.port}/in", b"{}", {})
        assert answer.status is None
        assert "certificate" in answer.text.lower()

    def test_a_server_that_never_shakes_hands_ends_with_the_time(
        self, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(webhook_calls, "SECONDS", 1)
        resolver["hooks.example.com"] = ["127.0.0.1"]
        with dripping(b"") as server:
            answer = webhook_calls.post(f"https://hooks.example.com:{server.port}/", b"{}", {})
            letters = server.letters
        assert answer.status is None
        assert letters < 3 * A_SECOND

    @pytest.fixture(autouse=True)
    def trusted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        trust(monkeypatch, "hooks.example.com, other.example.com")

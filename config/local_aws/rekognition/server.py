"""Rekognition's protocol, JSON 1.1 over HTTP, on the loopback interface.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import json
import logging
import uuid
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from config.local_aws.rekognition.errors import ServiceError
from config.local_aws.rekognition.service import Service
from media_pipeline.errors import ConfigurationError

TARGET = "RekognitionService."
MAX_BODY = 16 * 1024 * 1024

logger = logging.getLogger(__name__)


class Server(ThreadingHTTPServer):
    """One thread a connection. `service` is what it speaks for."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, service: Service) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.service = service

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    # Headers and body in two packets would wait for each other, 40 ms a call: Nagle's algorithm against delayed ACKs.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout: ClassVar[int] = 120  # an idle connection of a client's pool

    def do_GET(self) -> None:
        """Not Rekognition's: whether it is up, and what it cannot answer."""
        self._send(HTTPStatus.OK, {"unanswered": self.server.service.unanswered()})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            self.close_connection = True  # the body is not read, so nothing may follow it
            self._refuse(ServiceError("RequestEntityTooLargeException", f"More than {MAX_BODY} bytes."))
            return
        content = self.rfile.read(length)
        target = self.headers.get("X-Amz-Target", "")
        try:
            self._send(HTTPStatus.OK, self._answer(target.removeprefix(TARGET), content))
        except ServiceError as error:
            self._refuse(error)

    def _answer(self, operation: str, content: bytes) -> dict[str, Any]:
        try:
            body = json.loads(content or b"{}")
        except ValueError:
            raise ServiceError("SerializationException", "The body is not JSON.") from None
        try:
            return self.server.service.answer(operation, body)
        except ServiceError:
            raise
        except ConfigurationError as error:  # a model that turned out broken when first used
            raise ServiceError("AccessDeniedException", f"The local Rekognition cannot answer: {error}") from error
        except Exception as error:  # the edge of the service: a caller gets an answer, the log gets the cause
            logger.exception("%s failed", operation)
            raise ServiceError("InternalServerError", "Amazon Rekognition experienced a service issue.") from error

    def _refuse(self, error: ServiceError) -> None:
        logger.info("%s: %s: %s", self.headers.get("X-Amz-Target", "no target"), error.code, error)
        self._send(error.status, {"__type": error.code, "Message": str(error)})

    def _send(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Refusals are logged above; a line for each call would drown them."""

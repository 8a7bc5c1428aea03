"""Rekognition's edge in tests: answers what a test tells it to, when it tells it to, and remembers what was asked.

The application reaches it by boto3 over the loopback, like the real one; only the findings are a test's own. The
local Rekognition with its models has tests of its own.
"""

from __future__ import annotations

import base64
import io
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image as Pillow

NOTHING: dict[str, dict[str, Any]] = {
    "DetectModerationLabels": {"ModerationLabels": [], "ModerationModelVersion": "7.0", "ContentTypes": []},
    "DetectFaces": {"FaceDetails": []},
    "DetectLabels": {"Labels": []},
    "DetectText": {"TextDetections": []},
}


class RekognitionStub:
    def __init__(self, port: int) -> None:
        self.calls: Counter[str] = Counter()
        self.sizes: list[tuple[int, int]] = []
        self.reset()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, body = stub.answer(self.headers["X-Amz-Target"].partition(".")[2], request)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                pass

        self.endpoint = f"http://127.0.0.1:{port}"
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reset(self) -> None:
        self.answers = {operation: dict(answer) for operation, answer in NOTHING.items()}
        self.refusals: list[tuple[int, str]] = []
        self.delay = 0.0
        self.raw: bytes | None = None

    def answer(self, operation: str, request: dict[str, Any]) -> tuple[int, bytes]:
        """Of faces in collections it knows none: every collection is one that was never made."""
        self.calls[operation] += 1
        if "Image" not in request:
            return 400, json.dumps({"__type": "ResourceNotFoundException"}).encode()
        picture = Pillow.open(io.BytesIO(base64.b64decode(request["Image"]["Bytes"])))
        assert picture.format == "JPEG"
        self.sizes.append(picture.size)
        time.sleep(self.delay)
        if self.refusals:
            status, code = self.refusals[0] if len(self.refusals) == 1 else self.refusals.pop(0)
            return status, json.dumps({"__type": code, "message": code}).encode()
        return 200, self.raw if self.raw is not None else json.dumps(self.answers[operation]).encode()

    # What a test says

    def finds_labels(self, *labels: tuple[str, str, int, float], model: str = "7.0") -> None:
        """Each as (name, parent, level, confidence)."""
        self.answers["DetectModerationLabels"] = {
            "ModerationLabels": [
                {"Name": name, "ParentName": parent, "TaxonomyLevel": level, "Confidence": confidence}
                for name, parent, level, confidence in labels
            ],
            "ModerationModelVersion": model,
            "ContentTypes": [],
        }

    def finds_faces(self, *boxes: tuple[float, float, float, float]) -> None:
        self.answers["DetectFaces"] = {
            "FaceDetails": [
                {"BoundingBox": {"Left": x, "Top": y, "Width": w, "Height": h}, "Confidence": 99.5}
                for x, y, w, h in boxes
            ]
        }

    def refuses(self, status: int, code: str) -> None:
        """From now on, every call."""
        self.refusals = [(status, code)]

    @contextmanager
    def counted(self) -> Iterator[Counter[str]]:
        before = Counter(self.calls)
        counted: Counter[str] = Counter()
        yield counted
        counted.update(self.calls - before)

"""Collections, faces and users in one SQLite file.

Face vectors are biometric data: the file is its owner's alone, and what is deleted is overwritten (secure_delete; a
write-ahead log would keep it, so there is none).
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS collections (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS users (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    id TEXT NOT NULL,
    client_token TEXT NOT NULL,
    created_at REAL NOT NULL,
    changed_at REAL NOT NULL,
    UNIQUE (collection, id)
);
CREATE TABLE IF NOT EXISTS faces (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    id TEXT NOT NULL,
    image_id TEXT NOT NULL,
    external_image_id TEXT,
    image_digest TEXT NOT NULL,
    bounding_box TEXT NOT NULL,
    confidence REAL NOT NULL,
    vector BLOB NOT NULL,
    user INTEGER REFERENCES users ON DELETE SET NULL,
    associated_at REAL,
    UNIQUE (collection, id)
);
CREATE INDEX IF NOT EXISTS faces_of_image ON faces (collection, image_digest, external_image_id);
CREATE INDEX IF NOT EXISTS faces_of_user ON faces (user);
"""


class Store:
    """One connection; its transactions come one after the other."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / "rekognition.sqlite3"
        path.touch(mode=0o600)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        for setting in ("secure_delete = ON", "foreign_keys = ON", "journal_mode = DELETE", "busy_timeout = 5000"):
            self._connection.execute(f"PRAGMA {setting}")
        self._connection.executescript(f"BEGIN; {SCHEMA} COMMIT;")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block or, when it raises, nothing of it."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

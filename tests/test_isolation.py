"""The tests' own promises."""

from __future__ import annotations

import os
import socket

import pytest


def test_nothing_outside_this_machine_can_be_reached() -> None:
    with socket.socket() as outside, pytest.raises(RuntimeError, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))


def test_no_key_of_a_developers_account_is_in_sight() -> None:
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} & set(os.environ)

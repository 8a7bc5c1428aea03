"""What a dispatcher that runs beside a test needs: a database of its own, and events from now on only."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from config.local_aws.emulator import Emulator


def copy_test_database(path: Path) -> None:
    """The tests' own, as it is between two tests: migrated, which takes much longer than a copy."""
    from django.db import connection

    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)


def from_now_on(aws: Emulator) -> Path:
    """Settings for a dispatcher that passes over what tests before this one wrote: thousands of records by the end."""
    settings = json.loads(aws.zappa_settings.read_text())
    recent = {"ApproximateCreationDateTime": [{"numeric": [">=", int(time.time())]}]}
    for event in settings["pipeline"]["events"]:
        for pattern in event.get("event_source", {}).get("filters", []):
            pattern["dynamodb"].update(recent)
    path = aws.directory / "from_now_on.json"
    path.write_text(json.dumps(settings))
    return path

"""The web function on a laptop: Django's threaded development server, in a process that stops with its parent.

python -m config.local_aws.web 8000
"""

from __future__ import annotations

import signal
import sys
import threading

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

from config.local_aws.process import exit_with_parent


class QuietRequestHandler(WSGIRequestHandler):
    """Reports only what went wrong: a page of thumbnails would fill the terminal."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        if not str(args[1]).startswith(("2", "3")):
            super().log_message(format, *args)


def main() -> None:
    exit_with_parent()
    from config.wsgi import application  # noqa: PLC0415 - the parent watch must stand before Django takes its time

    server = ThreadedWSGIServer(("127.0.0.1", int(sys.argv[1])), QuietRequestHandler)
    server.set_app(application)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.1)
    server.server_close()


if __name__ == "__main__":
    main()

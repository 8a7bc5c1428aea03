"""The server's own process: `python -m config.local_aws.rekognition PORT DATA_DIR`; see the package."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import threading
from pathlib import Path

from config.local_aws.detectors.models import packaged_models
from config.local_aws.process import exit_with_parent
from config.local_aws.rekognition.server import Server
from config.local_aws.rekognition.service import Service

logger = logging.getLogger("config.local_aws.rekognition")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("data_dir", type=Path, help="where collections are kept")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    exit_with_parent()
    models = packaged_models()
    service = Service(arguments.data_dir, models)
    server = Server(arguments.port, service)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    threading.Thread(target=models.warm_up, name="warm-up", daemon=True).start()
    logger.info("Rekognition on %s, answering from models on this machine", server.endpoint)
    for operation, reason in service.unanswered().items():
        logger.warning("%s is not answered: %s", operation, reason)
    with server:
        server.serve_forever(poll_interval=0.1)
    service.close()
    logging.shutdown()
    os._exit(0)  # a thread inside a model's native code would make an orderly end of the interpreter an abort


if __name__ == "__main__":
    main()

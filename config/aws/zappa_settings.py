"""zappa_settings.json: committed without account values, completed from the outputs of a stack.

https://github.com/zappa/Zappa#advanced-settings
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from media_pipeline.errors import ConfigurationError

COMMITTED = Path(__file__).parents[2] / "zappa_settings.json"


def render(outputs: Mapping[str, str], target: Path) -> None:
    """Write the settings to `target` with every `${Output}` filled in; one that the stack lacks is an error."""
    escaped = {name: json.dumps(value)[1:-1] for name, value in outputs.items()}
    try:
        rendered = string.Template(COMMITTED.read_text()).substitute(escaped)
    except KeyError as exc:
        raise ConfigurationError(
            f"{COMMITTED.name} asks for ${{{exc.args[0]}}}, which is no output of the stack. "
            "Add it to config/aws/template.yaml, or correct its spelling."
        ) from exc
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(rendered)


def stage(path: Path, name: str) -> dict[str, Any]:
    """One stage with what it `extends` merged in, the way Zappa does: whole keys, nothing deeper."""
    settings = json.loads(path.read_text())
    if name not in settings:
        raise ConfigurationError(f"{path} has no stage {name!r}, only {', '.join(settings)}.")
    own = settings[name]
    parent = stage(path, own["extends"]) if "extends" in own else {}
    return {**parent, **own}

"""What Zappa calls while it deploys. https://github.com/zappa/Zappa#callbacks

Zappa imports a callback's module under its last name alone. That is why this one is not `config.packaging` itself:
it would take the place of the `packaging` library.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from config.aws import after_deploy
from config.packaging import archive, contents, sources
from media_pipeline import conf
from media_pipeline.errors import ConfigurationError

LIMITS = {"web": 24_000_000, "pipeline": 65_000_000}
FIRST_LOOK_LIMIT = 95_000_000
UNZIPPED_LIMIT = 262_144_000  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
FROM_ZAPPA = ("zappa_settings.py", "django_zappa_app.py")


def fill(cli: Any) -> None:
    """`zip`: fill the package that Zappa left empty, and refuse one that has grown too large."""
    package = Path(cli.zip_path)
    size = archive.write(members(cli, package), package)
    check_size(cli.api_stage, size, has_first_look=has_first_look(cli))
    # Zappa would try to register the stream without a starting position, which AWS refuses; after_deploy does it.
    events = cli.stage_config.get("events", [])
    cli.override_stage_config_setting("events", [event for event in events if not after_deploy.reads_a_stream(event)])
    print(f"The package of {cli.api_stage}: {size}.")  # noqa: T201 - Zappa's own progress goes the same way


def complete(cli: Any) -> None:
    """`post`: bring everything that Zappa cannot express to where it should be."""
    cli.override_stage_config_setting("events", cli.zappa_settings[cli.api_stage].get("events", []))
    after_deploy.complete(cli)


def members(cli: Any, package: Path) -> dict[str, Path | bytes]:
    """Everything that goes into the stage's package, by its name there."""
    found: dict[str, Path | bytes] = {name: path for name, path in sources.files_of_ours() if contents.ships(name)}
    requirements = sources.WITH_FIRST_LOOK if has_first_look(cli) else sources.REQUIREMENTS
    pinned = [pin for pin in sources.pins(requirements) if contents.ships_in(cli.api_stage, pin.name)]
    shipped = list(
        sources.distributions(pinned, runtime=cli.runtime, architecture=cli.architecture, requirements=requirements)
    )
    warn_of_the_c_library([d.name for d in shipped if sources.needs_newer_glibc(d, cli.runtime)], cli.runtime)
    for distribution in shipped:
        found.update({name: path for name, path in sources.files_of(distribution) if contents.ships(name)})
    with zipfile.ZipFile(package) as made:
        found.update({name: made.read(name) for name in FROM_ZAPPA})
    return found


def has_first_look(cli: Any) -> bool:
    """Whether the function's own settings switch the first look on, which brings packages of its own."""
    return conf.read(cli.stage_config.get("aws_environment_variables", {})).first_look


def warn_of_the_c_library(too_new: Iterable[str], runtime: str) -> None:
    if names := ", ".join(too_new):
        print(  # noqa: T201
            f"Warning: Lambda's {runtime} has too old a C library for these wheels: {names}. "
            "An account needs Python 3.12 or 3.13: `make clean` and `make deploy PYTHON=python3.13`."
        )


def check_size(stage: str, size: archive.Size, *, has_first_look: bool = False) -> None:
    limit = FIRST_LOOK_LIMIT if has_first_look and stage == "pipeline" else LIMITS[stage]
    if size.zipped > limit or size.unzipped > UNZIPPED_LIMIT:
        raise ConfigurationError(
            f"The package of {stage} has grown to {size}; at most {limit / 1e6:.0f} MB were meant, and Lambda "
            f"takes {UNZIPPED_LIMIT / 1e6:.0f} MB unzipped. config/packaging/contents.py says what ships."
        )

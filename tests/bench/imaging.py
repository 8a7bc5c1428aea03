"""`python -m tests.bench.imaging [--photos DIR] [--peers]`: the imaging job against sharp's and thumbor's.

CPU time of single processes, interleaved photo by photo, so that whatever else the machine does hits all alike.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from PIL import Image

from media_pipeline.imaging.quality import Reference, Samples
from tests.bench import figures
from tests.bench.figures import say
from tests.bench.peers import Result, Thumbor, ours, sharp
from tests.bench.photos import Photo, gather
from tests.bench.worker import SIZES

_SCORED_SIDE = 1536  # of the middle; a score of all 48 megapixels would take longer than the job
_MEMORY_LIMITS = {24: 400, 48: 600}
_FULL_SIZE = ("jpeg", "webp")  # thumbnails are compared, too, but with a scaling that favours the same library
_COMPARED = ("t300", "t600", *_FULL_SIZE)

Runs = dict[str, list[Result]]


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        work = Path(made)
        photos_folder = work / "photos"
        photos_folder.mkdir()
        say("making the photos …")
        photos = gather(arguments.photos, photos_folder)
        worker = stack.enter_context(ours())
        reference = sharp(arguments.cache or work) if arguments.peers else None
        if reference is not None:
            stack.enter_context(reference)
        thumbor = stack.enter_context(Thumbor(arguments.cache or work, photos_folder)) if arguments.peers else None
        measured: dict[Photo, Runs] = {photo: {} for photo in photos}
        for number in range(arguments.rounds + 1):  # the first warms up, on the smallest photo alone
            for photo in photos if number else sorted(photos, key=lambda photo: photo.megapixels)[:1]:
                runs = measured[photo] if number else {}
                out = work / photo.path.stem
                if reference is not None:
                    runs.setdefault("sharp", []).append(reference.run(photo.path, out / "sharp"))
                for recipe in ("main", "avif", "thumbnails"):
                    runs.setdefault(recipe, []).append(worker.run(photo.path, out / recipe, recipe))
                if thumbor is not None:
                    runs.setdefault("thumbor", []).append(thumbor.run(photo.path.name, SIZES))
                if number:
                    say(f"  round {number}: {photo.path.stem}")
        _conclude(measured)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.imaging")
    parser.add_argument("--photos", type=Path, help="a folder of photographs; without it, made-up scenery")
    parser.add_argument("--peers", action="store_true", help="install sharp and thumbor for the time, and compare")
    parser.add_argument("--cache", type=Path, help="keep the installed peers in this folder")
    parser.add_argument("--rounds", type=int, default=2)
    return parser.parse_known_args()[0]


def _conclude(measured: dict[Photo, Runs]) -> None:
    """The table, photo by photo, and what it comes to."""
    columns = f"{'photo':14} {'MP':>5} | {'CPU s':>7} {'MB peak':>8} {'bytes':>9} |"
    figures.heading(f"{columns} against sharp: times, bytes, SSIMULACRA2")
    quality: list[float] = []
    replaced: list[float] = []
    for photo, runs in measured.items():
        scores = _scores(photo, runs)
        differences = {name: scores["main"][name] - scores["sharp"][name] for name in _COMPARED if "sharp" in runs}
        chosen = [scores["avif"]["avif"] - scores["main"]["webp"]] if "avif" in scores["avif"] else []
        _print_photo(photo, runs, differences, chosen)
        quality += [differences[name] for name in _FULL_SIZE if name in differences]
        replaced += chosen
        size = round(photo.megapixels)
        if size in _MEMORY_LIMITS:
            peak = max(run.megabytes for run in runs["main"])
            figures.keep(f"imaging.peak_memory_{size}mp", peak, "MB", at_most=_MEMORY_LIMITS[size])
    every = list(measured.values())
    figures.heading("The imaging job")
    figures.keep("imaging.avif_worst_ssimulacra2_to_webp", min(replaced, default=0.0), "points", at_least=-1.0)
    if all("sharp" in runs for runs in every):
        figures.keep("imaging.times_sharp", _times(every, "sharp", "main"), "x", at_least=2.25)
        figures.keep("imaging.times_sharp_median", statistics.median(_times([r], "sharp", "main") for r in every), "x")
        figures.keep("imaging.bytes_to_sharp", _bytes(every, "main", "sharp"), "x", at_most=1.0)
        figures.keep("imaging.bytes_to_sharp_in_sum", _bytes_in_sum(every, "main", "sharp"), "x")
        figures.keep("imaging.ssimulacra2_to_sharp_median", statistics.median(quality), "points", at_least=-0.3)
        figures.keep("imaging.avif_times_sharp", _times(every, "sharp", "avif"), "x", at_least=3.0)
        figures.keep(
            "imaging.avif_times_sharp_median", statistics.median(_times([r], "sharp", "avif") for r in every), "x"
        )
        figures.keep("imaging.avif_bytes_to_sharp", _bytes(every, "avif", "sharp"), "x", at_most=1.0)
    if all("thumbor" in runs for runs in every):
        figures.keep("imaging.thumbnails_times_thumbor", _times(every, "thumbor", "thumbnails"), "x", at_least=2.0)


def _print_photo(photo: Photo, runs: Runs, differences: dict[str, float], replaced: list[float]) -> None:
    for recipe, results in runs.items():
        line = f"{photo.path.stem:14} {photo.megapixels:5.1f} | {_seconds(results):7.3f} {results[-1].megabytes:8.0f}"
        line += f" {sum(results[-1].bytes.values()):9d} | {recipe:10}"
        if "sharp" in runs and recipe in ("main", "avif"):
            line += f" {_times([runs], 'sharp', recipe):5.2f} x {_bytes([runs], recipe, 'sharp'):6.3f}"
        if recipe == "main":
            line += "".join(f" {name} {value:+.2f}" for name, value in differences.items())
        if recipe == "avif":
            line += f" avif {replaced[0]:+.2f}" if replaced else " no avif"
        if recipe == "thumbor":
            line += f" ours {_times([runs], 'thumbor', 'thumbnails'):.2f} x"
        say(line)


def _seconds(results: list[Result]) -> float:
    return min(result.seconds for result in results)


def _times(every: list[Runs], slower: str, faster: str) -> float:
    return sum(_seconds(runs[slower]) for runs in every) / sum(_seconds(runs[faster]) for runs in every)


def _bytes(every: list[Runs], one: str, other: str) -> float:
    """All outputs of a photo together, the mean over the photos."""
    return statistics.mean(_bytes_in_sum([runs], one, other) for runs in every)


def _bytes_in_sum(every: list[Runs], one: str, other: str) -> float:
    return _written(every, one) / _written(every, other)


def _written(every: list[Runs], program: str) -> int:
    return sum(sum(runs[program][-1].bytes.values()) for runs in every)


def _scores(photo: Photo, runs: Runs) -> dict[str, dict[str, float]]:
    """SSIMULACRA2 of every output: full sizes against the photo, thumbnails against its exact scaling."""
    scores: dict[str, dict[str, float]] = {}
    references: dict[tuple[int, int], Reference] = {}
    with Image.open(photo.path) as original:
        original.load()
    for program in ("sharp", "main", "avif"):
        for name in runs[program][-1].bytes if program in runs else ():
            if name == "t150":  # too small for the metric
                continue
            with Image.open(runs[program][-1].out / name) as made:
                if made.size not in references:
                    exact = original.resize(made.size, Image.Resampling.LANCZOS)
                    references[made.size] = Reference(_middle(exact))
                scores.setdefault(program, {})[name] = references[made.size].score(_middle(made))
    return scores


def _middle(picture: Image.Image) -> Samples:
    width, height = (min(side, _SCORED_SIDE) for side in picture.size)
    left, top = (picture.width - width) // 2 & ~15, (picture.height - height) // 2 & ~15
    return np.asarray(picture.convert("RGB").crop((left, top, left + width, top + height)))


if __name__ == "__main__":
    main()

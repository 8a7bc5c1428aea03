from __future__ import annotations

import dataclasses
import json
import struct
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from media_pipeline.imaging.metadata import Metadata, read_metadata
from tests.imaging.samples import exif, photo, saved, with_exif

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

CAMERA = {0x010F: "Canon\0", 0x0110: "Canon EOS R5 ", 0x0112: 6, 0x0131: "Firmware 1.2", 0x0132: "2024:05:06 07:08:09"}
EXPOSURE = {
    0x829A: IFDRational(1, 250),
    0x829D: IFDRational(28, 10),
    0x8827: 400,
    0x920A: IFDRational(35, 1),
    0xA405: 36,
    0xA434: "RF35mm F1.8",
    0x9003: "2024:05:01 10:20:30",
    0x9011: "+02:00",
    0x9209: 16,
}
SYDNEY = {1: "S", 2: (33.0, 51.0, 24.84), 3: "E", 4: (151.0, 12.0, 33.6), 5: b"\x00", 6: 58.5}


def metadata(
    tags: dict[int, Any] | None = None, photo_tags: dict[int, Any] | None = None, gps: dict[int, Any] | None = None
) -> Metadata:
    return read_metadata(with_exif(saved(photo(16, 16)), exif(tags or {}, photo_tags=photo_tags, gps=gps)))


@pytest.mark.parametrize("data", [b"", b"hello", saved(photo(16, 16)), saved(photo(16, 16), "gif"), b"II*\0"])
def test_a_file_without_exif_has_empty_metadata(data: bytes) -> None:
    assert read_metadata(data) == Metadata()


def test_what_the_camera_wrote_is_read() -> None:
    read = metadata(CAMERA, EXPOSURE)
    assert (read.camera_make, read.camera_model, read.lens) == ("Canon", "Canon EOS R5", "RF35mm F1.8")
    assert read.taken_at == "2024-05-01T10:20:30+02:00"
    assert read.orientation == 6
    assert (read.exposure_time, read.f_number, read.iso) == ("1/250", 2.8, 400)
    assert (read.focal_length, read.focal_length_35mm) == (35.0, 36)
    assert read.gps is None
    assert read.exif["Image Software"] == "Firmware 1.2"
    assert read.exif["EXIF Flash"] == "Flash did not fire, compulsory flash mode"


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff", "avif", "heic"])
def test_every_format_that_carries_exif_is_read(kind: str) -> None:
    block = Image.Exif()
    block[0x010F] = "Nokia"
    assert read_metadata(saved(photo(16, 16), kind, exif=block)).camera_make == "Nokia"


@pytest.mark.parametrize(("offset", "expected"), [("Z", "+00:00"), ("-0330", "-03:30"), ("+05:45", "+05:45")])
def test_every_way_to_write_an_offset_is_understood(offset: str, expected: str) -> None:
    assert metadata({}, {0x9003: "2024:05:01 10:20:30", 0x9011: offset}).taken_at == f"2024-05-01T10:20:30{expected}"


def test_a_time_without_an_offset_stays_without_one() -> None:
    assert metadata({}, {0x9003: "2024:05:01 10:20:30"}).taken_at == "2024-05-01T10:20:30"
    assert metadata({0x0132: "2023:01:02 03:04:05"}).taken_at == "2023-01-02T03:04:05"


@pytest.mark.parametrize("text", ["0000:00:00 00:00:00", "    :  :     :  :  ", "yesterday", "2024:13:45 99:99:99", ""])
def test_a_time_that_is_none_is_left_out(text: str) -> None:
    assert metadata({}, {0x9003: text}).taken_at is None


@pytest.mark.parametrize("offset", ["", "   :  ", "+99:99", "Z+", "Paris"])
def test_an_offset_that_is_none_is_left_out(offset: str) -> None:
    assert metadata({}, {0x9003: "2024:05:01 10:20:30", 0x9011: offset}).taken_at == "2024-05-01T10:20:30"


def test_a_place_is_in_signed_decimal_degrees() -> None:
    gps = metadata(gps=SYDNEY).gps
    assert gps is not None
    assert gps["latitude"] == pytest.approx(-33.8569, abs=1e-6)
    assert gps["longitude"] == pytest.approx(151.2093333, abs=1e-6)
    assert gps["altitude"] == 58.5


def test_a_place_below_the_sea_has_a_negative_altitude() -> None:
    gps = metadata(gps=SYDNEY | {5: b"\x01"}).gps
    assert gps is not None
    assert gps["altitude"] == -58.5


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({2: (133.0, 0.0, 0.0)}, id="beyond the pole"),
        pytest.param({4: (500.0, 0.0, 0.0)}, id="more than once around"),
        pytest.param({1: "X"}, id="no such hemisphere"),
        pytest.param({1: ""}, id="no hemisphere"),
        pytest.param({2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)}, id="no fix yet"),
    ],
)
def test_an_absurd_place_is_none(wrong: dict[int, Any]) -> None:
    assert metadata(gps=SYDNEY | wrong).gps is None


def test_a_place_over_zero_is_none() -> None:
    block = bytearray(exif({}, gps=SYDNEY))
    order = "<" if block[:2] == b"II" else ">"
    start = block.index(struct.pack(order + "II", 33, 1))
    block[start : start + 8] = struct.pack(order + "II", 33, 0)
    assert read_metadata(with_exif(saved(photo(16, 16)), bytes(block))).gps is None


def test_places_are_in_gps_alone() -> None:
    assert not [name for name in metadata(CAMERA, EXPOSURE, SYDNEY).exif if "GPS" in name]


def test_zero_denominators_and_infinities_are_left_out() -> None:
    block = bytearray(exif({}, photo_tags={0x829A: IFDRational(1, 250), 0x829D: IFDRational(14, 5)}))
    order = "<" if block[:2] == b"II" else ">"
    for numerator, denominator in ((1, 250), (14, 5)):
        start = block.index(struct.pack(order + "II", numerator, denominator))
        block[start + 4 : start + 8] = bytes(4)
    read = read_metadata(with_exif(saved(photo(16, 16)), bytes(block)))
    assert (read.exposure_time, read.f_number) == (None, None)


def test_exif_is_plain_json_of_bounded_size() -> None:
    blob = dict.fromkeys((0x010E, 0x8298, 0x013B), "x" * 60_000)
    texts = dict.fromkeys(range(0xC000, 0xC010), "y" * 20_000)
    data = saved(photo(16, 16), "webp", exif=_block(CAMERA | blob | texts, {0x927C: b"\xff\0" * 9000}))
    text = json.dumps(dataclasses.asdict(read_metadata(data)), allow_nan=False)
    assert len(text) < 10_000
    assert "MakerNote" not in text


def _block(tags: dict[int, Any], photo_tags: dict[int, Any]) -> bytes:
    return b"Exif\0\0" + exif(tags, photo_tags=photo_tags)


@pytest.mark.parametrize("text", ["a\0b", "\x07bell", "\ud800", "zero\u200bwidth", "line\nbreak"])
def test_control_characters_do_not_pass(text: str) -> None:
    make = metadata({0x010F: text.encode("utf-8", "surrogatepass")}).camera_make
    assert make is None or make.isprintable()


def test_circular_directories_end_in_bounded_time() -> None:
    """Overlapping directories, each full of entries of 999 values: quadratic work for any reader without a budget."""
    entry = struct.pack("<HHII", 0x010E, 3, 999, 8)
    tiff = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 5000) + entry * 5000
    chain = b"".join(struct.pack("<HI", 0, len(tiff) + 6 * (n + 1)) for n in range(500))
    started = time.process_time()
    assert read_metadata(with_exif(saved(photo(16, 16)), (tiff + chain)[:65_000])).exif == {}
    assert time.process_time() - started < 1


def test_a_directory_that_contains_itself_ends() -> None:
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<I", 8)
    assert read_metadata(with_exif(saved(photo(16, 16)), tiff)).camera_make is None


@settings(max_examples=150, deadline=2000)
@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=12), st.integers(0, 2000))
def test_mutated_exif_never_raises_and_stays_json(changes: list[tuple[int, int]], cut: int) -> None:
    block = bytearray(exif(CAMERA, photo_tags=EXPOSURE, gps=SYDNEY))
    for position, value in changes:
        block[position % len(block)] = value
    if cut % 3 == 0:
        del block[8 + cut % (len(block) - 8) :]
    read = read_metadata(with_exif(saved(photo(16, 16)), bytes(block)))
    assert len(json.dumps(dataclasses.asdict(read), allow_nan=False)) < 50_000

"""What is left of an image that is erased while others work on it: nothing."""

from __future__ import annotations

import pytest

from media_pipeline.conf import conf
from media_pipeline.record.models import Image
from tests.support import hooks
from tests.support.aws import EMULATOR
from tests.support.pictures import make_jpeg
from tests.support.pipeline import erase, process_object
from tests.support.uploads import reread, uploaded

pytestmark = pytest.mark.usefixtures("aws")


def test_an_image_erased_before_its_failure_leaves_nothing() -> None:
    record, version = uploaded(make_jpeg(seed=51))

    def erase_and_refuse() -> None:
        erase(reread(record))
        raise hooks.refusal("s3", "PutObject")

    with hooks.first("s3.PutObject", erase_and_refuse, path="thumbnails/large") as erased:
        process_object(version)
    assert erased
    assert Image.load(record.image_id) is None
    stored = EMULATOR.root_client("s3").list_objects_v2(Bucket=conf.renditions_bucket).get("Contents", [])
    assert not [entry["Key"] for entry in stored if record.image_id in entry["Key"]]

"""The stages in their order: the ledger's name of each, which is its file's in pipeline/stages/, and the people's.

No stage is imported here: the web shows their names and ships without the codecs that they need.
"""

from __future__ import annotations

from media_pipeline.conf import conf

TITLES = {
    "thumbnails": "Thumbnails",
    "moderation_labels": "Safety",
    "faces": "Faces",
    "object_labels": "Objects",
    "text": "Text",
    "optimize": "Optimise",
    "metadata": "Metadata",
}
SWITCHED_OFF = {
    *(["object_labels"] if not conf.detect_objects else []),
    *(["text"] if not conf.detect_text else []),
}
EXPECTED = tuple(name for name in TITLES if name not in SWITCHED_OFF)

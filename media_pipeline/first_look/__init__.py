"""A first look inside the function, off by default, so that Rekognition is not asked about what is clearly harmless.

It never flags: what it is not sure of, Rekognition decides. It cannot see most of what Rekognition can (the nudity
network knows no weapon), so a random share of what it would pass is sent all the same, and what it missed is counted.
"""

from __future__ import annotations

from media_pipeline.first_look.advice import Advice, Subject, advise, model
from media_pipeline.first_look.networks import missing_packages
from media_pipeline.first_look.tally import Tally, compared, tallies

__all__ = ["Advice", "Subject", "Tally", "advise", "compared", "missing_packages", "model", "tallies"]

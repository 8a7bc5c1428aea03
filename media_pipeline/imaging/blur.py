"""A picture of which only light and dark are left, for people who have to decide without seeing it yet."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from media_pipeline.imaging.encoders import flattened
from media_pipeline.imaging.geometry import fit_inside

SIDE = 640
WORKING_SIDE = 160  # what is blurred this much has no more detail than this
SIGMA = 1 / 22  # of the long side
GRAIN = 3  # levels of noise; without it the soft gradients show bands


def blurred(pixels: Image.Image) -> Image.Image:
    """Grey, SIDE pixels on the long side, blurred beyond recognition; small pictures are enlarged to the same."""
    grey = flattened(pixels).convert("L")
    small = grey.resize(fit_inside(grey.size, (WORKING_SIDE, WORKING_SIDE)), Image.Resampling.BOX)
    soft = small.filter(ImageFilter.GaussianBlur(max(small.size) * SIGMA))
    scale = SIDE / max(soft.size)
    wide = soft.resize([max(1, round(side * scale)) for side in soft.size], Image.Resampling.BICUBIC)
    samples = np.asarray(wide, dtype=np.int16)
    grain = np.random.default_rng(0).integers(-GRAIN, GRAIN + 1, samples.shape, dtype=np.int16)
    return Image.fromarray(np.clip(samples + grain, 0, 255).astype(np.uint8)).convert("RGB")

"""What AWS charges: list prices in dollars, us-east-1, on demand, without free tiers.

As known on the date below and not looked up since: before money depends on a figure, compare with
https://aws.amazon.com/pricing/ and correct the line and the date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

AS_OF = dt.date(2025, 6, 1)
REGION = "us-east-1"

LAMBDA_GB_SECOND = {"x86_64": 0.0000166667, "arm64": 0.0000133334}
LAMBDA_REQUEST = 0.20 / 1e6
S3_WRITE = 0.005 / 1e3  # PUT, POST, COPY, LIST
S3_READ = 0.0004 / 1e3
S3_GB_MONTH = 0.023
DYNAMODB_WRITE_UNIT = 0.625 / 1e6
DYNAMODB_READ_UNIT = 0.125 / 1e6
SNS_PUBLISH = 0.50 / 1e6
SQS_REQUEST = 0.40 / 1e6
LOGS_GB = 0.50
XRAY_TRACE = 5.00 / 1e6
CLOUDFRONT_REQUEST = 0.01 / 1e4
CLOUDFRONT_GB = 0.085  # the first 10 TB of a month
# Images of a month, and what each costs up to there: DetectModerationLabels, DetectFaces, DetectLabels, DetectText.
REKOGNITION_TIERS = ((1_000_000, 0.001), (5_000_000, 0.0008), (35_000_000, 0.0006), (float("inf"), 0.00025))
# Its other group, counted apart: IndexFaces, SearchFaces, SearchFacesByImage, SearchUsersByImage, AssociateFaces.
REKOGNITION_FACE_TIERS = (*REKOGNITION_TIERS[:-1], (float("inf"), 0.0004))
FACE_VECTOR_MONTH = 0.01 / 1e3  # stored, of a face or of a person


def rekognition(calls: float, tiers: Sequence[tuple[float, float]] = REKOGNITION_TIERS) -> float:
    """The month's bill for so many calls."""
    bill, below = 0.0, 0.0
    for limit, price in tiers:
        bill += max(0.0, min(calls, limit) - below) * price
        below = limit
    return bill

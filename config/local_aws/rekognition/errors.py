"""The errors Rekognition answers with.

https://docs.aws.amazon.com/rekognition/latest/dg/error-handling.html
"""

from __future__ import annotations

from media_pipeline.errors import DarkroomError

SERVER_FAULTS = frozenset({"InternalServerError", "ThrottlingException"})


class ServiceError(DarkroomError):
    """Becomes the answer: `aws_code` is what boto3 raises an exception class for."""

    def __init__(self, aws_code: str, message: str) -> None:
        super().__init__(message)
        self.aws_code = aws_code

    @property
    def http_status(self) -> int:
        return 500 if self.aws_code in SERVER_FAULTS else 400


def invalid_parameter(message: str) -> ServiceError:
    return ServiceError("InvalidParameterException", message)


def not_found(message: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", message)

"""The errors Rekognition answers with.

https://docs.aws.amazon.com/rekognition/latest/dg/error-handling.html
"""

from __future__ import annotations

SERVER_FAULTS = frozenset({"InternalServerError", "ThrottlingException"})


class ServiceError(Exception):
    """Becomes the answer: `code` is what boto3 raises an exception class for. Rekognition's, and none of Darkroom's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def status(self) -> int:
        return 500 if self.code in SERVER_FAULTS else 400


def invalid_parameter(message: str) -> ServiceError:
    return ServiceError("InvalidParameterException", message)


def not_found(message: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", message)

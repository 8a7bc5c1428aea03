"""One tree of errors. Each says whether trying again can help, and its message is fit for a person to read."""

from __future__ import annotations

from typing import ClassVar


class DarkroomError(Exception):
    """Base of every error that this code raises on purpose.

    `retryable` decides what a handler does: True leaves the work in its queue, False ends it with the message
    as the reason. `status` is what the API, the library and the console answer with, and `code` what the API calls it
    for programs. The message of a 500 is for the log alone.
    """

    retryable: ClassVar[bool] = False
    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"


class ConfigurationError(DarkroomError):
    """A setting is missing or wrong; the message names it and the remedy."""

    status = 500


# What an image can be at fault for. The message becomes the record's `status_reason`.


class ImageError(DarkroomError):
    """The bytes are not an image this pipeline can process."""

    status = 422
    code = "image_unusable"


class UnsupportedFormatError(ImageError):
    """Not one of the formats in the allow-list, judged by content."""


class DamagedImageError(ImageError):
    """A supported format, but truncated, corrupt or lying about itself."""


class ImageTooLargeError(ImageError):
    """Over the limit of pixels, frames or bytes; refused before any decoding."""


class OutputImpossibleError(ImageError):
    """One output cannot be made of this image (WebP ends at 16383 pixels); the others can."""


# What a caller can be at fault for.


class InvalidRequestError(DarkroomError):
    """The request cannot be fulfilled as it stands; `field` names the part that is wrong."""

    status = 400
    code = "invalid"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class TooLargeError(InvalidRequestError):
    """More bytes than the limit."""

    status = 413
    code = "too_large"


class NotFoundError(DarkroomError):
    """No such image for this reader. Other people's images look the same as images that never were."""

    status = 404
    code = "not_found"


class NotAllowedError(DarkroomError):
    """The person's roles do not include this, or they are too close to the matter."""

    status = 403
    code = "permission_denied"


class TooManyRequestsError(DarkroomError):
    """More often than the limit; in `seconds` it may be tried again."""

    status = 429
    code = "throttled"

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class ConflictError(DarkroomError):
    """Somebody else changed it meanwhile, or its state does not allow this."""

    status = 409
    code = "conflict"


class ReusedKeyError(InvalidRequestError):
    """An Idempotency-Key came with another request than the first time."""

    status = 422
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key belongs to another request. Take a new one for each.", field="Idempotency-Key"
        )


class BusyKeyError(ConflictError):
    """The first request with this Idempotency-Key is not done yet."""

    status = 409
    code = "in_progress"
    seconds: ClassVar[int] = 1

    def __init__(self) -> None:
        super().__init__("A request with this Idempotency-Key is still at work. Send it again in a moment.")


# What time can heal.


class TemporaryError(DarkroomError):
    """A service did not answer as it should; the same call may succeed later."""

    retryable = True
    status = 503
    code = "temporary"


class LeaseHeldError(TemporaryError):
    """Another invocation works on this image at this moment."""

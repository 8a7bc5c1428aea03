"""What all our items in DynamoDB share: one client, and the few ways in which they are read and written.

Every call leaves here with its errors translated: what time can heal is a TemporaryError, whoever called.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from pynamodb.attributes import Attribute
from pynamodb.constants import BINARY
from pynamodb.exceptions import DeleteError, PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from media_pipeline.aws import clients as aws


class _Client:
    """botocore's client as PynamoDB calls it. The later pages of a query are translated as well: each is a call."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def _make_api_call(self, operation: str, parameters: dict[str, Any]) -> Any:
        with aws.temporary_errors("DynamoDB"):
            return self.client._make_api_call(operation, parameters)  # noqa: SLF001 - the one call that PynamoDB makes


class Item(Model):
    """PynamoDB makes a botocore client for each model (50 ms of a cold start each); all of ours share one.

    A condition that does not hold is an answer and no error: writes say False.
    """

    PART: ClassVar[str | None] = None  # the range key that all items of a kind have, in a table with one

    @classmethod
    def _get_connection(cls) -> Any:
        connection = super()._get_connection()
        client: Any = _Client(aws.client("dynamodb"))
        connection.connection._client = client  # noqa: SLF001 - PynamoDB offers no argument for it
        return connection

    @classmethod
    def _key(cls) -> Any:
        return getattr(cls, cls._hash_keyname or "")

    @classmethod
    def load(cls, key: str) -> Self | None:
        """The item as of now (a consistent read), None when there is none."""
        try:
            return cls.get(key, cls.PART, consistent_read=True)
        except cls.DoesNotExist:
            return None

    @classmethod
    def load_many(cls, keys: Iterable[str], *, consistent: bool = False) -> list[Self]:
        """The items of `keys` that exist, in that order; a BatchGetItem for each hundred."""
        wanted = list(dict.fromkeys(keys))
        name = cls._hash_keyname or ""
        asked = [key if cls.PART is None else (key, cls.PART) for key in wanted]
        found = {getattr(item, name): item for item in cls.batch_get(asked, consistent_read=consistent)}
        return [found[key] for key in wanted if key in found]

    def create(self) -> bool:
        """Store a new item; False when its key is taken."""
        return self.put_if(self._key().does_not_exist())

    def put_if(self, condition: Condition) -> bool:
        """One conditional PutItem; False when the condition failed."""
        try:
            self.save(condition)
        except PutError as error:
            return _unless_refused(error)
        return True

    def change(self, actions: list[Action], condition: Condition | None = None) -> bool:
        """One UpdateItem that leaves this item as it is afterwards; False when the condition failed, or it is gone.

        It never creates: a late write does not resurrect what was erased.
        """
        there = self._key().exists()
        return self.update_if(actions, there if condition is None else there & condition)

    def update_if(self, actions: list[Action], condition: Condition) -> bool:
        """The same, and it creates the item when the condition lets it."""
        try:
            self.update(actions, condition)
        except UpdateError as error:
            return _unless_refused(error)
        return True

    def delete_if(self, condition: Condition) -> bool:
        """One conditional DeleteItem; False when the condition failed."""
        try:
            self.delete(condition)
        except DeleteError as error:
            return _unless_refused(error)
        return True


def _unless_refused(error: Exception) -> bool:
    if condition_failed(error):
        return False
    raise error


class DeflatedJSON(Attribute[Any]):
    """What nothing queries, as deflated JSON: EXIF shrinks to a third, and writes are charged by size."""

    attr_type = BINARY

    def serialize(self, value: Any) -> bytes:
        return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 9)

    def deserialize(self, value: bytes) -> Any:
        return json.loads(zlib.decompress(value))


def call(operation: str, **parameters: Any) -> Any:
    """What PynamoDB cannot say, as botocore says it: `call("update_item", TableName=..., ...)`."""
    with aws.temporary_errors("DynamoDB"):
        return getattr(aws.client("dynamodb"), operation)(**parameters)


def condition_failed(error: Exception) -> bool:
    """Whether a write was refused because its condition did not hold, as one that lost a race is."""
    return aws.error_code(error) == "ConditionalCheckFailedException"

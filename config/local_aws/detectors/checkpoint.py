"""Reads a PyTorch checkpoint without PyTorch, whose half gigabyte would serve for these few lines.

The layout is torch.save's before version 1.6: three pickled headers, the pickled tensors, which name their storages,
the storages' keys, and then each storage's length and numbers.
https://github.com/pytorch/pytorch/blob/main/torch/serialization.py (_legacy_load)
"""

from __future__ import annotations

import collections
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

NUMBERS: dict[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class _Tensor(NamedTuple):
    storage: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Unpickler(pickle.Unpickler):
    """Knows the four names a checkpoint needs and refuses any other: a pickle may otherwise run code."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.storages: dict[str, np.dtype[Any]] = {}

    def find_class(self, module: str, name: str) -> Any:
        known: dict[tuple[str, str], Callable[..., Any] | str] = {
            ("collections", "OrderedDict"): collections.OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _tensor,
            **{("torch", storage): storage for storage in NUMBERS},
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a checkpoint of weights.")
        return known[module, name]

    def persistent_load(self, pid: Any) -> str:
        _, kind, key, *_ = pid
        self.storages[key] = NUMBERS[kind]
        return str(key)


def _tensor(storage: str, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any) -> _Tensor:
    return _Tensor(storage, offset, shape, strides)


def read(path: Path) -> dict[str, NDArray[Any]]:
    """The checkpoint's tensors by name."""
    with path.open("rb") as file:
        for _ in range(3):  # magic number, protocol version, the writing machine's sizes
            _Unpickler(file).load()
        unpickler = _Unpickler(file)
        tensors: dict[str, _Tensor] = unpickler.load()
        numbers: dict[str, NDArray[Any]] = {}
        for key in _Unpickler(file).load():
            (count,) = struct.unpack("<q", file.read(8))
            dtype = unpickler.storages[key]
            numbers[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    return {name: _array(tensor, numbers[tensor.storage]) for name, tensor in tensors.items()}


def _array(tensor: _Tensor, numbers: NDArray[Any]) -> NDArray[Any]:
    """The numbers laid out by the tensor's strides: those of TensorFlow's weights lie in TensorFlow's order."""
    size = numbers.dtype.itemsize
    strides = tuple(size * stride for stride in tensor.strides)
    return np.ndarray(tensor.shape, numbers.dtype, numbers, tensor.offset * size, strides)

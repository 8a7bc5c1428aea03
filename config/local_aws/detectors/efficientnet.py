"""EfficientNet-Lite0 as an ONNX graph, written from its PyTorch weights at start.

No package ships an ImageNet classifier under a clear licence in a format that onnxruntime reads; the weights alone
there are. https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite (Apache-2.0)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, checker, helper, numpy_helper

from config.local_aws.detectors import checkpoint

SIDE = 224
CLASSES = 1000
STAGES = ((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1))  # how many blocks, stride of the first
EPSILON = 1e-3
IR_VERSION, OPSET = 8, 13


class _Graph:
    """Grows layer by layer; `last` names the newest layer's output."""

    def __init__(self, weights: dict[str, NDArray[np.float32]]) -> None:
        self.weights = weights
        self.nodes = [helper.make_node("Identity", ["picture"], ["start"])]
        self.constants: list[TensorProto] = []
        self.last = "start"

    def constant(self, name: str, numbers: NDArray[np.float32]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(numbers, np.float32), name))
        return name

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        output = f"{operator}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        self.last = output
        return output

    def convolve(self, layer: str, norm: str, *, stride: int = 1, groups: int = 1, activate: bool = True) -> None:
        """A convolution with its batch norm folded into weights and bias, then ReLU6."""
        scale = self.weights[f"{norm}.weight"] / np.sqrt(self.weights[f"{norm}.running_var"] + EPSILON)
        kernel = self.weights[f"{layer}.weight"] * scale[:, None, None, None]
        bias = self.weights[f"{norm}.bias"] - self.weights[f"{norm}.running_mean"] * scale
        self.add(
            "Conv",
            self.last,
            self.constant(f"{layer}.kernel", kernel),
            self.constant(f"{layer}.bias", bias),
            kernel_shape=kernel.shape[2:],
            strides=[stride, stride],
            group=groups,
            auto_pad="SAME_UPPER",  # as TensorFlow, where the weights were trained, pads
        )
        if activate:
            self.add("Clip", self.last, "zero", "six")

    def block(self, name: str, stride: int, *, residual: bool) -> None:
        """An inverted residual: expand, filter each channel, project."""
        entry = self.last
        if f"{name}._expand_conv.weight" in self.weights:
            self.convolve(f"{name}._expand_conv", f"{name}._bn0")
        channels = len(self.weights[f"{name}._depthwise_conv.weight"])
        self.convolve(f"{name}._depthwise_conv", f"{name}._bn1", stride=stride, groups=channels)
        self.convolve(f"{name}._project_conv", f"{name}._bn2", activate=False)
        if residual:
            self.add("Add", self.last, entry)


def onnx_model(weights_file: Path) -> bytes:
    """A serialised model: `picture` (n x 3 x 224 x 224, -1 to 1) to `probabilities` (n x 1000)."""
    graph = _Graph(checkpoint.read(weights_file))
    graph.constant("zero", np.zeros((), np.float32))
    graph.constant("six", np.full((), 6, np.float32))
    graph.convolve("_conv_stem", "_bn0", stride=2)
    number = 0
    for count, stride in STAGES:
        for repeat in range(count):
            graph.block(f"_blocks.{number}", 1 if repeat else stride, residual=repeat > 0)
            number += 1
    graph.convolve("_conv_head", "_bn1")
    graph.add("GlobalAveragePool", graph.last)
    graph.add("Flatten", graph.last)
    classes, bias = (graph.constant(f"classes.{kind}", graph.weights[f"_fc.{kind}"]) for kind in ("weight", "bias"))
    graph.add("Gemm", graph.last, classes, bias, transB=1)
    graph.nodes.append(helper.make_node("Softmax", [graph.last], ["probabilities"]))
    picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])
    probabilities = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", CLASSES])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "efficientnet-lite0", [picture], [probabilities], graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    model.ir_version = IR_VERSION
    checker.check_model(model)
    return bytes(model.SerializeToString())

"""Random forest: fitted by scikit-learn, exported as ONNX, and run by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import onnxruntime
from onnx import AttributeProto, ModelProto, NodeProto, TensorProto, helper
from sklearn.ensemble import RandomForestClassifier

from assay.learn.params import TreeParams
from assay.types import Flags, Floats, Ints, Singles

FILE = "model.onnx"
_CLASSES = (-1, 1)
_IR, _OPSET, _OPSET_ML = 8, 17, 3
_BITS = 24
_LEAF = -1


def fit(x: Singles, up: Flags, weight: Floats, n_drawn: int, params: TreeParams, seed: int) -> tuple[bytes, Floats]:
    """Fit a forest; return its ONNX bytes and the mean decrease of impurity by each column.

    Each tree draws ``n_drawn`` rows, with replacement and in proportion to their weights.
    """
    forest = RandomForestClassifier(
        params.n_estimators,
        max_depth=params.max_depth,
        min_samples_leaf=params.min_samples_leaf,
        max_features=params.max_features,
        max_samples=n_drawn,
        n_jobs=1,
        random_state=seed,
    ).fit(x, up, sample_weight=weight)
    return to_onnx([tree.tree_ for tree in forest.estimators_], x.shape[1]), forest.feature_importances_


class Opened:
    """A forest in ONNX Runtime, on one thread."""

    def __init__(self, content: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def __call__(self, x: Singles) -> Floats:
        """Return P(second class) of each row."""
        (probabilities,) = self._session.run(["probabilities"], {"features": x})
        return probabilities[:, 1].astype(np.float64)


def opened(content: bytes) -> Opened:
    """Return the forest that was exported."""
    return Opened(content)


def to_onnx(trees: Sequence[Any], n_features: int) -> bytes:
    """Return scikit-learn trees as an ONNX model: features (n, d) -> probabilities (n, 2).

    Parameters
    ----------
    trees
        ``sklearn.tree._tree.Tree`` objects of a classifier of two classes.
    n_features
        Number of columns d.

    Notes
    -----
    A node sends ``x <= threshold`` to the left. Features are single precision and thresholds double, so rounding the
    threshold down to single precision decides every row the same way.

    The share of the second class in a leaf is rounded to a multiple of 2**-k, with k such that the sum over all trees
    stays exact in single precision; the sum is then divided by the number of trees. So the result does not depend on
    the order of the sum, hence not on threads, batch or library, and differs from scikit-learn's by the rounding
    alone: at most 2**-(k + 1), k = 16 for 200 trees, and by the mean over trees some 3e-7.

    The operator's own label output is left out: for two classes ONNX Runtime compares the sum, not the mean, with a
    half.
    """
    sizes = [tree.node_count for tree in trees]
    place = np.repeat(np.arange(len(trees)), sizes)
    ids = np.concatenate([np.arange(size) for size in sizes])
    left, right, feature, threshold = (
        np.concatenate([getattr(tree, name) for tree in trees])
        for name in ("children_left", "children_right", "feature", "threshold")
    )
    second = np.concatenate([tree.value[:, 0, 1] / tree.value[:, 0].sum(axis=1) for tree in trees])
    inner = left != _LEAF
    node = helper.make_node("TreeEnsembleClassifier", ["features"], ["unused", "sums"], domain="ai.onnx.ml")
    node.attribute.extend(
        [
            _numbers("classlabels_int64s", _CLASSES),
            *_leaves(place[~inner], ids[~inner], _dyadic(second[~inner], len(trees))),
            _numbers("nodes_falsenodeids", np.where(inner, right, 0).tolist()),
            _numbers("nodes_featureids", np.where(inner, feature, 0).tolist()),
            _texts("nodes_modes", (b"BRANCH_LEQ" if branch else b"LEAF" for branch in inner.tolist())),
            _numbers("nodes_nodeids", ids.tolist()),
            _numbers("nodes_treeids", place.tolist()),
            _numbers("nodes_truenodeids", np.where(inner, left, 0).tolist()),
            _singles("nodes_values", np.where(inner, rounded_down(threshold), 0)),
            _texts("post_transform", b"NONE"),
        ]
    )
    return _model(node, len(trees), n_features).SerializeToString(deterministic=True)


def rounded_down(x: Floats) -> Singles:
    """Return the largest single-precision number that is not above each value."""
    near = x.astype(np.float32)
    return np.where(near > x, np.nextafter(near, np.float32(-np.inf)), near)


def _dyadic(share: Floats, n_trees: int) -> Floats:
    """Round shares so that the sum of ``n_trees`` of them is exact in single precision."""
    unit = 2.0 ** (_BITS - (n_trees - 1).bit_length())
    return np.rint(share * unit) / unit


def _leaves(place: Ints, ids: Ints, second: Floats) -> list[AttributeProto]:
    """Return what each leaf adds to either class."""
    return [
        _numbers("class_ids", np.tile([0, 1], ids.size).tolist()),
        _numbers("class_nodeids", np.repeat(ids, 2).tolist()),
        _numbers("class_treeids", np.repeat(place, 2).tolist()),
        _singles("class_weights", np.column_stack([1.0 - second, second]).ravel()),
    ]


def _model(trees: NodeProto, n_trees: int, n_features: int) -> ModelProto:
    """Frame the ensemble: its sums over trees, divided by their number."""
    count = helper.make_tensor("n_trees", TensorProto.FLOAT, [], [float(n_trees)])
    share = helper.make_node("Div", ["sums", "n_trees"], ["probabilities"])
    features = helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, n_features])
    probabilities = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2])
    graph = helper.make_graph([trees, share], "forest", [features], [probabilities], [count])
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("ai.onnx.ml", _OPSET_ML)]
    return helper.make_model(graph, producer_name="assay", ir_version=_IR, opset_imports=opsets)


def _numbers(name: str, values: Sequence[int]) -> AttributeProto:
    return AttributeProto(name=name, type=AttributeProto.INTS, ints=values)


def _singles(name: str, values: Floats) -> AttributeProto:
    return AttributeProto(name=name, type=AttributeProto.FLOATS, floats=values.tolist())


def _texts(name: str, values: bytes | Iterable[bytes]) -> AttributeProto:
    if isinstance(values, bytes):
        return AttributeProto(name=name, type=AttributeProto.STRING, s=values)
    return AttributeProto(name=name, type=AttributeProto.STRINGS, strings=values)

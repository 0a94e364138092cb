"""Entropies of the last returns: how little the market repeats itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.memory import Encoding, EntropyParams
from assay.stats import encoding, entropy
from assay.types import Floats, Ints

_feature = partial(Feature, "entropy")

_SIGNS = 3
_EACH = {
    "sign": "fall, no change or rise",
    "quantile": "one of {0} ranks among the last {1}",
    "sigma": "root mean squares of the last {1} from 0, rounded, up to {2}",
}
_BITS = "bits per bar"


def features(params: EntropyParams) -> list[Feature]:
    """Return the entries of the group."""
    return [entry for kind in params.encodings for window in params.windows for entry in _of(kind, window, params)]


def letters(x: Inputs, kind: Encoding, params: EntropyParams) -> Ints:
    """Return each log return as a letter, shape (n,); unknown before its encoding's first whole window."""
    return x.once(f"letters {kind}", lambda: _encoded(x.log_return, kind, params))


def alphabet(kind: Encoding, params: EntropyParams) -> int:
    """Return how many letters an encoding has."""
    return {"sign": _SIGNS, "quantile": params.quantile_letters, "sigma": 2 * params.sigma_limit + 1}[kind]


def _encoded(returns: Floats, kind: Encoding, params: EntropyParams) -> Ints:
    if kind == "sign":
        return encoding.signs(returns)
    if kind == "quantile":
        return encoding.quantiles(returns, params.encoding_window, params.quantile_letters)
    return encoding.sigmas(returns, params.encoding_window, params.sigma_limit)


def _of(kind: Encoding, window: int, params: EntropyParams) -> Iterator[Feature]:
    size, word = alphabet(kind, params), params.word
    one = partial(_one, kind, window, params)
    yield one("shannon", "Shannon's entropy", _BITS, "Shannon 1948", lambda m: entropy.plug_in(m, size, window))
    yield one(
        "plug_in",
        f"entropy of words of {word}, over {word},",
        _BITS,
        "Lopez de Prado 2018, 18.3",
        lambda m: entropy.plug_in(m, size, window, word),
    )
    yield one(
        "lempel_ziv",
        "different phrases per letter",
        "0 to 1",
        "Lempel, Ziv 1978; Lopez de Prado 2018, 18.4",
        lambda m: entropy.lempel_ziv(m, size, window),
    )
    yield one(
        "kontoyiannis",
        "entropy by the lengths of repetitions",
        _BITS,
        "Gao, Kontoyiannis, Bienenstock 2008; Lopez de Prado 2018, 18.4",
        lambda m: entropy.kontoyiannis(m, window),
    )


def _one(
    kind: Encoding,
    window: int,
    params: EntropyParams,
    name: str,
    text: str,
    unit: str,
    reference: str,
    function: Callable[[Ints], Floats],
) -> Feature:
    """Return one measure of the letters of one encoding."""
    each = _EACH[kind].format(params.quantile_letters, params.encoding_window, params.sigma_limit)
    return _feature(
        f"{name}_{kind}_{window}",
        f"{text} of {window} log returns, each as {each}",
        unit,
        window + (1 if kind == "sign" else params.encoding_window),
        lambda x: function(letters(x, kind, params)),
        reference,
    )

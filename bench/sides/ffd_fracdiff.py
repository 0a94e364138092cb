"""fracdiff-modern: numpy's direct convolution."""

import numpy as np
from fracdiff import fdiff

PACKAGES = ("fracdiff-modern", "numpy")
ORDER, WINDOW = 0.4, 1458


def prepare(folder):
    return np.load(folder / "log_price.npy")


def work(x):
    return fdiff(x, ORDER, window=WINDOW, mode="valid")


def answer(found):
    return {"n": int(found.size), "last": float(found[-1]), "squares": float((found * found).sum())}

"""One process for each share, each a loop over TA-Lib."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import equity_set_talib as one

PACKAGES = one.PACKAGES


def prepare(folder):
    with np.load(folder / "bars.npz") as file:
        return folder, len(file["close"])


def work(prepared):
    folder, n = prepared
    return [subprocess.check_output([sys.executable, __file__, str(folder), str(i)]) for i in range(n)]


def answer(result):
    return {"n_built": len(result), **json.loads(result[-1])}


def main(folder, i):
    with np.load(folder / "bars.npz") as file:
        bars = {name: file[name][i] for name in file}
    print(json.dumps(one.answer(one.columns(bars, *one.offsets(bars["closed_ns"])))))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

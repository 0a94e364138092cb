"""Kernels for a GPU: compiled once, with nothing fused, which is looked at; numba is played by a few lines."""

import sys
from types import SimpleNamespace

import pytest

from assay.bars import gpu_kernels
from assay.errors import ComputeError


class FakeCompiled:
    """What numba compiles, as far as a kernel asks: tells of each run whether NVVM was told to fuse nothing."""

    def __init__(self, ptx, nvvm):
        self.ptx, self.nvvm, self.runs, self.n_looks, self.is_closed = ptx, nvvm, [], 0, False

    def __getitem__(self, shape):
        return lambda *given: self.runs.append((shape, given, self.nvvm.compile_ir([], opt=3)))

    def inspect_asm(self):
        self.n_looks += 1
        return {"sm_90": self.ptx}

    def disable_compile(self):
        self.is_closed = True


@pytest.fixture
def compiled(monkeypatch):
    """A kernel of given PTX whose compiler returns the options that it was given."""
    nvvm = SimpleNamespace(compile_ir=lambda modules, **options: options)

    def of(ptx):
        fake = FakeCompiled(ptx, nvvm)
        monkeypatch.setattr(gpu_kernels, "cuda", SimpleNamespace(jit=lambda *_, **__: fake))
        monkeypatch.setitem(sys.modules, "numba.cuda.cudadrv.nvvm", nvvm)
        return fake, gpu_kernels.Kernel(lambda: None)

    return of


def test_a_kernel_is_compiled_unfused_and_looked_at_once(compiled):
    fake, kernel = compiled("add.rn.f64 mul.rn.f64")
    kernel.run(33, "a")
    kernel.run(64, "b")
    assert fake.runs == [((2, 32), ("a",), {"opt": 3, "fma": False}), ((2, 32), ("b",), {"opt": 3})]
    assert (fake.n_looks, fake.is_closed) == (1, True)


def test_a_kernel_with_a_fused_operation_is_refused_at_every_run(compiled):
    fake, kernel = compiled("fma.rn.f64")
    for _ in range(2):
        with pytest.raises(ComputeError, match=r"rounded apart; found fma\.rn\.f64 in the compiled kernel"):
            kernel.run(1)
    assert fake.n_looks == 2

"""The same inputs give the same bytes: other path, threads, hash seed, processor and executor."""

from datetime import UTC, datetime

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("market")]

OTHER = {
    "PYTHONHASHSEED": "12345",
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CACHE_DIR": "numba-cache",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR",
    "OPENBLAS_CORETYPE": "Haswell",
    "TZ": "Asia/Tokyo",
    "LC_ALL": "C",
}


def test_every_output_has_the_same_bytes_elsewhere(finished, make_workspace):
    other = make_workspace({"compute.executor": "serial"}, OTHER).run()
    ours, theirs = finished.files(), other.files()
    assert list(ours) == list(theirs)
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_a_run_has_no_trace_of_its_place_or_time(finished):
    words = [str(finished.folder).encode(), b"/tmp/", f"{datetime.now(tz=UTC):%Y-%m-}".encode()]
    traced = [name for name, content in finished.files().items() if any(word in content for word in words)]
    assert traced == []

"""DVCLive: the steps of a training, as plots and metrics that `dvc exp show` and `dvc plots` read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from dvclive.live import Live
from scmrepo.exceptions import SCMError

from assay.errors import StoreError


def log_steps(folder: Path, steps: Sequence[Mapping[str, float]], summary: Mapping[str, float]) -> None:
    """Write one plot per metric, a point per step, and ``metrics.json`` with the last step and the summary.

    Nothing else is touched: no experiment is saved and no ``dvc.yaml`` or report written. The name of the
    folder is in none of the files.

    Raises
    ------
    StoreError
        If the folder is in a git repository without a commit, which DVCLive does not bear.
    """
    try:
        with Live(str(folder), save_dvc_exp=False, dvcyaml=None, report=None) as live:
            for step in steps:
                for name, value in step.items():
                    live.log_metric(name, value)
                live.next_step()
            live.summary.update(summary)
    except SCMError as error:
        rule = "DVCLive needs at least one commit in the git repository"
        raise StoreError("git", rule, error, "commit once: git add . && git commit") from None

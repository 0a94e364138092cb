"""How strong a signal must be at each tick to have a stated correlation over a horizon."""

from __future__ import annotations

import numpy as np

from assay.errors import ParamsError


def tick_correlation(correlation: float, horizon: int, persistence: float) -> float:
    r"""Return the correlation per tick that gives ``correlation`` over ``horizon`` ticks.

    Parameters
    ----------
    correlation
        Wanted correlation of the signal with the sum of the next ``horizon`` returns, -1 to 1.
    horizon
        Number of ticks, 1 or more.
    persistence
        Autocorrelation :math:`\phi` of the signal from tick to tick, 0 to below 1.

    Raises
    ------
    ParamsError
        If no signal of this persistence reaches the correlation; the message tells the highest.

    Notes
    -----
    The signal is a standardised AR(1), :math:`x_{t+1} = \phi x_t + \sqrt{1-\phi^2} u_{t+1}`, the return
    :math:`r_{t+1} = \sigma(\rho x_t + \sqrt{1-\rho^2} e_{t+1})` with independent standard normal :math:`u, e`. Then
    for the sum :math:`R` of the next :math:`h` returns

    .. math:: \mathrm{cov}(x_t, R) = \rho\sigma A, \quad A = \sum_{k<h} \phi^k, \qquad
       \mathrm{var}\, R = \sigma^2 (h + \rho^2 B), \quad B = 2 \sum_{k=1}^{h-1} (h-k) \phi^k,

    so :math:`c = \rho A / \sqrt{h + \rho^2 B}`, and :math:`\rho = c \sqrt{h} / \sqrt{A^2 - c^2 B}`. With a horizon of
    one tick :math:`\rho = c`.
    """
    powers = np.cumprod(np.full(horizon, persistence)) / persistence if persistence else np.eye(1, horizon)[0]
    covered = float(powers.sum())
    shared = 2.0 * float((powers * np.arange(horizon, 0, -1))[1:].sum())
    highest = covered / float(np.sqrt(horizon + shared))
    if abs(correlation) > highest:
        remedy = "lower it, or bring signal_lifetime_ticks and signal_horizon_ticks together"
        rule = f"a signal that lasts {1 / (1 - persistence):g} ticks reaches {highest:.4f} at most over {horizon} ticks"
        raise ParamsError("data.synthetic.signal_correlation", rule, correlation, remedy)
    return (
        correlation * float(np.sqrt(horizon)) / float(np.sqrt(covered * covered - correlation * correlation * shared))
    )

import numpy as np
from typing import Tuple, NamedTuple


class LNState(NamedTuple):
    xhat: np.ndarray
    rstd: np.ndarray
    gain: np.ndarray


def ln_fwd(x: np.ndarray, gain: np.ndarray, shift: np.ndarray,
           eps: float = 1e-5) -> Tuple[np.ndarray, LNState]:
    """Layer norm over the last axis; any number of leading axes."""
    mean = x.mean(-1, keepdims=True)
    rstd = (((x - mean) ** 2).mean(-1, keepdims=True) + eps) ** -0.5
    xhat = (x - mean) * rstd
    return xhat * gain + shift, LNState(xhat, rstd, gain)


def ln_bwd(dy: np.ndarray, st: LNState):
    """-> (dx, dgain, dshift)"""
    lead = tuple(range(dy.ndim - 1))
    dgain = (dy * st.xhat).sum(lead)
    dshift = dy.sum(lead)
    dxhat = dy * st.gain
    dx = st.rstd * (
        dxhat
        - dxhat.mean(-1, keepdims=True)
        - st.xhat * (dxhat * st.xhat).mean(-1, keepdims=True)
    )
    return dx, dgain, dshift

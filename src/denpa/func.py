"""Transforms of functions: gradients, products with Jacobians, Jacobians, Hessians, traces."""

from __future__ import annotations

from denpa.autodiff.func import (
    grad,
    grad_and_value,
    hessian,
    jacfwd,
    jacrev,
    jvp,
    trace,
    value_and_grad,
    vjp,
    vjp_graph,
)

__all__ = [
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "trace",
    "value_and_grad",
    "vjp",
    "vjp_graph",
]

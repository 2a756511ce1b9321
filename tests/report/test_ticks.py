"""Ticks stand at both ends where the ends are round, whatever binary fractions make of them."""

from __future__ import annotations

import pytest

from denpa.report.scale import nice_domain, nice_ticks


@pytest.mark.parametrize("digit", [1, 2, 5])
@pytest.mark.parametrize("exponent", [-7, -3, -2, -1, 0, 1, 4])
def test_round_ends_are_ticks(digit: int, exponent: int) -> None:
    for first in (-37, -3, -1, 0, 1, 2, 3, 7, 11, 300):
        for count in (2, 3, 4, 5, 7):
            exact = [float(f"{(first + k) * digit}e{exponent}") for k in range(count + 1)]
            assert nice_ticks(exact[0], exact[-1], count) == exact
            assert nice_domain(exact[0], exact[-1], count) == (exact[0], exact[-1])

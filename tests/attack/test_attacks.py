"""A few cases of every attack; many run by `python -m tests.attack`."""

from __future__ import annotations

import pytest

from tests.attack.table import ATTACKS


@pytest.mark.parametrize("name", ATTACKS)
def test_every_case_of_an_attack_holds(name: str) -> None:
    attack = ATTACKS[name]
    outcome = attack.run(attack.few, 1)
    assert outcome.tried >= attack.few
    assert not outcome.fell, "\n".join(outcome.fell)

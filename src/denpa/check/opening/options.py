"""FILE:NAME and the options of `denpa check`, for the command and for Python: the report on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from denpa.check.determinism import ALONE
from denpa.check.opening.examples import examples_of
from denpa.check.opening.kinds import parts_of
from denpa.check.opening.load import beside, load, remarks_of, run_theirs
from denpa.check.opening.offers import named
from denpa.check.opening.open import made, near, opened, reported
from denpa.check.opening.partners import paired
from denpa.check.opening.settings import Given
from denpa.check.opening.unwritten import refuse_unwritten
from denpa.check.report import Report
from denpa.words import speaking

_BATCH = 32


@dataclass(frozen=True)
class Options:
    """What may be said besides FILE:NAME, under the names of the command's options."""

    init: str | None = None
    input: str | None = None
    grad: str | None = None
    jax: bool = False
    data: str | None = None
    target: str | None = None
    batch: int | None = None
    loss: str | None = None
    seed: int = 0
    step: float | None = None
    budget: float = 10.0
    evaluations: int | None = None
    language: str = "en"

    def said(self) -> dict[str, Any]:
        """Those that are not as they are without being said.

        >>> Options(grad="df", seed=3).said()
        {'grad': 'df', 'seed': 3}
        """
        usual = asdict(Options())
        return {k: v for k, v in asdict(self).items() if v != usual[k]}


def asked(spec: str, options: Options) -> Report:
    """The report on what a file holds; `report.repeat` is a line of Python that gives it again.

    Errors: ArgumentError where nothing fits, an Unwritten where it is an exercise that is not
    filled in; what the file itself raises, as a UserError.
    """
    with ALONE, speaking(options.language):
        return _asked(spec, options)


def _asked(spec: str, options: Options) -> Report:
    spec, other = paired(spec)
    spec, also = named(spec)
    whole = f"{spec}/{other}" if other else spec
    found, name = load(spec)
    partly, raised = [*also, *remarks_of(spec)], remarks_of(spec, unusual=True)
    other = options.grad or other
    gradient = beside(spec, other) if other else None
    refuse_unwritten(name, parts_of(found, gradient))
    if gradient is None and not options.jax:
        found = made(found, name)
    examples = None
    if options.data is not None:
        examples = examples_of(options.data, options.target, options.batch or _BATCH, options.seed)
    measures = {"step": options.step, "evaluations": options.evaluations}
    given = Given(
        options.init,
        options.input,
        gradient,
        options.jax,
        options.loss,
        examples,
        options.seed,
        options.budget,
        options.language,
        {k: v for k, v in measures.items() if v is not None},
        whole,
        near(found),
        options.said(),
    )
    subject = run_theirs(lambda: opened(found, name, given), name, "making it")
    report: Report = run_theirs(lambda: reported(subject, given), name, "checking it")
    report.raised, report.notes = raised, [*partly, *report.notes]
    return report

"""Which tests should see a fault: for each part of the source the near ones, then wider ones."""

from __future__ import annotations

import shlex

from tests.mutants.record import Fault

_CHECK = (
    "check/test_check.py check/test_model.py check/test_load.py check/test_parts.py"
    " check/test_strangers.py check/test_repair.py check/test_gallery.py"
)
# The longest prefix of the file counts. The doctests of the file itself run with the near ones.
TESTS: dict[str, tuple[str, str]] = {
    "core/": ("core functional/test_pointwise.py", "autodiff ops functional nn/test_module.py"),
    "core/folders.py": (
        "compiler/test_cache.py compiler/test_cache_trust.py",
        "core compiler/test_apart.py",
    ),
    "core/graph.py": (
        "core autodiff",
        "compiler/test_trace.py compiler/test_custom.py ops functional",
    ),
    "core/memory.py": ("core", "autodiff nn/test_module.py"),
    "words/": ("words", "check/test_language.py lab/test_words.py"),
    "ops/": ("functional", "ops nn autodiff compiler/test_totality.py"),
    "ops/kinds.py": ("autodiff", "ops functional nn"),
    "ops/linear.py": ("functional/test_linalg.py autodiff/test_edges.py", "ops functional nn"),
    "ops/random.py": ("ops/test_random.py", "functional compiler/test_native.py"),
    "ops/index.py": ("nn/test_conv_pool.py functional/test_indexing.py", "ops functional nn"),
    "autodiff/": ("autodiff", "functional nn compiler/test_custom.py compiler/test_trace.py"),
    "autodiff/mode.py": ("autodiff", "functional nn train/test_fit.py"),
    "explanation/": ("explanation", "report"),
    "functional/": ("functional", "ops nn autodiff"),
    "functional/generator.py": (
        "functional/test_random.py",
        "functional nn utils train/test_fit.py",
    ),
    "functional/random.py": ("functional/test_random.py", "functional nn utils train/test_fit.py"),
    "nn/": ("nn", "functional train/test_fit.py train/test_parts.py"),
    "nn/functional/activation.py": ("nn/test_activation.py nn/test_edges.py", "nn ops"),
    "nn/functional/conv.py": ("nn/test_conv_pool.py nn/test_edges.py", "nn"),
    "nn/functional/pool.py": ("nn/test_conv_pool.py nn/test_edges.py", "nn"),
    "nn/functional/entropy.py": ("nn/test_losses.py nn/test_edges.py", "nn train/test_fit.py"),
    "nn/functional/loss.py": ("nn/test_losses.py nn/test_edges.py", "nn train/test_fit.py"),
    "nn/functional/norm.py": ("nn/test_norm.py", "nn train/test_fit.py"),
    "nn/modules/norm.py": ("nn/test_norm.py nn/test_edges.py", "nn train/test_fit.py"),
    "nn/module.py": ("nn/test_module.py nn/test_edges.py", "nn train/test_parts.py"),
    "nn/serialize.py": (
        "nn/test_module.py nn/test_serialize.py nn/test_edges.py",
        "nn train/test_parts.py cli/test_train.py",
    ),
    "nn/utils.py": ("nn/test_init_utils.py nn/test_edges.py", "nn train/test_fit.py"),
    "nn/init.py": ("nn/test_init_utils.py", "nn"),
    "optim/": ("optim", "train/test_fit.py nn"),
    "optim/lbfgs.py": ("optim/test_lbfgs.py optim/test_lbfgs_memory.py", "optim"),
    "optim/lr_scheduler/": ("optim/test_lr_scheduler.py", "optim train/test_fit.py"),
    "utils/": ("utils", "train/test_fit.py train/test_native.py"),
    "data/": ("data", "train/test_parts.py cli/test_train.py cli/test_reuse.py"),
    "data/augment.py": ("data/test_augment.py", "data train/test_fit.py"),
    "data/readers/images.py": ("data/test_images.py data/test_forms.py", "data cli/test_train.py"),
    "data/encoders/scale.py": ("data/test_split_and_scale.py", "data train"),
    "data/encoders/split.py": ("data/test_split_and_scale.py", "data train cli/test_train.py"),
    "data/encoders/columns.py": (
        "data/test_tables.py data/test_table_mistakes.py data/test_forms.py",
        "data cli/test_reuse.py",
    ),
    "data/encoders/table.py": (
        "data/test_tables.py data/test_table_mistakes.py",
        "data cli/test_reuse.py",
    ),
    "data/encoders/target.py": (
        "data/test_tables.py data/test_table_mistakes.py data/test_arrays.py data/test_forms.py",
        "data cli/test_train.py",
    ),
    "data/encoders/arrays.py": ("data/test_arrays.py", "data cli/test_train.py"),
    "train/": (
        "train/test_parts.py train/test_fit.py train/test_wiring.py",
        "train cli/test_train.py cli/test_reuse.py",
    ),
    "train/loop.py": (
        "train/test_fit.py train/test_wiring.py",
        "train cli/test_resume.py cli/test_train.py",
    ),
    "train/evaluation.py": ("train/test_fit.py train/test_wiring.py", "train"),
    "train/steps.py": ("train/test_fit.py train/test_wiring.py", "train cli/test_native.py"),
    "train/gradcheck.py": (
        "train/test_gradcheck.py train/test_wiring.py",
        "train cli/test_train.py",
    ),
    "train/checkpoint.py": ("train/test_parts.py", "train cli/test_resume.py"),
    "runs/": (
        "train/test_parts.py train/test_wiring.py cli/test_train.py",
        "train cli/test_reuse.py cli/test_resume.py",
    ),
    "runs/saver.py": ("runs/test_checkpoints.py", "runs cli/test_resume.py attack"),
    "core/files.py": (
        "runs/test_safe.py runs/test_checkpoints.py",
        "core runs nn/test_module.py",
    ),
    "core/sealed.py": ("runs/test_checkpoints.py runs/test_outputs.py", "runs cli/test_reuse.py"),
    "report/outputs.py": ("runs/test_outputs.py", "runs cli/test_reuse.py"),
    "runs/training.py": ("cli/test_resume.py cli/test_changed_data.py", "cli train"),
    "runs/resuming.py": (
        "runs/test_going_on.py cli/test_resume.py cli/test_changed_data.py",
        "cli runs",
    ),
    "runs/run.py": ("cli/test_reuse.py", "cli train"),
    "runs/folder.py": (
        "runs/test_safe.py runs/test_checkpoints.py train/test_wiring.py",
        "runs cli train",
    ),
    "runs/fields.py": ("runs/test_schema.py runs/test_header.py", "runs cli/test_reuse.py"),
    "runs/schema.py": ("runs/test_schema.py", "runs cli/test_reuse.py"),
    "runs/shapes.py": ("runs/test_header.py runs/test_schema.py", "runs cli/test_reuse.py"),
    "runs/header.py": ("runs/test_header.py", "runs cli/test_reuse.py"),
    "runs/settings.py": ("train/test_parts.py cli/test_train.py", "cli train"),
    "cli/": ("cli/test_main.py cli/test_console.py", "cli"),
    "cli/train.py": ("cli/test_resume.py cli/test_train.py", "cli"),
    "cli/evaluate.py": ("cli/test_reuse.py", "cli"),
    "cli/predict.py": ("cli/test_reuse.py", "cli"),
    "cli/lab.py": ("cli/test_lab.py", "cli lab"),
    "cli/check.py": ("cli/test_check.py", "cli check"),
    "lab/": ("lab", "cli/test_lab.py"),
    "vision/": ("vision", "data/test_images.py"),
    "backends/": ("vision functional/test_creation.py", "nn/test_module.py"),
    "report/": ("report", "cli/test_train.py check/test_page.py"),
    "report/scale.py": ("report/test_scale.py", "report check/test_page.py"),
    "report/printing.py": ("report/test_printing.py", "report cli/test_terminal.py"),
    "report/progress.py": ("report/test_progress.py", "report cli/test_train.py train/test_fit.py"),
    "check/": ("check/test_pieces.py check/test_numeric.py check/test_examine.py", _CHECK),
    "check/optimizers/": (
        "check/test_rules.py check/test_rule_definitions.py",
        "check/test_check.py check/test_plugin.py",
    ),
    "check/repair/": ("check/test_repair.py", _CHECK),
    "check/pages/": (
        "check/test_page.py check/test_explain.py check/test_pieces.py",
        "check/test_check.py cli/test_check.py",
    ),
    "check/mistakes/": ("check/test_pieces.py check/test_check.py", _CHECK),
    "check/opening/": ("check/test_load.py check/test_strangers.py", _CHECK),
    "check/sweep.py": ("check/test_sweep.py check/test_pieces.py", "check/test_page.py"),
    "check/explain/": ("check/test_explain.py", "cli/test_check.py"),
    "check/subjects/": (
        "check/test_model.py check/test_autograd_functions.py check/test_parts.py"
        " check/test_cuts.py",
        _CHECK,
    ),
    "compiler/": (
        "compiler/test_native.py compiler/test_compiled.py",
        "compiler/test_totality.py compiler/test_trace.py compiler/test_fuzz.py"
        " compiler/test_steps.py compiler/test_state.py train/test_native.py",
    ),
    "compiler/run/cache.py": (
        "compiler/test_cache.py compiler/test_cache_trust.py compiler/test_apart.py",
        "compiler/test_compiled.py",
    ),
    "compiler/passes/": (
        "compiler/test_passes.py",
        "compiler/test_totality.py compiler/test_fuzz.py",
    ),
    "compiler/passes/one_hot.py": (
        "compiler/test_one_hot.py",
        "compiler/test_passes.py compiler/test_fuzz.py",
    ),
    "compiler/schedule/memory.py": (
        "compiler/test_memory.py",
        "compiler/test_native.py compiler/test_fuzz.py",
    ),
    "compiler/schedule/barriers.py": (
        "compiler/test_split.py compiler/test_dependencies.py",
        "compiler/test_race.py compiler/test_lanes.py compiler/test_divide.py",
    ),
    "compiler/emit/vector_": ("compiler/test_vector_math.py", "compiler/test_totality.py"),
    "compiler/trace/arguments.py": (
        "compiler/test_key.py compiler/test_calls.py compiler/test_apart.py",
        "compiler/test_compiled.py compiler/test_entry.py compiler/test_stale.py",
    ),
    "compiler/emit/pointwise.py": (
        "compiler/test_totality.py",
        "compiler/test_native.py compiler/test_fuzz.py",
    ),
    "compiler/lower/ops.py": (
        "compiler/test_totality.py",
        "compiler/test_native.py compiler/test_fuzz.py",
    ),
    "compiler/emit/codegen.py": (
        "compiler/test_state.py compiler/test_steps.py",
        "compiler/test_native.py compiler/test_lanes.py compiler/test_memory.py"
        " train/test_native.py",
    ),
    "compiler/run/epochs.py": (
        "compiler/test_steps.py",
        "compiler/test_compiled.py train/test_native.py",
    ),
    "compiler/run/threads.py": ("compiler/test_runtime.py", "compiler/test_native.py"),
    "compiler/emit/panels.py": ("compiler/test_panels.py", "compiler/test_native.py"),
    "compiler/emit/packing.py": ("compiler/test_panels.py", "compiler/test_native.py"),
    "compiler/lower/epilogue.py": ("compiler/test_epilogue.py", "compiler/test_native.py"),
    "compiler/trace/reach.py": (
        "compiler/test_reach.py",
        "compiler/test_kept.py compiler/test_carried.py compiler/test_stale.py",
    ),
    "compiler/trace/purity.py": ("compiler/test_reach.py", "compiler/test_pyfuzz.py"),
    "compiler/emit/anomaly.py": (
        "autodiff/test_anomaly.py",
        "attack compiler/test_native.py compiler/test_compiled.py train/test_native.py",
    ),
    "train/anomaly.py": ("train/test_anomaly.py", "attack train/test_fit.py"),
}


def stages(fault: Fault) -> list[list[str]]:
    """The arguments of pytest, nearest first; the wider ones only where those pass."""
    prefix = max((p for p in TESTS if fault.file.startswith(p)), key=len)
    near, wide = ([f"tests/{t}" for t in group.split()] for group in TESTS[prefix])
    named = shlex.split(fault.tests) if fault.tests else near
    # The file comes last: pytest would load it a second time if `denpa` were not imported yet.
    return [[*named, f"src/denpa/{fault.file}"], [t for t in (*near, *wide) if t not in named]]

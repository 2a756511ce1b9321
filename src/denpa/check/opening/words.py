"""Words that arguments are called by, and the arrays that suit them: the tables of `guess`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

MATRICES = re.compile(
    r"(W|w|weights?|kernels?|filters?|U|V|[Tt]heta|重み|W_?[a-zA-Z]*|w_[a-z]+|weights?_\w+)\d*"
)
VECTORS = re.compile(r"(b|bias|biases|beta|gamma|shift|scale|バイアス|b_?[a-z]?|bias_\w+)\d*")
INS = {"n_in", "nin", "in_features", "input_size", "in_dim", "fan_in", "D", "input_dim", "n_input",
        "num_inputs", "in_size", "d_in", "vocab_size", "num_embeddings", "n_features", "dim",
        "size", "features", "num_features", "n_inputs", "in_", "inputs", "n_x", "input_nodes",
        "inputnodes", "inputs_size", "input_features", "d_model", "embed_dim", "n", "D_in", "inp",
        "input_neurons", "num_input", "input_units", "in_units", "V", "nx", "input_shape_",
        "units_in", "n_entradas", "entradas", "n_ent", "n_entrada", "eingaben", "n_eingang",
        "n_entrees", "入力数", "入力次元",
        "n_features_in", "n_embd", "normalized_shape", "input_n", "x_dim", "insize", "in_n",
        "num_in", "idim", "ninput"}  # fmt: skip
OUTS = {"n_out", "nout", "out_features", "output_size", "out_dim", "fan_out", "M", "num_classes",
         "n_classes", "n_output", "num_outputs", "out_size", "d_out", "embedding_dim", "dim_out",
         "output_dim", "wordvec_size", "n_neurons", "n_outputs", "units", "n_units", "neurons",
         "out", "outputs", "n_y", "output_nodes", "outputnodes", "output_features", "classes", "K",
         "C", "D_out", "num_neurons", "output_neurons", "num_output", "out_units", "hidden_units",
         "output_units", "ny", "nb_classes", "outsize", "out_n", "y_dim", "num_out", "odim",
         "noutput", "n_nodes", "width", "n_saidas", "saidas", "n_sai", "n_salidas", "salidas",
         "ausgaben", "n_ausgang", "n_sorties", "出力数", "出力次元"}  # fmt: skip
HIDDEN = {"hidden_size", "n_hidden", "hidden", "hidden_dim", "num_hidden", "H", "n_h", "nh",
           "hidden_nodes", "hiddennodes", "hidden_neurons", "hid", "hid_size", "nhidden",
           "hiddensize", "hidden_n", "n_hid", "hidden_layer_size", "rnn_size", "h_dim",
           "num_hiddens", "hidden_layer_neurons", "n_ocultas", "n_oculta", "n_oculto", "ocultas",
           "n_verdeckt", "verdeckt", "n_cachees", "隠れ層数", "中間層数"}  # fmt: skip
LISTS = {"sizes", "layers", "layer_sizes", "layer_dims", "layers_dims", "dims", "architecture",
          "structure", "topology", "layers_size", "layer_size", "nodes", "shape",
          "neurons_per_layer",
          "network_structure", "layer_dimensions", "layers_sizes", "sizes_list",
          "arch", "camadas", "capas", "schichten", "couches", "層", "层", "계층"}  # fmt: skip
STATES = re.compile(
    r"(h|c|s|a|state|hidden)_?(prev|t|0|tm1|init|initial)?|(prev|initial)_?(h|c)"
    r"|(h|c|a|s)(prev|0)|hidden_state|cell_state|next_h|prev_state"
    r"|last_h"
)
DATA = {
    "X",
    "x",
    "inputs",
    "input",
    "data",
    "A",
    "A_prev",
    "A0",
    "a",
    "z",
    "Z",
    "x_train",
    "images",
}
PARAMETERS = {"parameters", "params", "weights", "theta", "model", "p", "param", "ws"}
NUMBERS: dict[str, str] = {
    "stride": "1", "strides": "1", "pad": "1", "padding": "1", "pool_h": "2", "pool_w": "2",
    "pool_size": "2", "kernel_size": "3", "filter_size": "3", "in_channels": "2", "ksize": "3",
    "out_channels": "3", "channels": "2", "filter_num": "3", "num_filters": "3", "n_filters": "3",
    "num_channels": "2", "n_channels": "2", "in_ch": "2", "out_ch": "3", "filter_h": "3",
    "filter_w": "3", "FH": "3", "FW": "3", "k": "3", "size": "2", "f": "3", "pool": "2",
    "p": "0.5", "rate": "0.5", "ratio": "0.5", "dropout_ratio": "0.5", "drop_prob": "0.5",
    "keep_prob": "0.5", "prob": "0.5", "dropout": "0.5", "dropout_rate": "0.5", "drop": "0.5",
    "alpha": "0.1", "slope": "0.1", "negative_slope": "0.1", "eps": "1e-5", "epsilon": "1e-5",
    "momentum": "0.9", "decay": "0.9", "hidden_size_list": "[6, 5]", "hidden_sizes": "[6, 5]",
    "hidden_dims": "[6, 5]", "hidden_layers": "[6, 5]", "hidden_layer_sizes": "[6, 5]",
    "seed": "0", "random_state": "0", "random_seed": "0", "reg": "0.1", "lam": "0.1",
    "lambda_": "0.1", "lambd": "0.1", "l2": "0.1", "reg_lambda": "0.1", "weight_decay": "0.1",
    "lmbda": "0.1", "regularization": "0.1", "reg_strength": "0.1", "weight_decay_lambda": "0.1",
    "l2_reg": "0.1", "l1": "0.1", "learning_rate": "0.1", "lr": "0.1", "eta": "0.1",
    "learningrate": "0.1", "learningRate": "0.1", "delta": "1.0", "margin": "1.0", "C": "1.0",
    "temperature": "1.5", "bn_param": "dict(mode='train')", "gn_param": "{}", "ln_param": "{}",
    "dropout_param": "dict(p=0.5, mode='train', seed=0)", "mode": "'train'",
    "conv_param": "dict(stride=1, pad=1)", "hparameters": "dict(stride=1, pad=1, f=2)",
    "hparams": "dict(stride=1, pad=1, f=2)", "G": "2", "num_groups": "2", "groups": "2",
    "num_heads": "2", "n_heads": "2", "heads": "2", "n_head": "2",
    "pool_param": "dict(pool_height=2, pool_width=2, stride=2)", "pool_height": "2",
    "pool_width": "2", "weight_init_std": "0.5", "init_std": "0.5", "weight_scale": "0.5",
    "std": "0.5", "sigma": "0.5", "use_bias": "True", "bias": "True", "name": "'layer'",
    "verbose": "False", "debug": "False", "rng": "np.random.default_rng(0)", "batch_size": "5",
    "generator": "np.random.default_rng(0)", "random": "np.random.default_rng(0)", "axis": "-1",
    "dtype": "np.float64", "trainable": "True", "stateful": "False", "training": "True",
    "input_shape": "(2, 6, 6)", "reduction": "'mean'", "optimizer": "None", "initializer": "None",
    "sequence_length": "3", "seq_len": "3", "T": "3", "time_steps": "3", "timesteps": "3",
    "iterations": "1", "epochs": "1", "num_iterations": "1", "print_cost": "False",
}  # fmt: skip
TINY = {"eps", "epsilon"}
DERIVATIVES = {
    "activation_prime": "lambda x: 1 - np.tanh(x)**2",
    "loss_prime": "lambda t, y: 2 * (y - t) / np.size(t)",
    "activation_derivative": "lambda x: 1 - np.tanh(x)**2",
    "derivative": "lambda x: 1 - np.tanh(x)**2",
    "activation_grad": "lambda x: 1 - np.tanh(x)**2",
    "activation_deriv": "lambda x: 1 - np.tanh(x)**2",
    "d_activation": "lambda x: 1 - np.tanh(x)**2",
    "df": "lambda x: 1 - np.tanh(x)**2",
    "prime": "lambda x: 1 - np.tanh(x)**2",
    "act_prime": "lambda x: 1 - np.tanh(x)**2",
}
CALLED = {
    "activation",
    "act",
    "activation_function",
    "activation_fn",
    "act_fn",
    "nonlinearity",
    "f",
    "func",
    "function",
    "fn",
}


CONSTRUCTED: tuple[tuple[str, str, bool], ...] = (
    ("rand({i}, {o})", "rand({o})", False),
    ("rand({i}, {o})", "rand(1, {o})", False),
    ("rand({o}, {i})", "rand({o}, 1)", True),
    ("rand({o}, {i})", "rand({o})", False),
    ("rand(3, 2, 3, 3)", "rand({o})", False),
    ("rand(3, 2, 3)", "rand({o})", False),
    ("rand({i})", "rand({i})", False),
    ("rand({i})", "0.3", False),
    ("rand({i}, 1)", "rand(1)", False),
    ("rand({i}, 12)", "rand(12)", False),
    ("rand({i}, 9)", "rand(9)", False),
)


World = dict[str, Any]


def world(
    family: str,
    data: str,
    matrix: str,
    vector: str,
    targets: Sequence[str],
    state: str = "",
    columns: bool = False,
    other: str = "",
) -> World:
    """Arrays that belong together: the data, matrices and vectors of parameters, targets."""
    return {
        "family": family,
        "data": data,
        "matrix": matrix,
        "vector": vector,
        "targets": targets,
        "state": state or data,
        "columns": columns,
        "other": other or data,
    }


_ROWS = ("onehot(5, 3)", "labels(5, 3)", "binary(5)", "binary(5, 1)", "rand(5, 3)", "rand(5)")
_SAME = ("onehot(5, 4)", "labels(5, 4)", "rand(5, 4)")
WORLDS: tuple[World, ...] = (
    world("rows", "rand(5, 4)", "rand(4, 3)", "rand(3)", _ROWS, "rand(5, 3)"),
    world("rows", "rand(5, 4)", "rand(4, 3)", "rand(4)", _SAME),
    world("rows", "rand(5, 4)", "rand(4, 3)", "rand(1, 3)", _ROWS, "rand(5, 3)"),
    world("rows", "rand(5, 4)", "rand(5, 4)", "rand(5, 4)", _SAME),
    world("columns", "rand(4, 5)", "rand(3, 4)", "rand(3, 1)",
           ("onehot(5, 3).T", "labels(5, 3)", "binary(1, 5)", "rand(3, 5)"), "rand(3, 5)", True),
    world("rows", "rand(5, 4)", "rand(4)", "0.3", ("binary(5)", "rand(5)")),
    world("rows", "rand(5, 4)", "rand(4, 1)", "0.3", ("binary(5, 1)", "rand(5, 1)")),
    world("rows", "rand(5, 4)", "rand(4, 1)", "rand(1)", ("binary(5, 1)", "rand(5, 1)")),
    world("columns", "rand(4, 5)", "rand(4, 1)", "0.3", ("binary(1, 5)",), "", True),
    world("columns", "rand(4, 5)", "rand(1, 4)", "rand(1, 1)", ("binary(1, 5)",), "", True),
    world("rows", "rand(5)", "0.7", "0.3", ("rand(5)", "binary(5)")),
    world("rows", "rand(5, 4)", "rand(3, 4)", "rand(3)", ("rand(5, 3)", *_ROWS), "rand(5, 3)",
          False, "binary(5, 3)"),
    world("rows", "rand(5, 4)", "rand(3, 4)", "rand(3)", _ROWS, "rand(5, 3)"),
    world("rows", "rand(5, 4)", "rand(4)", "rand(4)", _SAME),
    world("rows", "rand(2, 3, 4)", "rand(4)", "rand(4)", _SAME),
    world("rows", "rand(2, 2, 7, 6)", "rand(3, 2, 3, 3)", "rand(3)", _ROWS),
    world("rows", "rand(2, 2, 6, 6)", "rand(3, 2, 3, 3)", "rand(2)", _ROWS),
    world("rows", "rand(2, 2, 6, 6)", "rand(3, 2, 3, 3)", "rand(1, 2, 1, 1)", _ROWS),
    world("rows", "rand(2, 4, 6, 6)", "rand(3, 4, 3, 3)", "rand(1, 4, 1, 1)", _ROWS),
    world("rows", "rand(2, 6, 6, 2)", "rand(3, 3, 2, 3)", "rand(1, 1, 1, 3)", _ROWS),
    world("rows", "rand(2, 2, 9)", "rand(3, 2, 3)", "rand(3)", _ROWS),
    world("rows", "rand(2, 3, 4)", "rand(4, 3)", "rand(3)", ("labels(6, 3).reshape(2, 3)", *_ROWS),
           "rand(2, 3)"),
    world("rows", "rand(2, 3, 4)", "rand(4, 4)", "rand(4)", ("labels(6, 4).reshape(2, 3)",)),
    world("rows", "rand(2, 3, 3)", "rand(3, 12)", "rand(12)", _ROWS, "rand(2, 3)"),
    world("rows", "rand(5, 3)", "rand(3, 12)", "rand(12)", _ROWS, "rand(5, 3)"),
    world("rows", "rand(5, 3)", "rand(3, 9)", "rand(9)", _ROWS, "rand(5, 3)"),
    world("rows", "rand(2, 3, 3)", "rand(3, 9)", "rand(9)", _ROWS, "rand(2, 3)"),
    world("columns", "rand(4, 5)", "rand(3, 7)", "rand(3, 1)", ("onehot(5, 3).T",), "rand(3, 5)",
           True),
    world("rows", "labels(5, 3)", "rand(4, 3)", "rand(3)", ("labels(5, 3)", *_ROWS)),
    world("rows", "[0, 2, 1, 2]", "rand(3, 4)", "rand(3, 1)", ("[2, 1, 2, 0]",), "rand(3, 1)",
          True),
    world("rows", "[0, 2, 1, 2]", "rand(4, 3)", "rand(3)", ("[2, 1, 2, 0]",), "rand(3)"),
    world("rows", "labels(6, 3).reshape(2, 3)", "rand(4, 3)", "rand(3)",
          ("labels(6, 3).reshape(2, 3)", *_ROWS)),
    world("one", "rand(8, 8)", "rand(3, 3)", "0.3", ("rand(8, 8)",)),
    world("one", "rand(2, 6, 6)", "rand(3, 2, 3, 3)", "rand(3)", _ROWS),
    world("vector", "rand(4)", "rand(3, 4)", "rand(3)", ("onehot(1, 3)[0]", "1", "rand(3)")),
    world("vector", "rand(4)", "rand(4, 3)", "rand(3)", ("onehot(1, 3)[0]", "1", "rand(3)"),
           "rand(3)"),
    world("vector", "rand(6)", "rand(6)", "rand(6)", ("onehot(1, 6)[0]", "1", "rand(6)")),
    world("vector", "rand(4)", "rand(4)", "0.3", ("1.0", "0.3")),
    world("column", "rand(4, 1)", "rand(3, 4)", "rand(3, 1)", ("onehot(1, 3).T", "1"), "rand(3, 1)",
           True),
    world("number", "0.7", "0.4", "0.3", ("1.0",)),
    world("row", "rand(1, 4)", "rand(4, 3)", "rand(1, 3)", ("onehot(1, 3)",)),
)  # fmt: skip

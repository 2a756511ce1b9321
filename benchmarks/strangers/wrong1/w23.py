import numpy as np


def nesterov_momentum(w, dw, config=None):
    """
    Nesterov accelerated gradient (the form that takes the gradient at w).

    config:
    - learning_rate: step size
    - momentum: number between 0 and 1
    - velocity: array of the same shape as w
    """
    if config is None:
        config = {}
    config.setdefault('learning_rate', 1e-2)
    config.setdefault('momentum', 0.9)
    v = config.get('velocity', np.zeros_like(w))

    mu = config['momentum']
    v_prev = v
    v = mu * v - config['learning_rate'] * dw
    next_w = w - mu * v + (1 + mu) * v
    config['velocity'] = v
    return next_w, config

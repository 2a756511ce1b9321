import numpy as np


def make_net():
    """returns a 2-4-1 xor net as a dict of functions (no classes please)"""
    rng = np.random.RandomState(7)
    params = {
        'w1': rng.normal(0, 1, (2, 4)), 'b1': np.zeros((1, 4)),
        'w2': rng.normal(0, 1, (4, 1)), 'b2': np.zeros((1, 1)),
    }
    mem = {}

    def forward(x):
        mem['x'] = x
        mem['h'] = np.tanh(x @ params['w1'] + params['b1'])
        mem['p'] = 1 / (1 + np.exp(-(mem['h'] @ params['w2'] + params['b2'])))
        return mem['p']

    def loss(x, y):
        p = forward(x)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    def backward(y):
        dz2 = (mem['p'] - y) / len(y)
        dz1 = dz2 @ params['w2'].T * (1 - mem['h'] ** 2)
        return {
            'w2': mem['h'].T @ dz2, 'b2': dz2.sum(0, keepdims=True),
            'w1': mem['x'].T @ dz1, 'b1': dz1.sum(0, keepdims=True),
        }

    return {'params': params, 'forward': forward, 'loss': loss, 'backward': backward}

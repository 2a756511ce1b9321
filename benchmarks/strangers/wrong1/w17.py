import numpy as np

vocab_size = 7
hidden_size = 10


def init(seed=0):
    rng = np.random.RandomState(seed)
    Wxh = rng.randn(hidden_size, vocab_size) * 0.3
    Whh = rng.randn(hidden_size, hidden_size) * 0.3
    Why = rng.randn(vocab_size, hidden_size) * 0.3
    bh = np.zeros((hidden_size, 1))
    by = np.zeros((vocab_size, 1))
    return Wxh, Whh, Why, bh, by


def lossFun(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    """
    inputs, targets: lists of integers. hprev: (H, 1) initial hidden state.
    returns the loss, gradients on model parameters, and last hidden state
    """
    xs, hs, ps = {}, {}, {}
    hs[-1] = np.copy(hprev)
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        y = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(y) / np.sum(np.exp(y))
        loss += -np.log(ps[t][targets[t], 0])
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh, dhraw)
    return loss, dWxh, dWhh, dWhy, dbh, dby, hs[len(inputs) - 1]

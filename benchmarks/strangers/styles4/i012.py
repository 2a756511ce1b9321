"""CSE 4xx assignment 3: character level RNN, loss over one chunk of text.

Global parameter dictionary on purpose (the TA's skeleton is like that).
"""
import numpy as np

np.random.seed(598)
vocab_size = 7
hidden_size = 5

params = {
    'Wxh': np.random.randn(hidden_size, vocab_size) * 0.3,
    'Whh': np.random.randn(hidden_size, hidden_size) * 0.3,
    'Why': np.random.randn(vocab_size, hidden_size) * 0.3,
    'bh': np.zeros((hidden_size, 1)),
    'by': np.zeros((vocab_size, 1)),
}


def lossFun(inputs, targets, hprev):
    """
    inputs, targets are both lists of integers in [0, vocab_size).
    hprev is a (hidden_size, 1) array of the initial hidden state.
    returns the loss, a dictionary of gradients on the model parameters, the gradient
    on hprev, and the last hidden state
    """
    xs, hs, ps = {}, {-1: np.copy(hprev)}, {}
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(params['Wxh'] @ xs[t] + params['Whh'] @ hs[t - 1] + params['bh'])
        y = params['Why'] @ hs[t] + params['by']
        ps[t] = np.exp(y) / np.sum(np.exp(y))
        loss += -np.log(ps[t][targets[t], 0])

    d = {k: np.zeros_like(v) for k, v in params.items()}
    dhnext = np.zeros_like(hprev, dtype=float)
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        d['Why'] += dy @ hs[t].T
        d['by'] += dy
        dh = params['Why'].T @ dy + dhnext
        draw = (1 - hs[t] * hs[t]) * dh
        d['bh'] += draw
        d['Wxh'] += draw @ xs[t].T
        d['Whh'] += draw @ hs[t - 1].T
        dhnext = params['Whh'].T @ draw
    return loss, d, dhnext, hs[len(inputs) - 1]


if __name__ == '__main__':
    text = [0, 1, 2, 3, 4, 5, 6] * 4
    h = np.zeros((hidden_size, 1))
    for it in range(200):
        loss, grads, _, _ = lossFun(text[:-1], text[1:], h)
        for k in params:
            params[k] -= 0.05 * np.clip(grads[k], -5, 5)
    print(loss)

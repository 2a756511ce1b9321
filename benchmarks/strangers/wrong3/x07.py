"""
char-level language model, plain recurrent net.
Toy text so that it runs without any data file.
"""
import numpy as np

data = "hello world, hold the door and roll the dice"
chars = sorted(set(data))
vocab_size = len(chars)
char_to_ix = {c: i for i, c in enumerate(chars)}
ix_to_char = dict(enumerate(chars))

# hyperparameters
hidden_size = 12
seq_length = 8
learning_rate = 0.1

np.random.seed(42)
Wxh = np.random.randn(hidden_size, vocab_size) * 0.3
Whh = np.random.randn(hidden_size, hidden_size) * 0.3
Why = np.random.randn(vocab_size, hidden_size) * 0.3
bh = np.zeros((hidden_size, 1))
by = np.zeros((vocab_size, 1))


def loss_fun(inputs, targets, hprev):
    """
    inputs, targets: lists of integers; hprev: (hidden_size, 1) starting state.
    returns the loss, gradients on the parameters, and the last hidden state
    """
    xs, hs, ps = {}, {-1: np.copy(hprev)}, {}
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t - 1] + bh)
        y = Why @ hs[t] + by
        e = np.exp(y - np.max(y))
        ps[t] = e / np.sum(e)
        loss += -np.log(ps[t][targets[t], 0])

    gWxh, gWhh, gWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    gbh, gby = np.zeros_like(bh), np.zeros_like(by)
    carry = np.zeros_like(hs[0])
    for t in range(len(inputs) - 1, -1, -1):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        gWhy += dy @ hs[t].T
        gby += dy
        draw = (Why.T @ dy + carry) * (1 - hs[t] ** 2)
        gbh += draw
        gWxh += draw @ xs[t].T
        gWhh += draw @ hs[t - 1].T
        carry = Whh @ draw
    return loss, gWxh, gWhh, gWhy, gbh, gby, hs[len(inputs) - 1]


if __name__ == "__main__":
    mem = [np.zeros_like(p) for p in (Wxh, Whh, Why, bh, by)]
    p, h = 0, np.zeros((hidden_size, 1))
    for n in range(500):
        if p + seq_length + 1 >= len(data):
            p, h = 0, np.zeros((hidden_size, 1))
        ins = [char_to_ix[c] for c in data[p:p + seq_length]]
        outs = [char_to_ix[c] for c in data[p + 1:p + seq_length + 1]]
        loss, *grads, h = loss_fun(ins, outs, h)
        for param, g, m in zip((Wxh, Whh, Why, bh, by), grads, mem):
            g = np.clip(g, -5, 5)
            m += g * g
            param += -learning_rate * g / np.sqrt(m + 1e-8)
        p += seq_length
        if n % 100 == 0:
            print(n, loss)

"""character level rnn, everything is a global, as it should be"""
import numpy as np

data = "hello world, hello numpy"
chars = sorted(set(data))
vocab_size = len(chars)
ix = {c: i for i, c in enumerate(chars)}

hidden_size = 10
np.random.seed(1)
Wxh = np.random.randn(hidden_size, vocab_size) * 0.1
Whh = np.random.randn(hidden_size, hidden_size) * 0.1
Why = np.random.randn(vocab_size, hidden_size) * 0.1
bh = np.zeros((hidden_size, 1))
by = np.zeros((vocab_size, 1))


def lossFun(inputs, targets, hprev):
    """
    inputs, targets are lists of integers, hprev is an (H,1) array.
    returns the loss, gradients on the model parameters and the last hidden state
    """
    hs, ps = {-1: hprev}, {}
    loss = 0
    for t, (i, j) in enumerate(zip(inputs, targets)):
        hs[t] = np.tanh(Wxh[:, [i]] + Whh @ hs[t - 1] + bh)
        o = Why @ hs[t] + by
        e = np.exp(o - o.max())
        ps[t] = e / e.sum()
        loss -= np.log(ps[t][j, 0])
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hprev)
    for t in range(len(inputs) - 1, -1, -1):
        dy = ps[t].copy()
        dy[targets[t]] -= 1
        dWhy += dy @ hs[t].T
        dby += dy
        draw = (1 - hs[t] ** 2) * (Why.T @ dy + dhnext)
        dbh += draw
        dWxh[:, [inputs[t]]] += draw
        dWhh += draw @ hs[t - 1].T
        dhnext = Whh.T @ draw
    return loss, dWxh, dWhh, dWhy, dbh, dby, hs[len(inputs) - 1]


def run(n=200, seq=8, lr=0.1):
    mem = [np.zeros_like(p) for p in (Wxh, Whh, Why, bh, by)]
    p, h = 0, np.zeros((hidden_size, 1))
    for it in range(n):
        if p + seq + 1 >= len(data):
            p, h = 0, np.zeros((hidden_size, 1))
        xs = [ix[c] for c in data[p:p + seq]]
        ys = [ix[c] for c in data[p + 1:p + seq + 1]]
        loss, *grads, h = lossFun(xs, ys, h)
        for par, g, m in zip((Wxh, Whh, Why, bh, by), grads, mem):
            g = np.clip(g, -5, 5)
            m += g * g
            par -= lr * g / np.sqrt(m + 1e-8)
        p += seq
    return loss


if __name__ == "__main__":
    print(run())

"""
Character model, plain tanh recurrence. Public toy version without a data file.
"""
import numpy as np

text = "the quick brown fox jumps over the lazy dog "
chars = sorted(set(text))
V = len(chars)
stoi = {c: i for i, c in enumerate(chars)}

H = 12
rs = np.random.RandomState(3)
Wxh = rs.randn(H, V) * 0.1
Whh = rs.randn(H, H) * 0.1
Why = rs.randn(V, H) * 0.1
bh = np.zeros((H, 1))
by = np.zeros((V, 1))


def loss_fun(inputs, targets, hprev):
    """
    inputs, targets: lists of integers, hprev: Hx1 initial state.
    returns loss, gradients on the model parameters, last state
    """
    xs, hs, ps = {}, {-1: np.copy(hprev)}, {}
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((V, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t - 1] + bh)
        y = Why @ hs[t] + by
        e = np.exp(y - np.max(y))
        ps[t] = e / e.sum()
        loss -= np.log(ps[t][targets[t], 0])

    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += dy @ hs[t].T
        dby += dy
        dh = Why.T @ dy + dhnext
        draw = (1 - hs[t] ** 2) * dh
        dbh += draw
        dWxh += draw @ xs[t].T
        dWhh += draw @ hs[t - 1].T
        dhnext = Whh.T @ draw
    return loss, dWxh, dWhh, dWhy, dbh, dby, hs[len(inputs) - 1]


def sample(h, seed, n):
    x = np.zeros((V, 1))
    x[seed] = 1
    out = []
    for _ in range(n):
        h = np.tanh(Wxh @ x + Whh @ h + bh)
        y = Why @ h + by
        p = np.exp(y) / np.sum(np.exp(y))
        i = rs.choice(V, p=p.ravel())
        x = np.zeros((V, 1))
        x[i] = 1
        out.append(i)
    return out


if __name__ == '__main__':
    mem = [np.zeros_like(p) for p in (Wxh, Whh, Why, bh, by)]
    h = np.zeros((H, 1))
    ids = [stoi[c] for c in text]
    for n in range(200):
        loss, *grads, h = loss_fun(ids[:-1], ids[1:], h)
        for p, g, m in zip((Wxh, Whh, Why, bh, by), grads, mem):
            np.clip(g, -5, 5, out=g)
            m += g * g
            p += -0.1 * g / np.sqrt(m + 1e-8)
        if n % 50 == 0:
            print(n, loss, ''.join(chars[i] for i in sample(h, 0, 30)))

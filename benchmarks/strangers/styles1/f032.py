import numpy as np

V = 6
H = 8
rng = np.random.RandomState(0)
params = {
    'Wxh': rng.randn(H, V) * 0.3,
    'Whh': rng.randn(H, H) * 0.3,
    'Why': rng.randn(V, H) * 0.3,
    'bh': np.zeros((H, 1)),
    'by': np.zeros((V, 1)),
}


def loss_and_grads(p, inputs, targets, h0):
    hs, ps = {-1: h0}, {}
    loss = 0.0
    for t, ix in enumerate(inputs):
        z = p['Wxh'][:, [ix]] + p['Whh'] @ hs[t - 1] + p['bh']
        hs[t] = np.tanh(z)
        y = p['Why'] @ hs[t] + p['by']
        e = np.exp(y - y.max())
        ps[t] = e / e.sum()
        loss -= np.log(ps[t][targets[t], 0])

    grads = {k: np.zeros_like(v) for k, v in p.items()}
    dhnext = np.zeros((H, 1))
    for t in range(len(inputs) - 1, -1, -1):
        dy = ps[t].copy()
        dy[targets[t]] -= 1
        grads['Why'] += dy @ hs[t].T
        grads['by'] += dy
        dh = p['Why'].T @ dy + dhnext
        dhraw = (1 - hs[t] ** 2) * dh
        grads['bh'] += dhraw
        grads['Wxh'][:, [inputs[t]]] += dhraw
        grads['Whh'] += dhraw @ hs[t - 1].T
        dhnext = np.dot(p['Whh'], dhraw)

    for k in grads:
        np.clip(grads[k], -5, 5, out=grads[k])
    return loss, grads, hs[len(inputs) - 1]

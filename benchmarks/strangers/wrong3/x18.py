# two layer net on the spiral toy data, notebook exported to a script
import numpy as np


def init(D, H, C, seed=0):
    rs = np.random.RandomState(seed)
    return {
        'W1': rs.randn(D, H) * 0.5, 'b1': np.zeros((1, H)),
        'W2': rs.randn(H, C) * 0.5, 'b2': np.zeros((1, C)),
    }


def two_layer_loss(model, X, y, reg=1e-3):
    W1, b1, W2, b2 = model['W1'], model['b1'], model['W2'], model['b2']
    n = X.shape[0]

    # forward
    hidden = np.maximum(0, X.dot(W1) + b1)
    scores = hidden.dot(W2) + b2
    scores = scores - scores.max(axis=1, keepdims=True)
    probs = np.exp(scores)
    probs /= probs.sum(axis=1, keepdims=True)
    data_loss = -np.log(probs[range(n), y]).mean()
    loss = data_loss + 0.5 * reg * ((W1 ** 2).sum() + (W2 ** 2).sum())

    # backward
    dscores = probs.copy()
    dscores[range(n), y] -= 1
    dscores /= n
    grads = {}
    grads['W2'] = hidden.T.dot(dscores) + reg * W2
    grads['b2'] = dscores.sum(axis=0, keepdims=True)
    dhidden = dscores.dot(W2.T)
    dhidden[dhidden <= 0] = 0
    grads['W1'] = X.T.dot(dhidden) + reg * W1
    grads['b1'] = dhidden.sum(axis=0, keepdims=True)
    return loss, grads


def spiral(points=50, classes=3):
    X, y = [], []
    for c in range(classes):
        r = np.linspace(0.0, 1, points)
        t = np.linspace(c * 4, (c + 1) * 4, points) + np.random.randn(points) * 0.2
        X.append(np.c_[r * np.sin(t), r * np.cos(t)])
        y += [c] * points
    return np.vstack(X), np.array(y)


if __name__ == '__main__':
    X, y = spiral()
    model = init(2, 50, 3)
    for i in range(1001):
        loss, grads = two_layer_loss(model, X, y)
        for k in model:
            model[k] += -1.0 * grads[k]
        if i % 200 == 0:
            print("iteration %d: loss %f" % (i, loss))

import numpy as np

# Siamese network, contrastive loss. Column vectors: X1, X2 are (d, m), same = (1, m)


def make_siamese(d, k, margin=2.0, seed=0):
    """closure version: returns (forward, backward, params)"""
    rs = np.random.RandomState(seed)
    params = {'W': rs.randn(k, d) / np.sqrt(d), 'b': np.zeros((k, 1))}
    memo = {}

    def forward(X1, X2, same):
        F1 = np.tanh(params['W'] @ X1 + params['b'])
        F2 = np.tanh(params['W'] @ X2 + params['b'])
        D = np.sqrt(np.sum((F1 - F2) ** 2, axis=0, keepdims=True) + 1e-8)
        hinge = np.maximum(0.0, margin - D)
        memo.update(X1=X1, X2=X2, same=same, F1=F1, F2=F2, D=D, hinge=hinge)
        return 0.5 * np.mean(same * D ** 2 + (1 - same) * hinge ** 2)

    def backward():
        m = memo['D'].shape[1]
        dD = (memo['same'] * memo['D'] - (1 - memo['same']) * memo['hinge']) / m
        dF = dD * (memo['F1'] - memo['F2']) / memo['D']
        dA1 = dF * (1 - memo['F1'] ** 2)
        dA2 = -dF * (1 - memo['F2'] ** 2)
        return {'W': dA1 @ memo['X1'].T + dA2 @ memo['X2'].T,
                'b': np.sum(dA1 + dA2, axis=1, keepdims=True)}

    return forward, backward, params


def siamese_loss(W, b, X1, X2, same, margin=2.0):
    """the same as one function, for the optimiser: loss, dW, db"""
    forward, backward, params = make_siamese(W.shape[1], W.shape[0], margin)
    params['W'], params['b'] = W, b
    loss = forward(X1, X2, same)
    g = backward()
    return loss, g['W'], g['b']

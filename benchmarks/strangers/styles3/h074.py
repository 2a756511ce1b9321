"""word2vec (skip-gram, negative sampling) - toy edition without numpy"""
import math


def dot(a, b):
    return sum(p * q for p, q in zip(a, b))


def log_sigmoid(x):
    if x >= 0:
        return -math.log1p(math.exp(-x))
    return x - math.log1p(math.exp(x))


def sgns_loss(center_vec, context_vec, negative_vecs):
    """
    center_vec:    list of D floats
    context_vec:   list of D floats (the true neighbour)
    negative_vecs: list of K lists of D floats

    Returns (loss, d_center, d_context, d_negatives)
    """
    s = dot(center_vec, context_vec)
    loss = -log_sigmoid(s)
    coef = 1.0 / (1.0 + math.exp(-s)) - 1.0
    d_center = [coef * o for o in context_vec]
    d_context = [coef * c for c in center_vec]

    d_negatives = []
    for n in negative_vecs:
        s = dot(center_vec, n)
        loss -= log_sigmoid(-s)
        coef = 1.0 / (1.0 + math.exp(-s))
        for i in range(len(d_center)):
            d_center[i] += coef * n[i]
        d_negatives.append([coef * c for c in center_vec])
    return loss, d_center, d_context, d_negatives


def sgd_step(vecs, ctx, center, pos, negs, lr=0.025):
    loss, dv, dp, dn = sgns_loss(vecs[center], ctx[pos], [ctx[n] for n in negs])
    vecs[center] = [a - lr * b for a, b in zip(vecs[center], dv)]
    ctx[pos] = [a - lr * b for a, b in zip(ctx[pos], dp)]
    for n, g in zip(negs, dn):
        ctx[n] = [a - lr * b for a, b in zip(ctx[n], g)]
    return loss

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def get_negative_samples(outside_word_idx, n_words, K):
    """ Samples K indexes which are not the outside_word_idx """
    rng = np.random.RandomState(K)
    indices = []
    while len(indices) < K:
        new_idx = rng.randint(0, n_words)
        if new_idx != outside_word_idx:
            indices.append(new_idx)
    return indices


def neg_sampling_loss_and_gradient(center_word_vec, outside_word_idx, outside_vectors, K=10):
    """ Negative sampling loss function for word2vec models

    Note: The same word may be negatively sampled multiple times.
    """
    neg_idx = get_negative_samples(outside_word_idx, len(outside_vectors), K)

    u_o = outside_vectors[outside_word_idx]
    u_k = outside_vectors[neg_idx]

    pos_sig = sigmoid(u_o.dot(center_word_vec))
    neg_sig = sigmoid(-u_k.dot(center_word_vec))
    loss = -np.log(pos_sig) - np.sum(np.log(neg_sig))

    grad_center_vec = (pos_sig - 1) * u_o + (1 - neg_sig).dot(u_k)
    grad_outside_vecs = np.zeros_like(outside_vectors)
    grad_outside_vecs[outside_word_idx] = (pos_sig - 1) * center_word_vec
    for k, idx in enumerate(neg_idx):
        grad_outside_vecs[idx] = (1 - neg_sig[k]) * center_word_vec

    return loss, grad_center_vec, grad_outside_vecs

# word2vec: skip-gram + 负采样
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def neg_sampling_loss_and_gradient(center_vec, outside_idx, neg_idx, outside_vectors):
    """
    参数:
      center_vec       中心词向量 v_c, 形状 (d,)
      outside_idx      正样本的下标 (int)
      neg_idx          负样本下标列表, 可能有重复
      outside_vectors  所有词的外部向量 U, 形状 (V, d)
    返回:
      loss, grad_center, grad_outside
    """
    u_o = outside_vectors[outside_idx]
    u_k = outside_vectors[neg_idx]

    pos = sigmoid(u_o @ center_vec)
    neg = sigmoid(-u_k @ center_vec)
    loss = -np.log(pos) - np.log(neg).sum()

    grad_center = (pos - 1) * u_o + (1 - neg) @ u_k

    grad_outside = np.zeros_like(outside_vectors)
    grad_outside[outside_idx] += (pos - 1) * center_vec
    for j, k in enumerate(neg_idx):
        grad_outside[k] += (1 - neg[j]) * center_vec
    return loss, grad_center, grad_outside


def train(corpus, V, d=8, window=2, k=5, lr=0.05, epochs=3):
    rng = np.random.default_rng(0)
    In = rng.normal(0, .1, (V, d))
    Out = rng.normal(0, .1, (V, d))
    for ep in range(epochs):
        total = 0.
        for t, c in enumerate(corpus):
            for o in corpus[max(0, t - window):t] + corpus[t + 1:t + 1 + window]:
                negs = rng.integers(0, V, k)
                loss, gc, go = neg_sampling_loss_and_gradient(In[c], o, negs, Out)
                In[c] -= lr * gc
                Out -= lr * go
                total += loss
        print(ep, total / len(corpus))
    return In


if __name__ == '__main__':
    train([0, 1, 2, 3, 4, 5, 1, 2, 0, 3] * 5, 6)

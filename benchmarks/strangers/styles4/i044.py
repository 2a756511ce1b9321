# -*- coding: utf-8 -*-
# 线性链 CRF 损失（序列标注, NER 练习）
# emissions: (T, K)   transitions[i, j]: 从标签 i 转移到标签 j 的分数
import numpy as np


def lse(x, axis=0):
    m = np.max(x, axis=axis, keepdims=True)
    return np.squeeze(m, axis) + np.log(np.sum(np.exp(x - m), axis=axis))


def crf_nll(emissions, transitions, tags):
    """返回 loss, d_emissions, d_transitions"""
    T, K = emissions.shape

    # 1. 前向 alpha
    alpha = np.zeros((T, K))
    alpha[0] = emissions[0]
    for t in range(1, T):
        alpha[t] = lse(alpha[t - 1][:, None] + transitions, axis=0) + emissions[t]
    logZ = lse(alpha[-1])

    # 2. 后向 beta
    beta = np.zeros((T, K))
    for t in range(T - 2, -1, -1):
        beta[t] = lse(transitions + (emissions[t + 1] + beta[t + 1])[None, :], axis=1)

    # 3. 正确路径得分
    gold = emissions[np.arange(T), tags].sum()
    for t in range(1, T):
        gold += transitions[tags[t - 1], tags[t]]
    loss = logZ - gold

    # 4. 梯度 = 期望 - 经验计数
    d_emissions = np.exp(alpha + beta - logZ)
    d_emissions[np.arange(T), tags] -= 1.0

    d_transitions = np.zeros_like(transitions)
    for t in range(1, T):
        pair = alpha[t - 1][:, None] + transitions + beta[t][None, :]
        d_transitions += np.exp(pair - logZ)
        d_transitions[tags[t - 1], tags[t]] -= 1.0
    return loss, d_emissions, d_transitions


def viterbi(emissions, transitions):
    T, K = emissions.shape
    score = emissions[0]
    back = []
    for t in range(1, T):
        s = score[:, None] + transitions
        back.append(s.argmax(0))
        score = s.max(0) + emissions[t]
    path = [int(score.argmax())]
    for bp in reversed(back):
        path.append(int(bp[path[-1]]))
    return path[::-1]


if __name__ == '__main__':
    np.random.seed(0)
    E = np.random.randn(6, 4)
    A = np.random.randn(4, 4)
    y = np.array([0, 1, 1, 3, 2, 0])
    for it in range(100):
        loss, dE, dA = crf_nll(E, A, y)
        E -= 0.5 * dE
        A -= 0.5 * dA
    print('loss =', loss, viterbi(E, A))

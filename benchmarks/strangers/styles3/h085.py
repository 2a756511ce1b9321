# 混合正态分布（一维）极大似然，无约束参数化
import numpy as np


def 拆分(theta, K):
    return theta[:K], theta[K:2 * K], theta[2 * K:]


def mixture_loglik(theta, x, K=None):
    """theta = [logits (K), means (K), log_sigmas (K)]
    返回 (对数似然, 梯度)；要最小化请自己取负号"""
    theta = np.asarray(theta, dtype=np.float64)
    if K is None:
        K = theta.size // 3
    a, mu, ls = 拆分(theta, K)
    log_pi = a - a.max() - np.log(np.exp(a - a.max()).sum())
    z = (x[:, None] - mu) / np.exp(ls)
    logc = log_pi - ls - 0.5 * np.log(2 * np.pi) - 0.5 * z ** 2      # n x K
    top = logc.max(axis=1, keepdims=True)
    lse = top + np.log(np.exp(logc - top).sum(axis=1, keepdims=True))
    resp = np.exp(logc - lse)                                        # 责任度
    n = x.shape[0]
    g_a = resp.sum(axis=0) - n * np.exp(log_pi)
    g_mu = (resp * z).sum(axis=0) / np.exp(ls)
    g_ls = (resp * (z ** 2 - 1)).sum(axis=0)
    return lse.sum(), np.concatenate([g_a, g_mu, g_ls])


if __name__ == '__main__':
    rng = np.random.default_rng(0)
    数据 = np.concatenate([rng.normal(-2, 0.5, 100), rng.normal(1, 1.0, 200)])
    th = np.array([0, 0, -1, 1, 0, 0], float)
    for 轮 in range(300):
        L, g = mixture_loglik(th, 数据)
        th += 0.003 * g
    print(L, th)

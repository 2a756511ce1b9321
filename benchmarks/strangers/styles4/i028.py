# 대조학습 InfoNCE 손실 (CLIP 방식, 양방향)
import numpy as np


def _log_softmax(s, axis):
    s = s - s.max(axis=axis, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=axis, keepdims=True))


def _normalize(x):
    norm = np.sqrt((x ** 2).sum(axis=1, keepdims=True))
    return x / norm, norm


def clip_loss(image_feat, text_feat, log_tau=0.0):
    """image_feat, text_feat: (N, D).  같은 행끼리 양성 쌍"""
    u, nu = _normalize(image_feat)
    v, nv = _normalize(text_feat)
    sim = u @ v.T
    logits = sim * np.exp(log_tau)
    lp_row = _log_softmax(logits, 1)
    lp_col = _log_softmax(logits, 0)
    loss = -0.5 * (np.diag(lp_row).mean() + np.diag(lp_col).mean())
    return loss, (u, nu, v, nv, sim, lp_row, lp_col, log_tau)


def clip_loss_backward(cache):
    """(d_image, d_text, d_log_tau)"""
    u, nu, v, nv, sim, lp_row, lp_col, log_tau = cache
    N = u.shape[0]
    dlogits = 0.5 * (np.exp(lp_row) + np.exp(lp_col)) / N - np.eye(N) / N
    tau = np.exp(log_tau)
    d_log_tau = np.sum(dlogits * sim) * tau
    dsim = dlogits * tau
    du = dsim @ v
    dv = dsim.T @ u
    # 정규화의 역전파
    d_image = (du - u * (du * u).sum(1, keepdims=True)) / nu
    d_text = dv / nv
    return d_image, d_text, d_log_tau


if __name__ == '__main__':
    np.random.seed(3)
    a, b = np.random.randn(8, 5), np.random.randn(8, 5)
    lt = 1.0
    for step in range(100):
        loss, cache = clip_loss(a, b, lt)
        da, db, dt = clip_loss_backward(cache)
        a -= 1.0 * da
        b -= 1.0 * db
        lt -= 0.1 * dt
        if step % 20 == 0:
            print(step, round(loss, 4))

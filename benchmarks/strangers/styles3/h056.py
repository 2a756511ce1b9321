# coding: utf-8
# GRUレイヤ（時系列まとめて処理する版）  卒研用メモ
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class TimeGRU:
    def __init__(self, Wx, Wh, b):
        """
        Wx: (D, 3H)  入力用の重み   [z | r | h~]
        Wh: (H, 3H)  隠れ状態用の重み
        b : (3H,)
        """
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]
        self.h0 = None
        self.cache = None

    def forward(self, xs):
        Wx, Wh, b = self.params
        N, T, D = xs.shape
        H = Wh.shape[0]
        h = np.zeros((N, H)) if self.h0 is None else self.h0
        hs = np.empty((N, T, H))
        self.cache = []
        for t in range(T):
            x = xs[:, t]
            a = x.dot(Wx) + b
            z = sigmoid(a[:, :H] + h.dot(Wh[:, :H]))
            r = sigmoid(a[:, H:2*H] + h.dot(Wh[:, H:2*H]))
            n = np.tanh(a[:, 2*H:] + (r * h).dot(Wh[:, 2*H:]))
            h_next = (1 - z) * h + z * n
            self.cache.append((x, h, z, r, n))
            hs[:, t] = h_next
            h = h_next
        return hs

    def backward(self, dhs):
        Wx, Wh, b = self.params
        N, T, H = dhs.shape
        D = Wx.shape[0]
        dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
        dxs = np.empty((N, T, D))
        dh = np.zeros((N, H))
        for t in reversed(range(T)):
            x, h, z, r, n = self.cache[t]
            dh_next = dhs[:, t] + dh
            # 更新ゲート
            dz = dh_next * (n - h) * z * (1 - z)
            # 候補状態
            dn = dh_next * z * (1 - n**2)
            drh = dn.dot(Wh[:, 2*H:].T)
            # リセットゲート
            dr = drh * h * r * (1 - r)
            da = np.hstack((dz, dr, dn))
            dWx += x.T.dot(da)
            db += da.sum(axis=0)
            dWh[:, :H] += h.T.dot(dz)
            dWh[:, H:2*H] += h.T.dot(dr)
            dWh[:, 2*H:] += (r * h).T.dot(dn)
            dh = dh_next * (1 - z)
            dh += dz.dot(Wh[:, :H].T)
            dh += dr.dot(Wh[:, H:2*H].T)
            dh += drh
            dxs[:, t] = da.dot(Wx.T)
        self.grads[0][...] = dWx
        self.grads[1][...] = dWh
        self.grads[2][...] = db
        self.dh0 = dh
        return dxs

# coding: utf-8
"""畳み込み層(ゼロから作る練習ノートのまとめ)"""
import numpy as np


def tenkai(x, kh, kw, step, pad):
    """画像(N,C,H,W) -> 行列(N*OH*OW, C*kh*kw)"""
    n, c, h, w = x.shape
    oh = (h + 2 * pad - kh) // step + 1
    ow = (w + 2 * pad - kw) // step + 1
    xp = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)], 'constant')
    col = np.zeros((n, c, kh, kw, oh, ow))
    for i in range(kh):
        for j in range(kw):
            col[:, :, i, j] = xp[:, :, i:i + step * oh:step, j:j + step * ow:step]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(n * oh * ow, -1)


def modosu(col, x_shape, kh, kw, step, pad):
    """tenkai の逆(重なった所は足し合わせる)"""
    n, c, h, w = x_shape
    oh = (h + 2 * pad - kh) // step + 1
    ow = (w + 2 * pad - kw) // step + 1
    col = col.reshape(n, oh, ow, c, kh, kw).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((n, c, h + 2 * pad, w + 2 * pad))
    for i in range(kh):
        for j in range(kw):
            img[:, :, i:i + step * oh:step, j:j + step * ow:step] += col[:, :, i, j]
    return img[:, :, :h, :w]


class TatamikomiSo:
    def __init__(self, W, b, step=1, pad=1):
        self.W = W      # (FN, C, FH, FW)
        self.b = b
        self.step = step
        self.pad = pad
        self.x = None
        self.col = None
        self.dW = None
        self.db = None

    def forward(self, x):
        fn, c, fh, fw = self.W.shape
        n, c, h, w = x.shape
        oh = (h + 2 * self.pad - fh) // self.step + 1
        ow = (w + 2 * self.pad - fw) // self.step + 1
        self.x = x
        self.col = tenkai(x, fh, fw, self.step, self.pad)
        out = np.dot(self.col, self.W.reshape(fn, -1).T) + self.b
        return out.reshape(n, oh, ow, fn).transpose(0, 3, 1, 2)

    def backward(self, dout):
        fn, c, fh, fw = self.W.shape
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, fn)
        self.db = np.sum(dout, axis=0)
        self.dW = np.dot(self.col.T, dout).T.reshape(fn, c, fh, fw)
        dcol = np.dot(dout, self.W.reshape(fn, -1))
        return modosu(dcol, self.x.shape, fh, fw, self.step, self.pad)

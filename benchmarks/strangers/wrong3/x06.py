# -*- coding: utf-8 -*-
# 手写卷积层（朴素四重循环版本），输入形状 (N, C, H, W)
import numpy as np


class 卷积层基类:
    def forward(self, x):
        raise NotImplementedError

    def backward(self, delta):
        raise NotImplementedError


class ConvLayer(卷积层基类):
    def __init__(self, in_channels=2, out_channels=3, ksize=3, stride=1, padding=1):
        self.stride = stride
        self.padding = padding
        self.ksize = ksize
        # He 初始化
        scale = np.sqrt(2.0 / (in_channels * ksize * ksize))
        self.w = np.random.randn(out_channels, in_channels, ksize, ksize) * scale
        self.b = np.zeros(out_channels)
        self.dw = np.zeros_like(self.w)
        self.db = np.zeros_like(self.b)

    def forward(self, x):
        n, c, h, w = x.shape
        p, s, k = self.padding, self.stride, self.ksize
        self.x_shape = x.shape
        self.xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode='constant')
        oh = (h + 2 * p - k) // s + 1
        ow = (w + 2 * p - k) // s + 1
        out = np.zeros((n, self.w.shape[0], oh, ow))
        for i in range(oh):
            for j in range(ow):
                block = self.xp[:, :, i * s:i * s + k, j * s:j * s + k]
                out[:, :, i, j] = np.tensordot(block, self.w, axes=([1, 2, 3], [1, 2, 3])) + self.b
        return out

    def backward(self, delta):
        # delta 是上一层传回来的误差, 形状与输出相同
        n, c, h, w = self.x_shape
        p, s, k = self.padding, self.stride, self.ksize
        self.dw = np.zeros_like(self.w)
        self.db = delta.sum(axis=(0, 2, 3))
        dxp = np.zeros_like(self.xp)
        for i in range(delta.shape[2]):
            for j in range(delta.shape[3]):
                d = delta[:, :, i, j]
                block = self.xp[:, :, i * s:i * s + k, j * s:j * s + k]
                self.dw += np.tensordot(d, block, axes=([0], [0]))
                dxp[:, :, i * s:i * s + k, j * s:j * s + k] += np.tensordot(d, self.w, axes=([1], [0]))
        # 去掉填充部分
        return dxp[:, :, :h, :w]


if __name__ == '__main__':
    conv = ConvLayer(1, 2, 3)
    x = np.random.randn(2, 1, 5, 5)
    y = conv.forward(x)
    print(y.shape, conv.backward(np.ones_like(y)).shape)

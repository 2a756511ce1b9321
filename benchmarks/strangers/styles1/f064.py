import numpy as np


class Pooling:
    def __init__(self, pool_h, pool_w, stride=2, pad=0):
        self.pool_h = pool_h
        self.pool_w = pool_w
        self.stride = stride
        self.pad = pad

        self.x = None
        self.arg_max = None

    def forward(self, x):
        N, C, H, W = x.shape
        out_h = int(1 + (H - self.pool_h) / self.stride)
        out_w = int(1 + (W - self.pool_w) / self.stride)

        out = np.zeros((N, C, out_h, out_w))
        self.arg_max = np.zeros((N, C, out_h, out_w), dtype=int)
        for i in range(out_h):
            for j in range(out_w):
                # 展開
                win = x[:, :, i*self.stride:i*self.stride+self.pool_h,
                        j*self.stride:j*self.stride+self.pool_w].reshape(N, C, -1)
                # 最大値
                self.arg_max[:, :, i, j] = win.argmax(axis=2)
                out[:, :, i, j] = win.max(axis=2)
        self.x = x
        return out

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        N, C, out_h, out_w = dout.shape
        for n in range(N):
            for c in range(C):
                for i in range(out_h):
                    for j in range(out_w):
                        a = self.arg_max[n, c, i, j]
                        y, x = divmod(a, self.pool_w)
                        dx[n, c, i*self.stride + y, j*self.stride + x] += dout[n, c, i, j]
        return dx

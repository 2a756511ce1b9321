import numpy as np

class MaxPool2D:
    # x: (N, C, H, W);  overlapping pooling as in AlexNet by default

    def __init__(self, size=3, stride=2):
        self.size = size
        self.stride = stride

    def forward(self, x):
        self.x = x
        k, s = self.size, self.stride
        N, C, H, W = x.shape
        Ho = (H - k) // s + 1
        Wo = (W - k) // s + 1
        out = np.zeros((N, C, Ho, Wo))
        for i in range(Ho):
            for j in range(Wo):
                window = x[:, :, i*s:i*s+k, j*s:j*s+k]
                out[:, :, i, j] = window.max(axis=(2, 3))
        return out

    def backward(self, dout):
        k, s = self.size, self.stride
        N, C, Ho, Wo = dout.shape
        dx = np.zeros_like(self.x)
        for n in range(N):
            for c in range(C):
                for i in range(Ho):
                    for j in range(Wo):
                        window = self.x[n, c, i*s:i*s+k, j*s:j*s+k]
                        a, b = np.unravel_index(np.argmax(window), window.shape)
                        dx[n, c, i*s + a, j*s + b] = dout[n, c, i, j]
        return dx

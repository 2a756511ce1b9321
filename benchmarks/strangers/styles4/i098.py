# 1D convolution, pure python, for my arduino sensor project
# x is a list of floats, one channel in, several kernels out
import random


class Conv1D:
    def __init__(self, n_kernels=2, size=3, stride=2):
        self.k = [[random.gauss(0, 0.5) for _ in range(size)] for _ in range(n_kernels)]
        self.bias = [0.0 for _ in range(n_kernels)]
        self.size = size
        self.stride = stride

    def forward(self, x):
        self.x = x
        n_out = (len(x) - self.size) // self.stride + 1
        out = []
        for kern, b in zip(self.k, self.bias):
            row = []
            for i in range(n_out):
                s = b
                for j in range(self.size):
                    s += kern[j] * x[i * self.stride + j]
                row.append(s)
            out.append(row)
        return out

    def backward(self, dout):
        dx = [0.0] * len(self.x)
        self.dk = [[0.0] * self.size for _ in self.k]
        self.dbias = [0.0] * len(self.bias)
        for c, row in enumerate(dout):
            for i, d in enumerate(row):
                self.dbias[c] += d
                start = i * self.stride
                for j in range(self.size):
                    self.dk[c][j] += d * self.x[start + j]
                    dx[i + j] += d * self.k[c][j]
        return dx


if __name__ == "__main__":
    c = Conv1D()
    sig = [0.1, 0.5, 0.9, 0.3, -0.2, -0.8, 0.0]
    y = c.forward(sig)
    print(y)
    print(c.backward([[1.0] * len(r) for r in y]))

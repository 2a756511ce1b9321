import numpy as np


class MaxPool2d:
    def __init__(self, kernel_size=3, stride=2):
        self.kernel_size = kernel_size
        self.stride = stride

    def forward(self, inputs):
        """inputs: [batch, height, width, channels] (channels last)"""
        self.inputs = inputs
        B, H, W, C = inputs.shape
        K, S = self.kernel_size, self.stride
        self.h_out = 1 + (H - K) // S
        self.w_out = 1 + (W - K) // S
        out = np.empty((B, self.h_out, self.w_out, C))
        for r in range(self.h_out):
            for c in range(self.w_out):
                patch = inputs[:, r * S:r * S + K, c * S:c * S + K, :]
                out[:, r, c, :] = patch.max(axis=(1, 2))
        return out

    def backward(self, d_out):
        B, H, W, C = self.inputs.shape
        K, S = self.kernel_size, self.stride
        d_inputs = np.zeros(self.inputs.shape)
        for r in range(self.h_out):
            for c in range(self.w_out):
                patch = self.inputs[:, r * S:r * S + K, c * S:c * S + K, :]
                biggest = patch.max(axis=(1, 2, 3), keepdims=True)
                mask = (patch == biggest)
                d_inputs[:, r * S:r * S + K, c * S:c * S + K, :] += mask * d_out[:, r:r + 1, c:c + 1, :]
        return d_inputs


if __name__ == "__main__":
    pool = MaxPool2d()
    img = np.random.rand(2, 7, 7, 3)
    y = pool.forward(img)
    print(y.shape, pool.backward(np.ones_like(y)).sum())

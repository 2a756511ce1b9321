import numpy as np


class Conv1d:
    """One-channel 1-D convolution (really a cross-correlation, 'valid').

    Used on ECG traces, hence only one channel and one filter.
    """

    def __init__(self, kernel_size=3, seed=None):
        r = np.random.RandomState(seed)
        self.kernel = r.randn(kernel_size) / np.sqrt(kernel_size)
        self.bias = 0.0
        self.grad_kernel = np.zeros_like(self.kernel)
        self.grad_bias = 0.0

    def forward(self, signal):
        self.signal = np.asarray(signal, dtype=float)
        return np.correlate(self.signal, self.kernel, mode="valid") + self.bias

    def backward(self, grad_output):
        # every tap sees a shifted piece of the signal
        self.grad_kernel = np.correlate(self.signal, grad_output, mode="valid")
        self.grad_bias = grad_output.sum()
        return np.correlate(grad_output, self.kernel, mode="full")

    def step(self, lr):
        self.kernel -= lr * self.grad_kernel
        self.bias -= lr * self.grad_bias


if __name__ == "__main__":
    t = np.linspace(0, 4, 60)
    sig = np.sin(2 * t) + 0.1 * np.random.randn(60)
    conv = Conv1d(5, seed=1)
    goal = np.gradient(sig)[2:-2]
    for it in range(300):
        y = conv.forward(sig)
        conv.backward(2 * (y - goal) / y.size)
        conv.step(0.05)
    print("final error", np.mean((conv.forward(sig) - goal) ** 2))

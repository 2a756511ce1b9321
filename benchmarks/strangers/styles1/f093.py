import numpy as np


class Conv1d():
    def __init__(self, in_channel, out_channel, kernel_size, stride):
        self.in_channel = in_channel
        self.out_channel = out_channel
        self.kernel_size = kernel_size
        self.stride = stride
        self.W = np.random.normal(0, 1.0, (out_channel, in_channel, kernel_size))
        self.b = np.zeros(out_channel)
        self.zero_grad()

    def zero_grad(self):
        self.dW = np.zeros(self.W.shape)
        self.db = np.zeros(self.b.shape)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        """
        Argument:
            x (np.array): (batch_size, in_channel, input_size)
        Return:
            out (np.array): (batch_size, out_channel, output_size)
        """
        self.x = x
        self.batch, _, self.width = x.shape
        self.output_size = (self.width - self.kernel_size) // self.stride + 1
        out = np.zeros((self.batch, self.out_channel, self.output_size))
        for i in range(self.output_size):
            s = i * self.stride
            out[:, :, i] = np.tensordot(x[:, :, s:s + self.kernel_size], self.W,
                                        axes=([1, 2], [1, 2])) + self.b
        return out

    def backward(self, delta):
        """
        Argument:
            delta (np.array): (batch_size, out_channel, output_size)
        Return:
            dx (np.array): (batch_size, in_channel, input_size)
        """
        dx = np.zeros((self.batch, self.in_channel, self.width))
        for i in range(self.output_size):
            s = i * self.stride
            seg = self.x[:, :, s:s + self.kernel_size]
            self.dW += np.tensordot(delta[:, :, i], seg, axes=([0], [0]))
            dx[:, :, s:s + self.kernel_size] += np.tensordot(delta[:, :, i], self.W, axes=([1], [0]))
        self.db += delta.sum(axis=(0, 2))
        return dx

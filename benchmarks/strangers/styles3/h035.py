# 平均池化层（支持重叠窗口）
import numpy as np


class AvgPooling(object):
    def __init__(self, kernel_size=2, stride=2):
        self.kernel_size = kernel_size
        self.stride = stride
        self.input_shape = None

    def forward(self, inputs):
        """inputs 形状: [N, H, W, C]"""
        N, H, W, C = inputs.shape
        k, s = self.kernel_size, self.stride
        self.input_shape = inputs.shape
        out_h = int((H - k) / s) + 1
        out_w = int((W - k) / s) + 1
        outputs = np.zeros((N, out_h, out_w, C))
        for h in range(out_h):
            for w in range(out_w):
                outputs[:, h, w, :] = np.mean(inputs[:, h * s:h * s + k, w * s:w * s + k, :], axis=(1, 2))
        return outputs

    def backward(self, delta):
        """误差平均分给窗口里的每个位置"""
        k, s = self.kernel_size, self.stride
        grad = np.zeros(self.input_shape)
        _, out_h, out_w, _ = delta.shape
        for h in range(out_h):
            for w in range(out_w):
                d = delta[:, h, w, :][:, None, None, :] / (k * k)
                grad[:, h * s:h * s + k, w * s:w * s + k, :] += d
        return grad

import numpy as np

# 变分自编码器的最小实现: 编码器线性, 解码器线性, 噪声 eps 由外部给定（方便调试）


class LinearVAE:
    def __init__(self, x_dim=5, z_dim=2):
        self.x_dim, self.z_dim = x_dim, z_dim
        self.params = {
            'W_mu': np.random.randn(x_dim, z_dim) * 0.3,
            'W_lv': np.random.randn(x_dim, z_dim) * 0.3,
            'W_dec': np.random.randn(z_dim, x_dim) * 0.3,
            'b_dec': np.zeros(x_dim),
        }

    def forward(self, x, eps):
        """返回负 ELBO (对 batch 取平均)"""
        p = self.params
        mu = x @ p['W_mu']
        logvar = x @ p['W_lv']
        std = np.exp(0.5 * logvar)
        z = mu + std * eps
        x_rec = z @ p['W_dec'] + p['b_dec']

        rec = 0.5 * np.sum((x_rec - x) ** 2)
        kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar))
        self.cache = (x, eps, mu, logvar, std, z, x_rec)
        return (rec + kl) / len(x)

    def backward(self):
        p = self.params
        x, eps, mu, logvar, std, z, x_rec = self.cache
        n = len(x)
        g = {}
        d_rec = (x_rec - x) / n
        g['W_dec'] = z.T @ d_rec
        g['b_dec'] = d_rec.sum(axis=0)
        dz = d_rec @ p['W_dec'].T

        d_mu = dz + mu / n
        d_logvar = dz * eps * 0.5 * std + 0.5 * (np.exp(logvar) - 1) / n
        g['W_mu'] = x.T @ d_mu
        g['W_lv'] = x.T @ d_logvar
        self.grads = g
        return g


if __name__ == '__main__':
    np.random.seed(0)
    vae = LinearVAE()
    x = np.random.randn(64, 2) @ np.random.randn(2, 5)
    for it in range(300):
        loss = vae.forward(x, np.random.randn(64, 2))
        for k, v in vae.backward().items():
            vae.params[k] -= 0.02 * v
        if it % 100 == 0:
            print('第 %d 步, loss = %.4f' % (it, loss))

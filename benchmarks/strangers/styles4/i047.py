import numpy as np

sigmoid = lambda z: 1. / (1. + np.exp(-z))


class OrdinalLogit:
    """Proportional odds model ("ordered logit"): P(y <= k) = sigmoid(theta_k - w.x)

    The cut points must increase, therefore we keep theta_0 and the logs of the gaps:
        theta_k = theta_0 + sum_{j<=k} exp(d_j)
    y holds integers 0 .. K-1.
    """

    def __init__(self, n_features, n_levels):
        self.w = np.random.randn(n_features) * 0.1
        self.theta0 = np.array([-1.0])
        self.d = np.zeros(n_levels - 2)
        self.K = n_levels

    def cuts(self):
        return self.theta0 + np.concatenate([[0.0], np.cumsum(np.exp(self.d))])

    def forward(self, X, y):
        self.X, self.y = X, y
        th = self.cuts()
        self.upper = np.append(th, np.inf)[y]        # theta_y
        self.lower = np.append(-np.inf, th)[y]       # theta_{y-1}
        f = X @ self.w
        self.Fu = sigmoid(self.upper - f)
        self.Fl = sigmoid(self.lower - f)
        self.p = self.Fu - self.Fl
        return -np.mean(np.log(self.p))

    def backward(self):
        n = len(self.y)
        du = -self.Fu * (1 - self.Fu) / self.p / n      # dL / d upper
        dl = self.Fl * (1 - self.Fl) / self.p / n       # dL / d lower
        self.dw = -self.X.T @ (du + dl)

        dth = np.zeros(self.K - 1)
        for i, c in enumerate(self.y):
            if c < self.K - 1:
                dth[c] += du[i]
            if c > 0:
                dth[c - 1] += dl[i]
        self.dtheta0 = np.array([dth.sum()])
        # gap j moves all cut points from j+1 on
        tail = np.cumsum(dth[::-1])[::-1]
        self.dd = tail[1:] * np.exp(self.d)
        return self.dw, self.dtheta0, self.dd


if __name__ == '__main__':
    np.random.seed(0)
    X = np.random.randn(200, 3)
    y = np.digitize(X @ np.array([1., -2., .5]) + 0.3 * np.random.randn(200), [-1.5, 0., 1.5])
    m = OrdinalLogit(3, 4)
    for it in range(500):
        L = m.forward(X, y)
        m.backward()
        m.w -= 0.5 * m.dw
        m.theta0 -= 0.5 * m.dtheta0
        m.d -= 0.5 * m.dd
    print(L, m.w, m.cuts())
